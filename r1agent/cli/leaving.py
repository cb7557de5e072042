"""Ctrl-C: once stops what is done, twice leaves at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from r1agent.cli.screen import notes
from r1agent.report.watching.view import can_redraw

_SHOW_CURSOR = b"\x1b[?25h\n"


@contextmanager
def leaving_at_the_second(*, plain: bool = False) -> Iterator[None]:
    """Raise `KeyboardInterrupt` in the block at the first Ctrl-C; leave with 130 at the second.

    What runs in child processes ends with this one: each watches a pipe from it.

    Args:
        plain: No control codes are wanted, so the cursor was never hidden.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield  # Ctrl-C is ignored, as in the background, or is another's
        return
    redraws = can_redraw(notes(plain=plain))

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        del number, frame
        if redraws:
            os.write(2, _SHOW_CURSOR)
        os._exit(130)

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        del number, frame
        signal.signal(signal.SIGINT, leave)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
