"""The search that the tool `search_papers` offers: an index, within what the user chose."""

from __future__ import annotations

from dataclasses import replace

from langchain_core.documents import BaseDocumentCompressor, Document

from r1agent_indexes import PaperFilter, PaperIndex
from r1agent_tools import PaperLimits

DEPTH = 60
"""Passages found for a query, of which the tool shows a piece; one depth for all pieces, since
the cap on passages of one paper depends on it and pieces would repeat each other otherwise."""


class PaperSearch:
    """Find passages of an index, for the tool that lets a model limit the papers itself.

    Args:
        index: What is searched.
        where: Papers outside this filter are never found, whatever limits the model sets.
        reranker: Puts the best passages in an order of its own.
    """

    def __init__(
        self,
        index: PaperIndex,
        where: PaperFilter | None = None,
        reranker: BaseDocumentCompressor | None = None,
    ) -> None:
        self.index = index
        self.where = where
        self.reranker = reranker

    def __call__(self, query: str, limits: PaperLimits) -> list[Document]:
        """Return passages, best first.

        Raises:
            PaperNotFoundError: No paper is within both the limits and the filter.
        """
        within = self._within(limits)
        return self.index.search(query, k=DEPTH, where=within, reranker=self.reranker)

    def _within(self, limits: PaperLimits) -> PaperFilter | None:
        asked = PaperFilter(
            years=(limits.first_year, limits.last_year),
            authors=(limits.author,) if limits.author else (),
            files=(limits.file,) if limits.file else (),
        )
        if asked.is_empty:
            return self.where
        chosen = self.index.store.matching(self.where)
        return asked if chosen is None else replace(asked, papers=tuple(sorted(chosen)))
