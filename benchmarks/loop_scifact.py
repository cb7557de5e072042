"""SciFact support pairs: how far each judge of entailment tells true, refuted and unsaid apart."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal

import numpy as np
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from put import Answered, put
from results import ROOT, Figures

from r1agent.assistant import ResearchAssistant
from r1agent.checks.floors import Floors
from r1agent.checks.judging import Judgement
from r1agent.evaluate.claim_judges import quoted
from r1agent.evaluate.claims import LABELS, Label
from r1agent.evaluate.metrics import Auc
from r1agent.evaluate.task import Example, System, Wanted
from r1agent.evaluate.tasks.support import KINDS, SupportTask
from r1agent.models import chat_model, probe
from r1agent.settings import load_settings
from r1agent_indexes import load_embeddings

DATA = ROOT.parent / "shared" / "data" / "scifact"
JUDGED = 60
"""Pairs that are put to a model, a third of each label, drawn with a fixed seed."""
_AT_ONCE = 4
_KEYS: dict[Label, str] = {"SUPPORT": "support", "REFUTE": "refute", "NEI": "nei"}
_NAMES = {
    "floors": "scifact",
    "words only": "words_only",
    "NLI model": "nli",
    "cosine": "cosine",
    "overlap": "overlap",
}
"""What the figures of each system are called."""
Split = Literal["train", "dev"]


def measure(
    *,
    limit: int | None = None,
    split: Split = "dev",
    model: BaseChatModel | None = None,
    embeddings: Embeddings | None = None,
) -> Figures:
    """Measure floors and baselines, and a blind judge and an NLI model where there are such.

    Args:
        limit: Pairs of each label; None takes all.
        split: `dev` is what is reported; everything was chosen on `train`.
        model: A chat model to put `JUDGED` pairs to; None takes the server that the settings name.
        embeddings: For the gate; None takes the packaged model.

    Raises:
        EvaluationError: The shared folder is not beside the project.
    """
    task = SupportTask(DATA, split, embeddings or load_embeddings())
    examples = sample(task.examples(), limit)
    figures: Figures = {"scifact_pairs": len(examples)}
    for system in task.systems(Wanted()):
        figures |= _of_system(_NAMES[system.name], put(system, examples, task.score))
    model = model or _served()
    if model is not None:
        judge = next(task.systems(Wanted(ResearchAssistant(model, []))))
        figures |= _of_blind_judge(task, judge, sample(examples, JUDGED // 3))
    return figures


def _served() -> BaseChatModel | None:
    settings = load_settings()
    if settings.base_url is None:
        return None
    key = settings.api_key.get_secret_value() if settings.api_key else None
    name = settings.model or probe(settings.base_url, key).models[0]
    return chat_model(settings.base_url, name, api_key=key, temperature=0.0)


def sample(examples: Sequence[Example], of_each: int | None) -> list[Example]:
    """Draw up to so many examples of each label, always the same ones."""
    if of_each is None:
        return list(examples)
    drawn = random.Random(7)  # noqa: S311 - a sample, not a secret
    groups = ([one for one in examples if one.kind == KINDS[label]] for label in LABELS)
    return [one for group in groups for one in drawn.sample(group, min(of_each, len(group)))]


def _of_system(name: str, rows: Sequence[Answered]) -> Figures:
    """Tell how far a system separates the labels, and what it calls contradicted."""
    scores = [row.measures["support"] for row in rows]
    leanings = [row.measures["leaning"] for row in rows]
    figures = _separations(name, rows, scores, leanings)
    if "contradiction" not in rows[0].output.said:
        return figures
    called = [row.output.said["contradiction"] >= Floors.contradicts_at for row in rows]
    return figures | _by_label(f"{name}_called_contradicted", rows, called)


def _of_blind_judge(task: SupportTask, judge: System, examples: Sequence[Example]) -> Figures:
    """Put quotes and claims to a model, and compare its verdicts with those of the floors."""
    rows = put(judge, examples, task.score, at_once=_AT_ONCE)
    floors = Floors(task.embeddings)
    ours = [floors.judge(quoted(one), one.question) or Judgement(0.0, 0.0) for one in examples]
    theirs = [
        Judgement(row.output.said["support"], row.output.said["contradiction"]) for row in rows
    ]
    counted: Figures = {
        "judge_pairs": len(rows),
        "judge_failed": sum(row.output.outcome == "failed" for row in rows),
    }
    return counted | _accuracy("judge", rows, theirs) | _accuracy("judge_floors", rows, ours)


def _accuracy(name: str, rows: Sequence[Answered], judged: Sequence[Judgement]) -> Figures:
    right = [_likeliest(one) == _label(row) for one, row in zip(judged, rows, strict=True)]
    scores = [one.supported - one.contradicted for one in judged]
    return {
        f"{name}_accuracy": round(float(np.mean(right)), 4),
        **_by_label(f"{name}_accuracy", rows, right),
        **_separations(name, rows, scores, scores),
    }


def _separations(
    name: str, rows: Sequence[Answered], scores: Sequence[float], leanings: Sequence[float]
) -> Figures:
    """One score against all three labels."""
    columns = {
        "support": np.array([scores], dtype=float),
        "leaning": np.array([leanings], dtype=float),
        "supported": np.array([[row.measures["supported"] for row in rows]]),
        "not refuted": np.array([[row.measures["not refuted"] for row in rows]]),
    }
    areas = {
        metric.name: round(float(metric.of(columns)[0]), 4)
        for metric in SupportTask.metrics
        if isinstance(metric, Auc)
    }
    return {
        f"{name}_support_auc": areas["support AUC"],
        f"{name}_refute_auc": areas["refute AUC"],
    }


def _by_label(name: str, rows: Sequence[Answered], hits: Sequence[bool]) -> Figures:
    figures: Figures = {}
    for label in LABELS:
        of_label = [hit for hit, row in zip(hits, rows, strict=True) if _label(row) == label]
        figures[f"{name}_{_KEYS[label]}"] = round(float(np.mean(of_label or [False])), 4)
    return figures


def _label(row: Answered) -> str:
    return str(row.example.data["label"])


def _likeliest(judgement: Judgement) -> Label:
    neither = 1 - judgement.supported - judgement.contradicted
    scores: dict[Label, float] = {
        "SUPPORT": judgement.supported,
        "REFUTE": judgement.contradicted,
        "NEI": neither,
    }
    return max(scores, key=lambda label: scores[label])
