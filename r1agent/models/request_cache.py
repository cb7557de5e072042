"""Replies of models on the disk, so that a request that was made before costs nothing."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from langchain_core.caches import BaseCache
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, Generation
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from r1agent.models.completion import FROM_CACHE
from r1agent.models.terms import TERMS

FILE_NAME = "requests.sqlite"
_LARGEST = 64 * 2**20  # bytes of replies, of which a hundred thousand short ones fit
_WAIT_SECONDS = 5.0  # for another process that writes
_SELDOM = 3600.0  # seconds between two notes that a reply was used
_KEPT = ("reasoning_content", "reasoning")
_TABLE = (
    "CREATE TABLE IF NOT EXISTS replies "
    "(key TEXT PRIMARY KEY, used REAL NOT NULL, size INTEGER NOT NULL, reply TEXT NOT NULL)"
)

T = TypeVar("T")


class RequestCache(BaseCache):
    """A LangChain cache in one SQLite file that only its owner may read.

    A reply is found by the SHA-256 of the whole request: model, messages, schema, sampling, and
    the number of the sample (`Terms`); neither prompts nor keys are kept. Only whole replies are.
    Several threads and processes may share the file. One that cannot be used is left alone, see
    `problem`.

    Args:
        path: The file; it is made when the first reply is kept.
        largest: Bytes of replies; past that the ones used longest ago go.
    """

    def __init__(self, path: Path, *, largest: int = _LARGEST) -> None:
        self.path = path
        self.problem: str | None = None
        """Why nothing is cached any more, in a sentence; None while all is well."""
        self._largest = largest
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def lookup(self, prompt: str, llm_string: str) -> Sequence[Generation] | None:
        """Return the replies to a request, or None where not all of them were given before."""
        messages = [self._kept(key) for key in _keys(prompt, llm_string)]
        if None in messages:
            return None
        return [ChatGeneration(message=message) for message in messages if message is not None]

    def update(self, prompt: str, llm_string: str, return_val: Sequence[Generation]) -> None:
        """Keep each reply that is whole; several to one request are as many samples."""
        keys = _keys(prompt, llm_string)
        for key, generation in zip(keys, return_val, strict=False):
            reply = _plain(generation)
            if reply is not None:
                self._guarded(partial(_write, key=key, reply=reply, largest=self._largest))

    def clear(self, **kwargs: Any) -> None:
        """Forget every reply."""
        self._guarded(lambda connection: connection.execute("DELETE FROM replies"))

    def close(self) -> None:
        """Close the file; another use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _kept(self, key: str) -> AIMessage | None:
        stored = self._guarded(partial(_read, key=key))
        return _message(stored) if stored else None

    def _guarded(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do `work`; a cache that fails is given up, and never in the way of an answer."""
        with self._lock:
            if self.problem is not None:
                return None
            try:
                with self._opened() as connection:
                    return work(connection)
            except (sqlite3.Error, OSError) as error:
                self.problem = (
                    f"Requests are not cached: {str(self.path)!r} cannot be used ({error}). "
                    "Remove the file, or set `cache_requests` to false."
                )
                return None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self.path.chmod(0o600)
            connection = sqlite3.connect(self.path, timeout=_WAIT_SECONDS, check_same_thread=False)
            try:
                _patiently()(_prepare, connection)
            except sqlite3.Error:
                connection.close()
                raise
            self._connection = connection
            weakref.finalize(self, connection.close)  # one that nobody closes is closed with it
        return self._connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(_TABLE)


def _patiently() -> Retrying:
    """SQLite waits for nobody while a file becomes a WAL file: another's hold is an error then."""
    return Retrying(
        retry=retry_if_exception(_is_locked),
        stop=stop_after_delay(_WAIT_SECONDS),
        wait=wait_random(0, 0.05),
        reraise=True,
    )


def _is_locked(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def _keys(prompt: str, llm_string: str) -> list[str]:
    """Return a key for each reply that is asked for: samples are numbered from that of the terms.

    A reply is the same whether it was asked for alone or with others.
    """
    alone, count = _asked_alone(llm_string)
    numbers = range(TERMS.get().sample, TERMS.get().sample + count)
    wholes = (json.dumps([prompt, alone, number]) for number in numbers)
    return [hashlib.sha256(whole.encode()).hexdigest() for whole in wholes]


def _asked_alone(llm_string: str) -> tuple[str, int]:
    """Take the number of replies out of what a request is told apart by."""
    try:
        said = json.loads(llm_string)
        count = said["asked"].pop("n", 1)
    except (ValueError, KeyError, TypeError, AttributeError):
        return llm_string, 1
    return json.dumps(said, sort_keys=True), count


def _read(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    now = time.time()
    connection.execute(
        "UPDATE replies SET used = ? WHERE key = ? AND used < ?", (now, key, now - _SELDOM)
    )
    return str(row[0])


def _write(connection: sqlite3.Connection, key: str, reply: str, largest: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?)",
        (key, time.time(), len(reply.encode()), reply),
    )
    (size,) = connection.execute("SELECT sum(size) FROM replies").fetchone()
    if size > largest:
        connection.execute(
            "DELETE FROM replies WHERE key IN (SELECT key FROM (SELECT key, sum(size) OVER "
            "(ORDER BY used DESC, key) AS newer FROM replies) WHERE newer > ?)",
            (largest * 3 // 4,),
        )


def _plain(generation: Generation) -> str | None:
    """Return a reply as JSON text, or None for one that was cut, is empty, or calls tools."""
    if not isinstance(generation, ChatGeneration) or not isinstance(generation.message, AIMessage):
        return None
    message = generation.message
    if not isinstance(message.content, str) or not message.content.strip():
        return None
    reason = message.response_metadata.get("finish_reason")
    if reason not in (None, "stop") or message.tool_calls:
        return None
    thoughts = {
        key: message.additional_kwargs[key] for key in _KEPT if key in message.additional_kwargs
    }
    return json.dumps({"content": message.content, "thoughts": thoughts, "reason": reason})


def _message(stored: str) -> AIMessage | None:
    """Return the reply that was stored, or None where something else stands there."""
    try:
        reply = json.loads(stored)
        return AIMessage(
            reply["content"],
            additional_kwargs=dict(reply["thoughts"]),
            response_metadata={"finish_reason": reply["reason"], FROM_CACHE: True},
        )
    except (ValueError, KeyError, TypeError):
        return None
