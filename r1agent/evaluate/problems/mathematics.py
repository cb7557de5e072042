"""Problems of mathematics with known answers: the forms of GSM8K and MATH.

Cobbe et al., Training Verifiers to Solve Math Word Problems, 2021; Hendrycks et al., Measuring
Mathematical Problem Solving With the MATH Dataset, NeurIPS 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.problems.final_answers import last_boxed
from r1agent.evaluate.problems.rows import identified, read_rows

FORM = (
    "JSON lines with `question` and `answer` that ends in `#### N` (as GSM8K has them), or with "
    "`problem` and `solution` that holds `\\boxed{…}` (as MATH has them)"
)


@dataclass(frozen=True, slots=True)
class MathProblem:
    """A problem and the value that is right."""

    id: str
    text: str
    answer: str
    """A number, or LaTeX."""
    kind: str
    """Its subject or level; empty where the data tell none."""
    latex: bool
    """Whether answers of this data set are LaTeX."""


def read_problems(path: Path) -> list[MathProblem]:
    """Read the problems of a file or folder; which form they have is seen by their keys.

    Raises:
        EvaluationError: There are none, or they have another form.
    """
    rows = read_rows(path, FORM)
    ids = identified(rows, "unique_id" if "unique_id" in rows[0] else "id")
    return [_problem(row, id, path) for row, id in zip(rows, ids, strict=True)]


def _problem(row: Mapping[str, Any], id: str, path: Path) -> MathProblem:
    if isinstance(row.get("question"), str) and isinstance(row.get("answer"), str):
        _, marked, answer = row["answer"].rpartition("####")
        if marked:
            return MathProblem(id, row["question"].strip(), _plain(answer), "", latex=False)
    if isinstance(row.get("problem"), str) and isinstance(row.get("solution"), str):
        answer = last_boxed(row["solution"])
        if answer is not None:
            return MathProblem(id, row["problem"].strip(), answer, _kind(row), latex=True)
    raise EvaluationError(
        f"Problem {id} of {str(path)!r} has {', '.join(sorted(row)) or 'no keys'}, and no answer "
        f"that can be told. Wanted: {FORM}."
    )


def _plain(answer: str) -> str:
    """Return a number as GSM8K marks it, without its thousands' commas."""
    return answer.strip().replace(",", "")


def _kind(row: Mapping[str, Any]) -> str:
    kind = row.get("type") or row.get("subject") or row.get("level") or ""
    return kind if isinstance(kind, str) else f"Level {kind}"
