"""Reading and embedding on a Ray cluster: files go out as bytes, passages and vectors come back.

Bytes are sent rather than paths, so that no node needs to see the papers, and none can read another
file under the same name. A reader that dies, or whose node does, is started again where its node
lives; the file it had is read by another.
"""

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from langchain_core.embeddings import Embeddings

from r1agent_indexes.cluster_connection import (
    connect,
    is_alive,
    nodes,
    reason_of,
    require_same_version,
)
from r1agent_indexes.cluster_reader import ClusterReader
from r1agent_indexes.embed import SentenceEmbeddings
from r1agent_indexes.errors import ClusterError, PaperIndexError
from r1agent_indexes.reading.blocks import RefusedFileError
from r1agent_indexes.reading.latex_source import latex_source
from r1agent_indexes.workers import OnPage, ReadResult

_CORES = 2
"""Cores of a reader: one process of the model for each two is what memory bears."""
_READERS_A_GPU = 8
"""Readers that share a GPU, since one reads more slowly than a GPU embeds."""
_ATTEMPTS = 3
"""How often a file is tried where its reader dies, and a reader where it does not start."""
_LARGEST = 1 << 30
"""Bytes of a file that is sent, at most."""
_STARTED_WITHIN = 120.0
_CLOSED_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """The share of a node that one reader gets."""

    number: int
    node: str
    cores: int
    gpus: float


@dataclass(slots=True)
class Job:
    """A file that waits to be read."""

    path: Path
    on_page: OnPage
    future: "Future[ReadResult]" = field(default_factory=Future)
    attempts: int = 0


