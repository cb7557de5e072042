"""What the servers of models refused once, so that they are not asked for it again."""

from __future__ import annotations

from typing import Literal

from langchain_core.language_models import BaseChatModel

from r1agent.models.per_model import PerModel

Refusable = Literal[
    "response_format",
    "thinking_budget",
    "closed_thought",
    "closed_thought_json",
    "samples",
    "stream",
]
"""Parts of a request that not every server takes; `samples` are several replies to one request."""

_REFUSED: PerModel[set[Refusable]] = PerModel(lambda _model: set())


def refuses(model: BaseChatModel, part: Refusable) -> bool:
    """Tell whether the server of `model` refused such a request before."""
    return part in _REFUSED.of(model)


def remember_refusal(model: BaseChatModel, part: Refusable) -> None:
    """Note that the server of `model` takes a request only without `part`."""
    _REFUSED.of(model).add(part)
