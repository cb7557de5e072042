"""What the time of a run went into, span by span, read from when its events came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from r1agent.report.watching.timeline import Moment

Kind = Literal["planner", "executor", "writer", "tool", "check"]
"""Waiting for the model in a role, for a tool, or the program's checks, which may ask a judge."""

PLAN = "plan"
ANSWER = "answer"

_TURNS = (
    "started",
    "planned",
    "step_started",
    "tool_called",
    "tool_returned",
    "step_verified",
    "plan_revised",
    "writing",
    "claim_judged",
    "answered",
)
"""The events at which one thing ends and another begins."""
_CHECKING = "checking sentences"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a run in which one thing was done."""

    lane: str | int
    """`plan`, `answer`, or the number of a step."""
    kind: Kind
    what: str
    """In words for the reader."""
    started: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.started


def spans_of(moments: Iterable[Moment]) -> list[Span]:
    """Return the spans between moments, in order; those without length are left out."""
    told = [moment for moment in moments if moment.name in _TURNS]
    return [
        _span(before, after) for before, after in pairwise(told) if after.seconds > before.seconds
    ]


def lanes_of(spans: Iterable[Span]) -> list[tuple[str | int, list[Span]]]:
    """Return the spans by lane, the lanes in the order in which they begin."""
    lanes: dict[str | int, list[Span]] = {}
    for span in spans:
        lanes.setdefault(span.lane, []).append(span)
    return list(lanes.items())


def seconds_by_kind(spans: Sequence[Span]) -> Iterator[tuple[Kind, float]]:
    """Yield each kind of span there is and the seconds that went into it."""
    kinds: tuple[Kind, ...] = get_args(Kind)
    for kind in kinds:
        seconds = sum(span.seconds for span in spans if span.kind == kind)
        if seconds:
            yield kind, seconds


def _span(before: Moment, after: Moment) -> Span:
    lane, kind, what = _told(before, after)
    return Span(lane, kind, what, before.seconds, after.seconds)


def _told(before: Moment, after: Moment) -> tuple[str | int, Kind, str]:
    """Tell from two events that follow each other what went on between them."""
    step = after.step if after.step is not None else before.step
    match before.name, after.name:
        case "planned" | "plan_revised", "step_started":
            return PLAN, "check", "taking up a step"
        case _, "planned":
            return PLAN, "planner", "planning"
        case _, "plan_revised":
            return PLAN, "planner", "revising the plan"
        case "tool_called", _:
            return _lane(before.step), "tool", "a tool at work"
        case _, "tool_called" if step:
            return step, "executor", "choosing an action"
        case "step_started", "step_verified" if step:
            return step, "executor", "choosing an action"
        case _, "step_verified" if step:
            return step, "check", "checking the step"
        case "writing", _:
            return ANSWER, "writer", "writing"
        case "step_verified", "step_started":
            return PLAN, "check", "looking at the plan again"
        case "claim_judged" | "tool_returned", "answered":
            return ANSWER, "check", "looking who says otherwise"
        case _, "claim_judged" | "tool_called":
            return ANSWER, "check", _CHECKING
        case _, "writing":
            return ANSWER, "check", "gathering the evidence"
        case _:
            return ANSWER, "check", "summing up"


def _lane(step: int | None) -> str | int:
    return step if step else ANSWER
