"""What is known about each paper: its own facts, those of a registry, and an export's on top."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from r1agent_indexes.bibliography.entry import joined
from r1agent_indexes.bibliography.exports import Exports, find_exports, read_exports
from r1agent_indexes.bibliography.filtering import PaperBrief
from r1agent_indexes.bibliography.same_paper import question_for
from r1agent_indexes.bibliography.stated_facts import (
    StatedFacts,
    read_stated_facts,
    write_known,
    write_registry_answer,
)
from r1agent_indexes.bibliography.web_errors import WebError
from r1agent_indexes.discover import FoundFiles
from r1agent_indexes.store import Store
from r1agent_indexes.types import AddProgress, AddReport, PaperMetadata

if TYPE_CHECKING:
    from r1agent_indexes.bibliography.registries import Registries


def describe_papers(
    store: Store,
    report: AddReport,
    found: FoundFiles,
    *,
    registries: "Registries | None" = None,
    on_progress: Callable[[AddProgress], None] = lambda _progress: None,
) -> AddReport:
    """Bring what the index says of papers up to date with exports and, if given, registries.

    No paper is read again: the facts that a file gave stay beside those that replace them, so that
    an entry that is changed or taken out of an export has its effect the next time.
    """
    beside = find_exports(found.papers, found.folders)
    exports = read_exports(dict.fromkeys([*found.exports, *beside]))
    describer = _Describer(store, exports, registries)
    given = set(found.papers)
    within = [paper for paper in store.briefs() if paper.path in given]
    for number, paper in enumerate(within, 1):
        if registries is not None:
            on_progress(AddProgress(number, len(within), paper.path.name, "describing"))
        describer.describe(paper)
    return _with_facts(
        replace(
            report,
            described=describer.described,
            failed_exports=exports.problems,
            not_looked_up=describer.problem(),
        ),
        {paper.id: paper.metadata for paper in store.briefs()},
    )


def complete(
    own: PaperMetadata,
    path: Path,
    exports: Exports,
    registry: PaperMetadata | None = None,
) -> PaperMetadata:
    """Return a file's own facts with a registry's on top, and an export's on top of both."""
    known = joined(own, registry) if registry else own
    stated = exports.facts_for(path, own)
    return joined(known, stated) if stated else known


@dataclass(slots=True)
class _Describer:
    store: Store
    exports: Exports
    registries: "Registries | None"
    described: int = 0
    stated: dict[str, StatedFacts] = field(init=False)
    reason: str = ""
    not_asked: int = 0

    def __post_init__(self) -> None:
        self.stated = read_stated_facts(self.store)

    def describe(self, paper: PaperBrief) -> None:
        stated = self.stated.get(paper.id, StatedFacts())
        own = stated.own or paper.metadata
        registry = self._asked(paper, complete(own, paper.path, self.exports), stated)
        known = complete(own, paper.path, self.exports, registry)
        self.described += known != own
        if known != paper.metadata:
            write_known(self.store, paper.id, known, own=own)

    def _asked(
        self, paper: PaperBrief, known: PaperMetadata, stated: StatedFacts
    ) -> PaperMetadata | None:
        """Ask a registry what was not asked before; a failure leaves what is known as it is."""
        title = "" if known.title == paper.path.stem else known.title
        asking = replace(known, title=title)
        question = question_for(asking)
        of_another_doi = stated.asked.startswith("10.") and question.startswith("10.")
        before = stated.registry if stated.asked == question or not of_another_doi else None
        if self.registries is None or not question or stated.asked == question:
            return before
        page = self.store.page(paper.id, 1)
        try:
            found = self.registries.facts_for(asking, page.page_content if page else "")
        except WebError as error:
            self.reason = self.reason or str(error)
            self.not_asked += 1
            return before
        write_registry_answer(self.store, paper.id, question, found)
        return found

    def problem(self) -> str:
        if not self.not_asked:
            return ""
        return (
            f"Not looked up: {self.not_asked} papers, since {self.reason}. The same command asks "
            "for them again."
        )


def _with_facts(report: AddReport, now: dict[str, PaperMetadata]) -> AddReport:
    """Return a report whose papers carry what is known of them now."""
    kinds = ("added", "unchanged", "changed", "renamed", "folded", "missing")
    papers: dict[str, Any] = {
        kind: [replace(each, metadata=now.get(each.id, each.metadata)) for each in listed]
        for kind in kinds
        for listed in [getattr(report, kind)]
    }
    return replace(report, **papers)
