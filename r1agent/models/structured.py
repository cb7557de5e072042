"""Have a model fill a schema: decoded under it, found in the text, or asked for once more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import json_repair
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from pydantic import BaseModel, ValidationError

from r1agent.errors import ModelOutputError
from r1agent.models.asking import Wish, ask
from r1agent.models.completion import Completion, whole_characters
from r1agent.models.failures import RequestRefusedError
from r1agent.models.refusals import refuses, remember_refusal
from r1agent.types import Usage

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
    thinking_tokens: int | None = None,
    on_usage: Callable[[Usage], None] | None = None,
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
        thinking_tokens: How many of them thoughts may take; past that the thought is closed.
        on_usage: Called with the cost of each request as it is answered.
        starts_in_thought: See `split_thinking`.

    Raises:
        ModelOutputError: The second answer does not fit either.
        ModelServerError: The server cannot be used.
    """
    wish = Wish(
        max_tokens=max_tokens,
        thinking_tokens=thinking_tokens,
        starts_in_thought=starts_in_thought,
        on_usage=on_usage,
    )
    first = _ask(model, list(messages), schema, wish)
    value, problem = _read(first, schema, max_tokens)
    if value is not None:
        return Filled(value, first.text, first.thinking, first.usage)
    again = [*messages, AIMessage(first.text or "(nothing)"), HumanMessage(_complaint(problem))]
    try:
        second = _ask(model, again, schema, wish)
    except RequestRefusedError as refusal:  # with the first answer it is too long
        raise ModelOutputError(
            f"The model was asked for `{schema.__name__}` and wrote {first.text[:200]!r}: "
            f"{problem} Asking again did not work: {refusal}"
        ) from refusal
    usage = first.usage + second.usage
    value, still = _read(second, schema, max_tokens, repair_cut=True)
    if value is not None:
        return Filled(value, second.text, second.thinking, usage, (problem,))
    raise ModelOutputError(
        f"The model was asked twice for `{schema.__name__}` and wrote {second.text[:200]!r}: "
        f"{still} Try a larger model, or a higher limit than {max_tokens} tokens."
    )


def _ask(
    model: BaseChatModel, messages: list[BaseMessage], schema: type[BaseModel], wish: Wish
) -> Completion:
    if refuses(model, "response_format"):
        return _ask_in_words(model, messages, schema, wish)
    form = {"name": schema.__name__, "schema": schema.model_json_schema(), "strict": True}
    response_format = {"type": "json_schema", "json_schema": form}
    try:
        return ask(model, messages, replace(wish, response_format=response_format))
    except RequestRefusedError:
        # Servers word this refusal in many ways: if the request works without, that was it.
        completion = _ask_in_words(model, messages, schema, wish)
        remember_refusal(model, "response_format")
        return completion


def _ask_in_words(
    model: BaseChatModel, messages: list[BaseMessage], schema: type[BaseModel], wish: Wish
) -> Completion:
    shown = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    asked = HumanMessage(f"Reply with one JSON object that fits this JSON Schema:\n{shown}")
    return ask(model, [*messages, asked], wish)


def _read(
    answer: Completion, schema: type[T], max_tokens: int, *, repair_cut: bool = False
) -> tuple[T | None, str]:
    """Return the value, or None and what is wrong with the answer."""
    problem = _nothing_found(answer, max_tokens)
    for found in _whole_objects(answer.text or _object_misplaced(answer.thinking)):
        try:
            return schema.model_validate_json(_sound(found)), ""
        except ValidationError as error:
            problem = _in_words(error)
    if answer.finish_reason == "length" and answer.text and not repair_cut:
        return None, f"the answer was cut after {max_tokens} tokens: be much shorter."
    if "{" not in answer.text:
        return None, problem
    try:
        mended = json_repair.loads(answer.text[answer.text.index("{") :])
        return schema.model_validate_json(_sound(mended)), ""
    except ValidationError as error:
        return None, _in_words(error)
    except (RecursionError, ValueError):
        return None, "the answer is nested too deeply, or holds an endless number."


def _sound(value: object) -> str:
    """Return JSON text of `value` without halves of characters, which JSON can spell out."""
    return whole_characters(json.dumps(value, ensure_ascii=False))


def _object_misplaced(thinking: str) -> str:
    """Return `thinking` if it is nothing but an object.

    A server that decodes under a grammar from the first token on, and looks for the end of a
    thought all the same, files the answer under thinking.
    """
    return thinking if thinking.startswith("{") and thinking.endswith("}") else ""


def _whole_objects(text: str) -> Iterator[object]:
    """Yield the JSON objects in `text` that are whole, outermost only."""
    decoder = json.JSONDecoder()
    begin = text.find("{")
    while begin >= 0:
        try:
            found, end = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError):
            if re.match(r'\{\s*["}]', text[begin:]):
                return  # a broken object: what lies inside it is not the answer
            end = begin + 1
        else:
            yield found
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
