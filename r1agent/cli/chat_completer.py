"""Completion in a chat: commands, and what each of them takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from r1agent.cli.chat_commands import COMMANDS, find_command
from r1agent.report.printable import shortened
from r1agent.report.references import source

if TYPE_CHECKING:
    from r1agent.cli.chat_session import ChatSession

_FORMATS = (".md", ".html", ".docx", ".json", ".bib")


class ChatCompleter(Completer):
    """Complete the commands of a chat; questions are left alone."""

    def __init__(self, session: ChatSession) -> None:
        """Store the session, whose answer, index and server are completed from."""
        self._session = session
        self._models: tuple[str | None, list[str]] | None = None

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield what the text before the cursor could go on with."""
        text = document.text_before_cursor
        if not text.startswith("/") or "\n" in text:
            return
        name, space, typed = text.partition(" ")
        if not space:
            yield from _commands(name)
            return
        command = find_command(name)
        if command is None:
            return
        if command.name in ("/export", "/index"):
            yield from _paths(typed, folders_only=command.name == "/index", event=complete_event)
            if command.name == "/export":
                yield from _suffixes(typed)
            return
        for value, about in self._values(command.name, typed):
            if value.lower().startswith(typed.lower()):
                yield Completion(value, -len(typed), display_meta=about)

    def _values(self, command: str, typed: str) -> Iterator[tuple[str, str]]:
        """Yield what a command takes, each with a word about it."""
        answer = self._session.last
        if command == "/why" and answer is not None:
            for number, claim in enumerate(answer.claims, 1):
                yield str(number), shortened(claim.text, 50)
        if command == "/read" and answer is not None:
            for number, citation in enumerate(answer.citations, 1):
                yield str(number), shortened(source(citation), 50)
        if command == "/model" and not typed.startswith("http"):
            yield from ((name, "") for name in self._known_models())

    def _known_models(self) -> list[str]:
        """Return the models that could answer; a server is asked once."""
        from r1agent.cli.chat_switch import known_models

        settings = self._session.settings
        if self._models is None or self._models[0] != settings.base_url:
            self._models = settings.base_url, known_models(settings)
        return self._models[1]


def _commands(typed: str) -> Iterator[Completion]:
    for command in COMMANDS:
        if command.name.startswith(typed):
            display = f"{command.name} {command.takes}".rstrip()
            value = f"{command.name} " if command.takes else command.name
            yield Completion(value, -len(typed), display=display, display_meta=command.help)


def _paths(typed: str, *, folders_only: bool, event: CompleteEvent) -> Iterator[Completion]:
    paths = PathCompleter(only_directories=folders_only, expanduser=True)
    yield from paths.get_completions(Document(typed), event)


def _suffixes(typed: str) -> Iterator[Completion]:
    """Offer the formats as ends of the file's name."""
    stem = Path(typed).stem
    if not stem or typed.endswith("/"):
        return
    ending = typed[typed.rindex(stem) + len(stem) :]
    for suffix in _FORMATS:
        if suffix.startswith(ending) and suffix != ending:
            yield Completion(suffix[len(ending) :], display=stem + suffix)
