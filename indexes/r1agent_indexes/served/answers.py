"""What a server answered, checked: one vector or score a text, in the order asked."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from r1agent_indexes.embed import unit_rows

_MOST = 2**63
"""A whole number from here on is no score, and may not even fit a float."""


class UnusableAnswerError(ValueError):
    """A server answered, and not what was asked for; the message is what was found."""


def vectors_in(answer: Any, count: int) -> NDArray[np.float32]:
    """Return `(count, d)` float32 rows of unit length, in the order asked.

    Args:
        answer: JSON as OpenAI's `/v1/embeddings` gives it: floats, or base64 of float32.
        count: How many texts were sent.

    Raises:
        UnusableAnswerError: It holds anything else.
    """
    rows = [_vector(row.get("embedding")) for row in _in_order(answer, "data", count)]
    lengths = sorted({len(row) for row in rows})
    if len(lengths) != 1 or lengths[0] == 0:
        raise UnusableAnswerError(f"vectors of {lengths} numbers, wanted one length above 0")
    vectors = np.stack(rows)
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    if not np.isfinite(largest).all():
        raise UnusableAnswerError("a vector with numbers that are not finite")
    if not largest.all():
        raise UnusableAnswerError("a vector of zeros, which has no direction")
    return unit_rows((vectors / largest).astype(np.float32))


def scores_in(answer: Any, count: int) -> list[float]:
    """Return one score a text, in the order asked; higher is better.

    Args:
        answer: JSON as Jina's and Cohere's `/rerank` give it.
        count: How many texts were sent.

    Raises:
        UnusableAnswerError: It holds anything else.
    """
    rows = _in_order(answer, "results", count)
    found = [row.get("relevance_score", row.get("score")) for row in rows]
    scores = [float(one) for one in found if _is_number(one)]
    if len(scores) != count or not np.isfinite(scores).all():
        raise UnusableAnswerError("a score that is no finite number")
    return scores


def _in_order(answer: Any, field: str, count: int) -> list[dict[str, Any]]:
    """Return the rows of an answer by their `index`, which is their place where they have none."""
    rows = answer.get(field) if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnusableAnswerError(f"JSON without a list `{field}`")
    if len(rows) != count:
        raise UnusableAnswerError(f"{len(rows)} rows for {count} texts")
    places = [row.get("index", at) for at, row in enumerate(rows)]
    if not _are_places(places):
        raise UnusableAnswerError("rows whose `index` does not name each text once")
    return [row for _, row in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0])]


def _are_places(found: Sequence[Any]) -> bool:
    return all(type(one) is int for one in found) and sorted(found) == list(range(len(found)))


def _vector(found: Any) -> NDArray[np.float32]:
    if isinstance(found, str):
        return _unpacked(found)
    if not isinstance(found, list) or not all(map(_is_number, found)):
        raise UnusableAnswerError("an `embedding` that is no list of numbers")
    return np.array(found, dtype=np.float64)


def _unpacked(text: str) -> NDArray[np.float32]:
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4")
    except (binascii.Error, ValueError):
        raise UnusableAnswerError("an `embedding` that is no base64 of float32") from None


def _is_number(found: Any) -> TypeGuard[float]:
    return type(found) is float or (type(found) is int and abs(found) < _MOST)
