"""The record of a run: one event a line, written as it happens, and what a resumed run needs."""

from __future__ import annotations

import difflib
import fcntl
import json
import os
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from r1agent.errors import JournalError
from r1agent.types import Answer, Event, Trajectory

FORMAT = 2
"""What `started` says about the lines that follow; 1, without a number, held events alone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a model, a tool or the user said, so that a resumed run need not ask again."""

    kept: str
    """What was asked, as a hash."""
    said: dict[str, Any]
    """Plain JSON values."""


_ANSWER = TypeAdapter(Answer)
_LINE: TypeAdapter[Event | Kept] = TypeAdapter(Event | Kept)


class Journal:
    """Append lines to `path` as things happen, so that a kill loses none that were written.

    What a model or a tool said is also safe from a power cut before the run goes on. One process
    at a time writes to a journal. A last line that a kill cut short is taken off.

    Raises:
        JournalError: The folder cannot be made, or the file cannot be written or is in use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None
        self._closing: Callable[[], object] | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from error

    def write(self, line: Event | Kept) -> None:
        """Append one event, or something that a resumed run needs."""
        left = _as_bytes(_LINE.dump_python(line, mode="json")) + b"\n"
        try:
            file = self.open()
            while left:
                left = left[os.write(file, left) :]
            if isinstance(line, Kept) or line.name in ("started", "answered"):
                os.fsync(file)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def hold(self) -> None:
        """Keep other writers out from now on, before there is anything to write."""
        try:
            self.open()
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def open(self) -> int:
        """Return the file, locked against other writers until this journal is closed or gone."""
        if self._file is not None:
            return self._file
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._closing = weakref.finalize(self, os.close, file)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JournalError(
                f"The run {self.path.stem!r} is still going on in another process. Wait for it, "
                "or stop it."
            ) from None
        _cut_torn_line(file)
        self._file = file
        return file

    def close(self) -> None:
        """Let others write to the file; writing again opens it anew."""
        self._file = None
        if self._closing is not None:
            self._closing()


def is_going_on(path: Path) -> bool:
    """Tell whether a process, this one or another, is writing to the journal at `path`."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _cut_torn_line(file: int) -> None:
    end = os.fstat(file).st_size
    content = os.pread(file, end, 0)
    if content and not content.endswith(b"\n"):
        os.truncate(file, content.rfind(b"\n") + 1)


def read_journal(path: Path) -> list[Event]:
    """Read the events of a run; a last line that a kill cut short is left out.

    Where a resumed run took another course than before, only the new one is given.

    Raises:
        JournalError: The file is not there, is not a journal, or is of a newer r1agent.
    """
    return read_course(path)[0]


def read_course(path: Path) -> tuple[list[Event], list[Kept]]:
    """Read a journal as its events and as what a resumed run needs, each in order.

    Raises:
        JournalError: As `read_journal`.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise JournalError(f"No journal at {str(path)!r}: {error.strerror}.") from error
    events: list[Event] = []
    kept: list[Kept] = []
    for line in lines:
        if not line.endswith(b"\n"):
            continue
        found = _read_line(line, path)
        if isinstance(found, Kept):
            kept.append(found)
            continue
        if found.name == "resumed":
            events = _standing(events, int(found.data.get("kept", len(events))))
        events.append(found)
    return events, kept


def _standing(events: list[Event], kept: int) -> list[Event]:
    """Leave out what a resumed run did anew: all after the first `kept`, other than `resumed`."""
    places = [place for place, event in enumerate(events) if event.name != "resumed"]
    return events[: places[kept]] if kept < len(places) else events


def _read_line(line: bytes, path: Path) -> Event | Kept:
    try:
        found = _LINE.validate_json(line)
    except ValidationError as error:
        raise JournalError(
            f"{str(path)!r} is not the journal of a run: a line does not hold an event. "
            "Name another run; `r1agent show` lists them."
        ) from error
    if isinstance(found, Event) and int(found.data.get("journal", 1)) > FORMAT:
        raise JournalError(
            f"{str(path)!r} was written by a newer r1agent (format {found.data['journal']}; this "
            f"one reads up to {FORMAT}). Update r1agent to read it."
        )
    return found


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
    """List the journals of a folder, the one written last at the end.

    Raises:
        JournalError: It is a file.
    """
    if runs_dir.is_file():
        raise JournalError(
            f"{str(runs_dir)!r} is a file; runs are kept in a folder. Name one with `--runs-dir`."
        )
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
