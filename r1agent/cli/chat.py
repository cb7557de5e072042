"""`r1agent chat`: question after question with one loaded assistant."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli.given import Given, with_given

if TYPE_CHECKING:
    from r1agent.cli.chat_record import PastChat
    from r1agent.cli.chat_session import ChatSession
    from r1agent.cli.stopped import SoFar
    from r1agent.follow_up import FollowUp
    from r1agent.run import Listener
    from r1agent.types import Answer, Event

    Asking = Callable[[Listener, Callable[[FollowUp], None]], Answer]


@with_given
def chat(
    resume: Annotated[
        bool, typer.Option("--resume", metavar="", help="Go on with the last conversation.")
    ] = False,
    *,
    given: Given,
) -> None:
    """Ask one question after the other; each may build on the one before."""
    session, past = _open(given, resume=resume)
    with session:
        _greet(session, past)
        Chat(session).run()


def _open(given: Given, *, resume: bool) -> tuple[ChatSession, PastChat | None]:
    from r1agent.cli.session import require_named_index

    where, settings = given.where(), given.settings()
    if not resume:  # the conversation to go on with may name another one
        require_named_index(settings)
    with given.view() as view:
        view.loading("Starting", None)
        from r1agent.cli.chat_assistants import Assistants
        from r1agent.cli.chat_record import ChatRecord, chats_of, find_last
        from r1agent.cli.chat_session import ChatSession

        past = find_last(settings) if resume else None
        if past is not None and past.made_with is not None:
            settings = given.settings(past.made_with["settings"])
            where = where or past.where
        record = ChatRecord(chats_of(settings), past.path if past else None)
        assistants = Assistants(given, settings, where, view.loading)
    return ChatSession(given, assistants, record, past), past


def _greet(session: ChatSession, past: PastChat | None) -> None:
    """Say what answers, and what went before or can be gone on with."""
    from r1agent.cli.chat_past import past_line, resume_line, show_last
    from r1agent.cli.ending import say

    say(f"r1agent with {session.assistants.current.answered_by}. /help lists the commands.")
    if past is not None:
        say(past_line(past))
        show_last(session)
    elif sys.stdin.isatty() and (line := resume_line(session.folder)):
        say(line)


class Chat:
    """Read questions and commands until the input ends."""

    def __init__(self, session: ChatSession) -> None:
        """Store what every question needs."""
        self.session = session
        self.conversation = session.conversation

    def run(self) -> None:
        """Serve every line of input; the second Ctrl-C in a row leaves."""
        from r1agent.cli.chat_prompt import open_prompt
        from r1agent.cli.ending import say

        read = open_prompt(self.session)
        stopped = False
        while True:
            try:
                line = read()
            except KeyboardInterrupt:
                if stopped:
                    return
                say("Ctrl-C again leaves; so does Ctrl-D.")
                stopped = True
                continue
            if line is None or line in ("/quit", "/exit", "/q"):
                return
            stopped = self._serve(line)

    def _serve(self, line: str) -> bool:
        """Do what a line asks for; tell whether Ctrl-C stopped it."""
        name, _, rest = line.partition(" ")
        waiting = self.conversation.unanswered
        if name == "/again" or (not line and waiting is not None):
            return self._again()
        if line.startswith("/"):
            return self._command(name, rest.strip())
        return self._answer(self._asking(line)) if line else False

    def _command(self, name: str, argument: str) -> bool:
        from r1agent.cli.chat_commands import find_command, unknown_command
        from r1agent.cli.ending import complain, say, user_errors

        command = find_command(name)
        if command is None or command.run is None:
            say(unknown_command(name))
            return False
        try:
            command.run(self.session, argument)
        except KeyboardInterrupt:
            say("Stopped.")
            return True
        except user_errors() as error:
            complain(str(error))
        return False

    def _asking(self, text: str) -> Asking:
        return lambda on_event, on_understood: self.conversation.ask(
            text, on_event=on_event, on_understood=on_understood
        )

    def _again(self) -> bool:
        from r1agent.cli.ending import say

        if self.conversation.unanswered is None and not self.conversation.turns:
            say("Nothing was asked yet.")
            return False
        return self._answer(
            lambda on_event, on_understood: self.conversation.again(
                on_event=on_event, on_understood=on_understood
            )
        )

    def _answer(self, ask: Asking) -> bool:
        """Answer and record a question; tell whether Ctrl-C stopped it."""
        from rich.text import Text

        from r1agent.cli.ending import complain, say, user_errors
        from r1agent.cli.links import links_for
        from r1agent.cli.stopped import SoFar
        from r1agent.report.terminal import answer_to_terminal

        so_far, view = SoFar(), self.session.given.view()
        so_far.index = self.session.settings.index

        def watch(event: Event) -> None:
            self._note(event)
            so_far.note(event)
            view.event(event)

        try:
            with view:
                answer = ask(watch, lambda meant: view.line(Text(_understood(meant), "cyan")))
        except KeyboardInterrupt:
            say(f"Stopped. {so_far.said()}")
            self._show_so_far(so_far)
            return True
        except user_errors() as error:
            complain(str(error))
            self._show_so_far(so_far)
            return False
        console = self.session.given.data()
        links = links_for(answer, self.session.settings.index, console)
        console.print(answer_to_terminal(answer, links=links), crop=False)
        say("")
        self._keep()
        return False

    def _note(self, event: Event) -> None:
        """Record a question whose run has begun, so that a kill does not lose it."""
        waiting = self.conversation.unanswered
        if event.name == "started" and waiting is not None:
            self.session.record.asked(waiting, self.conversation.assistant.made_with)

    def _keep(self) -> None:
        from r1agent.cli.ending import complain
        from r1agent.errors import JournalError

        try:
            self.session.record.answered(self.conversation.turns[-1])
        except JournalError as error:
            complain(str(error))

    def _show_so_far(self, so_far: SoFar) -> None:
        """Show what is proved, and how to go on."""
        from r1agent.cli.ending import say

        so_far.show(self.session.given.data())
        if (waiting := self.conversation.unanswered) is None:
            return
        shown = f"; `r1agent show {waiting.run}` shows what was done" if waiting.run else ""
        say(f"Nothing is lost: Enter or /again goes on with the question{shown}.")


def _understood(follow_up: FollowUp) -> str:
    from r1agent.report.printable import one_line

    only = f" (in {follow_up.file} only)" if follow_up.file else ""
    return one_line(f"understood as: {follow_up.question}{only}")
