"""A run that survives a kill: what was said is in its journal, and is not asked for again.

A resumed run goes through the loop from the start. Everything that a model, a tool or the user
said before is handed back from the journal, so that only what is missing is done; what the program
itself works out is worked out again.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from glob import escape
from typing import Any, TypeVar

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from pydantic import BaseModel

from r1agent.artifacts import artifact_from_json, artifact_to_json
from r1agent.errors import ModelOutputError
from r1agent.journal import Journal, Kept
from r1agent.past import Past
from r1agent.run import Run
from r1agent.types import Event, EventName, Usage

Schema = TypeVar("Schema", bound=BaseModel)
_PASSING = ("seconds", "left", "papers")
"""What may differ between an event and the same event of the resumed run.

Older journals have no `papers`.
"""


class RecordedRun(Run):
    """A run whose model, tools and user are asked once, also across kills.

    Args:
        run_id: As in `Run`, like all other options but these.
        question: As in `Run`.
        journal: Where events and replies are kept; None keeps nothing.
        past: What the run had done when it was stopped.
        within: Name of the file that searches are limited to; empty for all.
    """

    def __init__(
        self,
        run_id: str,
        question: str,
        *,
        journal: Journal | None = None,
        past: Past | None = None,
        within: str = "",
        **options: Any,
    ) -> None:
        super().__init__(run_id, question, **options)
        self.within = within
        self._journal = journal
        self._past = past
        self._expected = deque(e for e in (past.events if past else ()) if e.name != "resumed")
        self._kept = _by_key(past.kept if past else ())
        self._repeated = 0
        self._thoughts: list[dict[str, Any]] = []
        if past is not None:
            self._started = time.monotonic() - past.events[-1].seconds
            if journal is not None:
                journal.hold()

    @property
    def seconds(self) -> float:
        """Seconds since the run started, without the time in which it was stopped."""
        return self._expected[0].seconds if self._expected else super().seconds

    def emit(self, name: EventName, **data: Any) -> None:
        """Tell every listener what happened; what the journal holds is not written again."""
        event = Event(name, round(self.seconds, 3), data)
        if self._expected and _same(event, self._expected[0]):
            event = self._expected.popleft()
            self._repeated += 1
            self._tell(event)
            return
        if self._past is not None:
            self._go_on(self._past)
        self._write(event)
        self._tell(event)

    def close(self) -> None:
        """Let the run be gone on with: a failure that is still held must not keep its journal."""
        if self._journal is not None:
            self._journal.close()

    def _go_on(self, past: Past) -> None:
        """Mark in the journal where the new course begins."""
        self._past = None
        self._expected.clear()
        data = {"kept": self._repeated, "model": self.model_name}
        event = Event("resumed", round(self.seconds, 3), data)
        self._write(event)
        self._tell(event)
        others = past.models - {self.model_name}
        if others:
            names = ", ".join(map(repr, sorted(others)))
            self.notices.append(f"Begun with {names} and continued with {self.model_name!r}.")

    def fill(self, role: str, prompt: str, schema: type[Schema], **options: Any) -> Schema:
        """Have the model fill in one schema, or give what it filled in before."""

        def ask() -> Any:
            filled = super(RecordedRun, self).fill(role, prompt, schema, **options)
            return filled.model_dump(mode="json")

        return schema.model_validate(self._reply(role, [role, prompt, schema.__name__], ask))

    def complete(self, role: str, prompt: str, **options: Any) -> str:
        """Have the model write free text, or give what it wrote before."""

        def ask() -> Any:
            return super(RecordedRun, self).complete(role, prompt, **options)

        return str(self._reply(role, [role, prompt], ask))

    def use_tool(self, tool: BaseTool, request: dict[str, Any]) -> ToolMessage:
        """Call a tool, or give what it returned before.

        A result that is too large for the journal, or of a kind that it cannot hold, is not kept.
        """
        if self.within and tool.name == "search_papers" and "file" in tool.args:
            request = request | {"args": request["args"] | {"file": escape(self.within)}}
        key = _hash("tool", tool.name, request["args"])
        if (said := self._said(key)) is not None:
            artifact = artifact_from_json(said["artifact"])
            return ToolMessage(
                said["text"], status=said["status"], artifact=artifact, tool_call_id=request["id"]
            )
        message = super().use_tool(tool, request)
        if (written := artifact_to_json(message.artifact)) is not None:
            text = str(message.text)
            self._keep(key, {"text": text, "status": message.status, "artifact": written})
        return message

    def once(self, what: str, decide: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
        """Return what was decided before, or decide and keep it; None is not kept."""
        key = _hash(what)
        if (said := self._said(key)) is not None:
            return said
        decided = decide()
        if decided is not None:
            self._keep(key, decided)
        return decided

    def _reply(self, role: str, asked: Sequence[str], ask: Callable[[], Any]) -> Any:
        key = _hash(*asked)
        said = self._said(key)
        if said is None:
            before = self.usage.get(role, Usage())
            said = _said_by_model(ask)
            said["usage"] = _difference(self.usage.get(role, Usage()), before)
            said["thoughts"], self._thoughts = self._thoughts, []
            self._keep(key, said)
        else:
            self._prompts[asked[1]] += 1
            self.usage[role] = self.usage.get(role, Usage()) + Usage(**said["usage"])
        for thought in said.get("thoughts", ()):
            self.emit("thought", **thought)
        if "error" in said:
            raise ModelOutputError(said["error"])
        return said["value"]

    def _thought(self, told: dict[str, Any]) -> None:
        """Hold a thought back until its reply is kept: a stop in between would ask for it again."""
        self._thoughts.append(told)

    def _said(self, key: str) -> dict[str, Any] | None:
        waiting = self._kept[key]
        return waiting.popleft() if waiting else None

    def _keep(self, key: str, said: dict[str, Any]) -> None:
        self._write(Kept(key, said))

    def _write(self, line: Event | Kept) -> None:
        if self._journal is not None:
            self._journal.write(line)


def _by_key(kept: Iterable[Kept]) -> defaultdict[str, deque[dict[str, Any]]]:
    found: defaultdict[str, deque[dict[str, Any]]] = defaultdict(deque)
    for one in kept:
        found[one.kept].append(one.said)
    return found


def _same(event: Event, other: Event) -> bool:
    """Tell whether a resumed run does what it did before; it may be started in another way."""
    if event.name != other.name:
        return False
    return event.name == "started" or _lasting(event.data) == _lasting(other.data)


def _lasting(data: Mapping[str, Any]) -> str:
    lasting = {name: value for name, value in data.items() if name not in _PASSING}
    return json.dumps(lasting, sort_keys=True, default=str)


def _said_by_model(ask: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"value": ask()}
    except ModelOutputError as error:
        return {"error": str(error)}


def _difference(after: Usage, before: Usage) -> dict[str, Any]:
    names = [field.name for field in fields(Usage)]
    return {name: getattr(after, name) - getattr(before, name) for name in names}


def _hash(*asked: Any) -> str:
    text = json.dumps(asked, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
