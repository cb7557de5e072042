"""Candidates put on places: which of them fit, and which is the best of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from r1agent.models.shape import Precision
from r1agent.serving.candidates import Candidate
from r1agent.serving.memory import ROOMY_TOKENS, Need, Place, divides, kv_cache, need


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user wants."""

    model: str | None
    precision: Precision | None
    context: int | None
    local_only: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate at a place where it fits."""

    candidate: Candidate
    place: Place
    context: int
    need: Need

    @property
    def kv_bytes(self) -> int:
        """Bytes the KV cache gets on each card."""
        return kv_cache(self.need, self.place)

    @property
    def kv_tokens(self) -> int:
        """Tokens the KV cache holds."""
        return int(self.kv_bytes / self.need.kv_token)


# vLLM 0.32 computes in 8-bit floats from 8.9 on; on older cards it would only store them so, and
# 8-bit integers are faster there. Its kernels for 8-bit integers end before Blackwell.
_OLDEST = (7, 5)
_OLDEST_FP8 = (8, 9)
_BEYOND_INT8 = (10, 0)

# A processor reads all weights for every token; larger ones take it seconds.
_LARGEST_BY_PROCESSOR = 4_000_000_000

# "INT4 models recover 97%+ accuracy for 7B and larger", FP8 and INT8 "near-perfect accuracy":
# Neural Magic, "Quantized DeepSeek-R1 Models: Deployment-Ready Reasoning Models", 2025.
_KEPT: dict[Precision, float] = {"bf16": 1.0, "fp8": 1.0, "8bit": 1.0, "4bit": 0.97}
_FAITHFUL: tuple[Precision, ...] = ("4bit", "8bit", "fp8", "bf16")


def asked_for(candidates: Sequence[Candidate], asked: Asked, *, on_cards: bool) -> list[Candidate]:
    """Return the candidates the user's wishes leave, and those a processor is quick enough for."""
    return [
        candidate
        for candidate in candidates
        if asked.precision in (None, candidate.precision)
        and not (asked.local_only and candidate.folder is None)
        and (on_cards or _suits_processor(candidate, named=asked.model is not None))
    ]


def options(
    candidates: Sequence[Candidate], where: Sequence[Place], length: int, *, exactly: bool
) -> Iterator[Option]:
    """Yield what fits with a context of `length`; of less where the model has less, if it may."""
    for candidate in candidates:
        if exactly and length > candidate.context:
            continue
        context = min(length, candidate.context)
        for place in where:
            wanted = need(candidate, place, context)
            if is_able(candidate, place) and wanted.total <= place.room:
                yield Option(candidate, place, context, wanted)


def is_able(candidate: Candidate, place: Place) -> bool:
    """Say whether the cards compute in that precision, and heads and layers can be dealt out."""
    if not place.cards:
        return True
    return computes(candidate.precision, place.capability) and divides(candidate.shape, place)


def computes(precision: Precision, capability: tuple[int, int]) -> bool:
    """Say whether vLLM computes with such weights on a card of that compute capability."""
    if precision == "8bit":
        return _OLDEST <= capability < _BEYOND_INT8
    return capability >= (_OLDEST_FP8 if precision == "fp8" else _OLDEST)


def rank(option: Option) -> tuple[float, bool, int, int]:
    """Order options: better model, roomy, faithful, more cards that work together."""
    candidate = option.candidate
    return (
        (candidate.score or 1.0) * _KEPT[candidate.precision],
        option.kv_tokens >= ROOMY_TOKENS,
        _FAITHFUL.index(candidate.precision),
        option.place.tensor_parallel,
    )


def _suits_processor(candidate: Candidate, *, named: bool) -> bool:
    if named:
        return candidate.precision != "fp8"
    return candidate.precision == "bf16" and candidate.weights.size <= _LARGEST_BY_PROCESSOR
