"""`/export`: the conversation as a report, in the format that the file's name asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from r1agent.cli.chat_session import ChatSession
from r1agent.cli.ending import say
from r1agent.cli.report_out import ReportOut
from r1agent.conversation import Turn
from r1agent.report.export_errors import ExportError
from r1agent.report.exporting import format_by_suffix
from r1agent.report.printable import one_line
from r1agent.report.read_report import answer_report
from r1agent.reports import Entry, Report, Section


def export(session: ChatSession, name: str) -> None:
    """Write the conversation to a new file, or to one that this chat wrote before.

    Raises:
        ExportError: The file is there already, cannot be written, or its name tells no format.
    """
    if not name:
        say("Name a file, and its end tells the format: /export notes.md")
        return
    if not session.conversation.turns:
        say("Nothing to write yet: ask a question first.")
        return
    path = Path(name).expanduser()
    if path.exists() and path.resolve() not in session.exported:
        raise ExportError(f"{str(path)!r} is there already. Name a new file.")
    out = ReportOut(path, format_by_suffix(path))
    out.check()
    out.write(conversation_report(session.conversation.turns), session.settings)
    session.exported.add(path.resolve())


def conversation_report(turns: Sequence[Turn]) -> Report:
    """Return the questions and answers of a conversation as one report."""
    if len(turns) == 1:
        return answer_report(turns[0].answer)
    title = f"Conversation: {one_line(turns[0].text)}"
    return Report("batch", title, tuple(_sections(turns)))


def _sections(turns: Sequence[Turn]) -> Iterator[Section]:
    for turn in turns:
        understood = turn.understood
        notes = (f"Understood as: {understood.question}",) if understood.follows else ()
        yield Section(turn.text, (Entry(turn.answer),), notes)
