"""The files of a batch: questions in, answers and failures out, one JSON object a line."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from r1agent.batch.items import BatchError, BatchItem
from r1agent.types import Answer, Citation


def read_items(lines: Iterable[str]) -> list[BatchItem]:
    """Read questions: JSON objects with `id` and `question`, or one plain question a line.

    A plain question gets its id from its text, so that adding lines changes no other id. Other
    keys of an object are passed over, except `tests`.

    Raises:
        BatchError: A line is no question, or an id comes twice.
    """
    items: list[BatchItem] = []
    first_at: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        item = _item(line.strip(), number)
        if item.id in first_at:
            raise BatchError(
                f"Line {number} has the id {item.id!r} of line {first_at[item.id]}. "
                "Give each question its own id, or take one of the two lines out."
            )
        first_at[item.id] = number
        items.append(item)
    if not items:
        raise BatchError("The input holds no question. Write one a line, or JSONL objects.")
    return items


def finished_ids(out: Path, items: Iterable[BatchItem]) -> frozenset[str]:
    """Return the ids that `out` answers, after cutting off a last line that a kill tore.

    Raises:
        BatchError: `out` holds something else than the answers to these questions.
    """
    require_folder(out)
    if not out.exists():
        return frozenset()
    content = out.read_bytes()
    whole, torn = content[: content.rfind(b"\n") + 1], content[content.rfind(b"\n") + 1 :]
    answered = dict(_answered_line(line, out) for line in whole.splitlines())
    if torn and not torn.startswith(b'{"id"'):
        raise _not_answers(out)
    for item in items:
        if answered.get(item.id, item.question) != item.question:
            raise BatchError(
                f"{str(out)!r} answers another question under the id {item.id!r}. "
                "Name another output file, or begin anew with `--no-resume`."
            )
    if torn:
        os.truncate(out, len(whole))
    return frozenset(answered)


def require_folder(out: Path) -> None:
    """Raise `BatchError` where the folder of `out` is missing or `out` is no file."""
    if not out.parent.is_dir():
        raise BatchError(
            f"No folder {str(out.parent)!r} for the answers. Make it, or name another."
        )
    if out.exists() and not out.is_file():
        raise BatchError(f"{str(out)!r} is no file. Name a file for the answers.")


def append_line(
    out: Path,
    item: BatchItem,
    answer: Answer | None,
    reason: str,
    export: Callable[[str, Answer], str] = lambda text, _: text,
) -> None:
    """Append an answer to `out`, or a failure and its reason to the file beside it.

    Args:
        out: The file of the answers.
        item: The question.
        answer: None where an error stood in its way.
        reason: Why it failed; empty where it did not.
        export: Makes of an answer's text what is written.
    """
    failed = answer is None or reason
    line = _failure(item, reason) if answer is None or failed else _success(item, answer, export)
    with (failures_path(out) if failed else out).open("ab") as file:
        file.write(json.dumps(line, ensure_ascii=True).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def failures_path(out: Path) -> Path:
    """Return where the failures of a batch are listed: `answers.failed.jsonl`."""
    return out.with_name(f"{out.name.removesuffix('.jsonl')}.failed.jsonl")


def _item(line: str, number: int) -> BatchItem:
    if not line.startswith("{"):
        return BatchItem(hashlib.sha256(line.encode()).hexdigest()[:12], line)
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise BatchError(
            f"Line {number} begins like JSON and is none ({error.msg}). Mend or drop the line."
        ) from None
    question, name = found.get("question"), found.get("id")
    if not isinstance(question, str) or not question.strip() or not isinstance(name, str | int):
        raise BatchError(
            f"Line {number} has the keys {', '.join(found) or 'none'}; wanted `id` and `question`, "
            "both text. Add what is missing."
        )
    return BatchItem(str(name), question.strip(), _tests(found, number))


def _tests(found: Mapping[str, Any], number: int) -> str | None:
    tests = found.get("tests")
    if tests is None or isinstance(tests, str):
        return tests
    raise BatchError(f"Line {number} has `tests` that are no text; wanted Python code as text.")


def _answered_line(line: bytes, out: Path) -> tuple[str, str]:
    try:
        found = json.loads(line)
        return str(found["id"]), str(found["question"])
    except (ValueError, KeyError, TypeError):
        raise _not_answers(out) from None


def _not_answers(out: Path) -> BatchError:
    return BatchError(
        f"{str(out)!r} holds something else than the answers of a batch, so nothing was "
        "written to it. Name another file."
    )


def _success(
    item: BatchItem, answer: Answer, export: Callable[[str, Answer], str]
) -> dict[str, Any]:
    return {
        "id": item.id,
        "question": item.question,
        "answer": export(answer.text, answer),
        "outcome": answer.outcome,
        "citations": [_citation(each) for each in answer.citations],
        "abstained": answer.outcome != "answered",
        "code": answer.code,
        "run": answer.run,
        "audit": asdict(answer.audit),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {"file": citation.file, "page": citation.page, "quote": citation.quote}


def _failure(item: BatchItem, reason: str) -> dict[str, Any]:
    return {"id": item.id, "question": item.question, "reason": reason}
