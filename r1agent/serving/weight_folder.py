"""Folders of weights on this machine: where they are, and what their files say."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from r1agent.errors import WeightsError
from r1agent.models.registry import ModelEntry
from r1agent.models.shape import Precision, Shape, Weights, precision_of, shape_of
from r1agent.models.weights import model_path


@dataclass(frozen=True, slots=True)
class FolderDescription:
    """What the files of a folder say about the model in it."""

    shape: Shape
    precision: Precision
    size: int
    """Bytes of the weights."""
    context: int
    reasoning_parser: str | None
    has_experts: bool


def described(
    folder: Path, *, size: int | None = None, name: str | None = None
) -> FolderDescription:
    """Read what a server's memory depends on.

    Args:
        folder: The small files, and the weights if no `size` is given.
        size: Bytes of the weights, where these are elsewhere.
        name: What to call it in messages; None: by its path.

    Raises:
        WeightsError: It is not a folder of safetensors with a `config.json`.
    """
    name = name or str(folder)
    config = _config(folder, name)
    if size is None:
        size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    if not size:
        raise WeightsError(
            f"There are no weights in {name!r}: wanted `*.safetensors` beside its `config.json`. "
            "Name the folder or repository that holds them."
        )
    try:
        return FolderDescription(
            shape=shape_of(config),
            precision=precision_of(config),
            size=size,
            context=config["max_position_embeddings"],
            reasoning_parser=_reasoning_parser(folder),
            has_experts="num_experts" in config or "n_routed_experts" in config,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise WeightsError(
            f"The `config.json` of {name!r} is not that of a language model vLLM could serve: "
            f"{error} is missing or of another form. Name another model."
        ) from error


def weights_folder(entry: ModelEntry, weights: Weights, cache: Path | None) -> Path | None:
    """Return where these weights lie on this machine, pulled by r1agent or by the hub's tools."""
    pulled = model_path(entry.name, cache=cache) if weights.repository == entry.repository else None
    return pulled or hub_folder(weights.repository)


def hub_folder(repository: str) -> Path | None:
    """Return the repository's folder in the hub's cache, if all its weights are there."""
    home = _hub_cache() / f"models--{repository.replace('/', '--')}"
    try:
        commit = (home / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    folder = home / "snapshots" / commit
    return folder if _is_whole(folder) else None


def _hub_cache() -> Path:
    """Return the folder the hub's own tools use."""
    named = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("HF_HOME")
    if home:
        return Path(home).expanduser() / "hub"
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "huggingface" / "hub"


def _is_whole(folder: Path) -> bool:
    if not (folder / "config.json").is_file():
        return False
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return (folder / "model.safetensors").is_file()
    try:
        files = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, AttributeError):
        return False
    return all((folder / file).is_file() for file in files)


def _config(folder: Path, name: str) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"The `config.json` of {name!r} cannot be read ({error}). Wanted safetensors with "
            "their `config.json`, as the model hub has them."
        ) from error
    if not isinstance(config, dict):
        raise WeightsError(f"The `config.json` of {name!r} is no object. Name another model.")
    return config


def _reasoning_parser(folder: Path) -> str | None:
    """Return the name of vLLM's parser; None where `</think>` is no token, which it needs."""
    vocabulary = _text(folder, "tokenizer.json", "tokenizer_config.json")
    if '"</think>"' not in vocabulary:
        return None
    template = _text(folder, "tokenizer_config.json", "chat_template.jinja", "chat_template.json")
    # Qwen's own models can be told not to think, and then never write the tag.
    return "qwen3" if "enable_thinking" in template else "deepseek_r1"


def _text(folder: Path, *names: str) -> str:
    paths = [folder / name for name in names]
    return "".join(
        path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file()
    )
