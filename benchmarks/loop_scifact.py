"""SciFact support pairs: how far each judge of entailment tells true, refuted and unsaid apart."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from numpy.typing import NDArray
from results import ROOT, Figures

from r1agent.checks.blind_judge import BlindJudge
from r1agent.checks.floors import Floors
from r1agent.checks.judging import Judge, Judgement, Schema
from r1agent.checks.nli import load_nli
from r1agent.errors import ModelOutputError
from r1agent.models import chat_model, probe
from r1agent.models.structured import fill
from r1agent.quotes import choose_quotes
from r1agent.settings import load_settings
from r1agent.words import content_words
from r1agent_indexes import load_embeddings

DATA = ROOT.parent / "shared" / "data" / "scifact"
JUDGED = 60
"""Pairs that are put to a model, a third of each label, drawn with a fixed seed."""
_AT_ONCE = 4
_NOTHING = Judgement(0.0, 0.0)
Split = Literal["train", "dev"]
Label = Literal["SUPPORT", "REFUTE", "NEI"]
_LABELS: tuple[Label, ...] = ("SUPPORT", "REFUTE", "NEI")
_KEYS: dict[Label, str] = {"SUPPORT": "support", "REFUTE": "refute", "NEI": "nei"}


class ScifactMissingError(Exception):
    """The shared folder with SciFact is not beside the project."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, the abstract that it is held against, and what experts say."""

    claim: str
    doc: str
    label: Label


