"""Which model, precision and parallelism fit which cards; read `choose_fit` first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from r1agent.models.shape import Precision as Precision
from r1agent.serving.candidates import all_candidates, candidates_of
from r1agent.serving.cards import Card
from r1agent.serving.fit_told import explain_arithmetic, explain_misfit
from r1agent.serving.memory import RESERVED_BYTES, Place, places
from r1agent.serving.options import Asked, Option, asked_for, options, rank

CONTEXTS = (32_768, 16_384, 8_192)
"""Lengths that are tried where none is asked for; r1agent's own prompts keep within the last."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A model that fits, and how it is to be served."""

    model: str
    """As it was asked for or chosen: a registry name, a folder, or a hub repository."""
    repository: str
    """What vLLM is given: the folder of the weights, or the hub repository it fetches them from."""
    revision: str | None
    precision: Precision
    context: int
    """Longest prompt and answer together, in tokens."""
    tensor_parallel: int
    pipeline_parallel: int
    memory_share: float
    """Of each card's memory, for vLLM: what is over is its KV cache. 0 without cards."""
    device: Literal["cuda", "cpu"]
    reasoning_parser: str | None
    quantization: str | None
    """What vLLM is to do to the weights while it loads; None: its config says what they are."""
    arithmetic: tuple[str, ...]
    """The sums behind the choice, as lines for a person."""
    dtype: Literal["bfloat16", "float16"] = "bfloat16"
    """What vLLM computes in; cards before 8.0 have no bfloat16."""
    cards: tuple[int, ...] = ()
    """The driver's numbers of the cards that are used, of this machine."""
    kv_bytes: int = 0
    """Bytes of the KV cache, on each card."""
    kv_tokens: int = 0
    """Tokens it holds."""
    batched_tokens: int = 2048
    """Tokens of prompts that are read in one step."""

    @property
    def is_local(self) -> bool:
        """Whether the weights lie on this machine, so that nothing is fetched."""
        return Path(self.repository).is_dir()


def choose_fit(
    cards: Sequence[Card],
    *,
    model: str | None = None,
    precision: Precision | None = None,
    context: int | None = None,
    reserved_bytes: int = RESERVED_BYTES,
    nodes: int = 1,
    local_only: bool = False,
    cache: Path | None = None,
    memory_bytes: int | None = None,
) -> Fit:
    """Choose what to serve on these cards: the best model that fits, or the one that is named.

    Models are ranked by what their publisher reports on GPQA Diamond, questions about science.
    Weights in 8 bits count in full, those in 4 bits 97 %, which is what they were found to keep: a
    larger model in 4 bits comes before a smaller one in 16 where it is better by more than that. Of
    one model, a precision is preferred that leaves room for eight questions of 8,192 tokens at
    once, and of these the most faithful.

    Args:
        cards: Of one machine; none: the processor, for a build of vLLM that runs there.
        model: A registry name, a folder of safetensors, or a hub repository.
        precision: Only this one.
        context: Tokens; None takes 32,768, or less where that does not fit.
        reserved_bytes: Left free on each card, for an index and an embedding model.
        nodes: Machines with such cards each; the layers are dealt out over them.
        local_only: Only weights that are on this machine, so that nothing is fetched.
        cache: Where `r1agent models pull` keeps weights; None is the usual place.
        memory_bytes: What the processor may use; None is what is free now.

    Raises:
        DoesNotFitError: Nothing fits; says what was found, wanted, and what to do.
        WeightsError: No such model.
    """
    asked = Asked(model, precision, context, local_only)
    where = _where(cards, reserved_bytes, nodes, memory_bytes)
    known = candidates_of(model, cache, ask_hub=not local_only) if model else all_candidates(cache)
    wanted = asked_for(known, asked, on_cards=bool(cards))
    for length in (context,) if context else CONTEXTS:
        fitting = list(options(wanted, where, length, exactly=context is not None))
        if fitting:
            return _fit(max(fitting, key=rank))
    raise explain_misfit(asked, known, wanted, where)


# Cards before Ampere have no bfloat16.
_OLDEST_BFLOAT16 = (8, 0)


def _where(
    cards: Sequence[Card], reserved_bytes: int, nodes: int, memory_bytes: int | None
) -> list[Place]:
    if cards:
        return places(cards, reserved_bytes=reserved_bytes, nodes=nodes)
    if memory_bytes is None:
        import psutil

        memory_bytes = psutil.virtual_memory().available
    return [Place((), 1, 0.0, max(0, memory_bytes - reserved_bytes))]


def _fit(option: Option) -> Fit:
    candidate, place = option.candidate, option.place
    return Fit(
        model=candidate.model,
        repository=str(candidate.folder or candidate.weights.repository),
        revision=None,
        precision=candidate.precision,
        context=option.context,
        tensor_parallel=place.tensor_parallel,
        pipeline_parallel=place.nodes,
        memory_share=place.share,
        device="cuda" if place.cards else "cpu",
        reasoning_parser=candidate.reasoning_parser,
        quantization=candidate.weights.quantization,
        arithmetic=explain_arithmetic(option),
        dtype="float16" if place.cards and place.capability < _OLDEST_BFLOAT16 else "bfloat16",
        cards=tuple(sorted(card.index for card in place.cards)),
        kv_bytes=option.kv_bytes,
        kv_tokens=option.kv_tokens,
        batched_tokens=place.batched_tokens,
    )
