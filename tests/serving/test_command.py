"""The command says what the fit says, and keeps secrets and the network out of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from r1agent.serving import Fit, vllm_command, vllm_environment

GIB = 2**30
FIT = Fit(
    model="r1-distill-llama-70b",
    repository="RedHatAI/DeepSeek-R1-Distill-Llama-70B-FP8-dynamic",
    revision=None,
    precision="fp8",
    context=32_768,
    tensor_parallel=2,
    pipeline_parallel=1,
    memory_share=0.949,
    device="cuda",
    reasoning_parser="deepseek_r1",
    quantization=None,
    arithmetic=(),
    cards=(1, 3),
    batched_tokens=8192,
)
PROCESSOR = replace(FIT, device="cpu", memory_share=0.0, cards=(), kv_bytes=2 * GIB)


def command(fit: Fit, *extra: str) -> str:
    """Return the command in one line, for `find`-like checks."""
    listed = vllm_command(
        Path("/venv/bin/python"), fit, host="127.0.0.1", port=8123, served_name="r1", extra=extra
    )
    return " ".join(listed) + " "


def test_the_whole_command_of_two_cards():
    assert command(FIT) == (
        "/venv/bin/python -m vllm.entrypoints.openai.api_server --host 127.0.0.1 --port 8123 "
        "--model RedHatAI/DeepSeek-R1-Distill-Llama-70B-FP8-dynamic --served-model-name r1 "
        "--dtype bfloat16 --generation-config vllm --max-model-len 32768 "
        "--gpu-memory-utilization 0.949 --max-num-seqs 128 --max-num-batched-tokens 8192 "
        "--tensor-parallel-size 2 --enable-prefix-caching --enable-chunked-prefill "
        "--reasoning-parser deepseek_r1 --enable-prompt-tokens-details --no-enable-log-requests "
        "--disable-uvicorn-access-log --disable-fastapi-docs "
    )


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({"quantization": "fp8_per_tensor"}, "--quantization fp8_per_tensor "),
        ({"revision": "abc123"}, "--revision abc123 "),
        ({"dtype": "float16"}, "--dtype float16 "),
        (
            {"pipeline_parallel": 2},
            "--pipeline-parallel-size 2 --distributed-executor-backend ray ",
        ),
    ],
)
def test_an_argument_is_there_only_where_it_is_needed(changes, there):
    assert there in command(replace(FIT, **changes))
    assert there not in command(FIT)


def test_a_model_that_does_not_think_has_no_parser():
    assert "--reasoning-parser" not in command(replace(FIT, reasoning_parser=None))


def test_the_users_own_arguments_come_last():
    assert command(FIT, "--max-num-seqs", "4").endswith(" --max-num-seqs 4 ")


def test_no_share_of_a_card_is_asked_for_on_a_processor():
    assert "--gpu-memory-utilization" not in command(PROCESSOR)


def test_a_processor_keeps_its_cache_in_small_blocks_that_short_prompts_fill():
    assert "--block-size 32 " in command(PROCESSOR)
    assert "--block-size" not in command(FIT)


def test_the_environment_of_cards_shows_only_those_that_were_chosen():
    assert vllm_environment(FIT) == {
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_LOGGING_COLOR": "0",
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        "CUDA_VISIBLE_DEVICES": "1,3",
    }


def test_the_environment_of_a_processor_sets_its_cache_in_whole_gib():
    added = vllm_environment(PROCESSOR)
    assert added["VLLM_CPU_KVCACHE_SPACE"] == "2"
    assert "CUDA_VISIBLE_DEVICES" not in added


def test_ray_chooses_the_cards_of_several_machines_itself():
    assert "CUDA_VISIBLE_DEVICES" not in vllm_environment(replace(FIT, pipeline_parallel=2))


def test_weights_that_are_here_keep_the_server_off_the_hub(tmp_path):
    assert vllm_environment(replace(FIT, repository=str(tmp_path)))["HF_HUB_OFFLINE"] == "1"
    assert "HF_HUB_OFFLINE" not in vllm_environment(FIT)
