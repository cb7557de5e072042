"""A schema is filled or refused; thinking, prose and damage around the object do no harm."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import BaseModel, Field

from r1agent.errors import ModelOutputError, ModelServerError
from r1agent.models import Filled, chat_model, complete, fill
from tests.models.model_servers import body_of, completion, http_server, send


class Action(BaseModel):
    tool: Literal["search", "python"]
    argument: str = Field(min_length=1)


class ScriptedModel(BaseChatModel):
    """Answer with the next reply and keep what was asked."""

    replies: list[AIMessage]
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    options: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.asked.append(messages)
        self.options.append(kwargs)
        return ChatResult(generations=[ChatGeneration(message=self.replies.pop(0))])


class StreamingModel(ScriptedModel):
    """Stream the next reply, three characters a chunk."""

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        text = self.replies.pop(0).text
        for begin in range(0, len(text), 3):
            yield ChatGenerationChunk(message=AIMessageChunk(text[begin : begin + 3]))


QUESTION = [HumanMessage("What next?")]
GOOD = '{"tool": "search", "argument": "dropout"}'
SEARCH = Action(tool="search", argument="dropout")


def filled(*replies: str | AIMessage, starts_in_thought: bool = False) -> Filled[Action]:
    messages = [AIMessage(reply) if isinstance(reply, str) else reply for reply in replies]
    model = ScriptedModel(replies=messages)
    return fill(model, QUESTION, Action, max_tokens=50, starts_in_thought=starts_in_thought)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here it is: {GOOD} I hope {{that}} helps.",
        f"The set {{a, b}} is out. {GOOD}",
        f'<think>{{"tool": "python", "argument": "x"}}</think>{GOOD}',
        f'{{"tool": "python", "argument": "x"}}</think>{GOOD}',
        f'{{"example": 1}} {GOOD}',
        "{'tool': 'search', 'argument': 'dropout',}",
        '{"tool": "search", "argument": "dropout"',
    ],
)
def test_the_object_is_found(text: str):
    result = filled(text)
    assert (result.value, result.repairs) == (SEARCH, ())


def test_the_request_carries_the_schema_and_the_limit():
    model = ScriptedModel(replies=[AIMessage(GOOD)])
    fill(model, QUESTION, Action, max_tokens=50)
    options = model.options[0]
    assert options["max_tokens"] == 50
    assert options["response_format"]["type"] == "json_schema"
    assert options["response_format"]["json_schema"]["name"] == "Action"
    assert options["response_format"]["json_schema"]["schema"] == Action.model_json_schema()


def test_a_value_that_does_not_fit_is_asked_for_once_more_with_the_reason():
    model = ScriptedModel(replies=[AIMessage('{"tool": "walk", "argument": "x"}'), AIMessage(GOOD)])
    result = fill(model, QUESTION, Action, max_tokens=50)
    reason = "tool: Input should be 'search' or 'python'."
    assert (result.value, result.repairs, result.usage.calls) == (SEARCH, (reason,), 2)
    assert reason in model.asked[1][-1].text
    assert model.asked[1][:1] == QUESTION


def test_two_answers_that_do_not_fit_are_an_error_that_shows_the_second():
    with pytest.raises(ModelOutputError) as caught:
        filled("I would search.", "Let me think about it.")
    assert str(caught.value) == (
        "The model was asked twice for `Action` and wrote 'Let me think about it.': there is no "
        "JSON object in the answer. Try a larger model, or a higher limit than 50 tokens."
    )


def test_an_answer_cut_in_the_middle_is_not_patched_up_at_first():
    cut = AIMessage(
        '{"tool": "search", "argument": "drop', response_metadata={"finish_reason": "length"}
    )
    result = filled(cut, GOOD)
    assert result.repairs == ("the answer was cut after 50 tokens: be much shorter.",)


def test_thinking_that_took_every_token_is_said():
    cut = AIMessage("<think>so many", response_metadata={"finish_reason": "length"})
    result = filled(cut, GOOD)
    assert result.repairs == ("thinking took all 50 tokens: think less, then answer.",)


def test_thinking_is_set_apart_from_the_value():
    result = filled(AIMessage(GOOD, additional_kwargs={"reasoning_content": '{"tool": 1}'}))
    assert (result.value, result.thinking) == (SEARCH, '{"tool": 1}')


def test_an_object_that_a_server_filed_under_thinking_is_found():
    assert filled(AIMessage("", additional_kwargs={"reasoning_content": GOOD})).value == SEARCH
    assert filled(GOOD, starts_in_thought=True).value == SEARCH


def test_a_hopelessly_nested_answer_is_an_answer_that_does_not_fit():
    deep = '{"tool": ' + "[" * 20_000
    with pytest.raises(ModelOutputError, match="asked twice for `Action`"):
        filled(deep, deep)


def test_use_and_seconds_are_added_up():
    counted = {"input_tokens": 7, "output_tokens": 3, "total_tokens": 10}
    result = filled(
        AIMessage("no", usage_metadata=counted),  # type: ignore[arg-type]
        AIMessage(GOOD, usage_metadata=counted),  # type: ignore[arg-type]
    )
    assert (result.usage.prompt_tokens, result.usage.completion_tokens) == (14, 6)
    assert result.seconds > 0


def test_a_server_that_refuses_the_schema_is_asked_without_and_not_tried_again():
    asked: list[dict[str, Any]] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(body_of(request))
        if "response_format" in asked[-1]:
            send(request, {"error": {"message": "unsupported parameter"}}, status=400)
            return
        send(request, completion(GOOD))

    with http_server(answer) as address:
        model = chat_model(f"{address}/v1", "tiny")
        results = [fill(model, QUESTION, Action, max_tokens=50) for _ in range(2)]
    assert [result.value for result in results] == [SEARCH, SEARCH]
    assert ["response_format" in body for body in asked] == [True, False, False]
    assert "fits this JSON Schema" in str(asked[1]["messages"])


def test_a_request_refused_for_another_reason_is_an_error_and_not_remembered():
    asked: list[dict[str, Any]] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(body_of(request))
        if len(asked) <= 2:
            send(request, {"error": {"message": "the prompt is too long"}}, status=400)
            return
        send(request, completion(GOOD))

    with http_server(answer) as address:
        model = chat_model(f"{address}/v1", "tiny")
        with pytest.raises(ModelServerError, match="the prompt is too long"):
            fill(model, QUESTION, Action, max_tokens=50)
        assert fill(model, QUESTION, Action, max_tokens=50).value == SEARCH
    assert ["response_format" in body for body in asked] == [True, False, True]


def test_an_answer_cut_by_the_limit_is_returned_with_its_use():
    with http_server(lambda r: send(r, completion('{"to', finish="length"))) as address:
        model = chat_model(f"{address}/v1", "tiny")
        with pytest.raises(ModelOutputError, match=r"wrote '\{\"to'"):
            fill(model, QUESTION, Action, max_tokens=50)


def test_free_text_comes_with_its_thinking_and_use():
    with http_server(lambda r: send(r, completion("<think>hm</think>Yes."))) as address:
        result = complete(chat_model(f"{address}/v1", "tiny"), QUESTION, max_tokens=5)
    assert (result.text, result.thinking, result.finish_reason) == ("Yes.", "hm", "stop")
    assert (result.usage.prompt_tokens, result.usage.completion_tokens) == (7, 3)


def test_streamed_text_never_shows_thinking():
    shown: list[str] = []
    model = StreamingModel(replies=[AIMessage("<think>hm, hm</think>Yes, it is.")])
    result = complete(model, QUESTION, max_tokens=50, on_text=shown.append)
    assert "".join(shown) == "Yes, it is."
    assert (result.text, result.thinking) == ("Yes, it is.", "hm, hm")
    assert shown[0] == ""  # the screen moves while it thinks


def test_a_thought_opened_by_the_prompt_is_not_streamed():
    shown: list[str] = []
    model = StreamingModel(replies=[AIMessage("hm, hm</think>Yes.")])
    complete(model, QUESTION, max_tokens=50, on_text=shown.append, starts_in_thought=True)
    assert "".join(shown) == "Yes."


@pytest.mark.parametrize(
    "argument", ["\ud83d dropout", "\\ud83d dropout", "\\udc00 dropout", "\\uD83D dropout"]
)
def test_half_a_character_becomes_the_sign_for_that(argument):
    value = filled(f'{{"tool": "search", "argument": "{argument}"}}').value
    assert value.argument == "\ufffd dropout"


def test_a_whole_character_of_two_halves_stays():
    value = filled(r'{"tool": "search", "argument": "\ud83d\ude00 \\ud83d"}').value
    assert value.argument == "\U0001f600 \\ud83d"


def test_an_endless_number_is_refused_in_words():
    with pytest.raises(ModelOutputError, match="argument: Input should be"):
        filled(*['{"tool": "search", "argument": ' + "9" * 5000] * 2)
