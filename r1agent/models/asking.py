"""Send one request and keep its thoughts within their budget, on any server.

A server that knows a budget is told it. For every other one the tokens are capped, and where
thoughts took all of them the model is asked to go on with the thought closed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from r1agent.models.completion import Completion, as_message, completion_of
from r1agent.models.failures import RequestRefusedError
from r1agent.models.refusals import Refusable, refuses, remember_refusal
from r1agent.types import Usage

_SHOWN_THOUGHT = 2000  # characters of a thought's end, where it can only be shown, not continued


@dataclass(frozen=True, slots=True)
class Wish:
    """What one request asks for besides its messages."""

    max_tokens: int
    """Limit of the answer, thinking included."""
    thinking_tokens: int | None = None
    """How many of them thoughts may take; None: nothing is done about thoughts."""
    starts_in_thought: bool = False
    """See `split_thinking`."""
    response_format: dict[str, Any] | None = None
    on_usage: Callable[[Usage], None] | None = None
    """Called with the cost of each request that was answered, also where a later one fails."""

    @property
    def answer_tokens(self) -> int:
        """What is left for the answer once the thoughts took their budget."""
        return max(1, self.max_tokens - (self.thinking_tokens or 0))


def ask(model: BaseChatModel, messages: Sequence[BaseMessage], wish: Wish) -> Completion:
    """Return the model's reply; its thoughts end within their budget.

    Raises:
        RequestRefusedError: The server does not take the request, with or without a budget.
        ModelServerError: The server cannot be used.
    """
    first = _ask_within_budget(model, messages, wish)
    if wish.thinking_tokens is None or not _only_thought(first):
        return first
    try:
        second = _ask_past_thought(model, messages, first.thinking, wish)
    except RequestRefusedError:  # with the thought it is too long: there is no answer
        return first
    return replace(
        second,
        thinking="\n".join(filter(None, (first.thinking, second.thinking))),
        usage=first.usage + second.usage,
    )


def _ask_within_budget(
    model: BaseChatModel, messages: Sequence[BaseMessage], wish: Wish
) -> Completion:
    budget = wish.thinking_tokens
    if budget is None or not _takes_extras(model) or refuses(model, "thinking_budget"):
        return _send(model, messages, wish)
    extras = {"thinking_token_budget": budget, "thinking_budget_tokens": budget}  # vLLM, llama.cpp
    try:
        return _send(model, messages, wish, extra_body=extras)
    except RequestRefusedError:
        completion = _send(model, messages, wish)
        remember_refusal(model, "thinking_budget")
        return completion


def _ask_past_thought(
    model: BaseChatModel, messages: Sequence[BaseMessage], thought: str, wish: Wish
) -> Completion:
    """Ask again with the thought closed, or in words where the server takes no such message."""
    part: Refusable = "closed_thought_json" if wish.response_format else "closed_thought"
    if _takes_extras(model) and not refuses(model, part):
        closed = AIMessage(f"<think>\n{thought}\n</think>\n\n")
        extras = {
            "continue_final_message": True,
            "add_generation_prompt": False,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        shorter = replace(wish, max_tokens=wish.answer_tokens, starts_in_thought=False)
        try:
            reply = _send(model, [*messages, closed], shorter, extra_body=extras)
        except RequestRefusedError:
            remember_refusal(model, part)
        else:
            return _taken_as_text(reply)
    last = HumanMessage(
        "You have thought long enough. Your thoughts end like this:\n"
        f"{thought[-_SHOWN_THOUGHT:]}\n\nAnswer now, without thinking any further."
    )
    return _send(model, [*messages, last], wish)


def _send(
    model: BaseChatModel, messages: Sequence[BaseMessage], wish: Wish, **options: Any
) -> Completion:
    if wish.response_format is not None:
        options["response_format"] = wish.response_format
    bound = model.bind(max_tokens=wish.max_tokens, **options)
    began = time.monotonic()
    message = as_message(bound.invoke(list(messages)))
    completion = completion_of(
        message,
        time.monotonic() - began,
        wish.starts_in_thought,
        max_tokens=wish.max_tokens,
    )
    if wish.on_usage is not None:
        wish.on_usage(completion.usage)
    return completion


def _only_thought(reply: Completion) -> bool:
    """Tell whether thoughts took all tokens; an object there is an answer in the wrong field."""
    cut = reply.finish_reason == "length" and not reply.text
    return cut and bool(reply.thinking) and not reply.thinking.startswith("{")


def _taken_as_text(reply: Completion) -> Completion:
    """Take what follows a closed thought as the answer, also where the server files it wrong.

    A server that looks for the end of a thought in the new text alone calls all of it thinking.
    What was cut is left there: a model that thinks on and on must not answer with its thoughts.
    """
    if reply.text or reply.finish_reason == "length":
        return reply
    return replace(reply, text=reply.thinking, thinking="")


def _takes_extras(model: BaseChatModel) -> bool:
    """Tell whether the client sends fields that the OpenAI protocol does not have."""
    return "extra_body" in type(model).model_fields
