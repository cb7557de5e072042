"""Where a chat reads its lines: an editor on terminals, plain lines everywhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import AnyFormattedText
    from prompt_toolkit.history import History
    from prompt_toolkit.key_binding import KeyBindings

    from r1agent.cli.chat_session import ChatSession

ReadLine = Callable[[], str | None]
"""Return the next question or command, None at the end of input; Ctrl-C raises."""

_HISTORY = "history"
_MENU_LINES = 8


def open_prompt(session: ChatSession) -> ReadLine:
    """Return what reads the lines of a chat."""
    if not sys.stdin.isatty():
        return lambda: _plain_line("")
    screen = next((each for each in (sys.stdout, sys.stderr) if each.isatty()), None)
    history = _history(session.folder / _HISTORY)
    if screen is None or session.given.plain or os.environ.get("TERM") in ("dumb", "unknown"):
        return _plain_prompt(history)
    return _editor(session, history, screen)


def _editor(session: ChatSession, history: History, screen: TextIO) -> ReadLine:
    """Edit lines on `screen`, with history, completion and several lines to a question."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.application.current import get_app
    from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.output import create_output

    from r1agent.cli.chat_completer import ChatCompleter

    prompt: PromptSession[str] = PromptSession(
        "> ",
        history=history,
        output=create_output(screen),
        multiline=True,
        prompt_continuation="  ",
        key_bindings=_keys(),
        completer=ChatCompleter(session),
        complete_in_thread=True,
        complete_while_typing=Condition(lambda: get_app().current_buffer.text.startswith("/")),
        auto_suggest=AutoSuggestFromHistory(),
        reserve_space_for_menu=_MENU_LINES,
        placeholder=lambda: _placeholder(session),
    )

    def read() -> str | None:
        try:
            return prompt.prompt().strip()
        except EOFError:
            return None

    return read


def _keys() -> KeyBindings:
    """Let Enter send, Alt+Enter and a trailing backslash begin a line, and Ctrl-C clear first."""
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("enter")
    def send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.current_line_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
            return
        buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def begin_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def clear_or_leave(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
            return
        event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    return keys


def _placeholder(session: ChatSession) -> AnyFormattedText:
    """Say what Enter does where a question waits; colourless terminals would mistake it."""
    from r1agent.report.printable import shortened

    waiting = session.conversation.unanswered
    if waiting is None or os.environ.get("NO_COLOR"):
        return []
    return [("fg:ansibrightblack", f"Enter goes on with “{shortened(waiting.text, 40)}”")]


def _plain_prompt(history: History) -> ReadLine:
    """Read lines with what the terminal itself, or readline where it is there, can edit."""
    with suppress(ImportError):  # editing is no must
        import readline

        readline.clear_history()
        for line in reversed(list(history.load_history_strings())):
            readline.add_history(line)

    def read() -> str | None:
        try:
            line = _plain_line("> ")
        except KeyboardInterrupt:
            sys.stderr.write("\n")
            raise
        if line is None:
            sys.stderr.write("\n")
        if line:
            history.append_string(line)
        return line

    return read


def _plain_line(prompt: str) -> str | None:
    """Read a line, and those after it while they end in a backslash."""
    lines: list[str] = []
    while True:
        try:
            line = _input(prompt if not lines else prompt and "  ")
        except EOFError:
            return "\n".join(lines).strip() if lines else None
        if not line.endswith("\\"):
            return "\n".join([*lines, line]).strip()
        lines.append(line[:-1])


def _input(prompt: str) -> str:
    """Ask on stdout where that is the terminal, else on stderr, so that data stays data."""
    if not prompt or sys.stdout.isatty():
        return input(prompt)
    sys.stderr.write(prompt)
    sys.stderr.flush()
    return input()


def _history(path: Path) -> History:
    """Keep what is typed in `path`, or where that cannot be written, only for this chat."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)
