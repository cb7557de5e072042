"""The options that `ask`, `chat` and `batch` share, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from r1agent.cli import options
from r1agent.cli.session import settings_from
from r1agent.cli.with_options import with_options
from r1agent.cli.within import filter_from

if TYPE_CHECKING:
    from rich.console import Console

    from r1agent.report.watching.view import RunView
    from r1agent.settings import Settings
    from r1agent_indexes import PaperFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the user gave; None where a setting, or its default, decides."""

    index: options.Index = None
    year: options.Year = None
    author: options.Author = None
    file: options.File = None
    tag: options.Tag = None
    embedding_url: options.EmbeddingUrl = None
    reranker: options.Reranker = None
    reranker_url: options.RerankerUrl = None
    base_url: options.BaseUrl = None
    engine: options.Engine = None
    model: options.Model = None
    no_cache: options.NoCache = False
    entailment: options.Entailment = None
    nli_model: options.NliModel = None
    data_dir: options.Data = None
    unsafe_python: options.UnsafePython = None
    max_calls: options.MaxCalls = None
    deadline: options.Deadline = None
    runs_dir: options.RunsDir = None
    config: options.Config = None
    quiet: options.Quiet = False
    plain: options.Plain = False

    def settings(self, before: Mapping[str, Any] | None = None) -> Settings:
        """Load the settings with these options on top.

        Args:
            before: Settings that count where no option is given.
        """
        overrides = {
            "index": self.index,
            "embedding_url": self.embedding_url,
            "reranker": self.reranker,
            "reranker_url": self.reranker_url,
            "base_url": self.base_url,
            "engine": self.engine,
            "model": self.model,
            "cache_requests": False if self.no_cache else None,
            "entailment": self.entailment,
            "nli_model": self.nli_model,
            "data": self.data_dir,
            "unsafe_python": self.unsafe_python,
            "max_calls": self.max_calls,
            "deadline_seconds": self.deadline,
            "runs_dir": self.runs_dir,
        }
        given = {name: value for name, value in overrides.items() if value is not None}
        return settings_from(self.config, **dict(before or {}) | given)

    def where(self) -> PaperFilter | None:
        """Return which papers to search, None for all of them."""
        return filter_from(year=self.year, author=self.author, file=self.file, tag=self.tag)

    def view(self) -> RunView:
        """Return what shows a run on stderr."""
        from r1agent.cli.screen import notes
        from r1agent.report.watching.view import open_view

        return open_view(notes(plain=self.plain), quiet=self.quiet, plain=self.plain)

    def data(self) -> Console:
        """Return the console for answers."""
        from r1agent.cli.screen import data

        return data(plain=self.plain)


with_given = with_options(Given)
"""Gives a command the options of `Given`, which it takes as its argument `given`."""
