"""The questions of the corpus, put to the whole loop and to what it is compared with.

All questions go to the whole loop and to plain retrieval, three times, since one pass of a sampled
model over 36 questions moves by a tenth and more; every third goes to the loop less a part, which
is compared with the whole loop on the same questions. Answers are kept under the model and the
code that gave them, so that an interrupted bench goes on and no two versions are mixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kept import code_digest
from loop_arms import ARMS, WHOLE, Arm, ArmTask
from quotes import CORPUS, require_corpus
from results import ROOT, Figures
from rich.console import Console
from rich.table import Table

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.answer_score import METRICS
from r1agent.evaluate.evaluation import Row, Scored, by_example
from r1agent.evaluate.metrics import Figure, Metric, difference
from r1agent.evaluate.opening import AssistantOpening
from r1agent.evaluate.papers_index import index_of
from r1agent.evaluate.progress import Unwatched
from r1agent.evaluate.running import How, evaluate
from r1agent.load import load_assistant
from r1agent.settings import load_settings

WORK = ROOT / "runs" / "bench-loop"
EVERY = 3
REPEATS = 3
"""How often the arms of `WHOLE` are asked each question."""
AT_ONCE = 12
"""Questions in flight, so that the server batches them."""
_FIGURES = {
    "accuracy": "accuracy",
    "precision": "precision",
    "gold_page_cited": "gold page cited",
    "quote_existence": "quotes exist",
    "quote_existence_loose": "quotes exist, by letters",
}
"""Keys of the file, by the metric that they have the figure of."""
_COUNTS = {
    "attempted": "attempted",
    "abstain_wrong": "abstained_wrong",
    "abstain_right": "abstained_right",
    "failed": "failed",
}
"""Keys of the file, by the measure that they have the sum of."""
_COMPARED = ("accuracy", "precision")
_METRICS: dict[str, Metric] = {metric.name: metric for metric in METRICS}


class Printed(Unwatched):
    """Prints a line for each answer."""

    def row(self, row: Row) -> None:
        """Say what came of a question."""
        print(f"  {row.example}, time {row.time}: {row.outcome}, {row.seconds:.0f} s", flush=True)


def measure(
    *,
    limit: int | None = None,
    arms: Sequence[Arm] = ARMS,
    every: int = EVERY,
    repeats: int = REPEATS,
    fresh: bool = False,
) -> Figures:
    """Ask, score, and compare each arm with the whole loop.

    Args:
        limit: Put only so many of the questions.
        arms: Of `ARMS`.
        every: The loop less a part gets each question of that number, from the first.
        repeats: How often the whole loop and plain retrieval are asked each question.
        fresh: Begin anew in place of going on.

    Raises:
        CorpusMissingError: There is nothing to ask about.
    """
    require_corpus()
    settings = load_settings(cache_requests=False)
    index = index_of(CORPUS / "papers", settings, Unwatched()).path
    with load_assistant(settings.model_copy(update={"index": index})) as assistant:
        folder = _folder(assistant)
        assistant.runs_dir = folder / "journals"
        asked = Asked(assistant, folder, limit, fresh)
        scored = {
            arm: asked.scored(arm, 1, repeats) if arm in WHOLE else asked.scored(arm, every, 1)
            for arm in arms
        }
    figures = figures_of(scored)
    show(scored, figures)
    return figures


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom questions are put to, and where the answers are kept."""

    assistant: ResearchAssistant
    folder: Path
    limit: int | None
    fresh: bool

    def scored(self, arm: Arm, every: int, repeats: int) -> Scored:
        """Put each question of that number to an arm, so many times."""
        print(f"  {arm}: one in {every} of the questions, {repeats} times", flush=True)
        found = evaluate(
            ArmTask(CORPUS, arm, self.limit, every),
            [AssistantOpening(self.assistant, arm)],
            How(repeats=repeats, at_once=AT_ONCE, redo=self.fresh),
            kept=self.folder / f"{arm}-{every}-of-{self.limit or 'all'}",
            watch=Printed(),
        )
        return found.scored[0]


