"""Test collections in BEIR's form: documents, questions, and which of them answer which.

The form is that of Thakur et al., "BEIR", NeurIPS 2021: `corpus.jsonl` and `queries.jsonl`, gzipped
or not, and judgements in `qrels/SPLIT.tsv`; those may also be in the form of TREC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.problems.rows import read_rows

_CORPUS = "lines of JSON with `_id`, `title` and `text`"
_QUERIES = "lines of JSON with `_id` and `text`"
_QRELS = (
    "lines of `query-id`, `corpus-id` and `score` with tabs, or TREC's `query 0 document grade`"
)
_ENDINGS = (".tsv", ".txt", ".qrels", ".qrel")

Judged = dict[str, dict[str, int]]
"""Grades by question and document; 0 and less mean that it does not answer."""


@dataclass(frozen=True, slots=True)
class Titled:
    """A document of a collection."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A corpus with questions and judgements."""

    documents: dict[str, Titled]
    """By id; those without a text are left out."""
    questions: dict[str, str]
    """Those of the split that are judged, by id."""
    judged: Judged
    """In the order of their file."""


def read_collection(folder: Path, split: str = "test") -> Collection:
    """Read a collection.

    Args:
        folder: Where its files are.
        split: Which judgements.

    Raises:
        EvaluationError: A file is missing or of another form, or they do not belong together.
    """
    judged = read_judgements(_judgements_file(folder, split))
    questions = _texts(_file(folder, "queries.jsonl", _QUERIES), _QUERIES)
    without = next((one for one in judged if one not in questions), None)
    if without is not None:
        raise EvaluationError(
            f"The judgements of {str(folder)!r} name the question {without!r}, which "
            "`queries.jsonl` does not hold. Give files that belong together."
        )
    documents = read_documents(folder)
    if not any(doc in documents for grades in judged.values() for doc in grades):
        raise EvaluationError(
            f"`corpus.jsonl` of {str(folder)!r} holds none of the documents that are judged. Give "
            "files that belong together."
        )
    return Collection(documents, {one: questions[one].text for one in judged}, judged)


def read_documents(folder: Path) -> dict[str, Titled]:
    """Read the documents of a collection; those without a text are left out.

    Raises:
        EvaluationError: `corpus.jsonl` is missing or of another form.
    """
    read = _texts(_file(folder, "corpus.jsonl", _CORPUS), _CORPUS)
    return {name: one for name, one in read.items() if one.text.strip()}


def read_judgements(path: Path) -> Judged:
    """Read judgements in BEIR's form or TREC's, with or without a heading.

    Raises:
        EvaluationError: A line is of neither form, or there is none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(
            f"{str(path)!r} cannot be read ({error}). Wanted: {_QRELS}."
        ) from None
    judged: Judged = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        fields = line.split("\t") if "\t" in line else line.split()
        grade = _grade(fields[-1])
        if grade is None and number == 1:
            continue  # a heading
        if grade is None or len(fields) not in (3, 4):
            raise EvaluationError(
                f"Line {number} of {str(path)!r} is {line[:80]!r}. Wanted: {_QRELS}."
            )
        judged.setdefault(fields[0].strip(), {})[fields[-2].strip()] = grade
    if not judged:
        raise EvaluationError(f"{str(path)!r} holds no judgement. Wanted: {_QRELS}.")
    return judged


def _grade(text: str) -> int | None:
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None


def _judgements_file(folder: Path, split: str) -> Path:
    files = {path.stem: path for path in _judgement_files(folder)}
    if split in files:
        return files[split]
    if not files:
        raise EvaluationError(
            f"{str(folder)!r} has no judgements. Wanted: `qrels/{split}.tsv`, {_QRELS}; beside "
            "`corpus.jsonl` and `queries.jsonl`."
        )
    raise EvaluationError(
        f"{str(folder)!r} has no split {split!r}; there are {', '.join(files)}. Name one with "
        "--split."
    )


def _judgement_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("qrels/*") if path.suffix in _ENDINGS)


def _file(folder: Path, name: str, wanted: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise EvaluationError(
        f"{str(folder)!r} has no `{name}`. Wanted there: {wanted}; beside it the other files of a "
        "BEIR collection."
    )


def _texts(path: Path, wanted: str) -> dict[str, Titled]:
    rows = read_rows(path, wanted)
    return {_id(row, number, path, wanted): _titled(row) for number, row in enumerate(rows, 1)}


def _id(row: Mapping[str, object], number: int, path: Path, wanted: str) -> str:
    name = row.get("_id", row.get("id"))
    if name in (None, "") or not isinstance(row.get("text"), str):
        raise EvaluationError(
            f"Row {number} of {str(path)!r} has no `_id` or no `text`. Wanted: {wanted}."
        )
    return str(name)


def _titled(row: Mapping[str, object]) -> Titled:
    return Titled(str(row.get("title") or ""), str(row["text"]))
