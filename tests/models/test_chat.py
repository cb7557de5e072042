"""The chat client keeps to its server, and every way a server fails ends in one clear error."""

from __future__ import annotations

import logging
import time
from http.server import BaseHTTPRequestHandler

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_tests.unit_tests import ChatModelUnitTests

from r1agent.errors import ModelServerError
from r1agent.models import ServedChatModel, chat_model, probe, split_thinking
from tests.models.model_servers import Answer, body_of, completion, http_server, send

PAGE = "<!DOCTYPE html><html><body>Welcome</body></html>"
KEY = "sk-secret-key"


class TestServedChatModel(ChatModelUnitTests):
    @property
    def chat_model_class(self) -> type[ServedChatModel]:
        return ServedChatModel

    @property
    def chat_model_params(self) -> dict[str, object]:
        return {"model": "m", "base_url": "http://127.0.0.1:9/v1", "api_key": "none"}


def ask(answer: Answer, *, stream: bool = False, timeout: float = 5.0) -> str:
    """Return the error of a question put to a server that answers with `answer`."""
    with http_server(answer) as address:
        model = chat_model(f"{address}/v1", "tiny", api_key=KEY, timeout=timeout, max_retries=0)
        with pytest.raises(ModelServerError) as caught:
            list(model.stream("hi")) if stream else model.invoke("hi")
    message = str(caught.value)
    assert message.startswith(f"The model server at '{address}/v1' ")
    assert KEY not in message
    return message


def always(body: str | dict[str, object], **options: object) -> Answer:
    return lambda request: send(request, body, **options)  # type: ignore[arg-type]


def test_the_request_goes_to_the_server_and_carries_no_other_identity(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-provider")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-private")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-private")
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-of-a-third")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    seen: list[tuple[str, str, dict[str, object]]] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.append((request.path, str(request.headers), body_of(request)))
        send(request, completion("Yes."))

    with http_server(answer) as address:
        reply = chat_model(f"{address}/v1", "tiny").invoke("hi")
    path, headers, body = seen[0]
    assert (path, reply.text) == ("/v1/chat/completions", "Yes.")
    assert (body["model"], body["temperature"], body["top_p"]) == ("tiny", 0.6, 0.95)
    assert "Bearer none" in headers
    assert not any(word in headers for word in ("sk-of", "org-private", "project-private"))


@pytest.mark.parametrize("key", ["reasoning_content", "reasoning"])
def test_thinking_sent_beside_the_text_arrives(key: str):
    with http_server(always(completion("Yes.", **{key: "hm"}))) as address:
        message = chat_model(f"{address}/v1", "tiny").invoke("hi")
    assert split_thinking(message).thinking == "hm"
    assert message.usage_metadata is not None
    assert message.usage_metadata["output_tokens"] == 3


def test_a_dead_server_is_named():
    model = chat_model("http://user:password@127.0.0.1:9/v1", "tiny", max_retries=0)
    with pytest.raises(ModelServerError) as caught:
        model.invoke("hi")
    assert str(caught.value) == (
        "The model server at 'http://127.0.0.1:9/v1' cannot be reached ([Errno 111] Connection "
        "refused); start the server or correct `base_url`. `r1agent doctor` shows what answers "
        "there."
    )


def test_an_unknown_host_is_named():
    model = chat_model("http://no-such-host.invalid/v1", "tiny", max_retries=0)
    with pytest.raises(ModelServerError, match=r"no-such-host.invalid/v1' cannot be reached"):
        model.invoke("hi")


def test_a_silent_server_times_out():
    assert "did not answer in time" in ask(lambda request: time.sleep(1), timeout=0.3)


@pytest.mark.parametrize("status", [200, 404, 502])
def test_a_web_page_is_no_answer(status: int):
    message = ask(always(PAGE, status=status, kind="text/html"))
    assert "answered with a web page" in message
    assert "ends in `/v1`" in message


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_said_and_not_shown(status: int):
    said: dict[str, object] = {"error": {"message": f"Incorrect API key: {KEY}"}}
    message = ask(always(said, status=status))
    assert f"refused the API key (status {status}: Incorrect API key: ***)" in message


def test_an_unknown_model_names_those_served():
    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/v1/models":
            send(request, {"data": [{"id": "r1"}, {"id": "r1-small"}]})
            return
        send(request, {"error": {"message": "no such model"}}, status=404)

    message = ask(answer)
    assert "does not serve 'tiny' (status 404: no such model)" in message
    assert "it serves 'r1', 'r1-small': pass one of these as `model`." in message


