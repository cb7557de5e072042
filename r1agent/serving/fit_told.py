"""A choice, and why nothing can be chosen, in lines for a person."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from r1agent.errors import DoesNotFitError
from r1agent.serving.candidates import Candidate
from r1agent.serving.memory import Need, Place, need
from r1agent.serving.options import Asked, Option, computes, is_able, options

QUESTION_TOKENS = 8_192
SHORTEST = 8_192
_COUNTS = (2, 4, 8, 16, 32, 64)
"""Cards over which vLLM deals a model out."""


def explain_arithmetic(option: Option) -> tuple[str, ...]:
    """Return the sums behind a choice, one line for each thing that was decided."""
    candidate, place = option.candidate, option.place
    source = candidate.folder or candidate.weights.repository
    lines = [
        f"{candidate.model} in {candidate.precision}, {option.context:,} tokens of context, "
        f"from {source}",
        f"{_parts(option.need, option.context)} of {_gb(place.room)}{_each(place)}",
        f"the KV cache gets {_gb(option.kv_bytes)}: {option.kv_tokens:,} tokens, so "
        f"{_at_once(option.kv_tokens, option.context)} at once",
    ]
    return tuple(lines + ([_spread(place)] if place.cards else []))


def explain_misfit(
    asked: Asked,
    known: Sequence[Candidate],
    wanted: Sequence[Candidate],
    where: Sequence[Place],
) -> DoesNotFitError:
    """Return the error that says what was found, what was wanted, and what to do."""
    if not wanted:
        return DoesNotFitError(_nothing_asked_for(asked, known, where))
    longest = max(candidate.context for candidate in wanted)
    if asked.context and asked.context > longest:
        return DoesNotFitError(
            f"{asked.context:,} tokens of context were asked for, and "
            f"{_subject(asked)} was made for {longest:,} at most. Ask for no more than that."
        )
    able = [(one, place) for one in wanted for place in where if is_able(one, place)]
    if not able:
        return DoesNotFitError(_unable(asked, wanted, where))
    return DoesNotFitError(_too_large(asked, able))


def _nothing_asked_for(asked: Asked, known: Sequence[Candidate], where: Sequence[Place]) -> str:
    if asked.local_only and not any(candidate.folder for candidate in known):
        return (
            f"The weights of {_subject(asked)} are not on this machine. Fetch them with "
            "`r1agent models pull NAME`, or start `r1agent serve`, which fetches what it serves."
        )
    precisions = sorted({candidate.precision for candidate in known})
    place = "" if where[0].cards else " on a processor"
    return (
        f"There are no weights of {_subject(asked)} in {asked.precision or 'any precision'}"
        f"{place}; known: {', '.join(precisions)}. Name another precision or model."
    )


def _unable(asked: Asked, wanted: Sequence[Candidate], where: Sequence[Place]) -> str:
    card = min(where[-1].cards, key=lambda one: one.compute_capability)
    found = ".".join(map(str, card.compute_capability))
    precisions = sorted({candidate.precision for candidate in wanted})
    if not any(computes(one, card.compute_capability) for one in precisions):
        return (
            f"{card.name!r} has compute capability {found}, and vLLM does not compute with weights "
            f"in {' or '.join(precisions)} there: fp8 wants 8.9 or newer, 8bit 7.5 to 9.x, bf16 "
            "and 4bit 7.5 or newer. Name another precision."
        )
    return (
        f"The layers and heads of {_subject(asked)} cannot be dealt out over "
        f"{where[-1].nodes} machines. Name fewer nodes, or a larger model."
    )


def _too_large(asked: Asked, able: Sequence[tuple[Candidate, Place]]) -> str:
    """Name the choice that misses by least."""
    context = asked.context or SHORTEST
    sums = [(one, place, need(one, place, min(context, one.context))) for one, place in able]
    candidate, place, least = min(sums, key=lambda row: row[2].total - row[1].room)
    found = f"{_gb(place.room)} can be used{_each(place)}" if place.room else "no memory is free"
    missing = _gb(math.ceil((least.total - place.room) / 1e8) * 1e8)
    subject = f"`{candidate.model}`" if asked.model else f"even `{candidate.model}`"
    return (
        f"Nothing fits: {found}, and {subject} in {candidate.precision} with "
        f"{min(context, candidate.context):,} tokens of context wants "
        f"{_parts(least, min(context, candidate.context))}, {missing} too much. "
        f"{_do(asked, place, _enough(asked, [one for one, _ in able], place))}"
    )


def _enough(asked: Asked, candidates: Sequence[Candidate], place: Place) -> int | None:
    """Return how many cards such as the first one would do; None for the processor, or too many."""
    for count in _COUNTS if place.cards else ():
        more = replace(place, cards=place.cards[:1] * count)
        context, exactly = asked.context or SHORTEST, asked.context is not None
        if any(options(candidates, [more], context, exactly=exactly)):
            return count
    return None


def _do(asked: Asked, place: Place, enough: int | None) -> str:
    ways = ["free memory by ending other programs"]
    if place.cards:
        ways.append("leave less for the index")
    if asked.context:
        ways.append("ask for less context")
    if asked.precision not in (None, "4bit"):
        ways.append("take 4-bit weights where there are some")
    if asked.model:
        ways.append("name a smaller model")
    if enough:
        ways.append(f"take {enough} such cards{_on_each(place)}, which are enough")
    return f"To do: {'; '.join(ways)}."


def _on_each(place: Place) -> str:
    return " on each machine" if place.nodes > 1 else ""


def _parts(wanted: Need, context: int) -> str:
    return (
        f"weights {_gb(wanted.weights)} + KV cache {_gb(wanted.kv)} "
        f"({context:,} tokens x {wanted.kv_token:,.0f} bytes) + {_gb(wanted.working)} working "
        f"= {_gb(wanted.total)}"
    )


def _at_once(tokens: int, context: int) -> str:
    full = tokens // context
    short = tokens // min(QUESTION_TOKENS, context)
    told = f"{full} {'prompt' if full == 1 else 'prompts'} of full length"
    return (
        told if context <= QUESTION_TOKENS else f"{told} or {short} of {QUESTION_TOKENS:,} tokens"
    )


def _spread(place: Place) -> str:
    cards = sorted(place.cards, key=lambda card: card.index)
    numbers = ", ".join(str(card.index) for card in cards)
    told = (
        f"card {numbers}" if len(cards) == 1 else f"cards {numbers}, every layer over all of them"
    )
    machines = f", on each of {place.nodes} machines" if place.nodes > 1 else ""
    names = ", ".join(dict.fromkeys(card.name for card in cards))
    return (
        f"{told}{machines} ({names}); vLLM may use {place.share:.1%} of "
        f"{_gb(min(card.total_bytes for card in cards))}, the rest is for other programs, an index "
        "and an embedding model"
    )


def _each(place: Place) -> str:
    several = len(place.cards) * place.nodes > 1
    return " on each card" if several else " on the card" if place.cards else " of memory"


def _subject(asked: Asked) -> str:
    return f"{asked.model!r}" if asked.model else "the models r1agent knows"


def _gb(size: float) -> str:
    return f"{size / 1e9:.1f} GB"
