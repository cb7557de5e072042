"""What is read from vLLM's page of metrics."""

import pytest
from serve_counts import Counts, counted
from served import ServerError

PAGE = """\
# HELP vllm:prompt_tokens_total Number of prefill tokens processed.
# TYPE vllm:prompt_tokens_total counter
vllm:prompt_tokens_total{engine="0",model_name="tiny"} 1200.0
vllm:prompt_tokens_total{engine="1",model_name="tiny"} 34.0
vllm:prompt_tokens_total_created{engine="0"} 1.7e+09
vllm:generation_tokens_total 1.5e+06
"""


def test_a_counter_is_summed_over_its_labels():
    assert counted(PAGE, "vllm:prompt_tokens_total") == 1234


def test_a_counter_without_labels_is_read_too():
    assert counted(PAGE, "vllm:generation_tokens_total") == 1_500_000


def test_a_server_without_the_counter_is_named_with_what_to_do():
    with pytest.raises(ServerError, match=r"no 'vllm:prefix_cache_hits_total'.*--base-url"):
        counted(PAGE, "vllm:prefix_cache_hits_total")


def test_counts_are_told_from_those_before():
    assert Counts(10, 20, 30, 40) - Counts(1, 2, 3, 4) == Counts(9, 18, 27, 36)
