"""How long the screen of `ask` stands still while a model thinks."""

from __future__ import annotations

from results import Figures
from terminal_command import WORK, make_index, watch_ask
from terminal_server import Sent, noting_server

THINKS = 8.0
REPEATS = 3


def measure(limit: int | None) -> Figures:
    """Ask a server that thinks before its plan, and take the longest stillness of all runs."""
    WORK.mkdir(parents=True, exist_ok=True)
    make_index()
    with noting_server(Sent(), thinks=THINKS) as address:
        screens = [watch_ask(address) for _ in range(limit or REPEATS)]
    return {
        "longest_still_s": round(max(screen.longest_still() for screen in screens), 2),
        "thinking_s": THINKS,
        "thinking_runs": len(screens),
        "thinking_failed": sum(screen.code != 0 for screen in screens),
    }
