"""The data sets known by name, read from `datasets.toml`, and which of them are on this machine."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from r1agent.evaluate.errors import EvaluationError

RECORD = "fetched.json"
"""What is written last into the folder of a data set: its source, and the size of each file."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of a data set, at its source."""

    url: str
    file: str
    """Its name here."""
    sha256: str
    size: int | None = None
    """Bytes; None where nobody states them."""
    members: Mapping[str, str] = field(default_factory=dict)
    """Of an archive: what is taken out of it, and under which name."""

    @property
    def names(self) -> tuple[str, ...]:
        """What is there once it is fetched."""
        return tuple(self.members.values()) or (self.file,)


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is known about a data set before it is fetched."""

    name: str
    title: str
    task: str
    """The task of `r1agent eval` that reads it."""
    licence: str
    homepage: str
    read: str
    """What that task is given, within the folder."""
    files: tuple[DataFile, ...]

    @property
    def size(self) -> int | None:
        """Bytes to fetch; None where they are not known."""
        sizes = [file.size for file in self.files if file.size is not None]
        return sum(sizes) if len(sizes) == len(self.files) else None

    def held(self, within: Path) -> Path | None:
        """Return what the task is given, where all of it was fetched to `within` and checked."""
        folder = within / self.name
        try:
            record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            checked = dict(record["sha256"])
            sizes = {name: (folder / name).stat().st_size for name in record["sizes"]}
        except (OSError, ValueError, TypeError, KeyError):
            return None
        whole = sizes == record["sizes"] and checked == self.checksums
        return folder / self.read if whole else None

    @property
    def checksums(self) -> dict[str, str]:
        """The SHA-256 of each file at its source, by its address."""
        return {file.url: file.sha256 for file in self.files}


def list_datasets() -> list[Dataset]:
    """Return every data set that is known."""
    return list(_datasets())


def find_dataset(name: str) -> Dataset:
    """Return the data set called `name`.

    Raises:
        EvaluationError: There is none; the nearest known name is given.
    """
    known = {dataset.name: dataset for dataset in list_datasets()}
    if name in known:
        return known[name]
    nearest = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    hint = f"Did you mean `{nearest[0]}`?" if nearest else f"There are {', '.join(known)}."
    raise EvaluationError(f"No data set is called {name!r}. {hint} `r1agent eval datasets`.")


@cache
def _datasets() -> tuple[Dataset, ...]:
    text = files("r1agent.evaluate").joinpath("datasets.toml").read_text(encoding="utf-8")
    return tuple(_dataset(row) for row in tomllib.loads(text)["dataset"])


def _dataset(row: Mapping[str, Any]) -> Dataset:
    return Dataset(**{**row, "files": tuple(DataFile(**one) for one in row["files"])})
