"""A machine with cards and weights, as far as programs look: a driver's library and folders."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

GB = 1_000_000_000
_LIBRARY = '''\
"""Stands for NVIDIA's `pynvml`."""
from types import SimpleNamespace

SIZES = {sizes!r}
FAILS_WITH = {fails_with!r}


class NVMLError(Exception):
    def __init__(self, value):
        super().__init__("told by the driver")
        self.value = value


def nvmlInit():
    if FAILS_WITH is not None:
        raise NVMLError(FAILS_WITH)


def nvmlShutdown():
    pass


def nvmlDeviceGetCount():
    return len(SIZES)


def nvmlDeviceGetHandleByIndex(index):
    return index


def nvmlDeviceGetName(handle):
    return "Made Card"


def nvmlDeviceGetUUID(handle):
    return f"GPU-{{handle}}"


def nvmlDeviceGetMemoryInfo(handle):
    return SimpleNamespace(total=SIZES[handle], free=SIZES[handle])


def nvmlDeviceGetCudaComputeCapability(handle):
    return (9, 0)
'''
_CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "dtype": "bfloat16",
    "head_dim": 64,
    "hidden_size": 576,
    "intermediate_size": 1536,
    "max_position_embeddings": 32768,
    "model_type": "llama",
    "num_attention_heads": 9,
    "num_hidden_layers": 30,
    "num_key_value_heads": 3,
    "vocab_size": 49152,
}


def make_driver(folder: Path, *gigabytes: float, fails_with: int | None = None) -> Path:
    """Write a `pynvml.py` that tells of cards of these sizes; return its folder, for the path."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [round(size * GB) for size in gigabytes]
    (folder / "pynvml.py").write_text(_LIBRARY.format(sizes=sizes, fails_with=fails_with))
    return folder


def use_driver(monkeypatch: pytest.MonkeyPatch, driver: Path) -> None:
    """Have this process find the cards of a made driver, for one test."""
    monkeypatch.syspath_prepend(str(driver))
    # Set and then deleted, so that what was there comes back, also where that was nothing.
    monkeypatch.setitem(sys.modules, "pynvml", sys)
    monkeypatch.delitem(sys.modules, "pynvml")


def make_weights(folder: Path) -> Path:
    """Write a folder of weights that is whole as far as it can be seen without loading it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(_CONFIG))
    (folder / "model.safetensors").write_bytes(b"\0" * 1000)
    return folder


def make_hub_cache(folder: Path, repository: str) -> Path:
    """Write a cache of the model hub that holds one repository; return it for `HF_HUB_CACHE`."""
    home = folder / f"models--{repository.replace('/', '--')}"
    make_weights(home / "snapshots" / "abc")
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text("abc")
    return folder
