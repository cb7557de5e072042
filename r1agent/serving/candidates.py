"""The weights a server could be started with: of the registry, of a folder, of the model hub."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from r1agent.errors import WeightsError
from r1agent.models.registry import ModelEntry, find_model, list_models
from r1agent.models.shape import Precision, Shape, Weights
from r1agent.serving.hub_weights import described_on_hub, is_repository
from r1agent.serving.weight_folder import (
    FolderDescription,
    described,
    hub_folder,
    weights_folder,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Weights in one precision, and what their server needs to know."""

    model: str
    weights: Weights
    shape: Shape
    context: int
    """The longest the model was made for, in tokens."""
    reasoning_parser: str | None
    score: float = 0.0
    """By which models are ranked; 0 where only one is looked at."""
    folder: Path | None = None
    """Where the weights lie on this machine; None: vLLM fetches them."""

    @property
    def precision(self) -> Precision:
        """How the weights are kept on the card."""
        return self.weights.precision


def all_candidates(cache: Path | None = None) -> list[Candidate]:
    """Return every model of the registry that vLLM serves, in every precision.

    Args:
        cache: Where `r1agent models pull` keeps weights; None is the usual place.
    """
    return [candidate for entry in list_models() for candidate in _of_entry(entry, cache)]


def candidates_of(
    model: str, cache: Path | None = None, *, ask_hub: bool = True
) -> list[Candidate]:
    """Return a model in every precision there is.

    Args:
        model: A name of the registry, a folder of safetensors, or a hub repository.
        cache: As for `all_candidates`.
        ask_hub: Whether the hub may be asked about a repository that nobody here knows.

    Raises:
        WeightsError: No such model, or its description cannot be read.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _of_description(model, described(folder), folder)
    if "/" in model:
        return _of_repository(model, cache, ask_hub=ask_hub)
    entry = find_model(model)
    if entry.shape is None:
        raise WeightsError(
            f"{model!r} is a file for the embedded engine, and vLLM serves folders of safetensors. "
            f"It serves {_served_names()}."
        )
    return _of_entry(entry, cache)


# What R1 and its distills need: schemas apply after `</think>`, and thoughts can be budgeted.
_R1_PARSER = "deepseek_r1"


def _of_entry(entry: ModelEntry, cache: Path | None) -> list[Candidate]:
    if entry.shape is None:
        return []
    found = []
    for weights in entry.weights:
        candidate = Candidate(
            model=entry.name,
            weights=weights,
            shape=entry.shape,
            context=entry.context,
            reasoning_parser=_R1_PARSER if entry.reasoning else None,
            score=entry.gpqa_diamond or 0.0,
            folder=weights_folder(entry, weights, cache),
        )
        found.append(candidate)
        if candidate.folder is not None:  # others are better fetched as they are published
            found += _shrunk_while_loading(candidate)
    return found


def _of_repository(model: str, cache: Path | None, *, ask_hub: bool) -> list[Candidate]:
    known = [one for one in all_candidates(cache) if one.weights.repository == model]
    if known:
        return [replace(candidate, model=model) for candidate in known]
    folder = hub_folder(model)
    if folder is not None:
        return _of_description(model, described(folder), folder)
    if not (ask_hub and is_repository(model)):
        raise WeightsError(
            f"There is no folder {model!r} on this machine, and no weights of that name in the "
            f"hub's cache. Name a folder of safetensors, or one of {_served_names()}."
        )
    return _of_description(model, described_on_hub(model), None)


def _of_description(
    model: str, description: FolderDescription, folder: Path | None
) -> list[Candidate]:
    candidate = Candidate(
        model=model,
        weights=Weights(description.precision, str(folder or model), description.size),
        shape=description.shape,
        context=description.context,
        reasoning_parser=description.reasoning_parser,
        folder=folder,
    )
    if description.has_experts:  # the shape does not tell how many weights those are
        return [candidate]
    return [candidate, *_shrunk_while_loading(candidate)]


def _shrunk_while_loading(candidate: Candidate) -> Iterable[Candidate]:
    """Yield 16-bit weights as vLLM makes 8-bit floats of them while it loads, layer by layer."""
    if candidate.precision == "bf16":
        size = candidate.weights.size - candidate.shape.linear_parameters
        weights = Weights("fp8", candidate.weights.repository, size, "fp8_per_tensor")
        yield replace(candidate, weights=weights)


def _served_names() -> str:
    return ", ".join(f"`{entry.name}`" for entry in list_models() if entry.shape)
