"""The commands of a chat: their names, what each takes, and what it does."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from r1agent.cli import chat_export, chat_look, chat_switch
from r1agent.cli.chat_session import ChatSession
from r1agent.cli.ending import say
from r1agent.report.printable import shortened


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """Something that a chat does besides answering."""

    name: str
    takes: str
    """Its argument as help writes it; empty where it takes none."""
    help: str
    run: Callable[[ChatSession, str], None] | None = None
    """None where the chat itself does it: asking again, and leaving."""
    aliases: tuple[str, ...] = ()


def _undo(session: ChatSession, _: str) -> None:
    waiting = session.conversation.unanswered
    taken = session.conversation.undo() if waiting is None else None
    if waiting is not None:
        session.conversation.unanswered = None
        say(f"Dropped the unanswered question “{shortened(waiting.text, 60)}”.")
        return
    if taken is None:
        say("Nothing to take back.")
        return
    session.record.undone()
    say(f"Taken back: “{shortened(taken.text, 60)}”. Its answer and sources are forgotten.")


def _new(session: ChatSession, _: str) -> None:
    session.begin_anew()
    say("Begun anew.")


def _help(_: ChatSession, __: str) -> None:
    from r1agent.cli.screen import show

    show(help_text())


COMMANDS = (
    ChatCommand("/sources", "", "the last answer's references in full", chat_look.sources),
    ChatCommand(
        "/why", "[N]", "why sentences were left out, or how sentence N is proved", chat_look.why
    ),
    ChatCommand("/plan", "", "the last plan, its calls and the verdicts", chat_look.plan),
    ChatCommand(
        "/read", "[N]", "the page of reference N, its quote marked; also FILE PAGE", chat_look.read
    ),
    ChatCommand("/show", "", "the last answer with all of that at once", chat_look.whole),
    ChatCommand(
        "/export",
        "FILE",
        "write the conversation: .md .html .docx .json .bib",
        chat_export.export,
        ("/save",),
    ),
    ChatCommand(
        "/index", "[DIR]", "the papers that are searched, or search others", chat_switch.index
    ),
    ChatCommand(
        "/model", "[NAME]", "what answers, or another model; also a server's URL", chat_switch.model
    ),
    ChatCommand("/again", "", "go on with a stopped question, or ask the last one again"),
    ChatCommand("/undo", "", "take back the last question and its answer", _undo),
    ChatCommand("/new", "", "forget everything and begin a new conversation", _new),
    ChatCommand("/help", "", "this list", _help, ("/?",)),
    ChatCommand("/quit", "", "leave, as Ctrl-D and Ctrl-C twice do", None, ("/exit", "/q")),
)


def find_command(name: str) -> ChatCommand | None:
    """Return the command of this name or alias; None where there is none."""
    return next((one for one in COMMANDS if name in (one.name, *one.aliases)), None)


def unknown_command(name: str) -> str:
    """Say that there is no such command, and which ones there are."""
    names = [one.name for one in COMMANDS]
    near = difflib.get_close_matches(name, names, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"No command {name!r}.{meant} Commands: {', '.join(names)}."


def help_text() -> str:
    """List the commands and the keys."""
    return "\n".join([*map(_help_line, COMMANDS), *_KEYS])


_KEYS = (
    'Anything else is a question. It may point back: "that paper", "the second one", "and for X?".',
    "Enter sends. Alt+Enter, or a \\ at the end, begins another line; pasted lines stay together.",
    "Ctrl-C stops an answer and shows what is proved by then; Enter goes on with it.",
)


def _help_line(command: ChatCommand) -> str:
    also = f" (also {', '.join(command.aliases)})" if command.aliases else ""
    return f"{f'{command.name} {command.takes}':<15}{command.help}{also}"
