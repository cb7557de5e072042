"""Fetch a data set that the user names: checked, resumed, and whole or not there at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn
from urllib.parse import urlsplit

from filelock import FileLock

from r1agent.evaluate.datasets import RECORD, DataFile, Dataset
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.setting import today
from r1agent.evaluate.unpacking import unpack
from r1agent.models.progress import PullProgress, Ticker
from r1agent.models.ranged import SourceError, download, session
from r1agent.models.store import Checksum


def fetch_dataset(
    dataset: Dataset,
    within: Path,
    *,
    on_progress: Callable[[PullProgress], None] | None = None,
    timeout: float = 10.0,
) -> Path:
    """Return what a task is given, fetching what is not there yet.

    It goes into a folder of the data set's name in `within`. What arrives is kept apart until its
    SHA-256 was checked, and a fetch that was stopped goes on where it was.

    Args:
        dataset: What is fetched.
        within: Made where it is not there.
        on_progress: Called from another thread at least once a second.
        timeout: Seconds to wait for a server's first answer.

    Raises:
        EvaluationError: A server is out of reach or refuses, or has another file.
    """
    if within.exists() and not within.is_dir():
        raise EvaluationError(f"{str(within)!r} is a file. Name a folder with `--to`.")
    within.mkdir(parents=True, exist_ok=True)
    with Ticker(dataset.name, on_progress) as ticker:
        ticker.set(activity="waiting", total=dataset.size)
        with FileLock(within / f".{dataset.name}.lock"):
            held = dataset.held(within)
            return held or _Fetch(dataset, within, ticker, timeout).done()


@dataclass(frozen=True, slots=True)
class _Fetch:
    dataset: Dataset
    within: Path
    ticker: Ticker
    timeout: float

    def done(self) -> Path:
        """Fetch every file, unpack archives, and put what came of them into the folder."""
        self._require_place()
        self._arriving.mkdir(exist_ok=True)
        for file in self.dataset.files:
            self._fetch(file)
        with TemporaryDirectory(dir=self._arriving) as ready:
            for file in self.dataset.files:
                self._unpack(file, Path(ready))
            self._place(Path(ready))
        shutil.rmtree(self._arriving)
        self.ticker.set(activity="done")
        return self._folder / self.dataset.read

    def _require_place(self) -> None:
        """Refuse to replace files that did not come from here."""
        there = [name for name in self._names if (self._folder / name).exists()]
        if there and not (self._folder / RECORD).exists():
            raise EvaluationError(
                f"{str(self._folder)!r} holds {there[0]!r}, which was not fetched by r1agent. "
                "Name another folder with `--to`."
            )

    def _fetch(self, file: DataFile) -> None:
        target = self._arriving / file.file
        if file.size is None:  # whether a part of it is the whole cannot be told
            target.unlink(missing_ok=True)
        address = urlsplit(file.url)
        server = f"{address.scheme}://{address.netloc}"
        self.ticker.set(activity="contacting", item=file.file, done=self._arrived())
        try:
            with session(server, timeout=self.timeout, encrypted=True) as source:
                download(source, file.url, target, file.size, self.ticker)
        except SourceError as refusal:
            self._refuse(str(refusal))
        self._check(file, target)

    def _check(self, file: DataFile, target: Path) -> None:
        self.ticker.set(activity="checking")
        found = Checksum("sha256", file.sha256, target.stat().st_size).of(target, lambda _: None)
        if found != file.sha256:
            target.unlink()
            self._refuse(f"{file.url} gave a file with SHA-256 {found}, wanted {file.sha256}")

    def _unpack(self, file: DataFile, ready: Path) -> None:
        arrived = self._arriving / file.file
        if file.members:
            unpack(arrived, file.members, ready)
        else:
            arrived.replace(ready / file.file)

    def _place(self, ready: Path) -> None:
        """Move the files to where they belong; the record that they are whole comes last."""
        record = self._folder / RECORD
        record.unlink(missing_ok=True)
        sizes = {name: (ready / name).stat().st_size for name in self._names}
        for name in self._names:
            (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
            (ready / name).replace(self._folder / name)
        told = {
            "name": self.dataset.name,
            "licence": self.dataset.licence,
            "homepage": self.dataset.homepage,
            "fetched": today(),
            "sha256": self.dataset.checksums,
            "sizes": sizes,
        }
        draft = ready / RECORD
        draft.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        draft.replace(record)

    def _refuse(self, reason: str) -> NoReturn:
        kept = self._arrived()
        arrived = f"{kept:,} bytes that arrived are kept. " if kept else ""
        if not kept:
            shutil.rmtree(self._arriving)
        raise EvaluationError(
            f"Could not fetch `{self.dataset.name}`: {reason}. {arrived}Check the network, "
            f"then run `r1agent eval fetch {self.dataset.name}` again, or get it from "
            f"{self.dataset.homepage} and name its path."
        )

    def _arrived(self) -> int:
        return sum(file.stat().st_size for file in self._arriving.iterdir() if file.is_file())

    @property
    def _names(self) -> list[str]:
        return [name for file in self.dataset.files for name in file.names]

    @property
    def _folder(self) -> Path:
        return self.within / self.dataset.name

    @property
    def _arriving(self) -> Path:
        return self.within / f".{self.dataset.name}.arriving"
