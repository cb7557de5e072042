"""Check code against unit tests with a judge that the code cannot reach.

The judged code, the tests and this process share no memory and no writable file. Expected values
and the text of the tests never enter the process of the judged code.
"""

import random
import time
from collections.abc import Sequence
from typing import Literal, cast

from r1agent_tools.planned_test import NoTestsError, PlannedTest
from r1agent_tools.sandbox.protocol import Sandbox
from r1agent_tools.source_tests import plan_docstrings, plan_source
from r1agent_tools.test_cases import Case, plan_cases
from r1agent_tools.test_programs import ProgramCase, plan_programs
from r1agent_tools.test_report import Author, TestReport, TestVerdict

Tests = str | Sequence[Case] | Sequence[ProgramCase]
"""What code can be checked against."""


def check_unit_tests(
    solution: str,
    tests: Tests,
    *,
    sandbox: Sandbox,
    function: str | None = None,
    tolerance: float = 0.0,
    written_by: Literal["user", "model"] = "user",
) -> TestReport:
    """Run `solution` against `tests`, each test in fresh processes, and report each verdict.

    Args:
        solution: Python source that defines what is tested.
        tests: Source with `assert` statements, `test_...` functions (pytest's `raises`, `approx`
            and `parametrize`, hypothesis's `given`) or `unittest.TestCase` classes, which find the
            solution's functions as globals or in the module `solution`; a text with doctests;
            pairs of arguments and expected value for `function`; or `ProgramCase`s, for which the
            solution runs as a whole program.
        sandbox: Where both run. Its limit `wall_seconds` holds for each test and for each call.
        function: Name of the function that pairs are for.
        tolerance: Difference that floats of pairs may have, and numbers with a decimal point in
            the output of a program; relative and absolute.
        written_by: Whether a person or the model wrote the tests; the report says so.

    Raises:
        NoTestsError: There is no test, or the tests are not Python, or `function` is missing.
    """
    if isinstance(tests, str):
        planned = plan_source(solution, tests, sandbox)
    elif tests and all(isinstance(case, ProgramCase) for case in tests):
        programs = cast(Sequence[ProgramCase], tests)
        planned = plan_programs(solution, programs, tolerance=tolerance, sandbox=sandbox)
    else:
        name = _refuse_without_cases(tests, function)
        cases = cast(Sequence[Case], tests)
        planned = plan_cases(solution, cases, function=name, tolerance=tolerance, sandbox=sandbox)
    return _judge(planned, written_by, sandbox)


def check_docstrings(solution: str, *, sandbox: Sandbox) -> TestReport:
    """Run the doctests in the solution's own docstrings, and report them as self-consistency.

    The author of the code wrote them too. The docstrings are taken out of the code that runs.

    Args:
        solution: Python source with `>>>` examples in docstrings.
        sandbox: Where the code and the examples run.

    Raises:
        NoTestsError: There is no example, or the solution is not Python.
    """
    return _judge(plan_docstrings(solution, sandbox), "solution", sandbox)


def _judge(planned: list[PlannedTest], written_by: Author, sandbox: Sandbox) -> TestReport:
    # In random order, so that nothing can be counted from one test to the next.
    verdicts = {test.name: _timed(test) for test in random.sample(planned, len(planned))}
    inside = any(test.trust == "in-process" for test in planned)
    return TestReport(
        results=tuple(verdicts[test.name] for test in planned),
        trust="in-process" if inside else "separate process",
        written_by=written_by,
        isolation=dict(sandbox.isolation),
    )


def _timed(test: PlannedTest) -> TestVerdict:
    started = time.monotonic()
    found = test.run()
    seconds = time.monotonic() - started
    return TestVerdict(
        test.name, found.passed, found.message, seconds, found.failing_input, test.trust
    )


def _refuse_without_cases(cases: Sequence[object], function: str | None) -> str:
    """Return the function that pairs are for."""
    if not cases or function is None:
        raise NoTestsError(
            f"Found {len(cases)} pairs for the function {function!r}. Give at least one pair of "
            "arguments and expected value, and the function's name; or `ProgramCase`s."
        )
    if any(isinstance(case, ProgramCase) for case in cases):
        raise NoTestsError("Found pairs and `ProgramCase`s together. Check each kind by itself.")
    return function
