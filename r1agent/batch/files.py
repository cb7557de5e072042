"""The files of a batch: answers, and beside them failures, one JSON object a line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from r1agent.batch.budget import NOTHING, Spent
from r1agent.batch.items import BatchError, BatchItem

_BEGINNING = b'{"id"'


@dataclass(frozen=True, slots=True)
class Todo:
    """Which questions a call has to ask, and how many it passes over."""

    items: tuple[BatchItem, ...]
    answered: int
    """Questions that an earlier call answered."""
    failed: int
    """Questions that failed in an earlier call, and are not asked again."""


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier calls left of a job."""

    finished: frozenset[str] = frozenset()
    """Ids of the questions that are answered."""
    failed: frozenset[str] = frozenset()
    """Ids of those that failed and are not answered."""
    spent: Spent = NOTHING

    def todo(self, items: Sequence[BatchItem], *, retry_failed: bool) -> Todo:
        """Return what is left to do; what failed before is left only where it is to be retried."""
        unanswered = [item for item in items if item.id not in self.finished]
        left = [item for item in unanswered if retry_failed or item.id not in self.failed]
        return Todo(tuple(left), len(items) - len(unanswered), len(unanswered) - len(left))


def read_before(out: Path, items: Iterable[BatchItem]) -> Before:
    """Read what is done, a line at a time; a last line that a kill tore is passed over.

    Raises:
        BatchError: `out` holds something else than the answers to these questions.
    """
    require_folder(out)
    asked = {item.id: item.question for item in items}
    spent = NOTHING
    finished: set[str] = set()
    for line in _lines(out):
        if asked.get(line["id"], line["question"]) != line["question"]:
            raise BatchError(
                f"{str(out)!r} answers another question under the id {line['id']!r}. "
                "Name another output file, or begin anew with `--no-resume`."
            )
        finished.add(line["id"])
        spent |= Spent.read(line)
    failed: set[str] = set()
    for line in _lines(failures_path(out)):
        spent |= Spent.read(line)
        if line["id"] not in finished and asked.get(line["id"]) == line["question"]:
            failed.add(line["id"])
    return Before(frozenset(finished), frozenset(failed), spent)


def cut_torn_lines(out: Path) -> None:
    """Cut off the last line of each file where a kill tore it; nobody else may be writing."""
    for path in (out, failures_path(out)):
        if path.exists():
            with path.open("rb+") as file:
                whole = sum(len(line) for line in file if line.endswith(b"\n"))
                file.truncate(whole)


def tidy_failures(out: Path, finished: Iterable[str] = ()) -> None:
    """Leave in the list of failures the last line of each question that `out` does not answer.

    The new list takes the old one's place at once, so that a kill loses neither.

    Args:
        out: The file of the answers.
        finished: Ids that `out` answers.
    """
    path = failures_path(out)
    answered = set(finished)
    left = {line["id"]: line for line in _lines(path) if line["id"] not in answered}
    if not left:
        path.unlink(missing_ok=True)
        return
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.writelines(map(_as_bytes, left.values()))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def append(path: Path, line: Mapping[str, Any]) -> None:
    """Append a line, so that it is there also after a power cut."""
    with path.open("ab") as file:
        file.write(_as_bytes(line))
        file.flush()
        os.fsync(file.fileno())


def remove_files(out: Path) -> None:
    """Remove the answers and the failures of an earlier job, the answers last."""
    failures_path(out).unlink(missing_ok=True)
    out.unlink(missing_ok=True)


def require_folder(out: Path) -> None:
    """Raise `BatchError` where the folder of `out` is missing or `out` is no file."""
    if not out.parent.is_dir():
        raise BatchError(
            f"No folder {str(out.parent)!r} for the answers. Make it, or name another."
        )
    if out.exists() and not out.is_file():
        raise BatchError(f"{str(out)!r} is no file. Name a file for the answers.")


def failures_path(out: Path) -> Path:
    """Return where the failures of a batch are listed: `answers.failed.jsonl`."""
    return out.with_name(f"{out.name.removesuffix('.jsonl')}.failed.jsonl")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of ours; a last line may be torn."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                if line[: len(_BEGINNING)] != _BEGINNING[: len(line)]:
                    raise _not_ours(path)
            elif line.strip():
                yield _parsed(line, path)


def _parsed(line: bytes, path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(line)
        return found | {"id": str(found["id"]), "question": str(found["question"])}
    except (ValueError, KeyError, TypeError):
        raise _not_ours(path) from None


def _not_ours(path: Path) -> BatchError:
    return BatchError(
        f"{str(path)!r} holds something else than the answers of a batch, so nothing was "
        "written to it. Name another file."
    )


def _as_bytes(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=True).encode() + b"\n"
