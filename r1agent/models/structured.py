"""Have a model fill a schema: decoded under it, found in the text, or asked for once more."""

from __future__ import annotations

import json
import re
import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import json_repair
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from pydantic import BaseModel, ValidationError

from r1agent.errors import ModelOutputError
from r1agent.models.completion import Completion, as_message, complete, completion_of
from r1agent.models.failures import RequestRefusedError
from r1agent.types import Usage

__all__ = ["Completion", "Filled", "complete", "fill"]

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Filled(Generic[T]):
    """A schema as the model filled it."""

    value: T
    text: str
    """The text the value was read from."""
    thinking: str
    usage: Usage
    repairs: tuple[str, ...] = field(default=())
    """What was wrong with the first answer, where the model was asked again."""

    @property
    def seconds(self) -> float:
        """How long the model took, over all calls."""
        return self.usage.seconds


def fill(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    schema: type[T],
    *,
    max_tokens: int,
    starts_in_thought: bool = False,
) -> Filled[T]:
    """Have the model fill `schema`; ask once more, with the reason, if it does not fit.

    The request carries the schema as `response_format`. A server that refuses that is asked
    without, the schema written below the last message; it is not tried again with this `model`.

    Args:
        model: Any chat model.
        messages: The conversation; its last message should say what the fields mean.
        schema: The pydantic class to fill.
        max_tokens: Limit of one answer, thinking included.
        starts_in_thought: See `split_thinking`.

    Raises:
        ModelOutputError: The second answer does not fit either.
        ModelServerError: The server cannot be used.
    """
    first = _ask(model, list(messages), schema, max_tokens, starts_in_thought)
    value, problem = _read(first, schema, max_tokens)
    if value is not None:
        return Filled(value, first.text, first.thinking, first.usage)
    again = [*messages, AIMessage(first.text or "(nothing)"), HumanMessage(_complaint(problem))]
    second = _ask(model, again, schema, max_tokens, starts_in_thought)
    usage = first.usage + second.usage
    value, still = _read(second, schema, max_tokens, repair_cut=True)
    if value is not None:
        return Filled(value, second.text, second.thinking, usage, (problem,))
    raise ModelOutputError(
        f"The model was asked twice for `{schema.__name__}` and wrote {second.text[:200]!r}: "
        f"{still} Try a larger model, or a higher limit than {max_tokens} tokens."
    )


def _ask(
    model: BaseChatModel,
    messages: list[BaseMessage],
    schema: type[BaseModel],
    max_tokens: int,
    starts_in_thought: bool,
) -> Completion:
    if id(model) in _REFUSING:
        return _ask_in_words(model, messages, schema, max_tokens, starts_in_thought)
    form = {"name": schema.__name__, "schema": schema.model_json_schema(), "strict": True}
    response_format = {"type": "json_schema", "json_schema": form}
    bound = model.bind(response_format=response_format, max_tokens=max_tokens)
    began = time.monotonic()
    try:
        message = as_message(bound.invoke(messages))
    except RequestRefusedError:
        # Servers word this refusal in many ways: if the request works without, that was it.
        completion = _ask_in_words(model, messages, schema, max_tokens, starts_in_thought)
        _remember_refusal(model)
        return completion
    return completion_of(message, time.monotonic() - began, starts_in_thought)


def _ask_in_words(
    model: BaseChatModel,
    messages: list[BaseMessage],
    schema: type[BaseModel],
    max_tokens: int,
    starts_in_thought: bool,
) -> Completion:
    shown = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    wish = HumanMessage(f"Reply with one JSON object that fits this JSON Schema:\n{shown}")
    return complete(
        model, [*messages, wish], max_tokens=max_tokens, starts_in_thought=starts_in_thought
    )


def _read(
    answer: Completion, schema: type[T], max_tokens: int, *, repair_cut: bool = False
) -> tuple[T | None, str]:
    """Return the value, or None and what is wrong with the answer."""
    problem = _nothing_found(answer, max_tokens)
    for text in _whole_objects(answer.text or _object_misplaced(answer.thinking)):
        try:
            return schema.model_validate_json(text), ""
        except ValidationError as error:
            problem = _in_words(error)
    if answer.finish_reason == "length" and answer.text and not repair_cut:
        return None, f"the answer was cut after {max_tokens} tokens: be much shorter."
    if "{" not in answer.text:
        return None, problem
    try:
        return schema.model_validate(json_repair.loads(answer.text[answer.text.index("{") :])), ""
    except ValidationError as error:
        return None, _in_words(error)
    except RecursionError:
        return None, "the answer is nested too deeply."


def _object_misplaced(thinking: str) -> str:
    """Return `thinking` if it is nothing but an object.

    A server that decodes under a grammar from the first token on, and looks for the end of a
    thought all the same, files the answer under thinking.
    """
    return thinking if thinking.startswith("{") and thinking.endswith("}") else ""


def _whole_objects(text: str) -> Iterator[str]:
    """Yield the JSON objects in `text` that are whole, outermost only."""
    decoder = json.JSONDecoder()
    begin = text.find("{")
    while begin >= 0:
        try:
            _, end = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError):
            if re.match(r'\{\s*["}]', text[begin:]):
                return  # a broken object: what lies inside it is not the answer
            end = begin + 1
        else:
            yield text[begin:end]
        begin = text.find("{", end)


def _nothing_found(answer: Completion, max_tokens: int) -> str:
    if answer.finish_reason == "length" and not answer.text:
        return f"thinking took all {max_tokens} tokens: think less, then answer."
    return "there is no JSON object in the answer."


def _in_words(error: ValidationError) -> str:
    rows = error.errors(include_url=False, include_context=False, include_input=False)
    places = (f"{'.'.join(map(str, row['loc'])) or 'the object'}: {row['msg']}" for row in rows[:5])
    return "; ".join(places) + "."


def _complaint(problem: str) -> str:
    return f"That does not fit: {problem} Reply with the corrected JSON object and nothing else."


_REFUSING: dict[int, weakref.finalize[Any, BaseChatModel]] = {}
"""Models, by identity, whose server takes no `response_format`; forgotten with the model."""


def _remember_refusal(model: BaseChatModel) -> None:
    key = id(model)
    _REFUSING[key] = weakref.finalize(model, _REFUSING.pop, key, None)