def test_too_many_requests_says_when_to_ask_again():
    message = ask(always({"error": {"message": "slow down"}}, status=429, Retry_After="7"))
    assert "is over its limit (status 429: slow down); it asks to wait 7 s" in message


def test_a_failure_inside_the_server_points_to_its_log():
    message = ask(always({"error": {"message": "CUDA out of memory"}}, status=500))
    assert "failed (status 500: CUDA out of memory); look into its log" in message


def test_a_failure_is_tried_again():
    tries: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        tries.append(request.path)
        if len(tries) == 1:
            send(request, {"error": {"message": "busy"}}, status=503)
            return
        send(request, completion("Yes."))

    with http_server(answer) as address:
        assert chat_model(f"{address}/v1", "tiny").invoke("hi").text == "Yes."
    assert len(tries) == 2


@pytest.mark.parametrize("body", [{"hello": 1}, {"choices": []}, {"choices": None}])
def test_json_that_is_no_completion_is_said(body: dict[str, object]):
    assert "answered with JSON without `choices`" in ask(always(body))


def test_text_that_is_no_json_is_said():
    assert "instead of a chat completion" in ask(always("certainly!", kind="text/plain"))


def test_json_that_is_broken_is_said():
    assert "instead of a chat completion" in ask(always('{"choices": [', kind="application/json"))


def test_a_web_page_instead_of_a_stream_is_said():
    message = ask(always(PAGE, kind="text/html"), stream=True)
    assert "a stream without a single event" in message


EVENT = (
    'data: {"id":"1","object":"chat.completion.chunk","created":0,"model":"m","choices":'
    '[{"index":0,"delta":{"role":"assistant","content":"Half"},"finish_reason":null}]}\n\n'
)


def test_a_stream_that_just_ends_is_half_a_stream():
    message = ask(always(EVENT, kind="text/event-stream"), stream=True)
    assert "stopped in the middle of its answer" in message


def test_a_connection_cut_in_the_stream_is_said():
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Content-Length", "100000")
        request.end_headers()
        request.wfile.write(EVENT.encode())

    assert "stopped in the middle of its answer" in ask(answer, stream=True)


def test_an_error_event_in_the_stream_is_said():
    event = EVENT + 'data: {"error": {"message": "CUDA out of memory"}}\n\n'
    message = ask(always(event, kind="text/event-stream"), stream=True)
    assert "stopped in the middle of its answer (CUDA out of memory)" in message


@pytest.mark.asyncio
async def test_the_asynchronous_calls_explain_themselves_too():
    with http_server(always({"error": {"message": "no"}}, status=401)) as address:
        model: BaseChatModel = chat_model(f"{address}/v1", "tiny", api_key=KEY, max_retries=0)
        with pytest.raises(ModelServerError, match="refused the API key"):
            await model.ainvoke("hi")


def test_no_log_holds_the_key_or_what_is_asked(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    with http_server(always(completion("Yes."))) as address:
        chat_model(f"{address}/v1", "tiny", api_key=KEY).invoke("a private question")
    assert caplog.records
    assert KEY not in caplog.text
    assert "private" not in caplog.text


def test_tokens_are_estimated_without_fetching_a_tokenizer():
    assert chat_model("http://127.0.0.1:9/v1", "tiny").get_num_tokens("12345678") == 2


def test_probe_tells_vllm_and_its_version():
    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/version":
            send(request, {"version": "0.32.0"})
            return
        send(request, {"data": [{"id": "r1", "owned_by": "vllm"}]})

    with http_server(answer) as address:
        status = probe(f"{address}/v1")
    assert (status.reachable, status.kind, status.models) == (True, "vLLM 0.32.0", ("r1",))


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (always({"error": {}}, status=401), "answered 401"),
        (always(PAGE, kind="text/html"), "its /models is no list of models"),
        (always({"data": "no"}), "its /models is no list of models"),
        (lambda request: time.sleep(0.5), "did not answer in time"),
    ],
)
def test_probe_says_why_a_server_is_not_usable(answer: Answer, problem: str):
    with http_server(answer) as address:
        status = probe(f"{address}/v1", KEY, timeout=0.3)
    assert (status.reachable, status.problem) == (False, problem)


def test_probe_of_a_dead_server_does_not_raise():
    assert probe("http://127.0.0.1:9/v1").problem == "[Errno 111] Connection refused"
