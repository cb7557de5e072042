"""A sign of life on a screen without cursor control: a dot a second between lines."""

from __future__ import annotations

import threading

from rich.console import Console, RenderableType


class Heartbeat:
    """Print lines to a console, and dots while no line comes."""

    def __init__(self, console: Console, *, every: float = 1.5) -> None:
        """Store the console; `every` is in seconds."""
        self._console = console
        self._every = every
        self._lock = threading.Lock()
        self._dots = False
        self._stop = threading.Event()
        self._spoken = threading.Event()

    def start(self) -> None:
        """Start the dots."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the dots and end their line."""
        self._stop.set()
        self._spoken.set()
        self._thread.join()
        self.print()

    def print(self, *lines: RenderableType) -> None:
        """Print lines, each from the start of a line."""
        with self._lock:
            if self._dots and (lines or self._stop.is_set()):
                self._console.print()
                self._dots = False
            for line in lines:
                self._console.print(line)
        self._spoken.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            if self._spoken.wait(self._every):
                self._spoken.clear()
                continue
            with self._lock:
                self._console.print(".", end="")
                self._console.file.flush()
                self._dots = True