class RayWorkers:
    """Read and embed on the nodes of a Ray cluster; one thread here waits for each reader there."""

    def __init__(self, address: str, embeddings: Embeddings) -> None:
        """Connect, and wait until the first reader has started.

        Args:
            address: `auto` for the cluster of this machine, `HOST:PORT`, or `ray://HOST:PORT`.
            embeddings: The model of the index.

        Raises:
            ClusterError: Ray is not installed, the cluster cannot be reached, or cannot be used.
        """
        self._owns = connect(address)
        self._embeddings = self._sent(embeddings)
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._readers: dict[int, Any] = {}
        self._lock = threading.Lock()
        self._started, self._closed = threading.Event(), False
        self._problem = f"no core became free within {_STARTED_WITHIN:.0f} seconds"
        places = _places()
        self._serving, self._deaths = len(places), 0
        self._threads = [
            threading.Thread(target=self._serve, args=(place,), daemon=True) for place in places
        ]
        for thread in self._threads:
            thread.start()
        in_time = bool(places) and self._started.wait(_STARTED_WITHIN)
        if not in_time or not self._serving:
            self.close()
            raise ClusterError(self._unusable(address, len(places)))

    @property
    def ahead(self) -> int:
        """Return how many files may be asked for before the first has come back."""
        return 2 * len(self._threads)

    def read(self, path: Path, *, on_page: OnPage) -> "Future[ReadResult]":
        """Begin to read a file as soon as a reader is free."""
        job = Job(path, on_page)
        self._jobs.put(job)
        if not self._serving:
            self._give_up()
        return job.future

    def problem(self) -> str | None:
        """Return how often readers died or did not start, and why the last of them did."""
        if not self._deaths:
            return None
        times = "once" if self._deaths == 1 else f"{self._deaths} times"
        return f"A reader of the cluster stopped {times} ({self._problem})."

    def close(self) -> None:
        """Stop at once; what is being read is given up."""
        import ray

        if self._closed:
            return
        self._closed = True
        for _ in self._threads:
            self._jobs.put(None)
        with self._lock:
            for reader in self._readers.values() if ray.is_initialized() else ():
                ray.kill(reader)
        for thread in self._threads:
            thread.join(_CLOSED_WITHIN)
        if self._owns:
            ray.shutdown()

    def _sent(self, embeddings: Embeddings) -> Any:
        """Put the model where every reader gets it; of a local one the name is enough."""
        import ray

        name = embeddings.model_name if isinstance(embeddings, SentenceEmbeddings) else None
        try:
            return ray.put(name or embeddings)
        except TypeError as error:
            if self._owns:
                ray.shutdown()
            raise ClusterError(
                f"The embedding model `{type(embeddings).__name__}` cannot be sent to a cluster "
                f"({reason_of(error)}). Use a sentence-transformers model, or no cluster."
            ) from error

    def _serve(self, place: Place) -> None:
        """Keep a reader at one place busy; start it again when it dies and its node lives."""
        try:
            self._serve_until_closed(place)
        finally:
            with self._lock:
                self._serving -= 1
            if not self._serving:
                self._started.set()
                self._give_up()

    def _serve_until_closed(self, place: Place) -> None:
        import ray
        from ray.exceptions import RayError

        failures = 0
        while not self._closed and failures < _ATTEMPTS:
            try:
                reader = self._start(place)
                require_same_version(ray.get(reader.version.remote()))
                self._started.set()
                failures = 0  # the files it dies of are counted, so this comes to an end
                self._work(reader)
            except (RayError, ClusterError, ConnectionError) as error:
                if self._closed:
                    return
                with self._lock:
                    self._problem = reason_of(error)
                    self._deaths += 1
                failures += 1
                if not is_alive(place.node):
                    return

    def _start(self, place: Place) -> Any:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        as_actor: Any = ray.remote
        actor = as_actor(ClusterReader).options(
            num_cpus=place.cores,
            num_gpus=place.gpus,
            max_restarts=0,
            scheduling_strategy=NodeAffinitySchedulingStrategy(place.node, soft=False),
        )
        with self._lock:
            if self._closed:
                raise ClusterError("reading was stopped")
            if place.number in self._readers:  # it may live, out of reach, and hold the cores
                ray.kill(self._readers[place.number])
            self._readers[place.number] = reader = actor.remote(self._embeddings)
        return reader

    def _work(self, reader: Any) -> None:
        """Have files read until the reader dies or no more come."""
        import ray
        from ray.exceptions import RayError, RayTaskError

        while job := self._jobs.get():
            content = _content(job.path)
            if isinstance(content, str):
                job.future.set_result(ReadResult(job.path, None, content))
                continue
            try:
                result = ray.get(reader.read.remote(str(job.path), content))
            except RayTaskError as error:  # what the reader's own code raised
                known = isinstance(error.cause, PaperIndexError)
                job.future.set_exception(error.cause if known else error)
            except (RayError, ConnectionError) as error:
                self._try_again(job, reason_of(error))
                raise
            else:
                job.on_page(len(result.paper.pages) if result.paper else 0)
                job.future.set_result(result)

    def _try_again(self, job: Job, reason: str) -> None:
        job.attempts += 1
        if job.attempts < _ATTEMPTS:
            self._jobs.put(job)
            return
        text = f"stopped {job.attempts} readers of the cluster ({reason}); read it without Ray"
        job.future.set_result(ReadResult(job.path, None, text))

    def _give_up(self) -> None:
        """Fail what waits, since nobody is left to read it."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return
            if job is not None:
                job.future.set_exception(
                    ClusterError(
                        f"The Ray cluster has no reader left ({self._problem}). The papers read so "
                        "far are in the index; see to the cluster and run the same command again."
                    )
                )

    def _unusable(self, address: str, places: int) -> str:
        return (
            f"The Ray cluster {address!r} cannot be used: none of {places} readers started "
            f"({self._problem}). Install `r1agent[local,cluster]` {version('r1agent')} on every "
            "node, leave a core free, or leave out `--ray`."
        )


def _places() -> list[Place]:
    """Return a place for every reader that the living nodes can hold."""
    places: list[Place] = []
    for node in nodes():
        cores, gpus = (int(node["Resources"].get(name, 0)) for name in ("CPU", "GPU"))
        if not node["Alive"] or not cores:
            continue
        count = max(1, cores // _CORES)
        if gpus:
            count = min(count, _READERS_A_GPU * gpus)
        for _ in range(count):
            share = min(1.0, gpus / count)
            places.append(Place(len(places), node["NodeID"], min(_CORES, cores), share))
    return places


def _content(path: Path) -> bytes | str:
    """Return the bytes that go out, or the reason why none do."""
    try:
        if path.suffix.lower() == ".tex":  # its parts are files of their own, beside it
            return latex_source(path).encode()
        if path.stat().st_size > _LARGEST:
            return f"is larger than {_LARGEST >> 30} GiB; read it without Ray"
        return path.read_bytes()
    except OSError as error:
        return error.strerror or str(error)
    except RefusedFileError as error:
        return str(error)
