"""What the reports of an evaluation show, computed once: scores, differences, and kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from r1agent.evaluate.evaluation import Evaluation, Scored
from r1agent.evaluate.metrics import SEED, Figure, Metric

NOTHING = "-"
"""What stands where no example says anything."""
INTERVALS = (
    "In brackets: 95 % intervals, by the bootstrap over examples; where all agree they have no "
    "width, however few there are."
)
COMPARED = (
    "With a sign: the difference from the first system, over the same examples; "
    "* its interval excludes zero."
)


@dataclass(frozen=True, slots=True)
class Score:
    """A metric of one system, and how it compares with the first."""

    metric: Metric
    figure: Figure
    difference: Figure | None = None
    """None for the first system."""


@dataclass(frozen=True, slots=True)
class SystemLine:
    """What stands in the line of one system."""

    name: str
    scored: Scored
    scores: Sequence[Score]

    @property
    def examples(self) -> str:
        """How many examples it was put, and how many of them failed or were refused."""
        outcomes = [row.outcome for row in self.scored.rows]
        bad = [f"{outcomes.count(one)} {one}" for one in ("failed", "refused") if one in outcomes]
        return ", ".join([f"{len({row.example for row in self.scored.rows}):,}", *bad])


@dataclass(frozen=True, slots=True)
class KindLine:
    """A metric over the examples of one kind, for each system in turn."""

    kind: str
    examples: int
    """How many the first system was put."""
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class KindTable:
    """A metric of all systems by kind."""

    metric: Metric
    systems: Sequence[str]
    lines: Sequence[KindLine]


def system_lines(evaluation: Evaluation) -> list[SystemLine]:
    """Compute each system's scores and their paired differences from the first system."""
    return [
        SystemLine(name, scored, [_score(evaluation, scored, one) for one in evaluation.metrics])
        for name, scored in zip(system_names(evaluation), evaluation.scored, strict=True)
    ]


def telling_lines(evaluation: Evaluation) -> list[SystemLine]:
    """Compute the scores of each system by those metrics that say something of one of them."""
    lines = system_lines(evaluation)
    telling = {
        score.metric.name
        for line in lines
        for score in line.scores
        if score.figure.value is not None
    }
    return [
        replace(line, scores=[one for one in line.scores if one.metric.name in telling])
        for line in lines
    ]


def kind_tables(evaluation: Evaluation) -> Iterator[KindTable]:
    """Compute each metric by kind, one metric after the other; nothing where there are no kinds.

    Kinds of which a metric says nothing are left out of its table, and a metric that says
    something of one kind alone has none: the table of systems has it.
    """
    kinds = [*dict.fromkeys(kind for scored in evaluation.scored for kind in scored.kinds())]
    if len(kinds) < 2:
        return
    counts = _kinds_of(evaluation.scored[0])
    for metric in evaluation.metrics:
        lines = [KindLine(kind, counts[kind], _figures(evaluation, metric, kind)) for kind in kinds]
        told = [line for line in lines if any(one.value is not None for one in line.figures)]
        if len(told) > 1:
            yield KindTable(metric, system_names(evaluation), told)


def compute(evaluation: Evaluation) -> None:
    """Compute every figure that a report shows; reports then take no time.

    Some thousand examples take seconds.
    """
    system_lines(evaluation)
    for _table in kind_tables(evaluation):
        pass


def system_names(evaluation: Evaluation) -> list[str]:
    """Name each system, with its model only where the models differ."""
    models = {scored.model for scored in evaluation.scored if scored.model}
    return [scored.name if len(models) > 1 else scored.system for scored in evaluation.scored]


def value_text(value: float | None, *, signed: bool = False) -> str:
    """Write a figure with three decimals, a count of hundreds without."""
    if value is None:
        return NOTHING
    digits = 0 if abs(value) >= 100 else 3
    return f"{value:{'+' if signed else ''},.{digits}f}"


def figure_text(figure: Figure) -> str:
    """Write a figure and its interval."""
    if figure.low is None or figure.high is None:
        return value_text(figure.value)
    return f"{value_text(figure.value)} ({value_text(figure.low)} to {value_text(figure.high)})"


def difference_text(figure: Figure) -> str:
    """Write a difference, its interval, and a star where that excludes zero."""
    if figure.low is None or figure.high is None:
        return value_text(figure.value, signed=True)
    low, high = (value_text(bound, signed=True) for bound in (figure.low, figure.high))
    star = " *" if excludes_zero(figure) else ""
    return f"{value_text(figure.value, signed=True)} ({low} to {high}){star}"


def excludes_zero(figure: Figure) -> bool:
    """Say whether the whole interval lies on one side of zero."""
    return figure.low is not None and figure.high is not None and figure.low * figure.high > 0


def amount_text(amount: float) -> str:
    """Write tokens or seconds: whole from ten on, below with two digits."""
    if amount >= 10 or amount == 0:
        return f"{amount:,.0f}"
    return f"{amount:.1f}" if amount >= 1 else f"{amount:.2g}"


def metric_texts(evaluation: Evaluation) -> list[tuple[str, str]]:
    """List each metric that says something, what it means, and where lower is better."""
    metrics = [score.metric for line in telling_lines(evaluation)[:1] for score in line.scores]
    return [
        (metric.name, metric.means + ("" if metric.higher_is_better else " (lower is better)"))
        for metric in metrics
    ]


def setting_lines(evaluation: Evaluation) -> list[tuple[str, str]]:
    """List the data, the model, the details and the setting, each with its name."""
    models = ", ".join(dict.fromkeys(one.model for one in evaluation.scored if one.model))
    details = {name: f"{value:,g}" for name, value in evaluation.details.items()}
    told = {"data": evaluation.data, "model": models, **details, **evaluation.setting}
    return [(name, value) for name, value in told.items() if value]


def _score(evaluation: Evaluation, scored: Scored, metric: Metric) -> Score:
    first, seed = evaluation.scored[0], _seed(evaluation)
    estimate = scored.figure(metric, seed=seed)
    if scored is first:
        return Score(metric, estimate)
    return Score(metric, estimate, scored.difference(first, metric, seed=seed))


def _seed(evaluation: Evaluation) -> int:
    """Return the seed of the run, which is also that of its intervals."""
    told = evaluation.setting.get("seed", "")
    return int(told) if told.isascii() and told.isdecimal() else SEED


def _figures(evaluation: Evaluation, metric: Metric, kind: str) -> list[Figure]:
    seed = _seed(evaluation)
    return [scored.figure(metric, kind=kind, seed=seed) for scored in evaluation.scored]


def _kinds_of(scored: Scored) -> Counter[str]:
    """Count the examples of each kind, however often each was put."""
    return Counter({row.example: row.kind for row in scored.rows}.values())
