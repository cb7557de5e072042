"""The counters of a server's prefix cache are read from its metrics, or nothing is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.models.server_metrics import PrefixCache, prefix_cache_of, read_prefix_cache
from tests.models.model_servers import http_server, send

VLLM = """\
# HELP vllm:prefix_cache_queries_total Prefix cache queries, in terms of number of queried tokens.
# TYPE vllm:prefix_cache_queries_total counter
vllm:prefix_cache_queries_total{engine="0",model_name="a } b \\" c"} 1.2e+06
vllm:prefix_cache_queries_created{engine="0",model_name="m"} 1.7e+09
vllm:prefix_cache_queries_total{engine="1",model_name="m"} 800000.0
vllm:prefix_cache_hits_total{engine="0",model_name="m"} 756000.0
vllm:prefix_cache_hits_total{engine="1",model_name="m"} 4000.0 1700000000000
vllm:external_prefix_cache_hits_total{engine="0",model_name="m"} 5.0
"""


def test_the_engines_of_vllm_are_added_up():
    assert read_prefix_cache(VLLM) == PrefixCache(2_000_000, 760_000)
    assert read_prefix_cache(VLLM).hit_share == 0.38


def test_the_older_names_are_known():
    older = VLLM.replace("vllm:prefix", "vllm:gpu_prefix")
    assert read_prefix_cache(older) == PrefixCache(2_000_000, 760_000)


@pytest.mark.parametrize(
    "metrics",
    [
        "",
        "llamacpp:prompt_tokens_total 12",
        "vllm:prefix_cache_queries_total 12",
        "vllm:prefix_cache_queries_total NaN\nvllm:prefix_cache_hits_total 1",
        "vllm:prefix_cache_queries_total +Inf\nvllm:prefix_cache_hits_total 1",
        "vllm:prefix_cache_queries_total 1\nvllm:prefix_cache_hits_total 2",
        "vllm:prefix_cache_queries_total -1\nvllm:prefix_cache_hits_total -1",
        "<html>vllm:prefix_cache_queries_total 1</html>",
    ],
)
def test_what_does_not_tell_is_nothing(metrics):
    assert read_prefix_cache(metrics) is None


@given(st.text())
def test_no_text_raises(metrics):
    found = read_prefix_cache(metrics)
    assert found is None or 0 <= found.hit_share <= 1


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_counts_are_read_as_they_are_written(queries, hits):
    queries, hits = max(queries, hits), min(queries, hits)
    told = f"vllm:prefix_cache_queries_total {queries}\nvllm:prefix_cache_hits_total {hits}.0\n"
    assert read_prefix_cache(told) == PrefixCache(queries, hits)


def test_what_came_since_is_told_apart():
    now = PrefixCache(1000, 700)
    assert now.since(PrefixCache(400, 100)) == PrefixCache(600, 600)
    assert now.since(PrefixCache(5000, 100)) == now  # the server was started anew


def test_a_server_is_asked_beside_its_v1_with_the_key():
    asked = []

    def answer(request):
        asked.append((request.path, request.headers["Authorization"]))
        send(request, VLLM, kind="text/plain")

    with http_server(answer) as address:
        assert prefix_cache_of(f"{address}/v1", "key") == PrefixCache(2_000_000, 760_000)
    assert asked == [("/metrics", "Bearer key")]


@pytest.mark.parametrize("status", [404, 500])
def test_a_server_without_metrics_tells_nothing(status):
    with http_server(lambda request: send(request, VLLM, status=status)) as address:
        assert prefix_cache_of(f"{address}/v1") is None


def test_a_server_that_is_not_there_tells_nothing():
    assert prefix_cache_of("http://127.0.0.1:9/v1") is None
