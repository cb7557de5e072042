"""Check code against unit tests with a judge that the code cannot reach.

The judged code, the tests and this process share no memory and no writable file. Expected values
and the text of the tests never enter the process of the judged code.
"""

import ast
import random
import time
from collections.abc import Callable, Sequence
from typing import Literal

from langchain_core.tools import BaseTool, ToolException, tool

from r1agent_tools.judged import JudgedSolution
from r1agent_tools.sandbox.plain_values import NotPlainError, encode_value, same
from r1agent_tools.sandbox.protocol import Sandbox
from r1agent_tools.test_names import find_tests
from r1agent_tools.test_report import TestReport, TestVerdict, Trust

Case = tuple[Sequence[object], object]
"""Arguments and the value that they must give."""


class NoTestsError(ValueError):
    """The tests hold nothing that could be checked."""


def check_unit_tests(
    solution: str,
    tests: str | Sequence[Case],
    *,
    sandbox: Sandbox,
    function: str | None = None,
    tolerance: float = 0.0,
    written_by: Literal["user", "model"] = "user",
) -> TestReport:
    """Run `solution` against `tests`, each test in fresh processes, and report each verdict.

    Args:
        solution: Python source that defines what is tested.
        tests: Source with `assert` statements, `test_...` functions or `unittest.TestCase`
            classes, which find the solution's functions as globals or in the module `solution`;
            or pairs of arguments and expected value for `function`.
        sandbox: Where both run.
        function: Name of the function that pairs are for.
        tolerance: Difference that floats of pairs may have, relative and absolute.
        written_by: Whether a person or the model wrote the tests; the report says so.

    Raises:
        NoTestsError: There is no test, or the tests are not Python, or `function` is missing.
    """
    if isinstance(tests, str):
        names = _find_tests(tests)
        trust = _trust(solution, tests)
        check = _source_checker(solution, tests, trust, sandbox)
    else:
        names = _name_cases(tests, function)
        trust = "separate process"
        check = _case_checker(solution, tests, str(function), tolerance, sandbox)
    # In random order, so that nothing can be counted from one test to the next.
    verdicts = {name: _timed(check, name) for name in random.sample(names, len(names))}
    return TestReport(
        results=tuple(verdicts[name] for name in names),
        trust=trust,
        written_by=written_by,
        isolation=dict(sandbox.isolation),
    )


def unit_tests_tool(sandbox: Sandbox, *, tests: str | None = None) -> BaseTool:
    """Build the tool that checks code against unit tests in `sandbox`.

    Args:
        sandbox: Where the code and the tests run.
        tests: Tests that the model does not see; without them the model writes its own, and the
            report says that it is a check of the model against itself.
    """
    if tests is None:
        return _with_handlers(_own_tests_tool(sandbox))
    return _with_handlers(_given_tests_tool(sandbox, tests))


def _own_tests_tool(sandbox: Sandbox) -> BaseTool:
    @tool("unit_tests", response_format="content_and_artifact", parse_docstring=True)
    def unit_tests(solution: str, tests: str) -> tuple[str, TestReport]:
        """Check Python functions against unit tests; each test runs in a fresh process.

        Args:
            solution: Source that defines the functions. No files, network or subprocesses.
            tests: `assert f(1) == 2` lines, or `def test_...` functions that call f directly.
        """
        return _check(solution, tests, sandbox, "model")

    return unit_tests


def _given_tests_tool(sandbox: Sandbox, tests: str) -> BaseTool:
    @tool("unit_tests", response_format="content_and_artifact", parse_docstring=True)
    def unit_tests(solution: str) -> tuple[str, TestReport]:
        """Check Python functions against the given unit tests; each runs in a fresh process.

        Args:
            solution: Source that defines the functions. No files, network or subprocesses.
        """
        return _check(solution, tests, sandbox, "user")

    return unit_tests


def _with_handlers(built: BaseTool) -> BaseTool:
    built.handle_tool_error = True
    built.handle_validation_error = str  # the default hides which argument was wrong
    return built


def _check(
    solution: str, tests: str, sandbox: Sandbox, written_by: Literal["user", "model"]
) -> tuple[str, TestReport]:
    try:
        report = check_unit_tests(solution, tests, sandbox=sandbox, written_by=written_by)
    except NoTestsError as error:
        raise ToolException(str(error)) from error
    return report.text(), report


def _find_tests(tests: str) -> list[str]:
    try:
        names = find_tests(tests)
    except SyntaxError as error:
        raise NoTestsError(f"The tests are not Python: {error}. Correct them.") from error
    if not names:
        raise NoTestsError(
            "The tests hold no test. Write `assert f(1) == 2` lines or `def test_...` functions."
        )
    if len(set(names)) != len(names):
        raise NoTestsError(f"Two tests have one name: {sorted(names)}. Give each its own.")
    return names


def _name_cases(cases: Sequence[Case], function: str | None) -> list[str]:
    if not cases or function is None:
        raise NoTestsError(
            f"Found {len(cases)} pairs for the function {function!r}. Give at least one pair of "
            "arguments and expected value, and the function's name."
        )
    return [f"case {number}" for number in range(1, len(cases) + 1)]


def _trust(solution: str, tests: str) -> Trust:
    """Tell whether the tests can do without the solution's objects in their own process."""
    try:
        classes = {node.name for node in ast.parse(solution).body if isinstance(node, ast.ClassDef)}
    except SyntaxError:
        return "separate process"
    nodes = list(ast.walk(ast.parse(tests)))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    used |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return "in-process" if classes & used else "separate process"


def _timed(check: Callable[[str], tuple[bool, str]], name: str) -> TestVerdict:
    started = time.monotonic()
    passed, message = check(name)
    return TestVerdict(name, passed, message, time.monotonic() - started)


def _case_checker(
    solution: str, cases: Sequence[Case], function: str, tolerance: float, sandbox: Sandbox
) -> Callable[[str], tuple[bool, str]]:
    def check(name: str) -> tuple[bool, str]:
        arguments, expected = cases[int(name.removeprefix("case ")) - 1]
        with JudgedSolution(solution, sandbox) as judged:
            if judged.problem:
                return False, judged.problem
            try:
                coded = encode_value(list(arguments))
            except NotPlainError as error:
                raise NoTestsError(f"The arguments of {name} cannot be sent: {error}.") from error
            found, problem = judged.call(function, coded)
        if problem:
            return False, problem
        if same(found, expected, tolerance=tolerance):
            return True, ""
        return False, f"{function} returned {_show(found)}, expected {_show(expected)}"

    return check


def _show(value: object) -> str:
    """Return the value's repr, cut; Python refuses to write integers beyond 4,300 digits."""
    try:
        return f"{value!r:.300}"
    except ValueError:
        return "a value with a very long integer"


def _source_checker(
    solution: str, tests: str, trust: Trust, sandbox: Sandbox
) -> Callable[[str], tuple[bool, str]]:
    def check(name: str) -> tuple[bool, str]:
        with JudgedSolution(solution, sandbox) as judged:
            if judged.problem:
                return False, judged.problem
            if trust == "in-process":
                return judged.test_inside(tests, name)
            return judged.test_from_outside(tests, name)

    return check
