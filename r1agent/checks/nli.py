"""A small cross-encoder for natural language inference, where one is on this machine."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from r1agent.checks.judging import Ask, Judgement
from r1agent.errors import SettingsError

DEFAULT_NLI_MODEL = "cross-encoder/nli-deberta-v3-small"
"""A cross-encoder of sentence-transformers, trained on SNLI and MultiNLI; Apache-2.0."""
Relation = Literal["supported", "contradicted", "neither"]
_NAMES: tuple[tuple[str, Relation], ...] = (
    ("entail", "supported"),
    ("contradict", "contradicted"),
    ("neutral", "neither"),
)


class NliJudge:
    """Judge with a cross-encoder that reads quotes and sentence together.

    Args:
        name: A folder, or a name that the local Hugging Face cache holds; nothing is fetched.
        backend: `torch`, or `onnx` or `openvino` where the model comes with such weights.
    """

    supports_at = 0.5
    contradicts_at = 0.5

    def __init__(
        self, name: str, *, backend: Literal["torch", "onnx", "openvino"] = "torch"
    ) -> None:
        self.name = name
        self.backend = backend
        self._loaded: tuple[Any, dict[Relation, int]] | None = None
        self._lock = threading.Lock()

    @property
    def method(self) -> str:
        """How entailment is judged, in the words of the audit."""
        return f"NLI model {Path(self.name).name}"

    def judge(self, premise: str, claim: str, *, ask: Ask | None = None) -> Judgement:
        """Return the model's probabilities for one pair.

        Raises:
            SettingsError: The model cannot be loaded, or does not say what its labels are.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self.name, self.backend)
        model, places = self._loaded
        scores = model.predict([(premise, claim)], apply_softmax=True, show_progress_bar=False)[0]
        return Judgement(float(scores[places["supported"]]), float(scores[places["contradicted"]]))


def load_nli(name: str | None = None) -> NliJudge | None:
    """Return a judge where its model is on this machine; weights are read when it first judges.

    Args:
        name: A folder or a name; None takes `DEFAULT_NLI_MODEL`.
    """
    wanted = name or DEFAULT_NLI_MODEL
    return NliJudge(wanted) if is_present(wanted) else None


def is_present(name: str) -> bool:
    """Tell whether sentence-transformers is installed and the model here, without any network."""
    if find_spec("sentence_transformers") is None:
        return False
    if Path(name).expanduser().is_dir():
        return (Path(name).expanduser() / "config.json").is_file()
    return any(_snapshots(name))


def _snapshots(name: str) -> list[Path]:
    """List what the Hugging Face cache holds of a model; both files must have come whole."""
    from huggingface_hub.constants import HF_HUB_CACHE

    cache = Path(os.environ.get("HF_HUB_CACHE", HF_HUB_CACHE))
    folder = cache / f"models--{name.replace('/', '--')}" / "snapshots"
    held = folder.glob("*/config.json")
    return [one.parent for one in held if any(one.parent.glob("**/*.safetensors"))]


def _load(
    name: str, backend: Literal["torch", "onnx", "openvino"]
) -> tuple[Any, dict[Relation, int]]:
    from r1agent_indexes.embed import without_bars

    folder = Path(name).expanduser()
    try:
        with without_bars():
            from sentence_transformers import CrossEncoder

            model = CrossEncoder(
                str(folder) if folder.is_dir() else name, local_files_only=True, backend=backend
            )
    except (OSError, ValueError, ImportError) as error:
        reason = (str(error).strip() or repr(error)).splitlines()[0][:200]
        raise SettingsError(
            f"The NLI model {name!r} cannot be loaded ({reason}). Name a folder that holds a "
            "sentence-transformers cross-encoder with `nli_model`, or set `entailment` to "
            "'floors'."
        ) from None
    return model, label_places(model.config.id2label, name)


def label_places(labels: Mapping[int, str], name: str) -> dict[Relation, int]:
    """Return where each relation stands among the scores, by the model's own labels.

    Raises:
        SettingsError: A label for entailment or contradiction is missing.
    """
    places: dict[Relation, int] = {}
    for place, label in labels.items():
        for beginning, relation in _NAMES:
            if label.lower().startswith(beginning):
                places[relation] = int(place)
    if {"supported", "contradicted"} <= places.keys():
        return places
    raise SettingsError(
        f"The NLI model {name!r} has the labels {', '.join(map(str, labels.values()))}; wanted "
        "entailment and contradiction among them. Name another one with `nli_model`."
    )
