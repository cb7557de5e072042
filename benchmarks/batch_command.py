"""`r1agent batch` as a user calls it, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from batch_model import MODEL
from serve_questions import index

from r1agent.batch import BatchItem

ANSWERS = "answers.jsonl"
LOG = "batch.log"


def start_batch(address: str, items: Iterable[BatchItem], place: Path) -> subprocess.Popen[bytes]:
    """Start the command; journals, request cache and answers are in `place`, as is what it says.

    Args:
        address: Of the model server.
        items: What is asked; the same on every call with the same `place`.
        place: A folder, which another call may have left half done.
    """
    rows = ({"id": one.id, "question": one.question, "tests": one.tests} for one in items)
    asked = "".join(f"{json.dumps(row)}\n" for row in rows)
    (place / "questions.jsonl").write_text(asked, encoding="utf-8")
    options = {"--out": ANSWERS, "--index": index(), "--base-url": address, "--model": MODEL}
    flat = [str(part) for pair in options.items() for part in pair]
    own = {
        "R1AGENT_RUNS_DIR": str(place / "runs"),
        "R1AGENT_CACHE_DIR": str(place / "cache"),
        "R1AGENT_ENTAILMENT": "floors",
    }
    with (place / LOG).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - a fixed command
            [sys.executable, "-m", "r1agent", "batch", "questions.jsonl", *flat],
            cwd=place,
            env=os.environ | own,
            stdout=log,
            stderr=log,
        )


def answers_in(place: Path) -> list[dict[str, Any]]:
    """Return the whole lines of the answers; one that a kill tore is none.

    Raises:
        json.JSONDecodeError: A whole line is no JSON.
    """
    path = place / ANSWERS
    content = path.read_bytes() if path.exists() else b""
    return [json.loads(line) for line in content.split(b"\n")[:-1]]


def require_end(code: int, place: Path) -> None:
    """Raise what a batch said that ended as it should not.

    Raises:
        RuntimeError: Its exit code is not 0.
    """
    if code:
        said = (place / LOG).read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"`r1agent batch` ended with {code} and said:\n{said[-2000:]}")
