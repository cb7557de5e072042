"""What vLLM does while it starts is told in words, from lines that vLLM 0.32 wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.serving.server_log import LogReader, end_of, stage_of

ENGINE = "(EngineCore pid=8314) INFO 11-22 12:00:39 "
WORKER = "(Worker pid=9106) INFO 11-22 12:02:24 "


@pytest.mark.parametrize(
    ("line", "stage"),
    [
        (
            "(APIServer pid=7) INFO 11-22 11:57:53 [api_utils.py:347]  ▄▄ ▄█ █     █     █ ▀▄▀ █  "
            "version 0.32.0",
            "vLLM 0.32.0 is starting",
        ),
        (
            "(APIServer pid=7) INFO 11-22 11:59:06 [model.py:733] Resolved architecture: "
            "LlamaForCausalLM",
            "reading the configuration of a LlamaForCausalLM",
        ),
        (
            "model-00001-of-000004.safetensors:  12%|█▏   | 1.03G/8.61G [00:31<03:45, 33.7MB/s]",
            "downloading model-00001-of-000004.safetensors, 12 %",
        ),
        (
            "Fetching 4 files:  25%|██▌       | 1/4 [00:10<00:30]",
            "downloading weights, file 1 of 4",
        ),
        (
            f"{ENGINE}[core.py:133] Initializing a V1 LLM engine (v0.32.0) with config: model='/w'",
            "starting the engine",
        ),
        (f"{WORKER}[cpu_model_runner.py:68] Starting to load model /w...", "loading weights"),
        (
            "Loading safetensors checkpoint shards:  50% Completed | 1/2 [00:09<00:09,  9.18s/it]",
            "loading weights, shard 1 of 2",
        ),
        (
            f"{WORKER}[default_loader.py:501] Loading weights took 9.25 seconds",
            "weights are loaded",
        ),
        (
            f"{WORKER}[cpu_model_runner.py:87] Warming up model for the compilation...",
            "compiling",
        ),
        (f"{ENGINE}[monitor.py:40] Starting torch.compile", "compiling"),
        (
            f"{ENGINE}[kv_cache_utils.py:2327] CPU KV cache size: 46,592 tokens, Maximum "
            "concurrency for 2,048 tokens per request: 22.75x",
            "room for 46,592 tokens in the KV cache",
        ),
        (
            "Capturing CUDA graphs (mixed prefill-decode, PIECEWISE):  47%|████▋     | 9/19",
            "capturing CUDA graphs, 47 %",
        ),
        ("INFO:     Application startup complete.", "ready"),
    ],
)
def test_a_telling_line_has_its_stage(line: str, stage: str) -> None:
    assert stage_of(line) == stage


@pytest.mark.parametrize(
    "line",
    [
        "(APIServer pid=7) WARNING 11-22 12:19:38 [vllm.py:1703] Enforce eager set, disabling "
        "torch.compile, CUDAGraphs, and JIT kernel warmup.",
        f"{ENGINE}[shm_broadcast.py:871] No available shared memory broadcast block found",
        "Triton is installed, but doesn't include CPU backend. Disabling Triton.",
        "",
    ],
)
def test_other_lines_have_none(line: str) -> None:
    assert stage_of(line) is None


def test_the_stage_is_that_of_the_last_telling_line(tmp_path: Path) -> None:
    log = tmp_path / "vllm.log"
    log.write_bytes(b"")
    reader = LogReader(log)
    assert reader.stage() == "starting vLLM"
    with log.open("a") as more:
        more.write(
            "Fetching 4 files:  25%| | 1/4\rFetching 4 files:  50%| | 2/4\rnothing\nhalf a l"
        )
    assert reader.stage() == "downloading weights, file 2 of 4"
    with log.open("a") as more:
        more.write("ine\n")
    assert reader.stage() == "downloading weights, file 2 of 4"


@given(st.lists(st.binary(max_size=30), max_size=8))
def test_a_log_read_in_pieces_tells_what_it_tells_at_once(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    log = tmp_path_factory.mktemp("log") / "vllm.log"
    log.write_bytes(b"")
    in_pieces = LogReader(log)
    for piece in [b"Loading weights took 9 seconds", *pieces, b"\nFetching 9 files: | 4/9 \n"]:
        with log.open("ab") as more:
            more.write(piece)
        last = in_pieces.stage()
    assert last == LogReader(log).stage() == "downloading weights, file 4 of 9"


def test_the_end_of_a_log_starts_where_it_is_told_to(tmp_path: Path) -> None:
    log = tmp_path / "vllm.log"
    log.write_bytes(b"before\nafter \xff\n")
    assert end_of(log, 7) == "after �\n"
