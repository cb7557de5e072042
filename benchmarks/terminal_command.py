"""`r1agent ask` in a pseudo-terminal, and what came onto its screen when."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pexpect
from results import ROOT

from r1agent_indexes import PaperIndex, load_embeddings

WORK = ROOT / "runs" / "bench-terminal"
PAPERS = ROOT / "examples" / "papers" / "pdf"
QUESTION = "How did students of the smoothed teacher do at temperature 8?"
_LIMIT = 120.0
_CODES = re.compile(r"\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)|\x1b\[[0-9;?]*[A-Za-z]")


class NotShownError(Exception):
    """Something that was to be timed did not happen."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What a terminal was sent, piece by piece."""

    began: float
    """By `time.monotonic()`, as the command was started."""
    ended: float
    pieces: tuple[tuple[float, str], ...]
    """When each came."""
    code: int

    def first_change(self) -> float:
        """Return the seconds until something stood there that can be read."""
        read = (when for when, piece in self.pieces if _CODES.sub("", piece).strip())
        return next(read, self.ended) - self.began

    def longest_still(self) -> float:
        """Return the most seconds without a byte, from the start to the end."""
        times = [self.began, *(when for when, _ in self.pieces), self.ended]
        return max(after - before for before, after in pairwise(times))

    def seconds_until(self, words: str, *, since: float) -> float:
        """Return the seconds from `since` until `words` came.

        Raises:
            NotShownError: They never did.
        """
        seen = ""
        for when, piece in self.pieces:
            if when < since:
                continue
            seen += piece
            if words in " ".join(_CODES.sub("", seen).split()):
                return when - since
        raise NotShownError(f"{words!r} never came onto the screen, but {seen[-400:]!r}.")


def watch_ask(base_url: str, *, question: str = QUESTION) -> Screen:
    """Ask a question in a terminal of 80 by 24 and note every piece of its output."""
    program = str(Path(sys.executable).with_name("r1agent"))
    options = ["--index", str(_index()), "--base-url", base_url, "--no-cache"]
    began = time.monotonic()
    child = pexpect.spawn(
        program,
        ["ask", question, *options],
        cwd=str(WORK),
        env=_environment(),
        dimensions=(24, 80),
        encoding="utf-8",
    )
    pieces = tuple(_pieces(child, began))
    ended = time.monotonic()
    child.close(force=True)
    return Screen(began, ended, pieces, child.exitstatus or 0)


def make_index() -> None:
    """Index the example papers, unless that was done before."""
    with PaperIndex.open(_index(), embeddings=load_embeddings(), create=True) as index:
        index.add([PAPERS])


def _pieces(child: pexpect.spawn, began: float) -> Iterator[tuple[float, str]]:
    while time.monotonic() - began < _LIMIT:
        try:
            piece = child.read_nonblocking(65536, timeout=1)
        except pexpect.TIMEOUT:
            continue
        except pexpect.EOF:
            return
        yield time.monotonic(), piece


def _index() -> Path:
    return WORK / "index"


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    own = {"R1AGENT_RUNS_DIR": str(WORK / "runs"), "TERM": "xterm-256color"}
    return kept | own
