"""Whether passages bear on what was asked: by the cosines of a search, and by shared words."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from r1agent.checks.entailment import cosine
from r1agent.types import ToolResult
from r1agent.words import content_words, is_chinese

NEAR = 0.25
"""Cosine to the question that one passage of a search must reach. With all-MiniLM-L6-v2 over the
example papers, 23 of 24 questions about them reach it (the lowest .24; a floor of .33 loses two,
.35 five), and 4 of 28 about other fields or mathematics (.31 to .48; two reach .35). It is low, so
that hardly a question is lost here: every sentence is still judged by itself."""
BEARS_ON = 0.35
"""Cosine that a passage found for something else must reach, to count for the question too."""
MENTIONED = 0.5
"""Share of the asked words that one passage must mention, where there are no embeddings."""


def bears_on(
    passages: Sequence[Document], asked: str, embeddings: Embeddings | None, *, floor: float
) -> bool:
    """Tell whether one of the passages is near in meaning, or without embeddings in its words."""
    texts = [_readable(doc) for doc in passages]
    if embeddings is not None:
        vector = embeddings.embed_query(asked)
        others = embeddings.embed_documents(texts)
        return max(cosine(vector, other) for other in others) >= floor
    wanted = set(content_words(asked))
    mentioned = (wanted & set(content_words(text)) for text in texts)
    return max(map(len, mentioned)) >= MENTIONED * len(wanted)


def similarities(result: ToolResult, asked: str) -> list[float]:
    """List what a search measured, where it was for just this, in whichever language."""
    query = str(result.call.arguments.get("query"))
    if query != asked and is_chinese(query) == is_chinese(asked):
        return []
    measured = (doc.metadata.get("similarity") for doc in result.artifact)
    return [one for one in measured if isinstance(one, float)]


def _readable(doc: Document) -> str:
    about = doc.metadata
    return f"{about.get('title', '')} {about.get('section') or ''} {doc.page_content}"
