"""The file that keeps the work on a review: where it is, who may write it, what it began with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from r1agent.batch.files import require_folder
from r1agent.review.outline import KIND, Outline, ReviewError
from r1agent.review.wanted import Wanted


def work_path(out: Path) -> Path:
    """Return where the work on a review is kept: `.review.work.jsonl` beside it.

    It is the same file for all formats, so that another one costs no question.
    """
    return out.with_name(f".{out.stem}.work.jsonl")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let no other process work on the same review meanwhile.

    Raises:
        ReviewError: Another one does.
        BatchError: There is no folder for the file.
    """
    require_folder(path)
    try:
        with FileLock(path.with_name(f"{path.name}.lock"), timeout=0):
            yield
    except Timeout:
        raise ReviewError(
            f"Another r1agent is at work on {str(path)!r}. Wait for it, or name another output "
            "file."
        ) from None


def kept_outline(path: Path, wanted: Wanted) -> Outline | None:
    """Return the outline that a work file begins with, or None where there is no whole one.

    Args:
        path: The work file.
        wanted: What was asked for now.

    Raises:
        ReviewError: The file is of another review, or of something else.
    """
    job = _job(path)
    if job is None:
        return None
    try:
        outline = Outline.from_json(job) if job.get("kind") == KIND else None
    except ValueError:
        outline = None
    if outline is None:
        raise ReviewError(
            f"{str(path)!r} is not what r1agent keeps of a review. Move it away, or name another "
            "output file."
        )
    for what, kept, asked in (
        ("topic", outline.topic, wanted.subject),
        ("filter", outline.where, wanted.within),
    ):
        if kept != asked:
            raise ReviewError(
                f"{str(path)!r} keeps a review with the {what} {kept!r}, not {asked!r}. Name "
                "another output file, or begin this one anew with `--no-resume`."
            )
    return outline


def _job(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    with path.open("rb") as file:
        line = file.readline()
    if not line.endswith(b"\n"):
        return None  # a kill tore it; nothing was answered yet
    try:
        job = json.loads(line)["job"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return job if isinstance(job, dict) else {}
