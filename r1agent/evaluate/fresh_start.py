"""Lets the embedded engine answer each example as if nothing had been asked before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from langchain_core.language_models import BaseChatModel

from r1agent.models import ServedChatModel

_ONE_MEMORY = {"id_slot": 0}
_READ_ALL = {**_ONE_MEMORY, "cache_prompt": False}


@contextmanager
def forgetting(model: BaseChatModel | None) -> Iterator[Callable[[], None]]:
    """Yield what makes the embedded engine forget the prompts before; nothing for other engines.

    llama.cpp reads a prompt on from the beginning that it shares with one before. It then sums in
    other pieces, which rounds otherwise, so that even at temperature 0 an answer hangs on what was
    asked before it: an evaluation that goes on after a stop would come to another table. A short
    prompt that is read as a whole leaves the same behind each time; naming the slot keeps the
    engine from looking for a beginning among the prompts that it has put aside.
    """
    if not isinstance(model, ServedChatModel) or not _is_greedy_and_embedded(model):
        yield _nothing
        return
    before = model.extra_body
    model.extra_body = {**(before or {}), **_ONE_MEMORY}
    try:
        yield partial(_forget, model)
    finally:
        model.extra_body = before


def _is_greedy_and_embedded(model: ServedChatModel) -> bool:
    return model.temperature == 0 and model.cache_identity.startswith("embedded ")


def _forget(model: ServedChatModel) -> None:
    model.bind(max_tokens=1, extra_body=_READ_ALL).invoke("Hello.")


def _nothing() -> None:
    """Let what was asked before stand."""
