"""Sends requests to a model's replicas: each in its turn, in its time, and cut when called off.

Connections are not kept for a next request: each then belongs to the request that opened it, so
it can be shut from outside, and none goes stale while a server restarts. Against the seconds that
a model takes, opening one costs nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any

import httpx2
import openai

from r1agent.models.under_way import Line, UnderWay

_OWN_CONNECTIONS = httpx2.Limits(max_connections=None, max_keepalive_connections=0)


class ServerClient(openai.DefaultHttpxClient):
    """An HTTP client whose requests go to whichever replica is to answer them.

    Args:
        line: Where they go; a request for its first address goes to any of them.
        **options: Of `httpx2.Client`.
    """

    def __init__(self, line: Line, **options: Any) -> None:
        super().__init__(limits=_OWN_CONNECTIONS, **options)
        self._line = line

    def send(self, request: httpx2.Request, *, stream: bool = False, **how: Any) -> httpx2.Response:
        """Send a request; one that cannot reach a replica goes to the next.

        Raises:
            RequestCancelledError: It was called off, by `Line.cancellation` or its terms.
        """
        sending = UnderWay(self._line, request, in_one_piece=not stream)
        response: httpx2.Response | None = None
        try:
            response = self._answered(sending, how)
            response.stream = _Body(response.stream, sending)
            if not stream:
                response.read()
        except BaseException as error:
            if response is not None:
                response.close()
            sending.end()
            sending.explain(error)
            raise
        return response

    def _answered(self, sending: UnderWay, how: dict[str, Any]) -> httpx2.Response:
        for replica in sending.to_try():
            with sending.takes(replica):
                turn = replica.gate.enter(sending.limit, sending.left(), sending.cancellation)
                sending.begin(replica, turn, sending.watch)
                return sending.noted(super().send(sending.request, stream=True, **how))
        raise sending.unreached()


class AsyncServerClient(openai.DefaultAsyncHttpxClient):
    """See `ServerClient`."""

    def __init__(self, line: Line, **options: Any) -> None:
        super().__init__(limits=_OWN_CONNECTIONS, **options)
        self._line = line

    async def send(
        self, request: httpx2.Request, *, stream: bool = False, **how: Any
    ) -> httpx2.Response:
        """See `ServerClient.send`."""
        sending = UnderWay(self._line, request, in_one_piece=not stream)
        response: httpx2.Response | None = None
        try:
            async with asyncio.timeout(sending.left()):
                response = await self._answered(sending, how)
                response.stream = _AsyncBody(response.stream, sending)
                if not stream:
                    await response.aread()
        except BaseException as error:
            if response is not None:
                await response.aclose()
            sending.end()
            sending.explain(error)
            raise
        return response

    async def _answered(self, sending: UnderWay, how: dict[str, Any]) -> httpx2.Response:
        for replica in sending.to_try():
            with sending.takes(replica):
                turn = await replica.gate.enter_async(
                    sending.limit, sending.left(), sending.cancellation
                )
                sending.begin(replica, turn, sending.watch_async)
                return sending.noted(await super().send(sending.request, stream=True, **how))
        raise sending.unreached()


class _Body(httpx2.SyncByteStream):
    """The body of a response; the request is over when it is closed."""

    def __init__(self, body: Any, sending: UnderWay) -> None:
        self._body = body
        self._sending = sending

    def __iter__(self) -> Iterator[bytes]:
        try:
            for part in self._body:
                self._sending.check()
                yield part
        except Exception as error:
            self._sending.body_broke(error)
            raise

    def close(self) -> None:
        try:
            self._body.close()
        finally:
            self._sending.end()


class _AsyncBody(httpx2.AsyncByteStream):
    """See `_Body`."""

    def __init__(self, body: Any, sending: UnderWay) -> None:
        self._body = body
        self._sending = sending

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async with contextlib.aclosing(aiter(self._body)) as parts:
                while (part := await self._next(parts)) is not None:
                    self._sending.check()
                    yield part
        except Exception as error:
            self._sending.body_broke(error)
            raise

    async def _next(self, parts: AsyncGenerator[bytes]) -> bytes | None:
        async with asyncio.timeout(self._sending.left()):
            return await anext(parts, None)

    async def aclose(self) -> None:
        try:
            await self._body.aclose()
        finally:
            self._sending.end()
