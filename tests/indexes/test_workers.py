import threading
import time
from concurrent.futures import Future
from itertools import pairwise

import numpy as np
import pytest

from r1agent_indexes import AddProgress, PaperIndex
from r1agent_indexes.reading.pdf_process import PdfProcess
from r1agent_indexes.workers import LocalWorkers, ReadResult, read_result
from tests.indexes.made_pdfs import HashEmbeddings, make_pdf


class EmbeddingWorkers:
    """Workers that hand back vectors too, last file first, as a cluster might."""

    ahead = 3

    def __init__(self) -> None:
        self.asked: list[tuple[Future[ReadResult], ReadResult]] = []
        self.most = 0
        self.is_closed = False

    def read(self, path, *, on_page):
        with PdfProcess() as process:
            found = read_result(path, process, on_page=on_page)
        if found.paper is not None:
            texts = [passage.page_content for passage in found.paper.passages]
            vectors = np.asarray(HashEmbeddings().embed_documents(texts), dtype=np.float32)
            found = ReadResult(path, found.paper, signature=found.signature, vectors=vectors)
        future: Future[ReadResult] = Future()
        self.asked.append((future, found))
        self.most = max(self.most, len(self.asked))
        if len(self.asked) == self.ahead or path.name == "smoothing.pdf":
            while self.asked:
                waiting, result = self.asked.pop()
                waiting.set_result(result)
        return future

    def close(self) -> None:
        self.is_closed = True


class SlowEmbeddings(HashEmbeddings):
    """Embeddings that wait until they are let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.batches: list[list[str]] = []

    def embed_documents(self, texts):
        self.go.wait(20)
        self.batches.append(texts)
        return super().embed_documents(texts)


@pytest.fixture
def index(tmp_path, embeddings):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as opened:
        yield opened


def test_vectors_that_workers_bring_are_stored_and_the_model_is_left_alone(tmp_path, papers):
    class Refusing(HashEmbeddings):
        def embed_documents(self, texts):
            raise AssertionError("embedded here")

    workers = EmbeddingWorkers()
    with PaperIndex.open(tmp_path / "index", embeddings=Refusing(), create=True) as index:
        report = index.add([papers], workers=workers)
        assert [p.file for p in report.added] == ["notes.md", "sand.pdf", "smoothing.pdf"]
        assert index.search("pump lowers water table", k=1)[0].metadata["file"] == "sand.pdf"
        assert index.check().problems == []
    assert workers.is_closed
    assert workers.most <= workers.ahead


def test_several_files_are_read_at_once_and_a_bad_one_has_its_reason(tmp_path, papers):
    (papers / "bad.pdf").write_bytes(b"not a pdf")
    workers = LocalWorkers(3)
    pages: list[int] = []
    futures = [workers.read(path, on_page=pages.append) for path in sorted(papers.iterdir())]
    found = {future.result(30).path.name: future.result() for future in futures}
    workers.close()
    assert "is no PDF" in found.pop("bad.pdf").reason
    assert all(result.paper and result.paper.passages for result in found.values())
    assert max(pages) == 2


def test_closed_workers_give_up_at_once(tmp_path):
    make_pdf(tmp_path / "a.pdf", [[f"Line {n} of page {m}" for n in range(40)] for m in range(400)])
    workers = LocalWorkers(1)
    workers.read(tmp_path / "a.pdf", on_page=lambda _: None)
    waiting = workers.read(tmp_path / "a.pdf", on_page=lambda _: None)
    started = time.monotonic()
    workers.close()
    assert waiting.cancelled()
    assert time.monotonic() - started < 5


def test_reading_runs_ahead_of_the_model_but_not_without_bound(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03}.txt").write_text(f"Paper {number} measured {number} volts today.")
    embeddings = SlowEmbeddings()
    early: dict[str, float] = {}

    def on_progress(step: AddProgress) -> None:
        now = time.monotonic()
        if not embeddings.go.is_set():
            early.setdefault(step.file, now)
        if now - max(early.values()) > 1.2 and step.phase == "embedding":
            embeddings.go.set()  # nothing more is looked at

    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        assert len(index.add([folder], on_progress=on_progress).added) == 300
    assert 1 < len(early) < 200
    assert max(len(batch) for batch in embeddings.batches) > 8


def test_a_changed_paper_embeds_only_what_is_new_in_it(tmp_path):
    paragraphs = [f"Part {n} of the paper measured {n * 7} volts. " * 20 for n in range(6)]
    paper = tmp_path / "paper.txt"
    paper.write_text("\n\n".join(paragraphs))
    embeddings = SlowEmbeddings()
    embeddings.go.set()
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([paper])
        whole = sum(map(len, embeddings.batches))
        embeddings.batches.clear()
        paper.write_text("\n\n".join([*paragraphs, "A last part measured 999 volts, they say."]))
        assert len(index.add([paper]).changed) == 1
        assert 0 < sum(map(len, embeddings.batches)) < whole
        assert index.check().problems == []
        assert "999" in index.search("last part measured 999 volts", k=1)[0].page_content


def test_progress_is_told_while_the_model_works(tmp_path, papers):
    embeddings = SlowEmbeddings()
    times: list[float] = []

    def on_progress(step: AddProgress) -> None:
        times.append(time.monotonic())
        if len(times) > 1 and times[-1] - times[0] > 2:
            embeddings.go.set()

    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers], on_progress=on_progress)
    gaps = [after - before for before, after in pairwise(times)]
    assert max(gaps) < 1.5


def test_an_identical_copy_beside_a_new_paper_is_a_duplicate(index, papers):
    (papers / "sand2.pdf").write_bytes((papers / "sand.pdf").read_bytes())
    report = index.add([papers])
    assert len(report.added) == 3
    assert [path.name for path in report.duplicates] == ["sand2.pdf"]


def test_a_stop_is_obeyed_at_once_and_what_was_stored_stays(tmp_path, papers):
    embeddings = SlowEmbeddings()

    def stop(step: AddProgress) -> None:
        if step.phase == "embedding":
            raise KeyboardInterrupt

    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            index.add([papers], on_progress=stop)
        assert time.monotonic() - started < 10  # the model would have held it for twenty
        embeddings.go.set()
        assert index.check().ok
        assert len(index.add([papers]).added) == 3
