"""Which examples are put to the systems where not all of them are."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.task import Example


def sample(examples: Sequence[Example], limit: int | None, seed: int) -> list[Example]:
    """Return `limit` examples, drawn by their ids, in the order of the data.

    They are the same on every machine, and a larger sample of the same seed holds a smaller one,
    so that an evaluation can be widened without asking anything twice.

    Args:
        examples: All of them.
        limit: How many, at most; None takes all.
        seed: Of the draw.

    Raises:
        EvaluationError: There is no example, or an id comes twice.
    """
    _require_ids(examples)
    if limit is None or limit >= len(examples):
        return list(examples)
    drawn = sorted(examples, key=lambda example: _place(example, seed))[:limit]
    chosen = {example.id for example in drawn}
    return [example for example in examples if example.id in chosen]


def _place(example: Example, seed: int) -> bytes:
    return hashlib.sha256(f"{seed} {example.id}".encode(errors="surrogatepass")).digest()


def _require_ids(examples: Sequence[Example]) -> None:
    if not examples:
        raise EvaluationError("The data hold no example. Name others, or another split of them.")
    name, times = Counter(example.id for example in examples).most_common(1)[0]
    if times > 1:
        raise EvaluationError(
            f"{times} examples have the id {name!r}; an output could not be told from the others. "
            "Give each its own id."
        )
