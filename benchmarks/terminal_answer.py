"""How late the first words of an answer are on the screen, after the server had sent them."""

from __future__ import annotations

import re
import statistics

from results import Figures
from terminal_command import WORK, make_index, watch_ask
from terminal_server import Sent, noting_server

REPEATS = 7
_WORDS = 3


def measure(limit: int | None) -> Figures:
    """Ask again and again, and take the median of the times from the reply to the screen.

    In between every sentence passes the gate: its quotes are looked up and judged.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    make_index()
    lags = [_lag() for _ in range(limit or REPEATS)]
    return {
        "answer_lag_s": round(statistics.median(lags), 3),
        "answer_lag_s_worst": round(max(lags), 3),
        "answer_lag_runs": len(lags),
    }


def _lag() -> float:
    sent = Sent()
    with noting_server(sent) as address:
        screen = watch_ask(address)
    sentence = re.sub(r"\s*\[\d+\]$", "", sent.text)
    first = " ".join(sentence.split()[:_WORDS])
    return screen.seconds_until(f"✓ {first}", since=sent.at)  # its line once it is judged
