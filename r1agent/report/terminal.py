"""An answer as it stands in a terminal: sentences, references, computations, audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.style import Style
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, printable, shortened
from r1agent.report.references import (
    OUTCOME_STYLES,
    audit_line,
    computations,
    doubt,
    dropped_line,
    judged_line,
    letter,
    marks,
    message,
    otherwise_lines,
    page,
    quotes_heading,
    source,
    usage_line,
)
from r1agent.report.watching.paper_links import Links, no_link
from r1agent.types import Answer, Citation, Claim, Computation

_CODE_LINES = 24


def answer_to_terminal(
    answer: Answer, *, full: bool = False, explain: bool = False, links: Links = no_link
) -> RenderableType:
    """Build what `r1agent ask` prints; every text in it is stripped of control characters.

    Args:
        answer: The answer to show.
        full: Show whole programs too, and explain.
        explain: List the sentences left out, with the gate's reasons and their best quotes, and
            say what judged, what confined programs, and what each role cost.
        links: Gives the address that opens a quote's paper at its page, where there is one.
    """
    explain = explain or full
    otherwise = [Hanging("", Text(line, style="yellow")) for line in otherwise_lines(answer)]
    blocks: list[Sequence[RenderableType]] = [
        _sentences(answer),
        otherwise,
        _code(answer),
        references_to_terminal(answer, links=links),
        _computations(answer, full=full, explain=explain),
        _left_out(answer, links, explain=explain),
        _told(answer) if explain else [],
        _closing(answer),
    ]
    shown = [block for block in blocks if block]
    spaced: list[RenderableType] = []
    for number, block in enumerate(shown):
        spaced += [Text(), *block] if number else block
    return Group(*spaced)


def references_to_terminal(answer: Answer, *, links: Links = no_link) -> list[RenderableType]:
    """Build the numbered references, each with its verbatim quote."""
    if not answer.citations:
        return []
    lines: list[RenderableType] = [Text(quotes_heading(answer), style="bold")]
    for number, citation in enumerate(answer.citations, 1):
        lines += _reference(f"[{number}]", citation, links)
    return lines


def _reference(mark: str, citation: Citation, links: Links) -> Iterator[RenderableType]:
    body = Text(source(citation))
    address = links(citation)
    if address:
        place = f"{one_line(citation.file)}, {page(citation)}"
        body.stylize(Style(link=address), max(0, len(body) - len(place)))
    yield Hanging(f"{mark} ", body, style="cyan")
    quote = Text(f"“{one_line(citation.quote)}”", style="italic")
    yield Hanging(" " * (len(mark) + 1), quote)


def _sentences(answer: Answer) -> list[RenderableType]:
    if not answer.claims:
        return [_message(answer)]
    text = Text()
    for claim in answer.claims:
        text.append(" " if text else "")
        text.append(one_line(claim.text))
        text.append(f" {marks(answer, claim)}" if marks(answer, claim) else "", style="cyan")
        text.append(f" {doubt(claim)}" if claim.doubt else "", style="yellow")
    return [Hanging("", text)]


def _message(answer: Answer) -> RenderableType:
    style = "" if answer.outcome == "answered" else OUTCOME_STYLES[answer.outcome]
    text = Text(message(answer), style=style)
    if answer.outcome == "not_in_papers" and answer.audit.searched and not answer.extracts:
        queries = ", ".join(f"“{one_line(query)}”" for query in answer.audit.searched)
        text.append(f"\nSearched for {queries}.")
    return Hanging("", text)


def _code(answer: Answer) -> list[RenderableType]:
    code = printable(answer.code or "").strip("\n")
    return [Text(code, no_wrap=True, overflow="ignore")] if code else []


def _computations(answer: Answer, *, full: bool, explain: bool) -> list[RenderableType]:
    computed = computations(answer)
    if not computed:
        return []
    lines: list[RenderableType] = [Text("Computations", style="bold")]
    for place, computation in enumerate(computed):
        above = computation.code == answer.code
        body = _computed(computation, explain=explain)
        lines.append(Hanging(f"[{letter(place)}] ", body, style="cyan"))
        lines += [] if above else _program(computation.code, full=full)
    return lines


def _computed(computation: Computation, *, explain: bool) -> Text:
    output = shortened(computation.output, 300) or "no output"
    body = Text(f"{one_line(computation.tool)} → {output}")
    if explain and computation.isolation:
        body.append(f"  ({one_line(computation.isolation)})", style="dim")
    return body


def _program(program: str, *, full: bool) -> Iterator[RenderableType]:
    code = printable(program).strip("\n").splitlines()
    shown = code if full else code[:_CODE_LINES]
    for line in shown:
        yield Hanging("    ", Text(line, style="dim"))
    if len(code) > len(shown):
        yield Text(f"    … {len(code) - len(shown)} more lines", style="dim")


def _left_out(answer: Answer, links: Links, *, explain: bool) -> list[RenderableType]:
    if not answer.dropped:
        return []
    if not explain:
        line = f"{dropped_line(answer)} `r1agent show {answer.run}` lists them."
        return [Hanging("", Text(line))]
    heading: list[RenderableType] = [Text(dropped_line(answer))]
    return [*heading, *(line for claim in answer.dropped for line in _dropped(claim, links))]


def _told(answer: Answer) -> list[RenderableType]:
    """Say what judged, and what each role cost."""
    lines = filter(None, [judged_line(answer), usage_line(answer.audit)])
    return [Hanging("", Text(line, style="dim")) for line in lines]


def _dropped(claim: Claim, links: Links) -> Iterator[RenderableType]:
    body = Text(one_line(claim.text), style="dim")
    reasons = "; ".join(one_line(reason) for reason in claim.verdict.reasons)
    body.append(f" ({claim.verdict.support}{': ' + reasons if reasons else ''})", style="yellow")
    yield Hanging("  ✗ ", body, style="red")
    for citation in claim.citations[:1]:
        quote = Text(f"nearest quote: “{one_line(citation.quote)}” ", style="italic")
        place = Style(italic=False, dim=True, link=links(citation))
        quote.append(f"{one_line(citation.file)}, {page(citation)}", style=place)
        yield Hanging("    ", quote)


def _closing(answer: Answer) -> list[RenderableType]:
    audit = answer.audit
    notes = [f"Note: {one_line(notice)}" for notice in audit.notices]
    missing = [f"Not found: {one_line(goal)}" for goal in audit.not_found]
    lines = [Hanging("", Text(line, style="yellow")) for line in [*missing, *notes]]
    return [*lines, Hanging("", Text(audit_line(answer), style="dim"))]
