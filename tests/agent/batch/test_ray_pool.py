"""Questions on a Ray cluster of two nodes, both on this machine's loopback."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import httpx2
import psutil
import pytest

from r1agent.batch import BatchItem, ThreadPool
from r1agent.batch.opening import pool_for
from r1agent.batch.ray_pool import RayPool
from r1agent.errors import JournalError, ModelOutputError, ModelServerError
from r1agent.journal import answer_to_json
from r1agent.load import load_assistant
from r1agent.models.failures import RequestRefusedError
from r1agent.settings import Settings
from r1agent.types import Answer, Audit, Citation, Claim, Plan, PlanStep, Trajectory, Verdict
from r1agent_indexes import ClusterError, PaperIndex
from tests.agent.cli.scripted_server import scripted_server

pytestmark = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
LOOPBACK = "127.0.0.1"
QUOTE = Citation("p:1", "Six percent.", "p", "kd.pdf", "Distillation", 3, "3", 0, 12)
ANSWER = Answer(
    run="r1",
    question="",
    outcome="answered",
    claims=(Claim("It is six percent.", (QUOTE,), Verdict("supported", "a quote")),),
    plan=Plan(()),
    trajectory=Trajectory(),
    audit=Audit(1.0, "high"),
)


class Echo:
    """Answer with what was asked, or do what the question says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ask(self, question, *, tests=None, within="", plan=None):
        word = question.split()[0]
        if word in ERRORS:
            raise ERRORS[word] from httpx2.ReadTimeout("") if word == "busy" else None
        if word == "die":
            os._exit(1)
        if word == "wait":
            (self.folder / str(os.getpid())).touch()
            time.sleep(float(question.split()[1]))
        asked = f"{question} {tests} {within}"
        return replace(ANSWER, question=asked, plan=plan or ANSWER.plan, run=str(os.getpid()))


ERRORS = {
    "server": ModelServerError("no server"),
    "refused": RequestRefusedError("not that schema"),
    "output": ModelOutputError("no JSON"),
    "busy": ModelServerError("too many requests"),
    "bug": ZeroDivisionError("a bug"),
    "full": JournalError("the disk is full"),
}


@dataclass(frozen=True)
class Make:
    """Makes an `Echo` on a node."""

    folder: Path

    def __call__(self) -> Echo:
        return Echo(self.folder)


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


@pytest.fixture(scope="module")
def opened(cluster, tmp_path_factory) -> Iterator[tuple[RayPool, Path, list[str]]]:
    """A pool of `Echo`es, four questions at once, with their folder and what it says."""
    folder, notices = tmp_path_factory.mktemp("echo"), []
    make = Make(folder)
    with RayPool(cluster.address, make, workers=4, on_notice=notices.append) as pool:
        yield pool, folder, notices


@pytest.fixture
def pool(opened) -> RayPool:
    pool, _, notices = opened
    notices.clear()
    return pool


def items(*questions: str) -> list[BatchItem]:
    return [BatchItem(f"{number}", question) for number, question in enumerate(questions)]


def told(pool, asked: list[BatchItem]) -> dict[str, dict]:
    """Return the answers by id, without where they were made."""
    return {one.item.id: answer_to_json(replace(one.answer, run="")) for one in pool.results(asked)}


@pytest.fixture
def settings(tmp_path) -> Iterator[Settings]:
    """Settings with a scripted server and an index, and with folders of their own."""
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "sums.md").write_text("# On sums\n\nThe sum of the first numbers is 5050.\n")
    with PaperIndex.open(tmp_path / "index", create=True) as index:
        index.add([papers])
    with scripted_server() as address:
        yield Settings(
            base_url=address,
            api_key="a-secret",
            model="scripted",
            index=tmp_path / "index",
            runs_dir=tmp_path / "runs",
            cache_dir=tmp_path / "cache",
            cache_requests=False,
            entailment="floors",
        )


def test_assistants_of_the_nodes_answer_as_the_one_of_this_machine(cluster, settings, caplog):
    asked = items("What is the sum of 1 to 100?", "Sum 1 to 100.", "Add 1 to 100.")
    with load_assistant(settings) as assistant:
        here = told(ThreadPool(assistant), asked)
        with pool_for(assistant, 3, settings=settings, ray=cluster.address) as pool:
            there = told(pool, asked)
    assert {name: one["text"] for name, one in there.items()} == {
        name: one["text"] for name, one in here.items()
    }
    assert all("5050" in one["text"] for one in there.values())
    assert len(list(settings.runs_dir.iterdir())) == 6
    assert caplog.text == ""


def cannot() -> Echo:
    raise ClusterError("The index '/kd' is not there.")


def test_what_no_node_can_load_is_one_sentence(cluster):
    notices: list[str] = []
    with (
        RayPool(cluster.address, cannot, on_notice=notices.append) as pool,
        pytest.raises(ClusterError, match=r"can answer \(127\.0\.0\.1: The index '/kd' is not"),
    ):
        list(pool.results(items("Why?")))
    assert notices == ["The node 127.0.0.1 is left out: The index '/kd' is not there."] * 2


