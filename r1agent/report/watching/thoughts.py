"""What a model thought before its replies, folded to a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line
from r1agent.words import counted

PLANNING = "plan"
ANSWERING = "answer"
_MARK = "  ◦ "
_TAIL = 160
"""Characters of a thought's end; what it came to stands there."""


@dataclass(frozen=True, slots=True)
class Thought:
    """What the model thought before one reply."""

    role: str
    text: str
    seconds: float
    tokens: int
    """0 where the reply came from the cache or was not counted."""
    during: str | int
    """`plan`, `answer`, or the number of the step under way."""


def thought_of(data: Mapping[str, Any], *, during: str | int) -> Thought:
    """Read the thought of an event."""
    return Thought(
        str(data.get("role", "")),
        str(data.get("text", "")),
        float(data.get("seconds", 0)),
        int(data.get("tokens", 0)),
        during,
    )


def thought_line(thought: Thought, *, full: bool = False) -> RenderableType:
    """Fold a thought to a line, unless `full`: how long it was, and how it ended."""
    start = f"thought{thought_cost(thought.seconds, thought.tokens)}: "
    if full:
        return Hanging(_MARK, Text.assemble((start, "dim"), (one_line(thought.text), "dim italic")))
    return _Folded(start, one_line(thought.text))


def thinking_line(text: str) -> RenderableType:
    """Show the latest words of a thought that goes on."""
    return _Folded("thinking: ", one_line(text[-2 * _TAIL :]))


def thoughts_line(thoughts: Sequence[Thought]) -> RenderableType:
    """Fold all thoughts of a run."""
    seconds = sum(thought.seconds for thought in thoughts)
    tokens = sum(thought.tokens for thought in thoughts)
    said = f"{counted(len(thoughts), 'thought')}{thought_cost(seconds, tokens)}"
    return Hanging(_MARK, Text(said, style="dim"), style="dim")


def thought_cost(seconds: float, tokens: int) -> str:
    """Say what thoughts took, as ` for 3 s (100 tokens)`; empty where it is not known."""
    return f" for {seconds:.0f} s ({counted(tokens, 'token')})" if tokens else ""


@dataclass(frozen=True, slots=True)
class _Folded:
    """A line that shows the end of a text, as much as there is room for."""

    start: str
    words: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Cut the text at its beginning."""
        room = options.max_width - cell_len(_MARK + self.start) - 1
        yield Text.assemble((_MARK + self.start, "dim"), (_tail(self.words, room), "dim italic"))


def _tail(words: str, room: int) -> str:
    tail = words[-max(min(room, _TAIL), 0) :]
    while tail and cell_len(tail) > room:
        tail = tail[1:]
    return tail if tail == words else f"…{tail}"
