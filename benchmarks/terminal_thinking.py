"""How long the screen of `ask` stands still while a model thinks, and how late its thought is."""

from __future__ import annotations

import statistics

from results import Figures
from terminal_command import WORK, make_index, watch_ask
from terminal_server import THOUGHT, Sent, noting_server

THINKS = 8.0
REPEATS = 3


def measure(limit: int | None) -> Figures:
    """Ask a server that thinks before its plan; take the longest stillness of all runs.

    Also how late the first word of the thought is on the screen, after the server had sent it.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    make_index()
    screens, lags = [], []
    for _ in range(limit or REPEATS):
        sent = Sent()
        with noting_server(sent, thinks=THINKS) as address:
            screen = watch_ask(address)
        screens.append(screen)
        lags.append(screen.seconds_until(THOUGHT.split()[0], since=sent.thought_at))
    return {
        "thought_lag_s": round(statistics.median(lags), 3),
        "thought_lag_s_worst": round(max(lags), 3),
        "longest_still_s": round(max(screen.longest_still() for screen in screens), 2),
        "thinking_s": THINKS,
        "thinking_runs": len(screens),
        "thinking_failed": sum(screen.code != 0 for screen in screens),
    }