def measure(
    *,
    limit: int | None = None,
    split: Split = "dev",
    model: BaseChatModel | None = None,
    nli: str | None = None,
) -> Figures:
    """Measure floors and baselines, and a blind judge and an NLI model where they are given.

    Args:
        limit: Pairs of each label; None takes all.
        split: `dev` is what is reported; everything was chosen on `train`.
        model: A chat model to put `JUDGED` pairs to; None takes the server that the settings name.
        nli: A folder or name of an NLI cross-encoder; None takes the default one where it is here.

    Raises:
        ScifactMissingError: The shared folder is not beside the project.
    """
    pairs = sample(read_pairs(split), limit)
    figures: Figures = {"scifact_pairs": len(pairs)}
    figures |= _of_judge("scifact", pairs, Floors(load_embeddings()))
    figures |= _of_judge("words_only", pairs, Floors())
    figures |= _of_baselines(pairs)
    cross_encoder = load_nli(nli)
    if cross_encoder is not None:
        figures |= _of_judge("nli", pairs, cross_encoder)
    model = model or _served()
    if model is not None:
        figures |= _of_blind_judge(sample(pairs, JUDGED // 3), model)
    return figures


def _served() -> BaseChatModel | None:
    settings = load_settings()
    if settings.base_url is None:
        return None
    key = settings.api_key.get_secret_value() if settings.api_key else None
    name = settings.model or probe(settings.base_url, key).models[0]
    return chat_model(settings.base_url, name, api_key=key, temperature=0.0)


def read_pairs(split: Split) -> list[Pair]:
    """Read the labelled pairs of claim and abstract.

    Raises:
        ScifactMissingError: The shared folder is not beside the project.
    """
    path = DATA / f"support_pairs_{split}.jsonl"
    if not path.is_file():
        raise ScifactMissingError(
            f"No {str(path)!r}. Put the shared folder beside the project, or measure other parts."
        )
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Pair(row["claim"], str(row["doc_id"]), row["label"]) for row in rows]


@cache
def abstracts() -> dict[str, list[str]]:
    """Read the sentences of every abstract, by its id."""
    lines = (DATA / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    return {str(row["_id"]): row["sentences"] for row in map(json.loads, lines)}


def sample(pairs: Sequence[Pair], of_each: int | None) -> list[Pair]:
    """Draw up to so many pairs of each label, always the same ones."""
    if of_each is None:
        return list(pairs)
    drawn = random.Random(7)  # noqa: S311 - a sample, not a secret
    groups = ([pair for pair in pairs if pair.label == label] for label in _LABELS)
    return [pair for group in groups for pair in drawn.sample(group, min(of_each, len(group)))]


def auc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Return the chance that a positive scores above a negative; ties count half."""
    values, labels = np.array(scores), np.array(positive)
    above = values[labels][:, None] - values[~labels][None, :]
    return round(float(np.mean(above > 0) + np.mean(above == 0) / 2), 4)


def _of_judge(name: str, pairs: Sequence[Pair], judge: Judge) -> Figures:
    """Judge each claim by its whole abstract."""
    judged = [judge.judge(" ".join(abstracts()[pair.doc]), pair.claim) for pair in pairs]
    found = [judgement or _NOTHING for judgement in judged]
    supported = [judgement.supported for judgement in found]
    return (
        _separations(name, pairs, supported)
        | {f"{name}_refute_auc": _against_refuted(pairs, [_leaning(one) for one in found])}
        | {
            f"{name}_called_contradicted_{_KEYS[label]}": _share(
                one.contradicted >= judge.contradicts_at
                for one, pair in zip(found, pairs, strict=True)
                if pair.label == label
            )
            for label in _LABELS
        }
    )


def _leaning(judgement: Judgement) -> float:
    """To which side a judgement leans, however sure it is that there is evidence at all."""
    total = judgement.supported + judgement.contradicted
    return judgement.supported / total if total else 0.5


def _separations(name: str, pairs: Sequence[Pair], scores: Sequence[float]) -> Figures:
    """One score against all three labels."""
    return {
        f"{name}_support_auc": auc(scores, [pair.label == "SUPPORT" for pair in pairs]),
        f"{name}_refute_auc": _against_refuted(pairs, scores),
    }


def _against_refuted(pairs: Sequence[Pair], scores: Sequence[float]) -> float:
    kept = [(score, pair) for score, pair in zip(scores, pairs, strict=True) if pair.label != "NEI"]
    return auc([score for score, _ in kept], [pair.label == "SUPPORT" for _, pair in kept])


def _of_baselines(pairs: Sequence[Pair]) -> Figures:
    """Cosine of claim and whole abstract, and overlap of words by how rare they are."""
    embeddings = load_embeddings()
    texts = [" ".join(abstracts()[pair.doc]) for pair in pairs]
    vectors = np.array(embeddings.embed_documents(texts), dtype=np.float32)
    claims = np.array(embeddings.embed_documents([pair.claim for pair in pairs]), dtype=np.float32)
    cosines: NDArray[np.float32] = (vectors * claims).sum(axis=1)
    rarity = _rarity()
    overlaps = [_overlap(pair.claim, text, rarity) for pair, text in zip(pairs, texts, strict=True)]
    return _separations("cosine", pairs, cosines.tolist()) | _separations(
        "overlap", pairs, overlaps
    )


def _rarity() -> Callable[[str], float]:
    """Return the inverse document frequency of a word, over all abstracts."""
    texts = [set(content_words(" ".join(sentences))) for sentences in abstracts().values()]
    counts: dict[str, int] = {}
    for words in texts:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return lambda word: float(np.log(len(texts) / (counts.get(word, 0) + 1)))


def _overlap(claim: str, text: str, rarity: Callable[[str], float]) -> float:
    words, held = set(content_words(claim)), set(content_words(text))
    total = sum(map(rarity, words))
    return sum(map(rarity, words & held)) / total if total else 0.0


def _of_blind_judge(pairs: Sequence[Pair], model: BaseChatModel) -> Figures:
    """Put quotes and claims to a model, and compare its verdicts with those of the floors."""
    judge, floors = BlindJudge(), Floors(load_embeddings())
    with ThreadPoolExecutor(_AT_ONCE) as at_once:
        judged = list(at_once.map(lambda pair: _asked(judge, pair, model), pairs))
    ours = [floors.judge(_quotes(pair), pair.claim) or _NOTHING for pair in pairs]
    counted: Figures = {
        "judge_pairs": len(pairs),
        "judge_failed": sum(one is None for one in judged),
    }
    verdicts = [one or _NOTHING for one in judged]
    return counted | _accuracy("judge", pairs, verdicts) | _accuracy("judge_floors", pairs, ours)


def _asked(judge: BlindJudge, pair: Pair, model: BaseChatModel) -> Judgement | None:
    def ask(prompt: str, schema: type[Schema], *, max_tokens: int) -> Schema | None:
        try:
            return fill(model, [HumanMessage(prompt)], schema, max_tokens=max_tokens).value
        except ModelOutputError:
            return None

    return judge.judge(_quotes(pair), pair.claim, ask=ask)


def _quotes(pair: Pair) -> str:
    """The quotes that the program would choose for the claim."""
    passage = Document(" ".join(abstracts()[pair.doc]), id=pair.doc)
    return "\n".join(citation.quote for citation in choose_quotes(pair.claim, [passage]))


def _accuracy(name: str, pairs: Sequence[Pair], judged: Sequence[Judgement]) -> Figures:
    right = [_label(one) == pair.label for one, pair in zip(judged, pairs, strict=True)]
    of_label = {
        f"{name}_accuracy_{_KEYS[label]}": _share(
            hit for hit, pair in zip(right, pairs, strict=True) if pair.label == label
        )
        for label in _LABELS
    }
    supports = [pair.label == "SUPPORT" for pair in pairs]
    score = [one.supported - one.contradicted for one in judged]
    return {
        f"{name}_accuracy": _share(right),
        **of_label,
        f"{name}_support_auc": auc(score, supports),
        f"{name}_refute_auc": _against_refuted(pairs, score),
    }


def _label(judgement: Judgement) -> Label:
    neither = 1 - judgement.supported - judgement.contradicted
    scores: dict[Label, float] = {
        "SUPPORT": judgement.supported,
        "REFUTE": judgement.contradicted,
        "NEI": neither,
    }
    return max(scores, key=lambda label: scores[label])


def _share(hits: Iterable[bool]) -> float:
    listed = list(hits)
    return round(sum(listed) / len(listed), 4) if listed else 0.0
