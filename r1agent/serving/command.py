"""The command and the environment that start vLLM for a fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from r1agent.serving.fit import Fit
from r1agent.serving.memory import GIB, SEQUENCES


def vllm_command(
    python: Path,
    fit: Fit,
    *,
    host: str,
    port: int,
    served_name: str,
    extra: Sequence[str] = (),
) -> list[str]:
    """Return the command that serves a fit, one argument an item.

    The key that clients must show is not in it: vLLM reads `VLLM_API_KEY`.

    Args:
        python: The interpreter of the environment vLLM is in.
        fit: What to serve.
        host: Address to listen on.
        port: Port to listen on.
        served_name: What clients call the model.
        extra: Arguments of the user's own; vLLM takes the last of two that say the same.
    """
    return [
        str(python),
        # The script `vllm` looks for a distribution of that name; builds for CPUs have another.
        *("-m", "vllm.entrypoints.openai.api_server"),
        *("--host", host, "--port", str(port)),
        *_model(fit, served_name),
        *_memory(fit),
        *_parallelism(fit),
        *_requests(fit),
        *extra,
    ]


def vllm_environment(fit: Fit) -> dict[str, str]:
    """Return what is to be added to the environment of that command; no secrets."""
    return {
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_LOGGING_COLOR": "0",
        **({"HF_HUB_OFFLINE": "1"} if fit.is_local else {}),
        **(_processor(fit) if fit.device == "cpu" else _cards(fit)),
    }


def _model(fit: Fit, served_name: str) -> list[str]:
    arguments = ["--model", fit.repository, "--served-model-name", served_name]
    if fit.revision:
        arguments += ["--revision", fit.revision]
    if fit.quantization:
        arguments += ["--quantization", fit.quantization]
    # Sampling is the client's to say: a model's own file would change answers behind its back.
    return [*arguments, "--dtype", fit.dtype, "--generation-config", "vllm"]


def _memory(fit: Fit) -> list[str]:
    arguments = ["--max-model-len", str(fit.context)]
    if fit.device == "cuda":
        arguments += ["--gpu-memory-utilization", f"{fit.memory_share:.3f}"]
    else:  # only whole blocks are found again in the prefix cache; 128 tokens would be usual here
        arguments += ["--block-size", "32"]
    batched = str(fit.batched_tokens)
    return [*arguments, "--max-num-seqs", str(SEQUENCES), "--max-num-batched-tokens", batched]


def _parallelism(fit: Fit) -> list[str]:
    arguments = ["--tensor-parallel-size", str(fit.tensor_parallel)]
    if fit.pipeline_parallel > 1:
        arguments += ["--pipeline-parallel-size", str(fit.pipeline_parallel)]
        arguments += ["--distributed-executor-backend", "ray"]
    return arguments


def _requests(fit: Fit) -> list[str]:
    arguments = ["--enable-prefix-caching", "--enable-chunked-prefill"]
    if fit.reasoning_parser:
        # With it vLLM also honours `thinking_token_budget`, and a schema applies after `</think>`.
        arguments += ["--reasoning-parser", fit.reasoning_parser]
    # Tells in each reply how much of its prompt was cached; what is asked stays out of the log.
    return [
        *arguments,
        "--enable-prompt-tokens-details",
        "--no-enable-log-requests",
        "--disable-uvicorn-access-log",
        "--disable-fastapi-docs",
    ]


def _processor(fit: Fit) -> dict[str, str]:
    return {
        "VLLM_CPU_KVCACHE_SPACE": str(math.ceil(fit.kv_bytes / GIB)),
        "VLLM_CPU_OMP_THREADS_BIND": "auto",
    }


def _cards(fit: Fit) -> dict[str, str]:
    """Show vLLM the chosen cards, counted as the driver counts; Ray chooses its own."""
    if fit.pipeline_parallel > 1 or not fit.cards:
        return {}
    visible = ",".join(map(str, fit.cards))
    return {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": visible}
