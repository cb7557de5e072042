"""Reading and embedding on a Ray cluster of two nodes, both on this machine's loopback."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import psutil
import pytest

from r1agent.testing import HashEmbeddings
from r1agent_indexes import ClusterError, PaperIndex, load_embeddings
from r1agent_indexes.cluster import RayWorkers
from tests.indexes.made_pdfs import PARAGRAPH, lines_of, make_pdf

pytestmark = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
LOOPBACK = "127.0.0.1"
PAPERS = 13
TOPICS = "pumps sand smoothing teachers pupils wells clay silt gravel lakes rivers snow".split()


class SlowEmbeddings(HashEmbeddings):
    """Take long enough that a node can be killed meanwhile."""

    def embed_documents(self, texts):
        time.sleep(0.4)
        return super().embed_documents(texts)


class DeadlyEmbeddings(HashEmbeddings):
    """Kill the process that embeds a certain paper."""

    def embed_documents(self, texts):
        if any("snow" in text for text in texts):
            os._exit(1)
        return super().embed_documents(texts)


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    """Two nodes of one core each; they listen on the loopback only, and report to nobody."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        # Without this, read when Ray is imported, it replaces 127.0.0.1 by an outer address.
        environment.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        from ray import cloudpickle
        from ray.cluster_utils import Cluster

        cloudpickle.register_pickle_by_value(sys.modules[__name__])
        cluster = Cluster(initialize_head=True, head_node_args=node(include_dashboard=False))
        cluster.second = cluster.add_node(**node())
        try:
            yield cluster
        finally:
            cluster.shutdown()


def node(**options: object) -> dict[str, object]:
    size = {"num_cpus": 1, "object_store_memory": 100 << 20}
    return {"node_ip_address": LOOPBACK, **size, **options}


@pytest.fixture
def many(tmp_path) -> Path:
    """A folder with a dozen papers of several kinds, and three that cannot be read."""
    folder = tmp_path / "many"
    source = folder / "source"
    source.mkdir(parents=True)
    for topic in TOPICS[2:]:
        (folder / f"{topic}.md").write_text(f"# On {topic}\n\n{topic.title()} settle slowly.\n")
    for topic in TOPICS[:2]:
        lines = [f"On {topic} and what they do", "Abstract", *lines_of(f"Of {topic}. {PARAGRAPH}")]
        make_pdf(folder / f"{topic}.pdf", [lines])
    (source / "part.tex").write_text("The wells were sealed with clay.")
    (source / "main.tex").write_text(
        "\\documentclass{article}\\title{On seals}\\begin{document}\\maketitle\n"
        "\\section{Method}\n\\input{part}\n\\end{document}\n"
    )
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    return folder


def added(index: PaperIndex, papers: Path, address: str, **options):
    return index.add([papers], workers=RayWorkers(address, index.embeddings), **options)


def rows(index: PaperIndex) -> dict[tuple[str, int], tuple[str, np.ndarray]]:
    """Return text and vector of every passage by file and place, and where its page came from."""
    keys, vectors = next(index.store.vector_blocks(0))
    passages = index.store.passages(keys.tolist())
    return {
        (passage.metadata["path"], passage.metadata["page"], passage.metadata["start"]): (
            passage.page_content,
            vector,
        )
        for passage, vector in zip((passages[key] for key in keys.tolist()), vectors, strict=True)
    }


def test_a_cluster_yields_the_papers_passages_and_failures_of_this_machine(tmp_path, cluster, many):
    model = load_embeddings()
    with (
        PaperIndex.open(tmp_path / "here", embeddings=model, create=True) as here,
        PaperIndex.open(tmp_path / "there", embeddings=model, create=True) as there,
    ):
        here.add([many])
        assert len(added(there, many, cluster.address).added) == PAPERS
        wanted, found = rows(here), rows(there)
        assert {place: text for place, (text, _) in found.items()} == {
            place: text for place, (text, _) in wanted.items()
        }
        assert all(found[place][1] @ wanted[place][1] > 0.999 for place in wanted)
        assert there.papers() == here.papers()
        assert there.failures() == here.failures()
        assert len(there.failures()) == 3  # among them the part of the LaTeX paper
        assert there.check().problems == []
        assert "sealed with clay" in there.search("sealed wells", k=1)[0].page_content


def test_a_file_that_kills_its_readers_is_listed_and_the_others_are_read(tmp_path, cluster, many):
    with PaperIndex.open(tmp_path / "x", embeddings=DeadlyEmbeddings(), create=True) as index:
        report = added(index, many, cluster.address)
        failed = next(failed for failed in report.failed if failed.file == "snow.md")
        assert failed.reason.startswith("stopped 3 readers of the cluster (Actor")
        assert len(report.added) == PAPERS - 1


def test_a_model_that_cannot_be_sent_is_named(cluster):
    model = HashEmbeddings()
    model.lock = threading.Lock()
    with pytest.raises(ClusterError, match="`HashEmbeddings` cannot be sent to a cluster"):
        RayWorkers(cluster.address, model)


def test_nothing_of_the_cluster_listens_beyond_this_machine(cluster):
    ours = {os.getpid(), *(child.pid for child in psutil.Process().children(recursive=True))}
    addresses = {
        link.laddr.ip
        for link in psutil.net_connections("tcp")
        if link.status == psutil.CONN_LISTEN and link.pid in ours
    }
    assert addresses <= {LOOPBACK, "::1", f"::ffff:{LOOPBACK}"}
    assert addresses


def test_a_node_that_is_killed_loses_nothing(tmp_path, cluster, many):  # last: it stays dead
    killed = []

    def kill_second_node(progress):
        if index.store.number("SELECT count(*) FROM papers") >= 3 and not killed:
            cluster.remove_node(cluster.second, allow_graceful=False)
            killed.append(progress)

    with PaperIndex.open(tmp_path / "x", embeddings=SlowEmbeddings(), create=True) as index:
        workers = RayWorkers(cluster.address, index.embeddings)
        report = index.add([many], workers=workers, on_progress=kill_second_node)
        assert killed
        assert workers.problem().startswith("A reader of the cluster stopped once (Actor")
        assert len(report.failed) == 3
        assert len(report.added) == PAPERS
        assert index.check().problems == []


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("127.0.0.1:9", "ConnectionRefusedError"),
        ("ray://127.0.0.1:9", "ConnectionRefusedError"),
        ("nowhere.invalid:6379", "gaierror"),
        ("cluster", "ValueError: Invalid address format: cluster"),
    ],
)
def test_a_cluster_that_cannot_be_reached_is_named_with_what_to_do(address, found):
    started = time.monotonic()
    with pytest.raises(ClusterError, match=rf"No Ray cluster .*{address}.*{found}.*Give `auto`"):
        RayWorkers(address, HashEmbeddings())
    assert time.monotonic() - started < 10


def test_without_ray_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"pip install 'r1agent\[cluster\]'"):
        RayWorkers("auto", HashEmbeddings())
