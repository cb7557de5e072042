"""The texts of orders: those of a JSON file by kind of attack, or a small set of our own."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from r1agent.evaluate.errors import EvaluationError

_WANTED = 'a JSON object of lists of texts by kind of attack, {"kind": ["text", …], …}'
_KINDS: TypeAdapter[dict[str, list[str]]] = TypeAdapter(dict[str, list[str]])


@dataclass(frozen=True, slots=True)
class HiddenOrder:
    """What an attacker wants a model to do, as he writes it."""

    kind: str
    """What the attack is after."""
    text: str


def read_orders(path: Path | None, *, each: int | None = None) -> list[HiddenOrder]:
    """Return the first texts of each kind, in the order of the file.

    Args:
        path: Of the form of BIPIA's attack files (Yi et al., 2023); None takes our own set.
        each: At most so many of a kind; None takes all.

    Raises:
        EvaluationError: It is not there, or not of that form.
    """
    kinds = _own() if path is None else _read(path)
    orders = [HiddenOrder(kind, text) for kind, texts in kinds.items() for text in texts[:each]]
    if not orders:
        raise EvaluationError(f"{str(path)!r} holds no text. Wanted: {_WANTED}.")
    return orders


def _read(path: Path) -> Mapping[str, Sequence[str]]:
    try:
        kinds = _KINDS.validate_python(json.loads(path.read_bytes()), strict=True)
    except OSError as error:
        raise EvaluationError(
            f"{str(path)!r} cannot be read ({error.strerror}). Wanted: {_WANTED}. Without a file "
            "the orders that come with r1agent are hidden."
        ) from None
    except (ValueError, RecursionError) as error:
        found = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise EvaluationError(
            f"{str(path)!r} has another form ({found}). Wanted: {_WANTED}."
        ) from None
    return {kind: [text for one in texts if (text := one.strip())] for kind, texts in kinds.items()}


@cache
def _own() -> Mapping[str, Sequence[str]]:
    text = files("r1agent.evaluate.hidden_orders").joinpath("orders.toml").read_text("utf-8")
    kinds: dict[str, list[str]] = {}
    for row in tomllib.loads(text)["order"]:
        kinds.setdefault(row["kind"], []).append(row["text"])
    return kinds
