"""Questions about the example papers, the assistant that is asked, and what it sends meanwhile."""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import httpx2
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult
from results import ROOT

from r1agent.assistant import ResearchAssistant
from r1agent.batch import BatchItem
from r1agent.load import load_assistant
from r1agent.settings import load_settings
from r1agent.types import Answer, Plan
from r1agent_indexes import PaperIndex, load_embeddings
from r1agent_indexes.schema import SCHEMA

PAPERS = ROOT / "examples" / "papers"
WORK = ROOT / "runs" / "bench-serve"
LEAST = 32
"""Questions that there are at least."""
_AGAIN = "What do these papers say about the following?"
_ASKED: ContextVar[str] = ContextVar("_ASKED", default="")

OnReply = Callable[[str, Mapping[str, int]], None]
"""Called with a question and what one request for it took: `prompt`, `cached`, `completion`."""


def questions(kinds: Collection[str] = ()) -> list[BatchItem]:
    """Return the questions of the example papers, some of them again in other words.

    Args:
        kinds: Only those of these kinds, and none again.
    """
    rows = tomllib.loads((PAPERS / "questions.toml").read_text(encoding="utf-8"))["question"]
    first = [
        BatchItem(row["id"], row["question"], row.get("tests"))
        for row in rows
        if not kinds or row["kind"] in kinds
    ]
    if kinds:
        return first
    again = [BatchItem(f"{one.id}-again", f"{_AGAIN} {one.question}", one.tests) for one in first]
    return [*first, *again][: max(LEAST, len(first))]


def load(base_url: str, key: str | None, model: str, runs: Path, **given: Any) -> ResearchAssistant:
    """Load an assistant for the example papers that asks this server and remembers nothing.

    Args:
        base_url: Of the model server.
        key: The server's key, if it wants one.
        model: The name under which it is served.
        runs: The folder of the journals.
        given: More settings.
    """
    settings = load_settings(
        base_url=base_url,
        api_key=key,
        model=model,
        index=index(),
        runs_dir=runs,
        cache_requests=False,
        entailment="floors",
        **given,
    )
    return load_assistant(settings)


def index() -> Path:
    """Index the example papers once for each format of the index, and return the folder."""
    folder = WORK / f"index-{hashlib.sha256(SCHEMA.encode()).hexdigest()[:8]}"
    with PaperIndex.open(folder, embeddings=load_embeddings(), create=True) as papers:
        papers.add([PAPERS / "pdf"])
    return folder


class Recorded:
    """Ask an assistant, and keep the chat requests that it sends for each question.

    Args:
        assistant: Its client gets a hook; nothing else about it changes.
        on_reply: Called as replies come; without it nobody listens, so that what is timed is what
            users have.
    """

    def __init__(self, assistant: ResearchAssistant, on_reply: OnReply | None = None) -> None:
        self.assistant = assistant
        self.sent: dict[str, list[bytes]] = defaultdict(list)
        """The bodies of the requests by question, in their order."""
        client: Any = assistant.model.http_client  # type: ignore[attr-defined]
        hooks = client.event_hooks
        client.event_hooks = hooks | {"request": [*hooks["request"], self._note_request]}
        if on_reply is not None:
            assistant.model.callbacks = [_Listener(on_reply)]

    def ask(
        self,
        question: str,
        *,
        tests: str | None = None,
        within: str = "",
        plan: Plan | None = None,
    ) -> Answer:
        """Answer one question."""
        token = _ASKED.set(question)
        try:
            return self.assistant.ask(question, tests=tests, within=within, plan=plan)
        finally:
            _ASKED.reset(token)

    def _note_request(self, request: httpx2.Request) -> None:
        if is_chat(request):
            self.sent[_ASKED.get()].append(request.content)


class _Listener(BaseCallbackHandler):
    """Tell what each reply took, in the thread in which it was asked for."""

    raise_error = True

    def __init__(self, on_reply: OnReply) -> None:
        self._on_reply = on_reply

    def on_llm_end(self, response: LLMResult, **_: Any) -> None:
        first = response.generations[0][0]  # a request for several samples tells its cost here
        if isinstance(first, ChatGeneration):
            self._on_reply(_ASKED.get(), used_by(first.message))


def is_chat(request: httpx2.Request) -> bool:
    """Tell whether a request is for a model's reply."""
    return request.url.path.endswith("/chat/completions")


def used_by(message: BaseMessage) -> dict[str, int]:
    """Return the tokens that a reply says it took.

    A server that names no cached tokens found none of them.

    Raises:
        ValueError: The reply does not say.
    """
    usage = getattr(message, "usage_metadata", None)
    if not usage:
        raise ValueError(f"A reply that does not say what it took: {message.text[:200]!r}")
    cached = usage.get("input_token_details", {}).get("cache_read") or 0
    return {
        "prompt": usage["input_tokens"],
        "cached": cached,
        "completion": usage["output_tokens"],
    }
