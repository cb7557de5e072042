"""The tool that checks code against unit tests."""

from typing import Literal

from langchain_core.tools import BaseTool, ToolException, tool

from r1agent_tools.planned_test import NoTestsError
from r1agent_tools.sandbox.protocol import Sandbox
from r1agent_tools.test_report import TestReport
from r1agent_tools.unit_tests import Tests, check_unit_tests


def unit_tests_tool(
    sandbox: Sandbox, *, tests: Tests | None = None, function: str | None = None
) -> BaseTool:
    """Build the tool that checks code against unit tests in `sandbox`.

    Args:
        sandbox: Where the code and the tests run.
        tests: Tests that the model does not see; without them the model writes its own, and the
            report says that it is a check of the model against itself.
        function: Name of the function that pairs in `tests` are for.
    """
    if tests is None:
        return _with_handlers(_own_tests_tool(sandbox))
    return _with_handlers(_given_tests_tool(sandbox, tests, function))


def _own_tests_tool(sandbox: Sandbox) -> BaseTool:
    @tool("unit_tests", response_format="content_and_artifact", parse_docstring=True)
    def unit_tests(solution: str, tests: str) -> tuple[str, TestReport]:
        """Check Python functions against unit tests; each test runs in a fresh process.

        Tests may be, in one text of one kind:
        - `assert f(1) == 2` lines, one test each
        - `def test_...` functions that call f; `pytest.raises`, `approx`, `parametrize` work
        - `unittest.TestCase` classes
        - hypothesis: `@given(...)` above a test function; the smallest failing input is shown
        - doctests: `>>> f(1)` with the expected output on the next line
        Fixtures, skipped tests and tests that never call f do not pass.

        Args:
            solution: Source that defines the functions. No files, network or subprocesses.
            tests: Source of the tests, without the solution.
        """
        return _check(solution, tests, sandbox, "model", None)

    return unit_tests


def _given_tests_tool(sandbox: Sandbox, tests: Tests, function: str | None) -> BaseTool:
    @tool("unit_tests", response_format="content_and_artifact", parse_docstring=True)
    def unit_tests(solution: str) -> tuple[str, TestReport]:
        """Check Python functions against the given unit tests; each runs in a fresh process.

        Args:
            solution: Source that defines the functions. No files, network or subprocesses.
        """
        return _check(solution, tests, sandbox, "user", function)

    return unit_tests


def _with_handlers(built: BaseTool) -> BaseTool:
    built.handle_tool_error = True
    built.handle_validation_error = str  # the default hides which argument was wrong
    return built


def _check(
    solution: str,
    tests: Tests,
    sandbox: Sandbox,
    written_by: Literal["user", "model"],
    function: str | None,
) -> tuple[str, TestReport]:
    try:
        report = check_unit_tests(
            solution, tests, sandbox=sandbox, function=function, written_by=written_by
        )
    except NoTestsError as error:
        raise ToolException(str(error)) from error
    return report.text(), report
