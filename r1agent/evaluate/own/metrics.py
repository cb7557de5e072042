"""What is counted on the user's own papers, and how each output adds to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from r1agent.evaluate.metrics import Auc, Metric, Share
from r1agent.evaluate.own.systems import DEPTH, WRITTEN
from r1agent.evaluate.planted.judged import FAULT_METRICS, score_fault
from r1agent.evaluate.task import Example, Measures, Output

_AT = (1, 5, DEPTH)
_FAULTS = tuple(name for metric in FAULT_METRICS for name in metric.measures)
_COUNTS = (
    *("searched", *(f"page_{k}" for k in _AT), "passage_10"),
    *("answerable_asked", "cited", "kept_silent", "unanswerable_asked", "abstained"),
    *("passages", "written"),
)
OWN_METRICS: Sequence[Metric] = (
    *FAULT_METRICS,
    *(
        Share(
            f"source page in first {k}",
            f"questions whose source page is among the first {k} passages found",
            f"page_{k}",
            "searched",
        )
        for k in _AT
    ),
    Share(
        f"source passage in first {DEPTH}",
        f"questions whose very passage is among the first {DEPTH}",
        "passage_10",
        "searched",
    ),
    Auc(
        "search tells them apart",
        "the chance that search comes closer to a question with a source than to one without",
        "closeness",
        "has_source",
    ),
    Share(
        "source page cited",
        "questions with a source whose answer cites the page they were made of",
        "cited",
        "answerable_asked",
    ),
    Share(
        "wrongly silent",
        "questions with a source that were not answered",
        "kept_silent",
        "answerable_asked",
        higher_is_better=False,
    ),
    Share(
        "abstained",
        "questions without any source in the papers that were rightly not answered",
        "abstained",
        "unanswerable_asked",
    ),
    Share(
        "questions usable",
        "passages about which the model wrote a question that could be kept",
        "written",
        "passages",
    ),
)


def score_own(example: Example, output: Output) -> Measures:
    """Return what an output adds; what it says nothing about stays at nought."""
    said = output.said
    measures = dict.fromkeys((*_FAULTS, *_COUNTS), 0.0)
    measures |= {"closeness": math.nan, "has_source": math.nan}
    if "verdict" in said:
        return measures | dict(score_fault(example, output))
    has_source = "source" in example.data
    if "closeness" in said:
        measures |= {"closeness": float(said["closeness"]), "has_source": float(has_source)}
    if "page_at" in said:
        measures |= _searched(said)
    if "question" in said:
        measures |= {"passages": 1.0, "written": float(bool(said["question"]))}
    if _was_asked(example, output):
        measures |= _answered(example, output) if has_source else _unanswerable(output)
    return measures


def _searched(said: Mapping[str, int]) -> Measures:
    page, passage = said["page_at"], said["passage_at"]
    at = {f"page_{k}": float(0 < page <= k) for k in _AT}
    return {"searched": 1.0, **at, "passage_10": float(0 < passage <= DEPTH)}


def _was_asked(example: Example, output: Output) -> bool:
    """Tell whether a question was put to a model; one that failed was."""
    if "citation" in example.data:
        return False
    if output.outcome == "failed":
        return example.kind != WRITTEN or bool(output.said.get("question"))
    return "citations" in output.said


def _answered(example: Example, output: Output) -> Measures:
    source = example.data["source"]
    cited = [(one["file"], one["page"]) for one in output.said.get("citations", ())]
    is_answer = output.outcome == "answered"
    right = is_answer and (source["file"], source["page"]) in cited
    return {
        "answerable_asked": 1.0,
        "cited": float(right),
        "kept_silent": float(not is_answer),
    }


def _unanswerable(output: Output) -> Measures:
    silent = output.outcome in ("not_in_papers", "refused")
    return {"unanswerable_asked": 1.0, "abstained": float(silent)}
