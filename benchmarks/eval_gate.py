"""The gate's verdicts on SciFact's support pairs, without any model."""

from __future__ import annotations

from results import ROOT, Figures

from r1agent.evaluate.claims import LABELS, Label
from r1agent.evaluate.metrics import Figure, Metric
from r1agent.evaluate.running import How, evaluate
from r1agent.evaluate.tasks.support import KINDS, SupportTask

DATA = ROOT.parent / "shared" / "data" / "scifact"
_KEYS: dict[Label, str] = {"SUPPORT": "support", "REFUTE": "refute", "NEI": "nei"}


def measure(*, limit: int | None = None) -> Figures:
    """Judge the pairs of the dev split, on which nothing was chosen.

    Args:
        limit: Only so many pairs, drawn with seed 0.
    """
    found = evaluate(SupportTask(DATA), (), How(limit=limit, baseline=False))
    gate = found.scored[0]
    metrics: dict[str, Metric] = {metric.name: metric for metric in found.metrics}
    whole = gate.figure(metrics["accuracy"])
    figures: Figures = {
        "scifact_gate_pairs": len(gate.rows),
        "scifact_gate_accuracy": _rounded(whole.value),
        "scifact_gate_accuracy_low": _rounded(whole.low),
        "scifact_gate_accuracy_high": _rounded(whole.high),
    }
    for label in LABELS:
        of_label: Figure = gate.figure(metrics["accuracy"], kind=KINDS[label])
        figures[f"scifact_gate_accuracy_{_KEYS[label]}"] = _rounded(of_label.value)
    figures["scifact_gate_false_support"] = _rounded(gate.figure(metrics["false support"]).value)
    return figures


def _rounded(value: float | None) -> float:
    return round(value or 0.0, 4)
