"""The models that are measured, opened one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.papers_index import index_of
from r1agent.evaluate.progress import Watch
from r1agent.load import load_assistant
from r1agent.run import engine_of
from r1agent.settings import SECRETS, Settings

_BESIDE = frozenset(
    {
        *SECRETS,
        *("base_url", "model", "index", "cache_dir", "runs_dir", "vllm_python", "data"),
        *("gpu_reserve_gb", "request_timeout_seconds", "max_retries", "server_wait_seconds"),
        *("max_concurrency", "cache_requests", "hub_timeout_seconds", "mailto", "threads"),
        *("crossref_url", "openalex_url", "arxiv_url", "embedding_url", "reranker_url"),
    }
)
"""Settings that say where something runs or how fast, and not what it answers."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An assistant while it is measured."""

    assistant: ResearchAssistant
    notes: tuple[str, ...] = ()
    """What a reader of the figures must know of it."""

    @property
    def about(self) -> str:
        """The model and what runs it; empty where that is not known."""
        engine = engine_of(self.assistant.model)
        return f"{self.assistant.model_name}, {engine}" if engine else ""


class Opening(Protocol):
    """A model that can be opened to be measured."""

    @property
    def name(self) -> str:
        """What stands for it; another one for every model and server."""
        ...

    @property
    def place(self) -> str:
        """Where it answers, as two servers of one model are told apart; may be empty."""
        ...

    @property
    def identity(self) -> Mapping[str, Any]:
        """What shapes its answers besides the model, in plain JSON values."""
        ...

    def opened(
        self, papers: Path | None, folder: Path, watch: Watch
    ) -> AbstractContextManager[Opened]:
        """Open it for as long as the block lasts.

        Args:
            papers: Folder of papers that it is to search; None leaves that to it.
            folder: Where it may record its runs.
            watch: Hears what is loaded.
        """
        ...


@dataclass(frozen=True, slots=True)
class SettingsOpening:
    """The model that settings name, loaded when it is opened and stopped afterwards.

    Requests are asked anew even where they are in the cache, unless the settings name it, so that
    seconds are those of the model.
    """

    settings: Settings

    @property
    def name(self) -> str:
        """Model and server, or the engine that starts one."""
        settings = self.settings
        return f"{settings.model or 'default'} at {settings.base_url or settings.engine}"

    @property
    def place(self) -> str:
        """Host and port of its server, or the engine."""
        if not self.settings.base_url:
            return self.settings.engine
        addresses = self.settings.base_url.split(",")
        return ", ".join(urlsplit(one).netloc.rpartition("@")[2] for one in addresses)

    @property
    def identity(self) -> Mapping[str, Any]:
        """The temperature, and every other setting that is not at its default."""
        set_to = self.settings.model_dump(mode="json", exclude=set(_BESIDE), exclude_defaults=True)
        return {"temperature": self.settings.temperature} | set_to

    @contextmanager
    def opened(self, papers: Path | None, folder: Path, watch: Watch) -> Iterator[Opened]:
        """Load the assistant, over an index of `papers` where there are some."""
        changed: dict[str, Any] = {"runs_dir": folder / "runs"}
        if "cache_requests" not in self.settings.model_fields_set:
            changed["cache_requests"] = False
        notes: tuple[str, ...] = ()
        if papers is not None:
            indexed = index_of(papers, self.settings, watch)
            changed["index"], notes = indexed.path, indexed.notes
        settings = self.settings.model_copy(update=changed)
        with load_assistant(settings, on_progress=watch.loading) as assistant:
            yield Opened(assistant, (*notes, *assistant.notices))


@dataclass(frozen=True, slots=True)
class AssistantOpening:
    """An assistant that is open already, and stays so."""

    assistant: ResearchAssistant
    name: str = "assistant"
    place: str = ""

    @property
    def identity(self) -> Mapping[str, Any]:
        """The temperature that its model is asked with, where that is known."""
        return {"temperature": getattr(self.assistant.model, "temperature", None)}

    @contextmanager
    def opened(self, papers: Path | None, folder: Path, watch: Watch) -> Iterator[Opened]:
        """Yield the assistant; whoever made it gave it its papers."""
        yield Opened(self.assistant)


def require_different(openings: Sequence[Opening]) -> None:
    """Raise `EvaluationError` where one is named twice."""
    names = [opening.name for opening in openings]
    for name in names:
        if names.count(name) > 1:
            raise EvaluationError(
                f"The model {name!r} is named {names.count(name)} times. Name each once; "
                "`--repeats` puts every example to it several times."
            )
