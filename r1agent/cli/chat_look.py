"""What a chat shows of its last answer: references, reasons, plan, pages."""

from __future__ import annotations

from r1agent.cli.chat_session import ChatSession
from r1agent.cli.ending import say
from r1agent.cli.links import links_for
from r1agent.cli.screen import show
from r1agent.report.terminal import answer_to_terminal, references_to_terminal


def sources(session: ChatSession, _: str) -> None:
    """Show the references of the last answer in full."""
    if session.last is None or not session.last.citations:
        say("No references yet.")
        return
    links = links_for(session.last, session.settings.index, session.given.data())
    show(*references_to_terminal(session.last, links=links))


def whole(session: ChatSession, _: str) -> None:
    """Show the last answer in full."""
    if session.last is None:
        say("No answer yet.")
        return
    console = session.given.data()
    links = links_for(session.last, session.settings.index, console)
    console.print(answer_to_terminal(session.last, full=True, links=links), crop=False)


def why(session: ChatSession, which: str) -> None:
    """Show how a sentence is proved, or which ones were left out and why."""
    from r1agent.cli.chat_reasons import left_out, proof

    answer = session.last
    if answer is None:
        say("No answer yet.")
        return
    if not which:
        session.given.data().print(left_out(answer), crop=False)
        return
    number = number_in(which)
    if number is None or not 0 < number <= len(answer.claims):
        say(f"No sentence {which!r}: {_numbers(len(answer.claims), 'sentence')}.")
        return
    session.given.data().print(proof(answer, number), crop=False)


def plan(session: ChatSession, _: str) -> None:
    """Show the last plan, what was done for each step, and the verdicts."""
    from r1agent.cli.chat_plan import plan_lines
    from r1agent.journal import find_run, read_journal

    waiting = session.conversation.unanswered
    run = waiting.run if waiting and waiting.run else session.last and session.last.run
    if not run:
        say("No plan yet.")
        return
    events = read_journal(find_run(session.settings.runs_dir, run))
    session.given.data().print(*plan_lines(events), sep="\n", crop=False)


def read(session: ChatSession, which: str) -> None:
    """Show the page of a reference with its quote marked, or any page of a paper."""
    from r1agent.cli.chat_page import named_page, page_of

    answer, number = session.last, number_in(which or "1")
    if number is None:
        page = named_page(session, which)
    elif answer is not None and 0 < number <= len(answer.citations):
        page = page_of(session, answer.citations[number - 1])
    else:
        count = len(answer.citations) if answer else 0
        say(f"No reference {number}: {_numbers(count, 'reference')}. /read FILE PAGE reads a page.")
        return
    console = session.given.data()
    console.print(page.shown(coloured=console.is_terminal and not console.no_color), crop=False)


def number_in(text: str) -> int | None:
    """Return the number that was named as `2` or `[2]`; None where it is no number."""
    digits = text.strip("[] ")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def _numbers(count: int, kind: str) -> str:
    """Say which numbers there are."""
    if count == 0:
        return f"the last answer has no {kind}s"
    return f"there is 1 {kind}" if count == 1 else f"{kind}s have the numbers 1 to {count}"
