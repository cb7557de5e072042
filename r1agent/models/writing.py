"""Have a model write free text, at once or piece by piece."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage

from r1agent.errors import ModelServerError
from r1agent.models.asking import Wish, ask_several
from r1agent.models.completion import Completion, completion_of
from r1agent.models.own_model import explained
from r1agent.models.thinking import ThoughtFilter
from r1agent.types import Usage


def complete(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    *,
    max_tokens: int,
    thinking_tokens: int | None = None,
    on_text: Callable[[str], None] | None = None,
    on_usage: Callable[[Usage], None] | None = None,
    starts_in_thought: bool = False,
) -> Completion:
    """Have the model write free text.

    Args:
        model: Any chat model.
        messages: The conversation.
        max_tokens: Limit of the answer, thinking included.
        thinking_tokens: How many of them thoughts may take, where the answer does not stream:
            past that the thought is closed, by the server or by a second request.
        on_text: Called with each piece of the answer as it comes, and with "" for each piece
            of thinking, so that a screen can move; thinking itself never reaches it.
        on_usage: Called with the cost of each request as it is answered.
        starts_in_thought: See `split_thinking`.
    """
    if on_text is None:
        return complete_several(
            model,
            messages,
            1,
            max_tokens=max_tokens,
            thinking_tokens=thinking_tokens,
            on_usage=on_usage,
            starts_in_thought=starts_in_thought,
        )[0]
    began = time.monotonic()
    message = _stream(model, messages, max_tokens, on_text, starts_in_thought)
    completion = completion_of(message, time.monotonic() - began, starts_in_thought)
    if on_usage is not None:
        on_usage(completion.usage)
    return completion


def complete_several(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    count: int,
    *,
    max_tokens: int,
    thinking_tokens: int | None = None,
    on_usage: Callable[[Usage], None] | None = None,
    starts_in_thought: bool = False,
) -> list[Completion]:
    """Have the model write up to `count` independent texts, and one at least.

    They come from one request, so that the prompt is read once; a server that takes no such
    request gives one text. The options are those of `complete`.
    """
    wish = Wish(
        max_tokens=max_tokens,
        thinking_tokens=thinking_tokens,
        starts_in_thought=starts_in_thought,
        on_usage=on_usage,
    )
    return ask_several(model, messages, wish, count)


def _stream(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    max_tokens: int,
    on_text: Callable[[str], None],
    starts_in_thought: bool,
) -> AIMessage:
    whole: AIMessageChunk | None = None
    visible = ThoughtFilter(starts_in_thought=starts_in_thought)
    for chunk in _chunks(model, messages, max_tokens):
        assert isinstance(chunk, AIMessageChunk)  # noqa: S101 - what a chat model streams
        whole = chunk if whole is None else whole + chunk
        if whole.additional_kwargs.get("reasoning_content") and not visible.text:
            visible = ThoughtFilter()  # the server tells thinking from text by itself
        on_text(visible.feed(chunk.text))
    on_text(visible.close())
    if whole is None:
        raise ModelServerError(
            "The model's stream held nothing at all; look into the server's log."
        )
    return whole


def _chunks(
    model: BaseChatModel, messages: Sequence[BaseMessage], max_tokens: int
) -> Iterator[BaseMessage]:
    """Yield the pieces of a stream, each asked for where a failure is explained."""
    with explained(model):
        yield from model.bind(max_tokens=max_tokens).stream(list(messages))
