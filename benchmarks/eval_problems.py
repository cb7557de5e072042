"""Mathematics and code: one prompt beside the loop, on the first problems of two data sets.

Everything was chosen on other problems: the last hundred of the GSM8K file, and HumanEval from 100
on. What is said is kept under the model and the code that said it.
"""

from __future__ import annotations

from dataclasses import dataclass

from kept import code_digest
from results import ROOT, Figures
from served import serving

from r1agent.evaluate.evaluation import Evaluation, Row
from r1agent.evaluate.metrics import Figure, Metric
from r1agent.evaluate.opening import AssistantOpening
from r1agent.evaluate.progress import Unwatched
from r1agent.evaluate.running import How, evaluate
from r1agent.evaluate.task import Example, Task
from r1agent.evaluate.tasks.code import CodeTask
from r1agent.evaluate.tasks.math import MathTask
from r1agent.load import load_assistant
from r1agent.settings import load_settings

DATA = ROOT.parent / "shared" / "data"
GSM8K = DATA / "gsm8k" / "dev300.jsonl"
HUMANEVAL = DATA / "humaneval" / "HumanEval.jsonl.gz"
WORK = ROOT / "runs" / "bench-eval"
MODEL = "qwen2.5-coder-1.5b"
AT_ONCE = 12
"""Problems in flight, so that the server batches them."""


@dataclass(frozen=True)
class FirstOfMath(MathTask):
    """The first problems of a file."""

    first: int = 100

    def examples(self) -> list[Example]:
        """Return so many."""
        return [*super().examples()][: self.first]


@dataclass(frozen=True)
class FirstOfCode(CodeTask):
    """The first problems of a file."""

    first: int = 64

    def examples(self) -> list[Example]:
        """Return so many."""
        return [*super().examples()][: self.first]


class Printed(Unwatched):
    """Prints a line for each answer."""

    def row(self, row: Row) -> None:
        """Say what came of a problem."""
        print(f"  {row.example}: {row.outcome}, {row.seconds:.0f} s", flush=True)


def measure_gsm8k(
    *, limit: int | None = None, base_url: str | None = None, model: str | None = None
) -> Figures:
    """Put problems of mathematics to a model, with one prompt and with the loop.

    Args:
        limit: Only so many of them, drawn with seed 0.
        base_url: A running server; None starts vLLM.
        model: Its name.
    """
    found = _evaluated("gsm8k", FirstOfMath(GSM8K), limit, base_url, model or MODEL)
    return figures_of("gsm8k", found)


def measure_humaneval(
    *, limit: int | None = None, base_url: str | None = None, model: str | None = None
) -> Figures:
    """Put programming problems to a model, with one prompt and with the loop; see above."""
    found = _evaluated("humaneval", FirstOfCode(HUMANEVAL), limit, base_url, model or MODEL)
    return figures_of("humaneval", found)


def figures_of(name: str, found: Evaluation) -> Figures:
    """Return what plain and the loop came to, and how much larger the loop's figure is."""
    plain, loop = found.scored
    metrics: dict[str, Metric] = {metric.name: metric for metric in found.metrics}
    main = found.metrics[0]
    gain = loop.difference(plain, main)
    whole = next(metric for key, metric in metrics.items() if key.endswith("_all"))
    figures: Figures = {
        f"{name}_problems": len(plain.rows),
        f"{name}_gain": _rounded(gain.value),
        f"{name}_gain_low": _rounded(gain.low),
        f"{name}_gain_high": _rounded(gain.high),
        f"{name}_loop_answered": _value(loop.figure(metrics["answered"])),
        f"{name}_loop_precision": _value(loop.figure(metrics["precision"])),
        f"{name}_loop_all": _value(loop.figure(whole)),
        f"{name}_loop_programs": _value(loop.figure(metrics["programs"])),
    }
    for way, one in (("plain", plain), ("loop", loop)):
        figures[f"{name}_{way}"] = _value(one.figure(main))
        figures[f"{name}_{way}_seconds"] = round(one.seconds, 1)
        figures[f"{name}_{way}_tokens"] = round(one.tokens)
    return figures


def _evaluated(
    name: str, task: Task, limit: int | None, base_url: str | None, model: str
) -> Evaluation:
    """Ask what is not kept yet; vLLM has another port each time, so the model's name is kept."""
    kept = WORK / f"{name}-{model.replace('/', '-')}-{code_digest(ROOT)}"
    WORK.mkdir(parents=True, exist_ok=True)
    with serving(model, WORK / "vllm.log", base_url=base_url) as server:
        settings = load_settings(
            base_url=server.base_url, model=server.model, api_key=server.key, cache_requests=False
        )
        with load_assistant(settings) as assistant:
            assistant.runs_dir = kept / "journals"
            opening = AssistantOpening(assistant, model)
            how = How(limit=limit, at_once=AT_ONCE)
            return evaluate(task, [opening], how, kept=kept, watch=Printed())


def _value(figure: Figure) -> float:
    return _rounded(figure.value)


def _rounded(value: float | None) -> float:
    return round(value or 0.0, 4)
