"""One chat client for every OpenAI-compatible server."""

from __future__ import annotations

import json
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, closing
from functools import partial
from itertools import chain
from typing import Any, Self

import httpx2
from langchain_core.caches import BaseCache
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_deepseek import ChatDeepSeek
from pydantic import PrivateAttr, SecretStr, model_validator

from r1agent.models.cancellation import Cancellation
from r1agent.models.choices import joined
from r1agent.models.connection import (
    certificates,
    is_loopback,
    printable,
    split_addresses,
    without_proxy,
)
from r1agent.models.failures import RequestRefusedError, Server
from r1agent.models.hearing import NotStreamedError, heard
from r1agent.models.refusals import refuses, remember_refusal
from r1agent.models.replicas import Replicas
from r1agent.models.retrying import Patience, Persistence
from r1agent.models.sending import AsyncServerClient, ServerClient
from r1agent.models.streams import Begun, BegunAsync, Ending, begun, begun_async
from r1agent.models.terms import TERMS
from r1agent.models.under_way import Line

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
    server_wait_seconds: float = 120.0,
    max_concurrency: int = 64,
    cache: BaseCache | None = None,
    cache_identity: str = "",
) -> ServedChatModel:
    """Return the client of the model server at `base_url`; nothing is sent anywhere else.

    One call lasts at most about `(max_retries + 1) * timeout` seconds, and pauses as long as
    `Retry-After` asks, if that is two minutes or less.

    Args:
        base_url: The server's OpenAI-compatible address, mostly ending in `/v1`; several, with
            commas between them, where replicas serve the same model.
        model: The name under which the server serves it.
        api_key: The server's key; many need none.
        temperature: By default as R1's model card wants it; None: the server's own.
        top_p: Likewise.
        timeout: Seconds for a whole answer, or for the next piece of one that streams; 10 s at
            most for the connection.
        max_retries: How often a lost connection, 429 or 5xx is tried again.
        server_wait_seconds: How long a server that answered before may be away, for a restart.
        max_concurrency: Requests under way at once, to each replica, from this whole process;
            others wait their turn.
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
        server_wait_seconds=server_wait_seconds,
        max_concurrency=max_concurrency,
        cache=cache,
        cache_identity=cache_identity,
    )


class ServedChatModel(ChatDeepSeek):
    """`ChatDeepSeek` for any server: it keeps to that server, and its failures say what to do.

    Thinking arrives in `additional_kwargs["reasoning_content"]`, from either of the two fields
    servers use for it. A `response_format` is sent as it is, and an answer cut by `max_tokens`
    is returned, not raised, with `finish_reason` "length".
    """

    server_wait_seconds: float = 120.0
    """How long a server that answered before may be away, for a restart."""
    max_concurrency: int = 64
    """Requests under way at once, to each replica."""
    cache_identity: str = ""
    """Stands for the server in a cache; by default its address, which is random for one's own."""
    use_responses_api: bool | None = False
    stream_usage: bool | None = True
    stream_chunk_timeout: float | None = None
    """`request_timeout` holds for each piece. This one waits with `asyncio.wait_for`, which drops
    a cancellation that comes along with a piece: https://github.com/python/cpython/issues/86296"""
    _replicas: Replicas = PrivateAttr()
    _cancellation: Cancellation = PrivateAttr(default_factory=Cancellation)

    @model_validator(mode="after")
    def validate_environment(self) -> Self:
        """Build the clients, which send neither another provider's identity nor through a proxy.

        A proxy is for other machines: it would not find a server on this one.
        """
        self._replicas = Replicas(split_addresses(self.api_base) or [self.api_base])
        self.api_base = self._replicas.addresses[0]
        line = Line(self._replicas, self.max_concurrency, self._cancellation)
        near = all(is_loopback(address) for address in self._replicas.addresses)
        options: dict[str, Any] = {"trust_env": not near, "verify": certificates()}
        options["mounts"] = without_proxy(self._replicas.addresses)
        self.http_client = self.http_client or ServerClient(line, **options)
        self.http_async_client = self.http_async_client or AsyncServerClient(line, **options)
        super().validate_environment()  # type: ignore[operator]
        weakref.finalize(self.root_client, self.http_client.close)
        for client in (self.root_client, self.root_async_client):
            client.organization = None
            client.project = None
            client.max_retries = 0  # see `Persistence`
        return self

    def close(self) -> None:
        """Cut every request that is under way; no other can be made."""
        self._cancellation.cancel()

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
                "server": self.cache_identity or self._names,
                "model": self.model_name,
                "temperature": self.temperature,
                "top_p": self.top_p,
                "stop": stop,
                "asked": kwargs,
            },
            sort_keys=True,
        )

    @property
    def addresses(self) -> str:
        """Where it is served, with commas between several."""
        return ",".join(self._replicas.addresses)

    @property
    def _names(self) -> str:
        """Return the address, or all in a fixed order: which one answers changes no reply."""
        return ",".join(sorted(printable(address) for address in self._replicas.addresses))

    @property
    def _server(self) -> Server:
        key = self.api_key.get_secret_value() if self.api_key else _NO_KEY
        return Server(self._replicas.addresses, self.model_name, None if key == _NO_KEY else key)

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
        results = [
            super(ServedChatModel, self)._create_chat_result(
                response.model_copy(update={"choices": [choice]}), dict(generation_info or {})
            )
            for choice in response.choices
        ]
        return joined(results)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        options: dict[str, Any] = {"stop": stop, "run_manager": run_manager, **kwargs}
        ask = partial(super()._generate, messages, **options)
        listen = TERMS.get().listen
        if listen is None or "n" in kwargs or refuses(self, "stream"):
            return self._persistently(ask)
        stream = partial(super()._stream, messages, **options)
        try:
            return self._persistently(lambda: heard(stream(), listen()))
        except (NotStreamedError, RequestRefusedError):
            result = self._persistently(ask)
            remember_refusal(self, "stream")
            return result

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        send = partial(super()._agenerate, messages, stop=stop, run_manager=run_manager, **kwargs)
        with self._server.explained(), self._linked() as cancellation:
            return await self._persistence(cancellation).retrying_async()(send)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        send = partial(super()._stream, messages, stop=stop, run_manager=run_manager, **kwargs)
        ending = Ending()
        with self._server.explained(), self._linked() as cancellation:
            stream: Begun = self._persistence(cancellation).retrying()(begun, send)
            with closing(stream.rest):
                for chunk in chain(stream.held, stream.rest):
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
        send = partial(super()._astream, messages, stop=stop, run_manager=run_manager, **kwargs)
        ending = Ending()
        with self._server.explained(), self._linked() as cancellation:
            retrying = self._persistence(cancellation).retrying_async()
            stream: BegunAsync = await retrying(begun_async, send)
            async with aclosing(stream.rest):
                for chunk in stream.held:
                    ending.note(chunk)
                    yield chunk
                async for chunk in stream.rest:
                    ending.note(chunk)
                    yield chunk
        ending.require(self._server)

    def _persistently(self, send: Callable[[], ChatResult]) -> ChatResult:
        with self._server.explained(), self._linked() as cancellation:
            result: ChatResult = self._persistence(cancellation).retrying()(send)
            return result

    def _linked(self) -> Cancellation:
        return Cancellation(self._cancellation, TERMS.get().cancellation)

    def _persistence(self, cancellation: Cancellation) -> Persistence:
        patience = Patience(self.max_retries or 0, self.server_wait_seconds)
        return Persistence(patience, self._replicas, cancellation)
