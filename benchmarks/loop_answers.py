"""Questions put to an arm, several at once; answers kept as they come, and scored."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from loop_arms import Arm
from quotes import CORPUS

AT_ONCE = 12
"""Questions in flight, so that the server batches them."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """What the scorer says of an arm."""

    report: Mapping[str, Any]
    """`overall` and `by_kind`, as `score.py --json` prints them."""
    rows: Sequence[Row]
    """One for each question, in the order of the questions."""
    seconds: float
    """From question to answer, mean, while others were in flight."""


def ask(arm: Arm, questions: Sequence[Row], kept: Path) -> list[Row]:
    """Put the questions that `kept` does not answer yet, and return all answers to them.

    What an arm raises, or Ctrl-C, ends the bench once the questions in flight are answered; all
    that were answered are kept, and the next bench goes on with the others.
    """
    answered = {row["id"]: row for row in read_lines(kept)}
    keeping = Lock()

    def answer(question: Row) -> None:
        row = _answer(arm, question)
        with keeping:
            _append(kept, row)
            answered[row["id"]] = row
            print(f"  {len(answered)}: {row['id']} {row['outcome']}", flush=True)

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        asked = [pool.submit(answer, one) for one in questions if one["id"] not in answered]
        for future in as_completed(asked):
            future.result()
    finally:
        pool.shutdown(cancel_futures=True)
    return [answered[one["id"]] for one in questions]


def scorer_lines(answers: Iterable[Row]) -> list[Row]:
    """Return what the scorer reads.

    A run that failed is left out: to the scorer it is missing, neither attempted nor an abstention,
    so it is never right, also where the question has no answer. A refusal is an abstention.
    """
    return [
        {
            "id": row["id"],
            "answer": row["answer"],
            "citations": row["citations"],
            "abstained": row["outcome"] != "answered",
        }
        for row in answers
        if row["outcome"] != "failed"
    ]


def score(questions: Sequence[Row], answers: Sequence[Row], folder: Path, arm: str) -> Scored:
    """Have the corpus's own `score.py` judge the answers."""
    asked, said = folder / f"{arm}.questions.jsonl", folder / f"{arm}.answers.jsonl"
    each = folder / f"{arm}.scores.jsonl"
    _write_lines(asked, questions)
    _write_lines(said, scorer_lines(answers))
    done = subprocess.run(  # noqa: S603 - a fixed command
        [
            *(sys.executable, str(CORPUS / "score.py"), str(asked), str(said), "--json"),
            *("--pages", str(CORPUS / "pages.json"), "--per-question", str(each)),
        ],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    seconds = sum(row["seconds"] for row in answers) / max(1, len(answers))
    return Scored(json.loads(done.stdout), read_lines(each), seconds)


def read_lines(path: Path) -> list[Row]:
    """Return the whole lines of a JSONL file; none where it is missing."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]  # a kill may have torn the last one
    if len(whole) < len(text):
        path.write_text(whole, encoding="utf-8")
    return [json.loads(line) for line in whole.splitlines()]


def _answer(arm: Arm, question: Row) -> Row:
    began = time.monotonic()
    reply = arm(question["question"])
    return {
        "id": question["id"],
        "answer": reply.text,
        "citations": list(reply.citations),
        "outcome": reply.outcome,
        "seconds": round(time.monotonic() - began, 1),
    }


def _append(path: Path, row: Row) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(row)}\n")


def _write_lines(path: Path, rows: Iterable[Row]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
