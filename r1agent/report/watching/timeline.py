"""What a view knows of a run: its events folded into plan, steps, calls and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from r1agent.report.printable import shortened
from r1agent.report.watching.found import Found, passages_in, summed_up
from r1agent.report.watching.thoughts import ANSWERING, PLANNING, Thought, thought_of
from r1agent.types import Event, EventName, Support

WAITING = "waiting"
RUNNING = "running"
STOPPED = "stopped"

_BESIDE = "Search beyond the plan, for a sentence or for who says otherwise"
"""What calls are for that belong to no step: they come with the number 0."""


@dataclass(slots=True)
class CallLine:
    """A tool call, and its outcome once it is there."""

    tool: str
    arguments: str
    """In one line."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """The arguments as they were."""
    outcome: str = ""
    """In few words where passages were found; otherwise `text`."""
    text: str = ""
    """All that the tool gave back."""
    found: tuple[Found, ...] = ()
    """The passages in it."""
    ok: bool | None = None
    """None while the call runs."""
    seconds: float = 0.0


@dataclass(slots=True)
class StepLine:
    """A step of the plan and how far it has come."""

    number: int
    goal: str
    tool: str
    done_when: str = ""
    state: str = WAITING
    """`waiting`, `running`, `stopped` by a limit, or the verdict's support."""
    started: float = 0.0
    ended: float = 0.0
    rests_on: str = ""
    reasons: tuple[str, ...] = ()
    calls: list[CallLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, or a revision of it, as it was made."""

    revision: int
    """0 for the first plan."""
    seconds: float
    steps: tuple[StepLine, ...]
    """Those of the run, so that they tell how far each came."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened."""

    name: EventName
    seconds: float
    step: int | None = None
    """The step of the plan that it belongs to; 0 is beyond the plan."""


@dataclass(slots=True)
class ClaimLine:
    """A sentence that the gate judged."""

    text: str
    support: Support
    reasons: tuple[str, ...]
    sources: tuple[str, ...]
    """File and page of each quote."""
    quotes: tuple[str, ...] = ()
    """The quotes themselves."""

    @property
    def kept(self) -> bool:
        """Whether the gate let it through."""
        return self.support == "supported"


@dataclass(slots=True)
class Timeline:
    """A run as its events tell it; `apply` each event in order."""

    run: str = ""
    question: str = ""
    model: str = ""
    activity: str = "starting"
    """What is going on now, in words for the reader."""
    since: float = 0.0
    """When that began, in seconds since the run started."""
    now: float = 0.0
    """The last event's time."""
    revision: int = 0
    steps: list[StepLine] = field(default_factory=list)
    plans: list[Planned] = field(default_factory=list)
    """The first plan and its revisions."""
    moments: list[Moment] = field(default_factory=list)
    """When each event came."""
    thinking: str = ""
    """What the model thinks just now, up to the latest word; empty where no thought goes on."""
    thoughts: list[Thought] = field(default_factory=list)
    claims: list[ClaimLine] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    passages: int = 0
    """Passages that the answer is written from."""
    drafts: int = 0
    """How often the answer was begun."""
    finished: bool = False
    can_go_on: bool = False
    """Whether the record of the run has what `r1agent ask --resume` needs."""

    @property
    def current(self) -> StepLine | None:
        """The step that is under way."""
        return next((step for step in self.steps if step.state == RUNNING), None)

    def apply(self, event: Event) -> None:
        """Take in one event. Names this version does not know are passed over."""
        self.now = event.seconds
        if event.name == "thinking":
            self.thinking += str(event.data.get("text", ""))
            return
        self.thinking = ""
        step = event.data.get("step")
        self.moments.append(
            Moment(event.name, event.seconds, step if isinstance(step, int) else None)
        )
        handler = getattr(self, f"_on_{event.name}", None)
        if handler is not None:
            handler(event.data)

    def _begin(self, activity: str) -> None:
        self.activity, self.since = activity, self.now

    def _on_started(self, data: Mapping[str, Any]) -> None:
        self.run = str(data.get("run", ""))
        self.question = str(data.get("question", ""))
        self.model = str(data.get("model", ""))
        self.can_go_on = int(data.get("journal", 1)) > 1
        self._begin("planning")

    def _on_resumed(self, data: Mapping[str, Any]) -> None:
        del data
        self.notices.append("The run was stopped here and went on later.")

    def _on_planned(self, data: Mapping[str, Any]) -> None:
        self._take_plan(data, kept=[])

    def _on_plan_revised(self, data: Mapping[str, Any]) -> None:
        self._take_plan(data, kept=[step for step in self.steps if step.state != WAITING])

    def _take_plan(self, data: Mapping[str, Any], *, kept: list[StepLine]) -> None:
        self.revision = int(data.get("revision", 0))
        planned = [
            StepLine(number, str(step["goal"]), str(step["tool"]), str(step.get("done_when", "")))
            for number, step in enumerate(data.get("steps", ()), len(kept) + 1)
        ]
        self.steps = kept + planned
        self.plans.append(Planned(self.revision, self.now, tuple(planned)))
        self._begin("choosing the next action")

    def _on_thought(self, data: Mapping[str, Any]) -> None:
        planning = ANSWERING if self.drafts else PLANNING
        during = self.current.number if self.current else planning
        self.thoughts.append(thought_of(data, during=during))

    def _on_step_started(self, data: Mapping[str, Any]) -> None:
        step = self._step(data)
        step.state, step.started = RUNNING, self.now
        self._begin("choosing the next action")

    def _on_tool_called(self, data: Mapping[str, Any]) -> None:
        given = data.get("arguments", {})
        as_given = dict(given) if isinstance(given, Mapping) else {}
        call = CallLine(str(data["tool"]), _arguments(given), as_given)
        self._step(data).calls.append(call)
        self._begin(f"running {call.tool}")

    def _on_tool_returned(self, data: Mapping[str, Any]) -> None:
        step = self._step(data)
        if not step.calls:
            step.calls.append(CallLine(str(data["tool"]), ""))
        call = step.calls[-1]
        call.ok, call.seconds = bool(data.get("ok", True)), float(data.get("seconds", 0))
        call.text = str(data.get("text", ""))
        call.found = passages_in(call.text)
        call.outcome = summed_up(call.found) or call.text
        self._begin("reading the result")

    def _on_step_verified(self, data: Mapping[str, Any]) -> None:
        step = self._step(data)
        step.state, step.ended = str(data["support"]), self.now
        step.rests_on = str(data.get("rests_on", ""))
        step.reasons = tuple(map(str, data.get("reasons", ())))
        self._begin("going on")

    def _on_writing(self, data: Mapping[str, Any]) -> None:
        passages = data.get("passages", 0)
        self.passages = passages if isinstance(passages, int) else len(passages)
        self.drafts += 1
        self._end_step()
        self._begin("writing the answer" if self.drafts == 1 else f"writing draft {self.drafts}")

    def _on_claim_judged(self, data: Mapping[str, Any]) -> None:
        quotes = data.get("quotes", ())
        claim = ClaimLine(
            str(data["text"]),
            data["support"],
            tuple(map(str, data.get("reasons", ()))),
            tuple(f"{quote['file']} p. {quote['page']}" for quote in quotes),
            tuple(str(quote.get("quote", "")) for quote in quotes),
        )
        self.claims.append(claim)
        self._begin("checking each sentence")

    def _on_notice(self, data: Mapping[str, Any]) -> None:
        self.notices.append(str(data["text"]))

    def _on_answered(self, data: Mapping[str, Any]) -> None:
        del data  # the answer itself is shown by its own renderer
        self._end_step()
        self.finished = True
        self._begin("done")

    def _end_step(self) -> None:
        """Stop the step that a limit ended before it was verified."""
        if self.current is not None:
            step = self.current
            step.state, step.ended = STOPPED, self.now

    def _step(self, data: Mapping[str, Any]) -> StepLine:
        """Find the step of that number; an event may come for one that no plan named."""
        number = int(data.get("step", 0))
        for step in self.steps:
            if step.number == number:
                return step
        goal = str(data.get("goal", "")) or (_BESIDE if number == 0 else "")
        step = StepLine(number, goal, str(data.get("tool", "")))
        self.steps.append(step)
        return step


def _arguments(arguments: Any) -> str:
    if not isinstance(arguments, Mapping):
        return shortened(str(arguments), 120)
    if len(arguments) == 1:
        return shortened(str(*arguments.values()), 120)
    return shortened(", ".join(f"{name}={value}" for name, value in arguments.items()), 120)
