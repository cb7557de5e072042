"""The outputs of an evaluation, kept as they come: a file for each system, so that it goes on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from r1agent.batch.kept_lines import KeptLines
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.evaluation import Row
from r1agent.evaluate.task import Output
from r1agent.types import Usage

FORMAT = 1

Place = tuple[str, int]
"""The id of an example, and which time it is put to the system, from 1."""


class KeptOutputs:
    """What one system said, in a JSONL file that is only appended to.

    The first line says what the job is; a file of another job is refused. A torn last line, as a
    kill leaves it, is passed over, and the next output is written in its place.

    Args:
        path: The file; made by the first output that is kept.
        job: Plain JSON values that make the outputs what they are.

    Raises:
        EvaluationError: The file is of another job, or cannot be read.
    """

    def __init__(self, path: Path, job: Mapping[str, Any]) -> None:
        self.path = path
        self.job = _as_read(job)
        self.rows: dict[Place, Row] = {}
        self._lines = KeptLines(path, {"format": FORMAT, "job": self.job})
        self._read()

    def add(self, row: Row, output: Output) -> None:
        """Keep an output and what it adds to the metrics, also over the end of this process."""
        said = {"said": dict(output.said), "measures": dict(row.measures)}
        self._lines.append(asdict(row) | said)
        self.rows[row.example, row.time] = row

    def _read(self) -> None:
        try:
            lines = self._lines.read()
            if not lines:
                return
            before = {"format": lines[0]["format"], **lines[0]["job"]}
            rows = [_row(line) for line in lines[1:]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EvaluationError(
                f"{str(self.path)!r} is not what r1agent keeps of an evaluation ({error}). Move "
                "it away, and its system is asked anew."
            ) from None
        self._require_same(before)
        self.rows = {(row.example, row.time): row for row in rows}

    def _require_same(self, before: Mapping[str, Any]) -> None:
        now = {"format": FORMAT, **self.job}
        for name in [*now, *before]:
            if now.get(name) != before.get(name):
                raise EvaluationError(
                    f"{str(self.path)!r} holds outputs of another evaluation: its `{name}` was "
                    f"{before.get(name)!r}, and is {now.get(name)!r} now. Name another file with "
                    "`-o`, or begin this one anew with `--redo`."
                )


@dataclass(frozen=True, slots=True)
class Finished:
    """A model whose systems have all answered."""

    systems: Sequence[tuple[str, str]]
    """Name and model of each, in order."""
    notes: Sequence[str]
    """What a reader must know of them."""
    about: str
    """Which model that was, and what ran it; empty where that is not known."""


class KeptFolder:
    """The outputs of all systems of an evaluation, in a folder of their own.

    Args:
        path: The folder; it is made where it is missing, in one that is there.

    Raises:
        EvaluationError: Its own folder is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.parent.is_dir():
            raise EvaluationError(
                f"There is no folder {str(path.parent)!r} to keep outputs in. Make it, or name "
                "another file."
            )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process work on the same evaluation meanwhile.

        Raises:
            EvaluationError: Another one does.
        """
        self.path.mkdir(exist_ok=True)
        try:
            with FileLock(self.path / ".lock", timeout=0):
                yield
        except Timeout:
            raise EvaluationError(
                f"Another r1agent is at work in {str(self.path)!r}. Wait for it, or name another "
                "file with `-o`."
            ) from None

    def clear(self) -> None:
        """Remove what is kept, so that all is asked anew; call it within `locked`."""
        for path in (*self.path.glob("*.systems.json"), *self.path.glob("*.jsonl")):
            path.unlink()

    def outputs(self, asked: str, system: str, job: Mapping[str, Any]) -> KeptOutputs:
        """Return what a system said.

        Args:
            asked: Stands for the model that it was put to, and where that runs.
            system: Its name.
            job: See `KeptOutputs`.
        """
        return KeptOutputs(self.path / f"{_slug(asked)}.{_slug(system)}.jsonl", job)

    def finish(self, asked: str, wanted: Mapping[str, Any], finished: Finished) -> None:
        """Note that these systems, in this order, were all that was wanted of a model."""
        path = self._list(asked)
        beside = path.with_name(f"{path.name}.new")
        beside.write_bytes(_line({"format": FORMAT, "wanted": wanted, **asdict(finished)}))
        beside.replace(path)

    def finished(self, asked: str, wanted: Mapping[str, Any]) -> Finished | None:
        """Return what an earlier evaluation that wanted the same finished; None: nothing."""
        try:
            found = json.loads(self._list(asked).read_bytes())
            if found["format"] != FORMAT or found["wanted"] != _as_read(wanted):
                return None
            systems = [(str(name), str(model)) for name, model in found["systems"]]
            return Finished(systems, [str(note) for note in found["notes"]], str(found["about"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # the systems themselves say what they are

    def _list(self, asked: str) -> Path:
        return self.path / f"{_slug(asked)}.systems.json"


def holds_all(kept: KeptOutputs, places: Collection[Place]) -> bool:
    """Tell whether nothing is left to be asked."""
    return all(place in kept.rows for place in places)


def _row(line: Mapping[str, Any]) -> Row:
    return Row(
        str(line["example"]),
        str(line["kind"]),
        line["outcome"],
        {str(name): float(value) for name, value in line["measures"].items()},
        Usage(**line["usage"]),
        float(line["seconds"]),
        int(line["time"]),
    )


def _slug(name: str) -> str:
    """Return a file name that is readable, and another one for every other name."""
    readable = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-.")[:60]
    return f"{readable}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:6]}"


def _as_read(values: Mapping[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(values, sort_keys=True))
    return read


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=True).encode() + b"\n"
