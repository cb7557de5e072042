"""The control: what a host without any sandbox does with a program, under a time limit."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

_GB = 1024**3
BOUNDS = {
    resource.RLIMIT_AS: 3 * _GB,
    resource.RLIMIT_FSIZE: 2 * _GB,
    resource.RLIMIT_NPROC: 600,
}
"""Kept by the control as well, for the machine's sake; so it is a little better than bare."""


@dataclass(slots=True)
class PlainResult:
    """What a subprocess gave, under the names that the product uses."""

    stdout: str = ""
    stderr: str = ""
    value: str | None = None
    exception: str | None = None
    session_ended: bool = True
    artifacts: tuple[object, ...] = ()
    isolation: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class _Artifact:
    name: str
    data: bytes


@dataclass(slots=True)
class PlainSession:
    """A folder in which each cell is a process of its own."""

    wall: float
    folder: str = field(default_factory=lambda: tempfile.mkdtemp(prefix="control-"))

    def run(self, code: str) -> PlainResult:
        """Run one cell; the last line's value is printed where it is `os.getcwd()`."""
        if code.endswith("os.getcwd()"):
            self._run(code)
            return PlainResult(value=repr(self.folder))
        return self._run(code)

    def _run(self, code: str) -> PlainResult:
        command = [sys.executable, "-c", code]
        try:
            done = subprocess.run(  # noqa: S603 - this is the experiment
                command,
                cwd=self.folder,
                capture_output=True,
                check=False,
                timeout=self.wall,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired as error:
            return PlainResult((error.stdout or b"").decode(errors="replace"), "timeout")
        out, err = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
        return PlainResult(out, err, artifacts=self._fetch())

    def _fetch(self) -> tuple[_Artifact, ...]:
        """Read a figure as a host does that trusts its programs."""
        path = Path(self.folder, "result.png")
        return (_Artifact("result.png", path.read_bytes()),) if path.exists() else ()

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder)


class PlainSubprocesses(PlainSession):
    """Stands where the product's sandbox stands."""

    def __init__(self, *, wall: float) -> None:
        """Bound this process and all it starts, then make a folder."""
        for kind, bound in BOUNDS.items():
            resource.setrlimit(kind, (bound, bound))
        super().__init__(wall)

    def new_session(self) -> PlainSession:
        """Give a folder of its own to a session that is there before the program."""
        return PlainSession(self.wall)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the folder."""
        self.close()
