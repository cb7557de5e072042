"""One chat client for every OpenAI-compatible server."""

from __future__ import annotations

import json
import weakref
from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

import httpx2
import openai
from langchain_core.caches import BaseCache
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_deepseek import ChatDeepSeek
from pydantic import SecretStr, model_validator

from r1agent.models.connection import certificates, is_loopback, printable
from r1agent.models.failures import Server
from r1agent.models.terms import TERMS

_NO_KEY = "none"


def chat_model(
    base_url: str,
    model: str,
    *,
    api_key: str | None = None,
    temperature: float | None = 0.6,
    top_p: float | None = 0.95,
    timeout: float = 600.0,
    max_retries: int = 2,
    cache: BaseCache | None = None,
    cache_identity: str = "",
) -> BaseChatModel:
    """Return the client of the model server at `base_url`; nothing is sent anywhere else.

    One call lasts at most about `(max_retries + 1) * timeout` seconds, and pauses as long as
    `Retry-After` asks, if that is two minutes or less.

    Args:
        base_url: The server's OpenAI-compatible address, mostly ending in `/v1`.
        model: The name under which the server serves it.
        api_key: The server's key; many need none.
        temperature: By default as R1's model card wants it; None: the server's own.
        top_p: Likewise.
        timeout: Seconds to wait for the next bytes; 10 s at most for the connection.
        max_retries: How often a lost connection, 429 or 5xx is tried again.
        cache: Answers requests that were made before, such as a `RequestCache`.
        cache_identity: Stands for the server in the cache; by default its address.
    """
    return ServedChatModel(
        model_name=model,
        api_base=base_url,
        api_key=SecretStr(api_key or _NO_KEY),
        temperature=temperature,
        top_p=top_p,
        request_timeout=httpx2.Timeout(timeout, connect=min(10.0, timeout)),
        max_retries=max_retries,
        cache=cache,
        cache_identity=cache_identity,
    )


class ServedChatModel(ChatDeepSeek):
    """`ChatDeepSeek` for any server: it keeps to that server, and its failures say what to do.

    Thinking arrives in `additional_kwargs["reasoning_content"]`, from either of the two fields
    servers use for it. A `response_format` is sent as it is, and an answer cut by `max_tokens`
    is returned, not raised, with `finish_reason` "length".
    """

    cache_identity: str = ""
    """Stands for the server in a cache; by default its address, which is random for one's own."""
    use_responses_api: bool | None = False
    stream_usage: bool | None = True

    @model_validator(mode="after")
    def validate_environment(self) -> Self:
        """Build the clients, which send neither another provider's identity nor through a proxy.

        A proxy is for other machines: it would not find a server on this one.
        """
        options: dict[str, Any] = {
            "trust_env": not is_loopback(self.api_base),
            "verify": certificates(),
            "event_hooks": {"request": [_keep_to_deadline]},
        }
        self.http_client = self.http_client or openai.DefaultHttpxClient(**options)
        options["event_hooks"] = {}  # awaited there; deadlines are for the runs of an assistant
        self.http_async_client = self.http_async_client or openai.DefaultAsyncHttpxClient(**options)
        super().validate_environment()  # type: ignore[operator]
        weakref.finalize(self.root_client, self.http_client.close)
        for client in (self.root_client, self.root_async_client):
            client.organization = None
            client.project = None
        return self

    def get_num_tokens(self, text: str) -> int:
        """Estimate the tokens of `text`, four bytes each; no tokenizer is fetched for it."""
        return -(-len(text.encode()) // 4)

    def get_token_ids(self, text: str) -> list[int]:
        """Refuse: the ids are known to the server alone, and none is guessed."""
        raise NotImplementedError("the tokenizer is the server's; use `get_num_tokens`")

    def _get_llm_string(self, stop: list[str] | None = None, **kwargs: Any) -> str:
        """Name everything but the messages that a reply depends on, for a cache; no key."""
        return json.dumps(
            {
                "server": self.cache_identity or printable(str(self.api_base)),
                "model": self.model_name,
                "temperature": self.temperature,
                "top_p": self.top_p,
                "stop": stop,
                "asked": kwargs,
            },
            sort_keys=True,
        )

    @property
    def _server(self) -> Server:
        key = self.api_key.get_secret_value() if self.api_key else _NO_KEY
        return Server(self.api_base, self.model_name, None if key == _NO_KEY else key)

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Build the request, with `response_format` out of the openai client's sight.

        Its `parse` would raise for an answer cut by `max_tokens` and lose the answer.
        """
        payload: dict[str, Any] = super()._get_request_payload(input_, stop=stop, **kwargs)
        if "response_format" in payload:
            extra = payload.get("extra_body") or {}
            payload["extra_body"] = {**extra, "response_format": payload.pop("response_format")}
        return payload

    def _create_chat_result(
        self, response: Any, generation_info: dict[str, Any] | None = None
    ) -> ChatResult:
        if isinstance(response, str):
            page = "<html" in response[:1000].lower()
            raise self._server.nonsense("a web page" if page else repr(response[:80]))
        if not getattr(response, "choices", None):
            raise self._server.nonsense(f"JSON without `choices` ({repr(response)[:120]})")
        return super()._create_chat_result(response, generation_info)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with self._server.explained():
            return super()._generate(messages, stop=stop, run_manager=run_manager, **kwargs)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with self._server.explained():
            return await super()._agenerate(messages, stop=stop, run_manager=run_manager, **kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        ending = _Ending()
        with self._server.explained():
            for chunk in super()._stream(messages, stop=stop, run_manager=run_manager, **kwargs):
                ending.note(chunk)
                yield chunk
        ending.require(self._server)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        ending = _Ending()
        with self._server.explained():
            chunks = super()._astream(messages, stop=stop, run_manager=run_manager, **kwargs)
            async for chunk in chunks:
                ending.note(chunk)
                yield chunk
        ending.require(self._server)


def _keep_to_deadline(request: httpx2.Request) -> None:
    """Let a request wait no longer than the run it is for; past the deadline none is sent."""
    left = TERMS.get().seconds_left
    if left is None:
        return
    if left <= 0:
        raise httpx2.ReadTimeout("the run's deadline has passed", request=request)
    timeouts = request.extensions.get("timeout", {})
    request.extensions["timeout"] = {
        name: left if timeouts.get(name) is None else min(left, timeouts[name])
        for name in ("connect", "read", "write", "pool")
    }


class _Ending:
    """Whether a stream came to its end: some servers just close a broken one."""

    def __init__(self) -> None:
        self._begun = False
        self._finished = False

    def note(self, chunk: ChatGenerationChunk) -> None:
        self._begun = True
        self._finished = self._finished or "finish_reason" in (chunk.generation_info or {})

    def require(self, server: Server) -> None:
        if not self._begun:
            raise server.nonsense("a stream without a single event")
        if not self._finished:
            raise server.cut("the stream ended without a finish reason")
