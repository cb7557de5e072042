"""Send one request and keep its thoughts within their budget, on any server.

A server that knows a budget is told it: vLLM knows one where it was started with a reasoning
parser. For every other one the tokens are capped, and where thoughts took all of them the model is
asked to go on with the thought closed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration

from r1agent.models.completion import Completion, as_message, completion_of, thinking_share
from r1agent.models.failures import RequestRefusedError
from r1agent.models.own_model import explained
from r1agent.models.refusals import Refusable, refuses, remember_refusal
from r1agent.models.thinking import Thought
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
    return _answered(model, messages, _ask_within_budget(model, messages, wish)[0], wish)


def ask_several(
    model: BaseChatModel, messages: Sequence[BaseMessage], wish: Wish, count: int
) -> list[Completion]:
    """Return up to `count` independent replies to one request, and one at least.

    The server reads the prompt once for all of them. One that takes no such request gives one
    reply, and is asked for one at a time from then on.

    Raises:
        RequestRefusedError: As `ask`.
        ModelServerError: As `ask`.
    """
    if count == 1 or not takes_several(model):
        return [ask(model, messages, wish)]
    try:
        firsts = _ask_within_budget(model, messages, wish, count)
    except RequestRefusedError:
        reply = ask(model, messages, wish)
        remember_refusal(model, "samples")
        return [reply]
    if len(firsts) < count:
        remember_refusal(model, "samples")
    return [_answered(model, messages, first, wish) for first in firsts[:count]]


def takes_several(model: BaseChatModel) -> bool:
    """Tell whether the server may give several replies to one request, as far as is known."""
    return _takes_extras(model) and not refuses(model, "samples")


def _answered(
    model: BaseChatModel, messages: Sequence[BaseMessage], first: Completion, wish: Wish
) -> Completion:
    """Return the reply, asked on with its thought closed where that took every token."""
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
    model: BaseChatModel, messages: Sequence[BaseMessage], wish: Wish, count: int = 1
) -> list[Completion]:
    budget = wish.thinking_tokens
    if budget is None or not _takes_extras(model) or refuses(model, "thinking_budget"):
        return _send(model, messages, wish, count)
    extras = {"thinking_token_budget": budget, "thinking_budget_tokens": budget}  # vLLM, llama.cpp
    try:
        return _send(model, messages, wish, count, extra_body=extras)
    except RequestRefusedError:
        completions = _send(model, messages, wish, count)
        remember_refusal(model, "thinking_budget")
        return completions


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
            (reply,) = _send(model, [*messages, closed], shorter, extra_body=extras)
        except RequestRefusedError:
            remember_refusal(model, part)
        else:
            return _taken_as_text(reply)
    last = HumanMessage(
        "You have thought long enough. Your thoughts end like this:\n"
        f"{thought[-_SHOWN_THOUGHT:]}\n\nAnswer now, without thinking any further."
    )
    return _send(model, [*messages, last], wish)[0]


def _send(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    wish: Wish,
    count: int = 1,
    **options: Any,
) -> list[Completion]:
    if wish.response_format is not None:
        options["response_format"] = wish.response_format
    began = time.monotonic()
    replies = _replies(model, messages, count, max_tokens=wish.max_tokens, **options)
    seconds = time.monotonic() - began
    completions = [
        completion_of(reply, seconds, wish.starts_in_thought, max_tokens=wish.max_tokens)
        for reply in replies
    ]
    completions = _charged_once(completions)
    if wish.on_usage is not None:
        for completion in completions:
            wish.on_usage(completion.usage)
    return completions


def _replies(
    model: BaseChatModel, messages: Sequence[BaseMessage], count: int, **options: Any
) -> list[AIMessage]:
    with explained(model):
        if count == 1:
            return [as_message(model.bind(**options).invoke(list(messages)))]
        result = model.generate([list(messages)], n=count, **options)
    chosen = (one for one in result.generations[0] if isinstance(one, ChatGeneration))
    return [as_message(one.message) for one in chosen]


def _charged_once(completions: list[Completion]) -> list[Completion]:
    """Charge the replies to one request to the first of them; its server counts them together."""
    first, *others = completions
    if not others or first.usage.from_cache:
        return completions
    whole = Thought(
        "".join(one.thinking for one in completions), "".join(one.text for one in completions)
    )
    thinking = thinking_share(whole, first.usage.completion_tokens)
    usage = replace(first.usage, thinking_tokens=thinking)
    return [replace(first, usage=usage), *(replace(one, usage=Usage()) for one in others)]


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