def figures_of(scored: Mapping[Arm, Scored]) -> Figures:
    """Return the figures of each arm, and of its difference from the whole loop."""
    figures: Figures = {}
    for arm, one in scored.items():
        name = "qa" if arm == "full" else arm
        shares = {key: _rounded(one.figure(_METRICS[of])) for key, of in _FIGURES.items()}
        counts = {key: _sum(one, measure) for key, measure in _COUNTS.items()}
        figures |= {f"{name}_{key}": value for key, value in (shares | counts).items()}
        figures |= {f"{name}_questions": len(one.rows), f"{name}_seconds": round(one.seconds, 1)}
    if "full" not in scored:
        return figures
    whole = scored["full"]
    for kind in whole.kinds():
        figures[f"qa_accuracy_{kind}"] = _rounded(whole.figure(_METRICS["accuracy"], kind=kind))
    for key in ("quote_existence", "quote_existence_loose", "gold_page_cited"):
        figures[key] = figures.pop(f"qa_{key}")
    figures["quotes_shown"] = _sum(whole, "quotes")
    figures["quotes_wrong"] = _sum(whole, "quotes") - _sum(whole, "quotes_exact")
    for arm in [arm for arm in scored if arm != "full"]:
        figures |= _compared(arm, whole, scored[arm])
    return figures


def show(scored: Mapping[Arm, Scored], figures: Figures) -> None:
    """Print the arms beside each other, with the intervals of their differences."""
    table = Table(
        *("arm", "answers", "accuracy", "precision", "wrong abstentions", "gold page"),
        *("loop minus arm: accuracy", "precision"),
        title="Questions about 49 papers; differences with paired 95 % bootstrap intervals",
    )
    for arm, one in scored.items():
        shares = {of: _share(one.figure(_METRICS[of])) for of in _FIGURES.values()}
        abstained = f"{_sum(one, 'abstained_wrong')} of {_sum(one, 'answerable')}"
        table.add_row(
            *(arm, str(len(one.rows)), shares["accuracy"], shares["precision"]),
            *(abstained, shares["gold page cited"]),
            *(_difference(figures, arm, of) for of in _COMPARED),
        )
    Console(width=140).print(table)


def _compared(arm: Arm, whole: Scored, less: Scored) -> Figures:
    """Return the intervals of full minus arm on the questions that both were asked."""
    figures: Figures = {}
    first, second = by_example(whole.rows), by_example(less.rows)
    shared = [question for question in second if question in first]
    one, other = [first[each] for each in shared], [second[each] for each in shared]
    for of in _COMPARED:
        found = difference(_METRICS[of], one, other)
        if found.value is not None:
            name = f"qa_minus_{arm}_{of}"
            figures[name] = _rounded(found)
            figures[f"{name}_low"] = round(found.low or 0, 3)
            figures[f"{name}_high"] = round(found.high or 0, 3)
    return figures


def _difference(figures: Figures, arm: Arm, of: str) -> str:
    name = f"qa_minus_{arm}_{of}"
    if name not in figures:
        return ""
    return f"{figures[name]:+.3f} [{figures[f'{name}_low']:+.3f}, {figures[f'{name}_high']:+.3f}]"


def _folder(assistant: ResearchAssistant) -> Path:
    """Return where the answers of this model and this code are kept."""
    model = assistant.model_name.replace("/", "-")
    folder = WORK / "qa" / f"{model}-{code_digest(ROOT)}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _sum(scored: Scored, measure: str) -> int:
    return round(sum(row.measures[measure] for row in scored.rows))


def _rounded(figure: Figure) -> float:
    """Round; a share of nothing counts as 0."""
    return round(figure.value or 0, 3)


def _share(figure: Figure) -> str:
    return "none" if figure.value is None else f"{figure.value:.3f}"
