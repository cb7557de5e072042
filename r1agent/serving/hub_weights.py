"""What the model hub says of weights that are not on this machine, before they are fetched."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from r1agent.errors import WeightsError
from r1agent.models.hub import fetch_folder, is_offline, list_folder
from r1agent.models.progress import Ticker
from r1agent.models.ranged import SourceError
from r1agent.models.registry import ModelEntry
from r1agent.serving.weight_folder import FolderDescription, described

# Small files, and all that is read: `</think>` must be a token of the last.
_DESCRIBING = {
    "chat_template.jinja",
    "chat_template.json",
    "config.json",
    "tokenizer_config.json",
    "tokenizer.json",
}


def is_repository(name: str) -> bool:
    """Say whether a name can be that of a hub repository: owner and name."""
    return re.fullmatch(r"[A-Za-z0-9][\w.-]*/[\w.-]+", name) is not None


def described_on_hub(repository: str, *, timeout: float = 5.0) -> FolderDescription:
    """Read what a server's memory depends on from a repository's small files.

    Args:
        repository: As owner/name.
        timeout: Seconds to wait for the hub's first answer.

    Raises:
        WeightsError: The hub is out of reach or forbidden, or has no such weights.
    """
    if is_offline():
        raise WeightsError(
            f"{repository!r} is not on this machine, and `HF_HUB_OFFLINE` forbids the hub. Unset "
            "it, or name a folder of weights."
        )
    entry = _entry(repository)
    try:
        files = list_folder(entry, timeout=timeout)
        describing = [file for file in files if file.path in _DESCRIBING]
        size = sum(file.checksum.size for file in files if file.path.endswith(".safetensors"))
        with TemporaryDirectory(prefix="r1agent-") as folder:
            quiet = Ticker(repository, None)
            fetch_folder(entry, describing, Path(folder), quiet, timeout=timeout)
            return described(Path(folder), size=size, name=repository)
    except SourceError as error:
        raise WeightsError(
            f"{repository!r} is not on this machine, and the hub does not tell of it: {error}. "
            "Name a folder of weights, or a model of `r1agent models list`."
        ) from error


def _entry(repository: str) -> ModelEntry:
    return ModelEntry(
        name=repository,
        description="",
        repository=repository,
        licence="",
        parameters=0,
        context=0,
        temperature=0.0,
        top_p=1.0,
    )
