"""Whole programs: what they must print for a text on their input, compared by the host."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from r1agent_tools.planned_test import Outcome, PlannedTest
from r1agent_tools.sandbox.protocol import Sandbox, Session
from r1agent_tools.sandbox.result import ExecutionResult
from r1agent_tools.shown import show_value

_DECIMAL = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_GOOD_ENDS = (None, "SystemExit", "SystemExit: 0", "SystemExit: None")
# A file behind descriptor 0, so that `input`, `sys.stdin.buffer` and `open(0)` all read it.
_GIVE_INPUT = """
def _give_input(text):
    import os, sys
    fd = os.open("input", os.O_RDWR | os.O_CREAT)
    os.unlink("input")
    data = memoryview(text.encode())
    while data:
        data = data[os.write(fd, data):]
    os.lseek(fd, 0, os.SEEK_SET)
    os.dup2(fd, 0)
    os.close(fd)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)
_give_input({text!r})
del _give_input
"""
# As at an interpreter's end.
_FINISH = """
import atexit as _atexit, threading as _threading
for _thread in _threading.enumerate():
    if _thread is not _threading.current_thread() and not _thread.daemon:
        _thread.join()
_atexit._run_exitfuncs()
"""


@dataclass(frozen=True, slots=True)
class ProgramCase:
    """What a program reads from its standard input, and what it must print."""

    stdin: str
    stdout: str


def plan_programs(
    solution: str, cases: Sequence[ProgramCase], *, tolerance: float, sandbox: Sandbox
) -> list[PlannedTest]:
    """Return one test for each case; what the program must print stays on the host."""

    def plan(number: int, case: ProgramCase) -> PlannedTest:
        def run() -> Outcome:
            session = sandbox.new_session()
            try:
                problem = _run_program(session, solution, case, tolerance)
            finally:
                session.close()
            return Outcome(False, problem, show_value(case.stdin)) if problem else Outcome(True)

        return PlannedTest(f"program {number}", run)

    return [plan(number, case) for number, case in enumerate(cases, 1)]


def same_output(found: str, expected: str, *, tolerance: float = 0.0) -> bool:
    """Tell whether two outputs agree but for white space at the ends of lines and of the text.

    Args:
        found: What was printed.
        expected: What should have been.
        tolerance: Relative and absolute difference that a number may have which `expected`
            writes with a decimal point or an exponent. With it, words are compared, and any
            white space between them is as good as any other.
    """
    lines, wanted = _lines(found), _lines(expected)
    if lines == wanted:
        return True
    if tolerance <= 0 or len(lines) != len(wanted):
        return False
    pairs = [(a.split(), b.split()) for a, b in zip(lines, wanted, strict=True)]
    return all(
        len(a) == len(b) and all(map(lambda x, y: _same_word(x, y, tolerance), a, b))
        for a, b in pairs
    )


def _run_program(session: Session, solution: str, case: ProgramCase, tolerance: float) -> str:
    """Run the program to its end; return what is wrong, or ""."""
    given = session.run(_GIVE_INPUT.format(text=case.stdin))
    if not given.ok:
        return f"the input could not be given to the program: {given.exception}"
    ran = session.run(solution)
    if problem := _ending(ran):
        return problem
    finished = session.run(_FINISH)
    if problem := _ending(finished):
        return problem
    printed = ran.stdout + finished.stdout
    if same_output(printed, case.stdout, tolerance=tolerance):
        return ""
    cut = " (the sandbox's limit `output_characters` cut it)" if "\n[output cut" in printed else ""
    return f"the program printed {show_value(printed)}{cut}, expected {show_value(case.stdout)}"


def _ending(result: ExecutionResult) -> str:
    """Return what is wrong with the way a program ended, or ""."""
    if result.limit_hit:
        return f"the program hit the limit `{result.limit_hit}`"
    if result.session_ended:
        return f"the program killed its own process: {result.exception}"
    if result.exception in _GOOD_ENDS:
        return ""
    return f"the program ended with {result.exception}"


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _same_word(found: str, expected: str, tolerance: float) -> bool:
    if found == expected:
        return True
    if not (_DECIMAL.fullmatch(expected) and _NUMBER.fullmatch(found)):
        return False
    a, b = float(found), float(expected)
    # Long digits become infinite, and infinities are equal whatever their digits were.
    near = math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)
    return near and math.isfinite(a) and math.isfinite(b)