def test_a_node_that_the_settings_cannot_serve_is_refused_before_any_question(cluster, tmp_path):
    def refuses(address: str) -> str:
        return f"{address} is too far away."

    with (
        pytest.raises(ClusterError, match=r"^127\.0\.0\.1 is too far away\.$"),
        RayPool(cluster.address, Make(tmp_path), refuses=refuses),
    ):
        pass


def test_without_questions_nothing_is_started(cluster):
    notices: list[str] = []
    with RayPool(cluster.address, cannot, on_notice=notices.append) as pool:
        assert list(pool.results([])) == []
    assert notices == []


def test_a_node_that_cannot_go_on_is_left_out_with_the_reason(cluster, tmp_path):
    notices: list[str] = []
    with (
        RayPool(cluster.address, Make(tmp_path), on_notice=notices.append) as pool,
        pytest.raises(ClusterError, match=r"No node of the Ray cluster .* the disk is full"),
    ):
        list(pool.results(items(*["full x"] * 4)))
    assert notices[0] == "The node 127.0.0.1 is left out: the disk is full"


def test_the_nodes_answer_as_threads_do(pool, tmp_path):
    plan = Plan((PlanStep("Find it", "search_papers", "a passage says so"),))
    asked = [
        *items(*[f"Is {number} prime?" for number in range(20)]),
        BatchItem("tested", "Write it", tests="assert f(1) == 1"),
        BatchItem("within", "What is it?", within="kd.pdf", plan=plan),
    ]
    assert told(pool, asked) == told(ThreadPool(Echo(tmp_path), workers=4), asked)


def until(condition) -> Iterator[BatchItem]:
    """Yield questions until something is the case."""
    by = time.monotonic() + 120
    for number in itertools.count():
        if condition():
            return
        assert time.monotonic() < by
        yield BatchItem(f"{number}", "wait 0.1")


def test_every_node_answers(pool):
    seen: set[str] = set()
    for result in pool.results(until(lambda: len(seen) == 2)):
        seen.add(result.answer.run)
    assert len(seen) == 2


def test_as_many_questions_are_asked_at_once_as_there_are_workers(pool):
    began = time.monotonic()
    results = list(pool.results(items(*["wait 1"] * 8)))
    at_once = sum(one.seconds for one in results) / (time.monotonic() - began)
    assert 2 < at_once <= 4


def test_items_are_taken_when_there_is_room_for_them(pool):
    taken = []

    def coming():
        for item in items(*["Why?"] * 20):
            taken.append(item)
            yield item

    results = pool.results(coming())
    next(results)
    assert len(taken) <= 4
    assert len(list(results)) == 19


def test_errors_of_the_model_are_results_with_their_text(pool):
    asked = items("server x", "refused x", "output x", "busy x", "Why?")
    found = {one.item.id: one for one in pool.results(asked)}
    assert [found[item.id].reason for item in asked] == [
        "no server",
        "not that schema",
        "no JSON",
        "too many requests",
        "",
    ]
    assert [type(found[item.id].error) for item in asked[:3]] == [
        ModelServerError,
        RequestRefusedError,
        ModelOutputError,
    ]
    assert [found[item.id].is_overload for item in asked] == [False, False, False, True, False]


def test_a_bug_in_the_assistant_is_not_hidden(pool):
    with pytest.raises(ZeroDivisionError, match="a bug"):
        list(pool.results(items("bug x", "Why?")))


def test_a_question_that_kills_its_answerers_fails_and_takes_no_other_along(pool, opened):
    asked = items("die now", *["wait 0.2"] * 6, "die too")
    found = {one.item.id: one for one in pool.results(asked)}
    assert len(found) == len(asked)
    assert [item.id for item in asked if not found[item.id].ok] == ["0", "7"]
    assert found["0"].reason.startswith("3 answerers of the cluster were lost over this question")
    assert "An answerer on the node 127.0.0.1 was lost" in opened[2][0]


def test_an_iterator_that_is_closed_early_ends_the_work(pool, opened):
    folder = opened[1]
    for path in folder.iterdir():
        path.unlink()
    results = pool.results(items("Why?", *["wait 60"] * 8))
    next(results)
    wait_until(lambda: list(folder.iterdir()))
    results.close()
    pids = [int(path.name) for path in folder.iterdir()]
    wait_until(lambda: not any(map(psutil.pid_exists, pids)))
    assert len(told(pool, items("Why?", "How?"))) == 2


def wait_until(condition) -> None:
    by = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < by
        time.sleep(0.05)


def test_a_node_that_is_killed_loses_nothing_and_a_new_one_is_used(cluster, pool, opened):
    asked, seen, answered = [], set(), []  # last: the second node stays dead

    def coming():
        for item in until(lambda: len(seen) == 3):
            asked.append(item.id)
            yield item

    for result in pool.results(coming()):
        answered.append(result.item.id)
        seen.add(result.answer.run)
        if len(seen) == 2 and cluster.second:
            cluster.remove_node(cluster.second, allow_graceful=False)
            cluster.second = None
            cluster.add_node(**node())
    assert sorted(answered, key=int) == asked
    assert any("was lost" in notice for notice in opened[2])
