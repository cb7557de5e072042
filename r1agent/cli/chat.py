"""`r1agent chat`: question after question with one loaded assistant."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from r1agent.cli.given import Given, with_given
from r1agent.cli.run_id import RunId
from r1agent.cli.session import open_index

if TYPE_CHECKING:
    from r1agent.conversation import Conversation
    from r1agent.follow_up import FollowUp
    from r1agent.settings import Settings
    from r1agent.types import Answer

HELP = """\
/help       this list
/sources    the last answer's references in full
/show       the last answer in full, with what was left out and why
/save FILE  write the conversation to a new Markdown file
/new        forget what was asked and cited so far
/index      the papers that are searched
/quit       leave (also Ctrl-D); Ctrl-C stops an answer
Anything else is a question. It may point back: "that paper", "the second one", "and for X?"."""


@with_given
def chat(*, given: Given) -> None:
    """Ask one question after the other; each may build on the one before."""
    from r1agent.cli.ending import say

    where = given.where()
    view = given.view()
    with view:
        view.loading("Starting", None)
        settings = given.settings()
        from r1agent.conversation import Conversation
        from r1agent.load import load_assistant

        assistant = load_assistant(settings, where=where, on_progress=view.loading)
    with assistant:
        say(f"r1agent with {assistant.answered_by}. /help lists the commands.")
        Chat(Conversation(assistant), settings, given).run()


class Chat:
    """Read questions and commands until the input ends."""

    def __init__(self, conversation: Conversation, settings: Settings, given: Given) -> None:
        """Store what every question needs."""
        self.conversation = conversation
        self.settings = settings
        self.given = given

    @property
    def last(self) -> Answer | None:
        """The last answer."""
        turns = self.conversation.turns
        return turns[-1].answer if turns else None

    def run(self) -> None:
        """Serve every line of input."""
        history = self.settings.runs_dir.parent / "chat_history"
        _load_history(history)
        try:
            while (line := _read_line()) is not None:
                if line in ("/quit", "/exit", "/q"):
                    return
                self._serve(line)
        finally:
            _save_history(history)

    def _serve(self, line: str) -> None:
        from r1agent.cli.ending import complain, say, user_errors

        commands = {
            "/help": self._help,
            "/sources": self._sources,
            "/show": self._show,
            "/new": self._new,
            "/index": self._index,
        }
        command, _, rest = line.partition(" ")
        try:
            if line in commands:
                commands[line]()
            elif command == "/save":
                self._save(rest.strip())
            elif line.startswith("/"):
                say(f"No command {line!r}. Commands: {', '.join(commands)}, /save FILE, /quit.")
            elif line:
                self._ask(line)
        except user_errors() as error:
            complain(str(error))

    def _ask(self, question: str) -> None:
        from rich.text import Text

        from r1agent.cli.ending import say
        from r1agent.report.terminal import answer_to_terminal

        run = RunId(self.given.runs_dir)
        view = self.given.view()
        try:
            with view:
                answer = self.conversation.ask(
                    question,
                    on_event=run.noting(view.event),
                    on_understood=lambda meant: view.line(Text(_understood(meant), style="cyan")),
                )
        except KeyboardInterrupt:
            say(run.kept())
            return
        self.given.data().print(answer_to_terminal(answer), crop=False)

    def _help(self) -> None:
        from r1agent.cli.screen import show

        show(HELP)

    def _sources(self) -> None:
        from r1agent.cli.ending import say
        from r1agent.cli.screen import show
        from r1agent.report.terminal import references_to_terminal

        if self.last is None or not self.last.citations:
            say("No references yet.")
            return
        show(*references_to_terminal(self.last))

    def _show(self) -> None:
        from r1agent.cli.ending import say
        from r1agent.report.terminal import answer_to_terminal

        if self.last is None:
            say("No answer yet.")
            return
        self.given.data().print(answer_to_terminal(self.last, full=True), crop=False)

    def _save(self, name: str) -> None:
        from r1agent.cli.ending import complain, say
        from r1agent.report.export import exported
        from r1agent.report.markdown import turn_to_markdown

        if not self.conversation.turns or not name:
            say("Nothing to save yet." if name else "Name a file: /save notes.md")
            return
        blocks = [
            exported(turn_to_markdown(turn.text, turn.answer), turn.answer, self.settings)
            for turn in self.conversation.turns
        ]
        path = Path(name).expanduser()
        try:
            with path.open("x", encoding="utf-8", errors="replace") as file:
                file.write("\n".join(blocks))
        except OSError as error:
            complain(f"{str(path)!r} cannot be written: {error.strerror}. Name a new file.")
            return
        say(f"Saved to {str(path)!r}.")

    def _new(self) -> None:
        from r1agent.cli.ending import say

        self.conversation.forget()
        say("Begun anew.")

    def _index(self) -> None:
        from r1agent.cli.ending import say
        from r1agent.cli.papers import paper_line
        from r1agent.cli.screen import show

        if self.settings.index is None:
            say("No index: questions are answered without papers. Start with `--index DIR`.")
            return
        with open_index(self.settings) as papers:
            show(*map(paper_line, papers.papers(self.given.where())))


def _understood(follow_up: FollowUp) -> str:
    from r1agent.report.printable import one_line

    only = f" (in {follow_up.file} only)" if follow_up.file else ""
    return one_line(f"understood as: {follow_up.question}{only}")


def _read_line() -> str | None:
    """Return the next line without its ends, or None where the input is over."""
    terminal = sys.stdin.isatty()
    if terminal and not sys.stdout.isatty():
        sys.stderr.write("> ")
        sys.stderr.flush()
    try:
        return input("> " if terminal and sys.stdout.isatty() else "").strip()
    except EOFError:
        if terminal:
            sys.stderr.write("\n")
        return None
    except KeyboardInterrupt:
        sys.stderr.write("\n(/quit or Ctrl-D leaves)\n")
        return ""


def _load_history(path: Path) -> None:
    """Give the line editor its keys and what was typed before, where there is one."""
    if not sys.stdin.isatty():
        return
    with suppress(ImportError, OSError):  # readline is missing on Windows; history is no must
        import readline

        readline.set_history_length(1000)
        readline.read_history_file(path)


def _save_history(path: Path) -> None:
    if not sys.stdin.isatty():
        return
    with suppress(ImportError, OSError):
        import readline

        path.parent.mkdir(parents=True, exist_ok=True)
        readline.write_history_file(path)
