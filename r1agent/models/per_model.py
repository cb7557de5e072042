"""What is known about a model, for as long as the model is there."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from langchain_core.language_models import BaseChatModel

T = TypeVar("T")


class PerModel(Generic[T]):
    """Hold one value for each chat model, by its identity; it is forgotten with the model.

    Args:
        make: Makes the value of a model that has none yet.
    """

    def __init__(self, make: Callable[[BaseChatModel], T]) -> None:
        self._make = make
        self._values: dict[int, T] = {}

    def of(self, model: BaseChatModel) -> T:
        """Return the value of `model`."""
        key = id(model)
        if key not in self._values:
            weakref.finalize(model, self._values.pop, key, None)
            self._values[key] = self._make(model)
        return self._values[key]
