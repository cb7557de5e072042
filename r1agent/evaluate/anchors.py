"""Published figures, read from `anchors.toml`, and whether one stands beside a run fairly."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from r1agent.evaluate.evaluation import Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A figure that somebody published."""

    task: str
    """The task of r1agent that measures the like."""
    data: str
    """The data set, by its usual name."""
    system: str
    metric: str
    """As it was published."""
    measured_as: str = ""
    """The metric of the task that is the same; empty where none is."""
    value: float
    unit: str = ""
    """Such as `%`; empty where the figure is a share of 1."""
    source: str
    """Who published it, and where."""
    url: str
    conditions: str
    """What it was measured on, and how."""
    comparable: bool
    """Whether a run of the task on the same data, whole, measures the same."""
    because: str = ""
    """Why it is not comparable, or with which run it is."""
    folder_names: tuple[str, ...] = ()
    """What the name of a file or folder holds that is this data set, in small letters."""
    examples: int | None = None
    """How many it was measured on; a run over fewer is a sample of it."""


@dataclass(frozen=True, slots=True)
class PublishedBeside:
    """A published figure beside a run."""

    anchor: Anchor
    same_data: bool
    """Whether the run is over the same data set, by its name."""
    not_comparable: str = ""
    """Why not; empty where it is."""


def list_anchors() -> list[Anchor]:
    """Return every published figure that is known, in the order of the file."""
    return list(_anchors())


def anchors_for(evaluation: Evaluation) -> list[PublishedBeside]:
    """Return the published figures of the run's task; those of the same data first."""
    published = [
        PublishedBeside(anchor, _same_data(anchor, evaluation.data), _why_not(anchor, evaluation))
        for anchor in _anchors()
        if anchor.task == evaluation.task
    ]
    return sorted(published, key=lambda one: not one.same_data)


def _why_not(anchor: Anchor, evaluation: Evaluation) -> str:
    if not _same_data(anchor, evaluation.data):
        return f"measured on {anchor.data}, not on these data"
    if not anchor.comparable:
        return anchor.because
    if anchor.measured_as not in {metric.name for metric in evaluation.metrics}:
        return f"this run has no {anchor.metric}"
    answered = {row.example for scored in evaluation.scored for row in scored.rows}
    if anchor.examples not in (None, len(answered)):
        return f"measured on {anchor.examples:,} examples, here on {len(answered):,}"
    return ""


def _same_data(anchor: Anchor, data: str) -> bool:
    return any(name in data.lower() for name in anchor.folder_names)


@cache
def _anchors() -> tuple[Anchor, ...]:
    text = files("r1agent.evaluate").joinpath("anchors.toml").read_text(encoding="utf-8")
    return tuple(_anchor(row) for row in tomllib.loads(text)["anchor"])


def _anchor(row: Mapping[str, Any]) -> Anchor:
    return Anchor(**{**row, "folder_names": tuple(row.get("folder_names", ()))})
