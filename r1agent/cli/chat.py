"""`r1agent chat`: question after question with one loaded assistant."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from r1agent.cli import options
from r1agent.cli.run_id import RunId
from r1agent.cli.session import open_index, settings_from

if TYPE_CHECKING:
    from r1agent.assistant import ResearchAssistant
    from r1agent.settings import Settings
    from r1agent.types import Answer
    from r1agent_indexes import PaperFilter

HELP = """\
/help     this list
/sources  the last answer's references in full
/index    the papers that are searched
/quit     leave (also Ctrl-D); Ctrl-C stops an answer
Anything else is a question. Each stands alone: earlier answers are not read again."""


def chat(
    index: options.Index = None,
    year: options.Year = None,
    author: options.Author = None,
    file: options.File = None,
    tag: options.Tag = None,
    base_url: options.BaseUrl = None,
    model: options.Model = None,
    unsafe_python: options.UnsafePython = None,
    runs_dir: options.RunsDir = None,
    config: options.Config = None,
    quiet: options.Quiet = False,
    plain: options.Plain = False,
) -> None:
    """Ask one question after the other."""
    from r1agent.cli.ending import say
    from r1agent.cli.screen import notes
    from r1agent.cli.within import filter_from
    from r1agent.report.view import open_view

    where = filter_from(year=year, author=author, file=file, tag=tag)
    view = open_view(notes(plain=plain), quiet=quiet, plain=plain)
    with view:
        view.loading("Starting", None)
        settings = settings_from(
            config,
            index=index,
            base_url=base_url,
            model=model,
            unsafe_python=unsafe_python,
            runs_dir=runs_dir,
        )
        from r1agent.load import load_assistant

        assistant = load_assistant(settings, where=where, on_progress=view.loading)
    with assistant:
        say(f"r1agent with {assistant.model_name}. /help lists the commands.")
        Chat(assistant, settings, where=where, quiet=quiet, plain=plain).run()


class Chat:
    """Read questions and commands until the input ends."""

    def __init__(
        self,
        assistant: ResearchAssistant,
        settings: Settings,
        *,
        where: PaperFilter | None = None,
        quiet: bool,
        plain: bool,
    ) -> None:
        """Store what every question needs."""
        self.assistant = assistant
        self.settings = settings
        self.where = where
        self.quiet = quiet
        self.plain = plain
        self.last: Answer | None = None

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

        commands = {"/help": self._help, "/sources": self._sources, "/index": self._index}
        try:
            if line in commands:
                commands[line]()
            elif line.startswith("/"):
                say(f"No command {line!r}. Commands: {', '.join(commands)}, /quit.")
            elif line:
                self._ask(line)
        except user_errors() as error:
            complain(str(error))

    def _ask(self, question: str) -> None:
        from r1agent.cli.ending import say
        from r1agent.cli.screen import data, notes
        from r1agent.report.terminal import answer_to_terminal
        from r1agent.report.view import open_view

        run = RunId()
        view = open_view(notes(plain=self.plain), quiet=self.quiet, plain=self.plain)
        try:
            with view:
                self.last = self.assistant.ask(question, on_event=run.noting(view.event))
        except KeyboardInterrupt:
            say(run.kept())
            return
        data(plain=self.plain).print(answer_to_terminal(self.last), crop=False)

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

    def _index(self) -> None:
        from r1agent.cli.ending import say
        from r1agent.cli.papers import paper_line
        from r1agent.cli.screen import show

        if self.settings.index is None:
            say("No index: questions are answered without papers. Start with `--index DIR`.")
            return
        with open_index(self.settings) as papers:
            show(*map(paper_line, papers.papers(self.where)))


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
