"""Which papers are meant: by file, pattern, id, title or path, and how each is told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from r1agent.errors import R1AgentError
from r1agent.summaries.aspects import Aspect, aspects_of, topic_of
from r1agent.words import is_chinese
from r1agent_indexes import Paper, PaperFilter, PaperIndex
from r1agent_indexes.errors import PaperNotFoundError


class SummaryError(R1AgentError):
    """The papers to summarize cannot be told, or cannot be told apart."""


@dataclass(frozen=True, slots=True)
class PaperToSummarize:
    """A paper, and how it is asked about."""

    paper: Paper
    within: str
    """What limits a search to it: its file name, or its path where another paper has that name."""
    topic: str
    """What it is about, in words of its title."""
    chinese: bool
    """Whether it is asked about in Chinese."""

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """What is asked about it, in order."""
        return aspects_of(chinese=self.chinese)

    def item(self, aspect: Aspect) -> str:
        """Return the id of an aspect of this paper, the same wherever its file is."""
        return f"{self.paper.sha256[:16]}:{aspect.name}"


def papers_of(
    index: PaperIndex, names: Sequence[str] = (), *, where: PaperFilter | None = None
) -> list[PaperToSummarize]:
    """Return the papers that are named, in that order, or without names all of them.

    A near-duplicate stands for the paper that it is folded into.

    Args:
        index: Where they are.
        names: File names, patterns such as `2023-*.pdf`, paths, ids or titles.
        where: Leave out what does not fit.

    Raises:
        PaperNotFoundError: A name means no paper, or no paper fits `where`.
        SummaryError: None that is named fits `where`, or a search cannot tell two papers apart.
    """
    known = index.papers()
    by_id = {paper.id: paper for paper in known}
    named = _named(index, known, names) if names else known
    meant = dict.fromkeys(by_id[paper.same_as or paper.id] for paper in named)
    fitting = {paper.id for paper in index.papers(where)} if where else by_id.keys()
    chosen = [paper for paper in meant if paper.id in fitting]
    if not chosen:
        limit = f" fits {where}" if where else " is in the index"
        raise SummaryError(f"None of the {len(meant)} papers{limit}. Name others, or add papers.")
    shown = _shown_by_name(known)
    return [_in_hand(index, paper, shown) for paper in chosen]


def missing_from(index: PaperIndex, names: Sequence[str]) -> list[str]:
    """Return the names that mean no paper of the index."""
    known = _by_name(index.papers())
    return [name for name in names if not _is_there(index, known, name)]


def _is_there(index: PaperIndex, known: Mapping[str, list[Paper]], name: str) -> bool:
    try:
        return bool(_meant(index, known, name))
    except PaperNotFoundError:
        return False


def _named(index: PaperIndex, papers: Iterable[Paper], names: Sequence[str]) -> list[Paper]:
    known = _by_name(papers)
    return [paper for name in names for paper in _meant(index, known, name)]


def _by_name(papers: Iterable[Paper]) -> dict[str, list[Paper]]:
    known: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        own = (str(paper.path), paper.id, paper.sha256, paper.file, paper.title.casefold())
        for name in dict.fromkeys(own):
            known[name].append(paper)
    return dict(known)


def _meant(index: PaperIndex, known: Mapping[str, list[Paper]], name: str) -> list[Paper]:
    """Return the papers that a name means; a path means its file, whatever others are called."""
    path = str(Path(name).expanduser().resolve())
    for way in (path, name, name.casefold()):
        if way in known:
            return known[way]
    return index.papers(PaperFilter(files=(name,)))


def _shown_by_name(papers: Iterable[Paper]) -> dict[str, set[str]]:
    """Return which papers a search within a file name, in any capitals, would look at."""
    shown: defaultdict[str, set[str]] = defaultdict(set)
    for paper in papers:
        shown[paper.file.casefold()].add(paper.same_as or paper.id)
    return shown


def _in_hand(index: PaperIndex, paper: Paper, shown: Mapping[str, set[str]]) -> PaperToSummarize:
    alone = len(shown[paper.file.casefold()]) == 1
    within = paper.file if alone else paper.path.as_posix()
    if not alone and index.store.matching(PaperFilter(files=(escape(within),))) != {paper.id}:
        raise SummaryError(
            f"{within!r} cannot be told from another paper of the index: their paths differ in "
            "capitals only, or one ends in the other. Rename one of the files, and add it again."
        )
    first_page = index.read_page(paper.id, 1).page_content
    topic = topic_of("" if paper.title == paper.path.stem else paper.title, first_page)
    return PaperToSummarize(paper, within, topic, is_chinese(first_page))
