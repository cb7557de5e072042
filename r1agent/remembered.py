"""Embeddings that embed no text twice: the loop compares the same sentences again and again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from langchain_core.embeddings import Embeddings

_TEXTS = 4096  # a vector of 384 numbers takes 12 kB


class RememberedEmbeddings(Embeddings):
    """Embed with another model and remember the vectors used last; safe in several threads.

    Args:
        embeddings: Embeds what is new.
        texts: How many texts are remembered, questions and documents each.
    """

    def __init__(self, embeddings: Embeddings, *, texts: int = _TEXTS) -> None:
        self.embeddings = embeddings
        self._questions = _Memory(texts)
        self._documents = _Memory(texts)

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self._questions.of([text], lambda new: [self.embeddings.embed_query(new[0])])[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text, in the order given."""
        return self._documents.of(texts, self.embeddings.embed_documents)


class _Memory:
    """The vectors of the texts that were used last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._vectors: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, texts: list[str], embed: Callable[[list[str]], list[list[float]]]
    ) -> list[list[float]]:
        found = self._held(texts)
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            made = dict(zip(new, embed(new), strict=True))
            self._hold(made)
            found |= made
        return [found[text] for text in texts]

    def _held(self, texts: list[str]) -> dict[str, list[float]]:
        with self._lock:
            found = {text: self._vectors[text] for text in texts if text in self._vectors}
            for text in found:
                self._vectors.move_to_end(text)
        return found

    def _hold(self, made: dict[str, list[float]]) -> None:
        with self._lock:
            self._vectors |= made
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
