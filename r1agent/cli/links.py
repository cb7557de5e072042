"""Links from an answer's quotes to the files of their papers, where the terminal takes them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from r1agent.report.watching.paper_links import Links
    from r1agent.types import Answer, Citation


def links_for(quotes: Answer | Sequence[Citation], index: Path | None, console: Console) -> Links:
    """Return what links quotes, which is nothing off a terminal or without an index.

    Args:
        quotes: What is shown, or an answer, whose quotes are.
        index: Knows where the papers are.
        console: Where it is shown.
    """
    from r1agent.report.watching.paper_links import links_to, no_link, takes_links

    papers = {citation.paper for citation in _citations(quotes)}
    if index is None or not papers or not takes_links(console, os.environ):
        return no_link
    return links_to(_paths(index, papers))


def _citations(quotes: Answer | Sequence[Citation]) -> Sequence[Citation]:
    """Return all quotes of an answer, of the sentences that were left out too."""
    from r1agent.types import Answer

    if not isinstance(quotes, Answer):
        return quotes
    return [*quotes.citations, *(one for claim in quotes.dropped for one in claim.citations)]


def _paths(index: Path, papers: set[str]) -> dict[str, Path]:
    """Return where papers are, of which a broken or missing index knows none."""
    from contextlib import closing

    from r1agent_indexes import PaperIndexError
    from r1agent_indexes.folder import DATABASE
    from r1agent_indexes.store import Store

    folder = index.expanduser()
    if not (folder / DATABASE).is_file():
        return {}
    try:
        with closing(Store(folder)) as store:
            return {paper.id: paper.path for paper in store.papers_with(papers)}
    except PaperIndexError:
        return {}
