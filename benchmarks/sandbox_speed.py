"""How long a session, a call and a check take, beside a bare interpreter."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median

import psutil
from results import Figures

from r1agent_tools import Limits, LocalSandbox, check_unit_tests

SESSIONS = 200
CALLS = 2000
CHECKS = 15
AT_ONCE = 100
SOLUTION = "def square(x):\n    return x * x\n"
SCIENTIFIC = ("numpy", "scipy", "sympy", "pandas")
CASES = [([number], number * number) for number in range(10)]
_MS = 1000.0


def measure(*, limit: int | None = None) -> Figures:
    """Return medians; `limit` bounds how often each is done."""
    most = limit or max(SESSIONS, CALLS, CHECKS, AT_ONCE)
    with LocalSandbox(limits=Limits(memory_mb=256)) as sandbox:
        sandbox.run("1")  # the helper is warm from here on
        check_ms = _median_ms(lambda: _check(sandbox), min(CHECKS, most))
        figures: Figures = {
            **_sessions(sandbox, min(SESSIONS, most)),
            "call_ms": _median_ms(lambda: sandbox.run("1"), min(CALLS, most), digits=3),
            "check10_s": round(check_ms / _MS, 4),
            "interpreter_ms": _median_ms(_bare_interpreter, min(20, most)),
            "session_scientific_ms": _scientific_session_ms(min(SESSIONS, most)),
        }
        return figures | _at_once(sandbox, min(AT_ONCE, most))


def _sessions(sandbox: LocalSandbox, times: int) -> Figures:
    """Open and close sessions one after the other, and time the two apart."""
    opening, ending = [], []
    for _ in range(times):
        started = time.perf_counter()
        session = sandbox.new_session()
        opened = time.perf_counter()
        session.close()
        opening.append(opened - started)
        ending.append(time.perf_counter() - opened)
    return {
        "session_ms": round(median(opening) * _MS, 2),
        "session_close_ms": round(median(ending) * _MS, 2),
    }


def _scientific_session_ms(times: int) -> float:
    """Open sessions of a sandbox whose helper has imported the scientific libraries."""
    with LocalSandbox(limits=Limits(memory_mb=256), preload=SCIENTIFIC) as sandbox:
        sandbox.run("1")
        return float(_sessions(sandbox, times)["session_ms"])


def _median_ms(act: Callable[[], object], times: int, *, digits: int = 2) -> float:
    act()
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    return round(median(seconds) * _MS, digits)


def _check(sandbox: LocalSandbox) -> None:
    report = check_unit_tests(SOLUTION, CASES, sandbox=sandbox, function="square")
    if not report.verified:
        raise RuntimeError(f"A right solution failed its check: {report.text()}")


def _bare_interpreter() -> None:
    subprocess.run([sys.executable, "-I", "-c", "1"], check=True)


def _at_once(sandbox: LocalSandbox, wanted: int) -> Figures:
    """Keep many sessions open, let each compute, and add up what they hold of memory."""
    answered = 0
    with ExitStack() as open_sessions:
        sessions = [
            open_sessions.enter_context(closing(sandbox.new_session())) for _ in range(wanted)
        ]
        for number, session in enumerate(sessions):
            answered += session.run(f"{number} + 1").value == str(number + 1)
        processes = psutil.Process().children(recursive=True)
        shares = [_proportional_kb(process.pid) for process in processes]
    return {
        "sessions_at_once": answered,
        "sessions_at_once_mb": round(sum(shares) / 1024, 1),
    }


def _proportional_kb(process_id: int) -> int:
    """Return the memory of a process, what it shares with others divided among them."""
    try:
        rollup = Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="ascii")
    except PermissionError:  # an ordinary user may not look into the confined: count it whole
        return psutil.Process(process_id).memory_info().rss // 1024
    lines = (line.split() for line in rollup.splitlines())
    return next(int(parts[1]) for parts in lines if parts[0] == "Pss:")
