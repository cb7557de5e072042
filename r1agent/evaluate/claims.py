"""Claims with evidence and what experts say of both: SciFact's files, and any of the same form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.problems.rows import read_rows

Label = Literal["SUPPORT", "REFUTE", "NEI"]
LABELS: tuple[Label, ...] = get_args(Label)
_SAME: dict[str, Label] = {
    **dict.fromkeys(("support", "supports", "supported", "entailment", "entailed"), "SUPPORT"),
    **dict.fromkeys(("refute", "refutes", "refuted", "contradict", "contradicts"), "REFUTE"),
    **dict.fromkeys(("contradicted", "contradiction"), "REFUTE"),
    **dict.fromkeys(("nei", "not enough info", "not enough information"), "NEI"),
    **dict.fromkeys(("not enough evidence", "neutral", "noinfo", "no info"), "NEI"),
}
_FORM = (
    "lines of JSON with `claim`, `label` (SUPPORT, REFUTE or NEI), and `evidence` (text) or "
    "`doc_id` (a document of `corpus.jsonl` beside the file)"
)
_CORPUS_FORM = "lines of JSON with `_id` (or `doc_id`) and `text`, `sentences` or `abstract`"


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A claim, the text that it is held against, and what experts say."""

    id: str
    claim: str
    evidence: str
    label: Label


@dataclass(frozen=True, slots=True)
class _Row:
    """A claim before its document is looked up."""

    place: str
    """File and row, for messages."""
    id: str
    claim: str
    label: Label
    text: str
    """The evidence; empty where `doc` names it."""
    doc: str


def read_claims(data: Path, split: str = "dev") -> list[LabelledClaim]:
    """Read claims from a file, or from a folder in SciFact's form.

    A folder holds `corpus.jsonl` and `support_pairs_SPLIT.jsonl` or `claims_SPLIT.jsonl`.

    Args:
        data: The file or folder.
        split: Which of the folder's files; a file has none.

    Raises:
        EvaluationError: It is not there, of another form, or names a document that is not there.
    """
    path = _file_of(data, split) if data.is_dir() else data
    rows = [one for place, row in _placed(path) for one in _rows(row, place)]
    corpus = _read_corpus(path.parent) if any(not row.text for row in rows) else {}
    return [
        LabelledClaim(name, row.claim, row.text or _document(row, corpus), row.label)
        for name, row in zip(_unique(rows), rows, strict=True)
    ]


def read_documents(data: Path) -> list[str]:
    """Return the texts of `corpus.jsonl` in or beside the claims; empty where there is none."""
    folder = data if data.is_dir() else data.parent
    return [*_read_corpus(folder).values()] if _corpus_file(folder) else []


def read_label(text: object) -> Label | None:
    """Return what a label means, whatever its case and wording; None for another word."""
    words = re.sub(r"[\W_]+", " ", str(text)).strip().casefold()
    return _SAME.get(words)


def _file_of(folder: Path, split: str) -> Path:
    names = [f"support_pairs_{split}.jsonl", f"claims_{split}.jsonl"]
    found = [folder / name for name in names if (folder / name).is_file()]
    if found:
        return found[0]
    there = ", ".join(sorted(path.name for path in folder.glob("*.jsonl"))[:8]) or "no JSON lines"
    raise EvaluationError(
        f"{str(folder)!r} has no claims of the split {split!r}: found {there}, wanted "
        f"`{names[0]}` or `{names[1]}`. Name another split with --split, or give the file."
    )


def _placed(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, row in enumerate(read_rows(path, _FORM), 1):
        yield f"Row {number} of {str(path)!r}", row


def _rows(row: Mapping[str, Any], place: str) -> list[_Row]:
    claim = row.get("claim")
    if not isinstance(claim, str) or not claim.strip():
        raise EvaluationError(f"{place} has no `claim`. Wanted: {_FORM}.")
    name = str(row.get("id", row.get("claim_id", "")))
    if "label" in row:
        return [_labelled(row, place, name, claim)]
    cited = row.get("cited_doc_ids")
    if isinstance(cited, list):
        given = row.get("evidence")
        evidence = given if isinstance(given, dict) else {}
        docs = dict.fromkeys(map(str, [*cited, *evidence]))
        return [
            _Row(place, f"{name}:{doc}", claim, _of_doc(evidence.get(doc), place), "", doc)
            for doc in docs
        ]
    raise EvaluationError(f"{place} has no `label`. Wanted: {_FORM}.")


def _labelled(row: Mapping[str, Any], place: str, name: str, claim: str) -> _Row:
    label = _known(row["label"], place)
    given = row.get("evidence", "")
    parts = given if isinstance(given, list) else [given]
    if not all(isinstance(part, str) for part in parts):
        raise EvaluationError(f"The `evidence` of {place} is no text. Wanted: {_FORM}.")
    text, doc = " ".join(parts).strip(), str(row.get("doc_id", row.get("doc", "")))
    if not text and not doc:
        raise EvaluationError(f"{place} has neither `evidence` nor `doc_id`. Wanted: {_FORM}.")
    return _Row(place, f"{name}:{doc}" if doc else name, claim, label, text, doc)


def _of_doc(rationales: object, place: str) -> Label:
    """Return what the rationales of a document say; without any it says nothing."""
    if not rationales:
        return "NEI"
    if not isinstance(rationales, list) or not isinstance(rationales[0], dict):
        raise EvaluationError(f"The `evidence` of {place} is not in SciFact's form. Mend that row.")
    return _known(rationales[0].get("label"), place)


def _known(label: object, place: str) -> Label:
    found = read_label(label)
    if found is None:
        raise EvaluationError(
            f"{place} has the label {str(label)[:60]!r}. Wanted: {', '.join(LABELS)}, or a usual "
            "word for one of them, such as `contradict` or `not enough info`."
        )
    return found


def _read_corpus(folder: Path) -> dict[str, str]:
    path = _corpus_file(folder)
    if path is None:
        raise EvaluationError(
            f"The claims name documents, and {str(folder)!r} has no `corpus.jsonl`. Put it there: "
            f"{_CORPUS_FORM}."
        )
    rows = read_rows(path, _CORPUS_FORM)
    return {str(row.get("_id", row.get("doc_id", ""))): _text(row) for row in rows}


def _corpus_file(folder: Path) -> Path | None:
    names = ("corpus.jsonl", "corpus.jsonl.gz")
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _text(row: Mapping[str, Any]) -> str:
    for name in ("sentences", "abstract", "text"):
        if isinstance(row.get(name), list):
            return " ".join(map(str, row[name]))
        if isinstance(row.get(name), str):
            return str(row[name])
    return ""


def _document(row: _Row, corpus: Mapping[str, str]) -> str:
    text = corpus.get(row.doc, "").strip()
    if not text:
        raise EvaluationError(
            f"{row.place} names the document {row.doc!r}, which `corpus.jsonl` does not hold, or "
            "without a text. Add it, or give its text as `evidence`."
        )
    return text


def _unique(rows: list[_Row]) -> list[str]:
    """Return the ids of the rows where they are unique, else their numbers."""
    ids = [row.id for row in rows]
    own = all(ids) and len(set(ids)) == len(ids)
    return ids if own else [str(number) for number in range(1, len(rows) + 1)]
