"""Run a command in a terminal of its own and note how long its screen stood still."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pexpect


@dataclass(frozen=True, slots=True)
class Watched:
    """How a command went."""

    code: int
    seconds: float
    longest_silence: float
    """Seconds between two outputs, or from the start to the first one."""


def watch(command: list[str], log: Path, *, limit: float) -> Watched:
    """Run a command in a pseudo-terminal of 100 by 30; its output goes to `log`.

    Args:
        command: Program and arguments.
        log: What the terminal showed, with its control characters.
        limit: Seconds after which it is ended.
    """
    began = last = time.monotonic()
    silence = 0.0
    child = pexpect.spawn(command[0], command[1:], dimensions=(30, 100), encoding=None)
    with log.open("wb") as kept:
        while (now := time.monotonic()) - began < limit:
            try:
                kept.write(child.read_nonblocking(65536, timeout=0.1))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                break
            silence, last = max(silence, time.monotonic() - last), time.monotonic()
    silence = max(silence, now - last)
    child.close(force=True)
    return Watched(child.exitstatus or 0, time.monotonic() - began, silence)
