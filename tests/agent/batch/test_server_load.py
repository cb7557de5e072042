"""What a server says about its load is read from its metrics, or nothing is."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.batch.server_load import ServerLoad, ServerWatch, load_of, read_load
from r1agent.models.replicas import replica_at
from tests.models.model_servers import http_server, send

VLLM = """\
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="a } b"} 12.0
vllm:num_requests_running{engine="1",model_name="m"} 4.0
vllm:num_requests_waiting{engine="0",model_name="m"} 3.0
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 9.0
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.75
"""


class Seen:
    """Keeps what it is told."""

    def __init__(self, enough: int) -> None:
        self.loads = []
        self.refusals = 0
        self.was_refused = threading.Event()
        self.enough = threading.Event()
        self._wanted = enough

    def told(self, load):
        self.loads.append(load)
        self._count()

    def refused(self):
        self.refusals += 1
        self.was_refused.set()
        self._count()

    def _count(self):
        if len(self.loads) + self.refusals >= self._wanted:
            self.enough.set()


def test_the_engines_of_vllm_are_added_up():
    assert read_load(VLLM) == ServerLoad(running=16, waiting=3, memory=0.75)


@pytest.mark.parametrize(
    ("metrics", "load"),
    [
        ("sglang:num_running_reqs 5\nsglang:num_queue_reqs 1\nsglang:token_usage 0.5", (5, 1, 0.5)),
        ("llamacpp:requests_processing 2\nllamacpp:requests_deferred 7", (2, 7, 0.0)),
        (VLLM.replace("kv_cache_usage", "gpu_cache_usage"), (16, 3, 0.75)),
    ],
)
def test_other_servers_and_older_names_are_known(metrics, load):
    assert read_load(metrics) == ServerLoad(*load)


@pytest.mark.parametrize(
    "metrics",
    [
        "",
        "vllm:num_requests_running 3",
        "vllm:num_requests_running NaN\nvllm:num_requests_waiting 1",
        "vllm:num_requests_running -1\nvllm:num_requests_waiting 1",
        "<html>vllm:num_requests_running 3</html>",
    ],
)
def test_what_does_not_tell_is_nothing(metrics):
    assert read_load(metrics) is None


@given(st.text())
def test_no_text_raises(metrics):
    load = read_load(metrics)
    assert load is None or load.waiting >= 0


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_what_waits_cannot_be_room_and_too_many(running, waiting):
    load = ServerLoad(running, waiting)
    assert not (load.has_room and load.has_too_many)


def test_a_server_is_asked_beside_its_v1_with_the_key():
    asked = []

    def answer(request):
        asked.append((request.path, request.headers["Authorization"]))
        send(request, VLLM, kind="text/plain")

    with http_server(answer) as address:
        assert load_of(f"{address}/v1", "key") == ServerLoad(16, 3, 0.75)
    assert asked == [("/metrics", "Bearer key")]


def test_a_server_without_metrics_or_none_at_all_tells_nothing():
    with http_server(lambda request: send(request, VLLM, status=404)) as address:
        assert load_of(f"{address}/v1") is None
    assert load_of("http://127.0.0.1:9/v1") is None


def test_replicas_are_added_up_and_all_must_tell():
    with (
        http_server(lambda request: send(request, VLLM, kind="text/plain")) as one,
        http_server(lambda request: send(request, VLLM, status=404)) as silent,
    ):
        both = ServerWatch([f"{one}/v1", f"{one}/v1"])
        assert both.look() == ServerLoad(32, 6, 0.75)
        assert ServerWatch([f"{one}/v1", f"{silent}/v1"]).look() is None


def test_the_load_is_told_until_the_block_is_left():
    with http_server(lambda request: send(request, VLLM, kind="text/plain")) as address:
        seen = Seen(enough=3)
        with ServerWatch([f"{address}/v1"], every=0.01).telling(seen):
            assert seen.enough.wait(10)
    assert seen.loads[:3] == [ServerLoad(16, 3, 0.75)] * 3


def test_a_server_without_metrics_is_asked_once():
    asked = []

    def answer(request):
        asked.append(request.path)
        send(request, "no", status=404)

    with http_server(answer) as address:
        seen = Seen(enough=1)
        watch = ServerWatch([f"{address}/v1"], every=0.01)
        with watch.telling(seen):
            assert seen.enough.wait(10)
            failed = replica_at(f"{address}/v1")
            failed.failed()
            assert seen.was_refused.wait(10)
    assert (seen.loads, asked) == ([None], ["/metrics"])
