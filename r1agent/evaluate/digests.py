"""What tells the data of one evaluation from those of another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path

from langchain_core.embeddings import Embeddings

from r1agent.evaluate.task import Example, Task
from r1agent_indexes.embed import identity_of

_LENGTH = 16
_INDEX, _MANIFEST = "papers.sqlite", "manifest.json"


def data_digest(task: Task, examples: Sequence[Example]) -> str:
    """Return what stands for the examples, and for the files and options that the task names."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(json.dumps(asdict(example), sort_keys=True, default=str).encode() + b"\n")
    for name, value in _options(task):
        said = files_digest(value) if isinstance(value, Path) else _said(value)
        digest.update(f"{name} {said}\n".encode(errors="surrogatepass"))
    return digest.hexdigest()[:_LENGTH]


def task_key(task: Task, openings: Sequence[str]) -> str:
    """Return what stands for a task and the names of its models, before anything is read."""
    given = [(name, _said(value)) for name, value in _options(task)]
    key = f"{Path.cwd()} {task.name} {given} {openings}"
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:_LENGTH]


def files_digest(path: Path) -> str:
    """Return what stands for the content of a file, or for names and content of a folder.

    Hidden files do not count, nor do reports of evaluations, which stand beside their outputs. An
    index of papers counts by its manifest: its database changes where it is only read.
    """
    digest = hashlib.sha256()
    for file in _files(path.expanduser()):
        name = file.relative_to(path.expanduser())
        digest.update(f"{name}\n".encode(errors="surrogatepass"))
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()[:_LENGTH]


def outputs_beside(report: Path) -> Path:
    """Return the folder of the outputs that a report was made of."""
    return report.with_name(f".{report.name}.work")


def data_name(task: Task) -> str:
    """Return the name of what the task reads; empty where it brings its own data."""
    paths = (value for _, value in _options(task) if isinstance(value, Path))
    return next((path.expanduser().absolute().name for path in paths), "")


def _options(task: Task) -> Iterator[tuple[str, object]]:
    """Yield what a task was given: paths, plain values, and the models that it embeds with."""
    if not is_dataclass(task):
        return
    for field in fields(task):
        value = getattr(task, field.name)
        is_plain = isinstance(value, Path | str | int | float | bool | tuple | None)
        if isinstance(value, Embeddings) or (is_plain and field.init and field.compare):
            yield field.name, value


def _said(value: object) -> str:
    return identity_of(value) if isinstance(value, Embeddings) else repr(value)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if (path / _INDEX).is_file():
        return [path / _MANIFEST] if (path / _MANIFEST).is_file() else []
    found = (file for file in sorted(path.rglob("*")) if file.is_file())
    return [file for file in found if not _is_hidden(file.relative_to(path), file)]


def _is_hidden(within: Path, file: Path) -> bool:
    is_report = outputs_beside(file).is_dir()
    return is_report or any(part.startswith(".") for part in within.parts)
