"""Which papers of an index a table is about."""

from __future__ import annotations

from r1agent.tables.form import TableError, TableForm
from r1agent_indexes import Paper, PaperFilter, PaperIndex


def papers_of(index: PaperIndex, form: TableForm, where: PaperFilter | None = None) -> list[Paper]:
    """Return the papers that fit both a form and a filter, by path.

    Args:
        index: The papers.
        form: Each of its patterns must fit some paper.
        where: Leaves out more of them.

    Raises:
        PaperIndexError: A pattern, or the filter, fits no paper.
        TableError: No paper fits both, or the index is empty.
    """
    papers = [paper for paper in index.papers(where) if paper.same_as is None]
    if not papers:
        raise TableError("The index has no papers. Add some with `r1agent index add`.")
    if not form.papers:
        return papers
    wanted = {
        paper.id for pattern in form.papers for paper in index.papers(PaperFilter(files=(pattern,)))
    }
    found = [paper for paper in papers if paper.id in wanted]
    if not found:
        raise TableError(
            f"No paper fits both `papers` of the columns ({', '.join(map(repr, form.papers))}) "
            f"and {where}. Leave one of them out."
        )
    return found
