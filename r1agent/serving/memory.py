"""How much of a card a model takes: weights, KV cache, and what it works with.

The weights' sizes are published, the KV cache follows from the model's shape. What vLLM works with
is an estimate on the safe side, of the parts that its own start-up profile measures; what is over
becomes KV cache, so that a generous estimate costs room for questions at once, never the start.
On an H100 with vLLM 0.26 the KV cache held 1.2 % more tokens than foretold for a model of 1.5B in
bf16, and 1.8 % more for one of 32B in FP8 (2,655,232 against 2,624,609; 168,224 against 165,295).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from r1agent.models.shape import Shape
from r1agent.serving.candidates import Candidate
from r1agent.serving.cards import Card

GIB = 2**30
RESERVED_BYTES = GIB
"""Left on each card for an index and an embedding model, where nothing else is said."""
SEQUENCES = 128
"""Answers that vLLM writes at once at most: 32 questions with three samples each, and some."""
ROOMY_TOKENS = 65_536
"""A KV cache for eight questions of 8,192 tokens at once."""

# A process on a card has its CUDA context before vLLM counts what is free.
_CUDA_CONTEXT = 600_000_000
# Above this, fragments and the libraries' own buffers end a server some time after its start.
_MOST_OF_A_CARD = 0.95
_LIBRARIES = 500_000_000
_GRAPHS = 1_000_000_000
_COMMUNICATION = 1_000_000_000
_LATENT_WORKSPACE = 1_000_000_000
_LARGE_CARD = 70 * GIB
_CPU_WORKING = 3_000_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model is put: cards that work together, or the processor."""

    cards: tuple[Card, ...]
    """Of one machine; empty: the processor."""
    nodes: int
    share: float
    """Of each card's memory, for vLLM."""
    room: int
    """Bytes that are on each card."""

    @property
    def tensor_parallel(self) -> int:
        """Cards of a machine that share every layer."""
        return max(1, len(self.cards))

    @property
    def capability(self) -> tuple[int, int]:
        """Compute capability of the oldest card."""
        return min(card.compute_capability for card in self.cards)

    @property
    def batched_tokens(self) -> int:
        """Tokens of prompts that vLLM reads in one step, as it would choose itself."""
        large = self.cards and min(card.total_bytes for card in self.cards) >= _LARGE_CARD
        return 8192 if large else 2048


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes that a model takes on each card."""

    weights: int
    kv: int
    """For the smallest KV cache that will do: one prompt of full length."""
    kv_token: float
    """For one token of it."""
    working: int

    @property
    def total(self) -> int:
        """Weights, KV cache and working memory."""
        return self.weights + self.kv + self.working


def places(cards: Sequence[Card], *, reserved_bytes: int, nodes: int) -> list[Place]:
    """Return the groups a model can be spread over: 1, 2, 4 … cards, those with most free first."""
    freest = sorted(cards, key=lambda card: (-_usable(card, reserved_bytes), card.index))
    sizes = [2**power for power in range(len(freest).bit_length())] if freest else []
    return [_place(freest[:size], reserved_bytes, nodes) for size in sizes]


def need(candidate: Candidate, place: Place, context: int) -> Need:
    """Return what a model takes on each card, with room for one prompt of full length."""
    shape, parallel = candidate.shape, place.tensor_parallel
    stage = math.ceil(shape.layers / place.nodes) / shape.layers
    # Latent attention keeps one latent for all heads, so that every card holds all of it.
    kv_parallel = 1 if shape.latent else parallel
    kv_token = shape.kv_bytes * stage / kv_parallel
    return Need(
        weights=math.ceil(candidate.weights.size * stage / parallel),
        kv=_kv_bytes(kv_token * context, place),
        kv_token=kv_token,
        working=_working(shape, place),
    )


def kv_cache(need: Need, place: Place) -> int:
    """Return the bytes the KV cache gets: all that is over on a card, a roomy cache elsewhere."""
    over = place.room - need.weights - need.working
    if place.cards:
        return over
    return max(need.kv, min(_kv_bytes(need.kv_token * ROOMY_TOKENS, place), over // GIB * GIB))


def divides(shape: Shape, place: Place) -> bool:
    """Say whether heads and layers can be dealt out over the place.

    The inner width is dealt out in groups of 128, in which 4-bit and block-wise weights are scaled.
    """
    parallel = place.tensor_parallel
    return (
        shape.heads % parallel == 0
        and shape.kv_heads % parallel == 0
        and (parallel == 1 or shape.intermediate % (128 * parallel) == 0)
        and place.nodes <= shape.layers
    )


def _kv_bytes(wanted: float, place: Place) -> int:
    """Round up; the processor's cache is set in whole GiB."""
    return math.ceil(wanted) if place.cards else math.ceil(wanted / GIB) * GIB


def _usable(card: Card, reserved_bytes: int) -> int:
    free = card.free_bytes - reserved_bytes - _CUDA_CONTEXT
    return max(0, min(free, int(_MOST_OF_A_CARD * card.total_bytes)))


def _place(cards: Sequence[Card], reserved_bytes: int, nodes: int) -> Place:
    """Take one share for all cards, since vLLM knows one."""
    thousandths = min(
        _usable(card, reserved_bytes) * 1000 // card.total_bytes if card.total_bytes else 0
        for card in cards
    )
    room = min(card.total_bytes for card in cards) * thousandths // 1000
    return Place(tuple(cards), nodes, thousandths / 1000, room)


def _working(shape: Shape, place: Place) -> int:
    """Estimate activations, logits, CUDA graphs and what libraries take."""
    if not place.cards:
        return _CPU_WORKING
    parallel = place.tensor_parallel
    numbers = 4 * shape.hidden + 3 * shape.intermediate // parallel
    activations = 2 * place.batched_tokens * numbers
    logits = 4 * 4 * SEQUENCES * shape.vocabulary
    spread = _COMMUNICATION if parallel * place.nodes > 1 else 0
    latent = _LATENT_WORKSPACE if shape.latent else 0
    return _LIBRARIES + _GRAPHS + activations + logits + spread + latent
