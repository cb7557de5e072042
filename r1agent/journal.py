"""The record of a run: one event a line, written as it happens."""

from __future__ import annotations

import difflib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from r1agent.errors import JournalError
from r1agent.types import Answer, Event, Trajectory

_ANSWER = TypeAdapter(Answer)
_EVENT = TypeAdapter(Event)


class Journal:
    """Append events to `path`; each is on disk before the run goes on.

    Raises:
        JournalError: The folder cannot be made or the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from error

    def write(self, event: Event) -> None:
        """Append one event."""
        line = _as_bytes(_EVENT.dump_python(event, mode="json")) + b"\n"
        try:
            with self.path.open("ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(self.path, error) from error


def read_journal(path: Path) -> list[Event]:
    """Read the events of a run; a last line that a kill cut short is left out.

    Raises:
        JournalError: The file is not there or is not a journal.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise JournalError(f"No journal at {str(path)!r}: {error.strerror}.") from error
    whole = [line for line in lines if line.endswith(b"\n")]
    try:
        return [_EVENT.validate_json(line) for line in whole]
    except ValidationError as error:
        raise JournalError(
            f"{str(path)!r} is not the journal of a run: a line does not hold an event. "
            "Name another run; `r1agent show` lists them."
        ) from error


def find_run(runs_dir: Path, run: str) -> Path:
    """Return the journal of a run by id, by the beginning of its id, or `last`.

    Raises:
        JournalError: No run or more than one fits.
    """
    known = list_runs(runs_dir)
    if not known:
        raise JournalError(f"No runs in {str(runs_dir)!r} yet. `r1agent ask` makes one.")
    if run == "last":
        return known[-1]
    exact = [path for path in known if path.stem == run]
    found = exact or [path for path in known if path.stem.startswith(run)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(path.stem for path in found[:5])
        raise JournalError(
            f"{len(found)} runs begin with {run!r} ({names} …). Give more of the id."
        )
    nearest = difflib.get_close_matches(run, [path.stem for path in known], n=3, cutoff=0.0)
    raise JournalError(f"No run {run!r} in {str(runs_dir)!r}. Nearest: {', '.join(nearest)}.")


def list_runs(runs_dir: Path) -> list[Path]:
    """List the journals of a folder, the one written last at the end."""
    found = runs_dir.glob("*.jsonl") if runs_dir.is_dir() else []
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain JSON values; artifacts of tools are left out."""
    steps = [
        replace(step, results=tuple(replace(one, artifact=None) for one in step.results))
        for step in answer.trajectory.steps
    ]
    plain = replace(answer, trajectory=Trajectory(tuple(steps)))
    return {"text": answer.text} | dict(_ANSWER.dump_python(plain, mode="json"))


def answer_from_json(data: dict[str, Any]) -> Answer:
    """Return the answer that `answer_to_json` wrote.

    Raises:
        JournalError: The data is not that of an answer.
    """
    try:
        return _ANSWER.validate_json(_as_bytes({k: v for k, v in data.items() if k != "text"}))
    except ValidationError as error:
        raise JournalError(
            f"The data does not hold an answer: {error.errors()[0]['msg']}."
        ) from error


def _as_bytes(data: dict[str, Any]) -> bytes:
    """Half a character, which a server or a shell may send, becomes a question mark."""
    return json.dumps(data, ensure_ascii=False).encode(errors="replace")


def _unwritable(path: Path, error: OSError) -> JournalError:
    return JournalError(
        f"The run cannot be recorded in {str(path)!r}: {error.strerror}. "
        "Free some space or name another folder with `--runs-dir`."
    )
