"""Run a long, wordy command behind one moving line: `with_clock.py LOG TITLE COMMAND...`.

Uses the standard library alone, since it runs before anything is installed. On a terminal the line
carries the elapsed seconds and the last line of output, and is redrawn twice a second; elsewhere
a line comes every ten seconds. LOG keeps everything; its end is shown if the command fails.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
TAIL = 25
_RAW_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_NOISE = re.compile(r"^(WARNING: Location |\[notice\])")


def main() -> int:
    """Run the command and return its exit code."""
    if len(sys.argv) < 4:
        sys.stderr.write("usage: with_clock.py LOG TITLE COMMAND...\n")
        return 2
    log, title, *command = sys.argv[1:]
    clock = Clock(title)
    try:
        code = _run(command, Path(log), clock)
    except KeyboardInterrupt:
        clock.end(f"stopped after {clock.seconds:.0f} s; the same command goes on from here.")
        return 130
    if code:
        clock.end(f"failed after {clock.seconds:.0f} s (exit code {code}). {log} ends with:")
        sys.stderr.write(_tail(Path(log)))
    else:
        clock.end(f"done in {clock.seconds:.0f} s.")
    return code


class Clock:
    """One line that shows a title, the seconds so far and the last word of the command."""

    def __init__(self, title: str) -> None:
        """Start to draw in a thread."""
        self.title = title
        self.word = ""
        self._began = time.monotonic()
        self._terminal = sys.stdout.isatty()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._draw_until_over, daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    def end(self, ending: str) -> None:
        """Replace the moving line by how it ended."""
        self._over.set()
        self._thread.join()
        self._write(f"{self.title}: {ending}", "\n")

    def _draw_until_over(self) -> None:
        turn = 0
        while not self._over.wait(0.5 if self._terminal else 10):
            spinner = SPINNER[turn % len(SPINNER)] if self._terminal else " "
            self._write(
                f"{spinner} {self.title} {self.seconds:.0f} s  {self.word}",
                "" if self._terminal else "\n",
            )
            turn += 1

    def _write(self, text: str, end: str) -> None:
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            shown = text if end else text[:width]
            sys.stdout.write(f"\r\033[K{shown}{end}")
        else:
            sys.stdout.write(f"{text[:160]}{end}")
        sys.stdout.flush()


def _run(command: list[str], log: Path, clock: Clock) -> int:
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(  # noqa: S603 - the caller's own command
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as child,
    ):
        for line in child.stdout or ():
            clock.word = _in_words(line, clock.word)
            if not _RAW_PROGRESS.match(line):
                kept.write(line)
                kept.flush()
    return child.returncode


def _in_words(line: str, before: str) -> str:
    """Return what to show for a line of output: pip's raw progress as megabytes."""
    line = " ".join(line.split())
    progress = _RAW_PROGRESS.match(line)
    if progress:
        done, total = (int(number) / 1e6 for number in progress.groups())
        subject = before.split("  ", 1)[0]
        return f"{subject}  {done:.0f} of {total:.0f} MB"
    return before if not line or _NOISE.match(line) else line


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    told = [line for line in lines if not _NOISE.match(line)]
    return "".join(f"  {line}\n" for line in told[-TAIL:])


if __name__ == "__main__":
    sys.exit(main())
