"""Passages of several papers embedded together, those of like length in one batch."""

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from langchain_core.embeddings import Embeddings

from r1agent_indexes.embed import SentenceEmbeddings, power_of_two, unit_rows
from r1agent_indexes.store import Vectors

_JOB_SECONDS = 0.4
"""What one job should take, so that progress is seen and a stop is obeyed at once."""
_FIRST_JOB, _LEAST_JOB, _MOST_JOB = 16, 8, 4096
_WINDOW = 4
"""Jobs' worth of passages that are sorted by length together: the most that a kill can cost."""
_AT_ONCE = 2
"""Jobs given out, so that the model never waits for a paper to be stored."""


class WaitingPaper:
    """The passages of one paper, of which some are embedded."""

    def __init__(self, name: str, texts: Sequence[str]) -> None:
        """Store the texts."""
        self.name = name
        self.texts = texts
        self._missing = dict.fromkeys(range(len(texts)))
        self._vectors: Vectors | None = None

    @property
    def missing(self) -> list[int]:
        """Return the places of passages that are not embedded yet, in order."""
        return list(self._missing)

    @property
    def done(self) -> int:
        """Return how many passages are embedded."""
        return len(self.texts) - len(self._missing)

    def put(self, at: Sequence[int], vectors: Vectors) -> None:
        """Take in `(n, d)` vectors of the passages at these places."""
        if not len(at):
            return
        if self._vectors is None:
            self._vectors = np.zeros((len(self.texts), vectors.shape[1]), dtype=np.float32)
        self._vectors[list(at)] = vectors
        for place in at:
            self._missing.pop(place, None)

    def vectors(self, dimension: int) -> Vectors:
        """Return `(n, d)` float32 unit vectors, one a passage."""
        return np.zeros((0, dimension), np.float32) if self._vectors is None else self._vectors


Job = list[tuple[WaitingPaper, int]]
"""Passages, each by its paper and its place there."""


class EmbeddingQueue:
    """Embed in one thread what other threads have read, first come first served.

    Passages wait until a few jobs' worth are there, or until the model would stand still; those
    are sorted by length, so that a batch is full and little of it is padding.
    """

    def __init__(self, embeddings: Embeddings) -> None:
        """Store the model; it is loaded by the first passage."""
        self._embeddings = embeddings
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="embed")
        self._papers: deque[WaitingPaper] = deque()
        self._window: deque[tuple[WaitingPaper, int]] = deque()
        self._jobs: dict[Future[tuple[Vectors, float]], Job] = {}
        self._job_size = _FIRST_JOB
        self._loading: Future[list[float]] | None = None

    @property
    def is_loading(self) -> bool:
        """Tell whether the model is still to be loaded, or being loaded."""
        return self._loading is None or not self._loading.done()

    @property
    def is_full(self) -> bool:
        """Tell whether two windows of passages wait, so that more would only take memory."""
        waiting = sum(len(paper.texts) - paper.done for paper in self._papers)
        return waiting + len(self._window) >= 2 * _WINDOW * self._job_size

    def put(self, paper: WaitingPaper) -> None:
        """Take in a paper; the first one makes the model load."""
        if self._loading is None:
            self._loading = self._pool.submit(self._embeddings.embed_query, "ready")
        self._papers.append(paper)

    def start(self) -> list[Future[tuple[Vectors, float]]]:
        """Give out jobs as far as there is room, and return those under way."""
        while len(self._jobs) < _AT_ONCE and (job := self._next_job()):
            texts = [paper.texts[at] for paper, at in job]
            self._jobs[self._pool.submit(self._embed, texts)] = job
        return list(self._jobs)

    def take(self, future: Future[tuple[Vectors, float]]) -> list[WaitingPaper]:
        """Put the vectors of a job in their places, and return the papers that are done by it."""
        job = self._jobs.pop(future)
        vectors, seconds = future.result()
        rate = len(job) / max(seconds, 1e-6)
        self._job_size = min(max(power_of_two(rate * _JOB_SECONDS), _LEAST_JOB), _MOST_JOB)
        papers = list(dict.fromkeys(paper for paper, _ in job))
        for paper in papers:
            rows = [row for row, (owner, _) in enumerate(job) if owner is paper]
            paper.put([job[row][1] for row in rows], vectors[rows])
        return [paper for paper in papers if paper.done == len(paper.texts)]

    def close(self) -> None:
        """Stop after the job in hand."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _next_job(self) -> Job:
        if not self._window:
            self._window.extend(self._next_window())
        return [self._window.popleft() for _ in range(min(self._job_size, len(self._window)))]

    def _next_window(self) -> Job:
        """Take whole papers until there is enough; longest passages first."""
        window: Job = []
        while self._papers and len(window) < _WINDOW * self._job_size:
            paper = self._papers.popleft()
            window += [(paper, at) for at in paper.missing]
        lengths = self._lengths([paper.texts[at] for paper, at in window])
        order = sorted(range(len(window)), key=lambda place: lengths[place], reverse=True)
        return [window[place] for place in order]

    def _lengths(self, texts: Sequence[str]) -> Sequence[int]:
        """Return what texts cost a model that can tell, their characters otherwise."""
        if isinstance(self._embeddings, SentenceEmbeddings):
            return self._embeddings.lengths(texts)
        return [len(text) for text in texts]

    def _embed(self, texts: list[str]) -> tuple[Vectors, float]:
        """Return `(n, d)` float32 unit vectors and the seconds they took."""
        started = time.perf_counter()
        vectors = np.asarray(self._embeddings.embed_documents(texts), dtype=np.float32)
        return unit_rows(vectors), time.perf_counter() - started
