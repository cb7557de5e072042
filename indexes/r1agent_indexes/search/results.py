"""Passages as results: with what they scored."""

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import Document


class Passages(list[Document]):
    """Passages that were found, best first: a list that is a table in a notebook."""

    def _repr_html_(self) -> str:
        from r1agent_indexes.showing.passages import passages_to_html

        return passages_to_html(self)

    def _repr_markdown_(self) -> str:
        from r1agent_indexes.showing.passages import passages_to_markdown

        return passages_to_markdown(self)


def with_facts(passage: Document, **facts: Any) -> Document:
    """Return a passage with more in its metadata; the one given stays as it is."""
    return passage.model_copy(update={"metadata": {**passage.metadata, **facts}})


def ranked_by(passages: Sequence[Document], scores: Sequence[float]) -> list[Document]:
    """Return passages by new scores, highest first, ties in the order given."""
    order = sorted(range(len(passages)), key=lambda at: -scores[at])
    return [with_facts(passages[at], score=round(scores[at], 6)) for at in order]
