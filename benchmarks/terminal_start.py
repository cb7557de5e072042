"""How soon after Enter the screen of `ask` changes."""

from __future__ import annotations

import statistics

from results import Figures
from terminal_command import WORK, make_index, watch_ask
from terminal_server import Sent, noting_server

REPEATS = 7


def measure(limit: int | None) -> Figures:
    """Ask again and again, and take the median of the times until something can be read."""
    WORK.mkdir(parents=True, exist_ok=True)
    make_index()
    with noting_server(Sent()) as address:
        watch_ask(address)  # once unmeasured: files are read from the disk then
        times = [watch_ask(address).first_change() for _ in range(limit or REPEATS)]
    return {
        "first_change_s": round(statistics.median(times), 3),
        "first_change_s_worst": round(max(times), 3),
        "first_change_runs": len(times),
    }
