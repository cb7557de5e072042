"""What a chat says of the conversation before: that it can be gone on with, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from r1agent.cli.chat_record import PastChat, last_chat, read_chat
from r1agent.conversation import Turn
from r1agent.errors import JournalError
from r1agent.report.printable import shortened
from r1agent.words import counted

if TYPE_CHECKING:
    from r1agent.cli.chat_session import ChatSession


def resume_line(folder: Path) -> str:
    """Say how to go on with the last conversation; empty where there is none."""
    path = last_chat(folder)
    if path is None:
        return ""
    try:
        past = read_chat(path)
    except JournalError:
        return ""
    asked = _last_question(past)
    return f"`r1agent chat --resume` goes on with “{shortened(asked, 40)}”." if asked else ""


def past_line(past: PastChat) -> str:
    """Say what the conversation that is gone on with holds."""
    held = f"Going on with {_questions(past.turns)}."
    if past.unanswered is None:
        return held
    asked = shortened(past.unanswered.text, 60)
    return f"{held} “{asked}” was not answered: Enter goes on with it."


def show_last(session: ChatSession) -> None:
    """Show the last question and its answer again."""
    from rich.text import Text

    from r1agent.cli.ending import say
    from r1agent.report.printable import one_line
    from r1agent.report.terminal import answer_to_terminal

    if session.last is None:
        return
    say("")
    console = session.given.data()
    console.print(Text(one_line(session.conversation.turns[-1].text), style="bold"))
    console.print(answer_to_terminal(session.last), crop=False)
    say("")


def _questions(turns: Sequence[Turn]) -> str:
    return counted(len(turns), "question") if turns else "a question"


def _last_question(past: PastChat) -> str:
    if past.unanswered is not None:
        return past.unanswered.text
    return past.turns[-1].text if past.turns else ""
