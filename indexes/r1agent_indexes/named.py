"""Which papers of an index a name means."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from r1agent_indexes.errors import PaperNotFoundError
from r1agent_indexes.store import Store
from r1agent_indexes.types import Paper


def papers_named(store: Store, which: str) -> list[Paper]:
    """Return the papers with this id (or its beginning), file name, path or title.

    Raises:
        PaperNotFoundError: No paper is meant by `which`; the nearest name is given.
    """
    by_id = store.papers_with([which])  # what the gate asks for, quote by quote
    if by_id:
        return by_id
    papers = store.papers()
    path = str(Path(which).expanduser().resolve())
    wanted = which.casefold()
    for matches in (
        [paper for paper in papers if which in (paper.file, str(paper.path))],
        [paper for paper in papers if str(paper.path) == path],
        [paper for paper in papers if paper.title.casefold() == wanted],
        [paper for paper in papers if len(which) >= 4 and paper.sha256.startswith(wanted)],
    ):
        if matches:
            return matches
    raise PaperNotFoundError(_not_found(which, papers))


def _not_found(which: str, papers: Sequence[Paper]) -> str:
    names = [name for paper in papers for name in (paper.file, paper.id, paper.title)]
    near = get_close_matches(which, names, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else "See `r1agent index list`."
    return f"No paper {which!r} in the index of {len(papers)}. {hint}"
