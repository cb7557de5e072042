"""Tests given as source: asserts, functions, classes and doctests, found without running them."""

import ast
import re

from r1agent_tools.constants import bound_names, constant_names, reads
from r1agent_tools.in_process import InProcessJudge
from r1agent_tools.judged import JudgedSolution
from r1agent_tools.planned_test import NoTestsError, Outcome, PlannedTest
from r1agent_tools.sandbox.protocol import Sandbox
from r1agent_tools.test_examples import docstrings, find_examples, without_docstrings
from r1agent_tools.test_names import find_tests, test_nodes

# Tests with an error of syntax are no text with doctests: their other tests would be lost.
_CODE = re.compile(r"^(async def|def|class|assert) ", re.MULTILINE)
_WORD = re.compile(r"\w+")


def plan_source(solution: str, tests: str, sandbox: Sandbox) -> list[PlannedTest]:
    """Return the tests in `tests`, which is Python or a text with doctests.

    Raises:
        NoTestsError: There is none, or the text is neither.
    """
    try:
        tree = _parse(tests)
    except NoTestsError:
        if ">>>" not in tests or _CODE.search(tests):
            raise
        return _plan_examples(solution, {"": tests}, sandbox)
    names = find_tests(tree)
    if not names:
        return _plan_examples(solution, docstrings(tree), sandbox)
    if len(set(names)) != len(names):
        raise NoTestsError(f"Two tests have one name: {sorted(names)}. Give each its own.")
    planner = _Planner(solution, sandbox, own_names=bound_names(tree))
    shared = _used(tree.body, without=test_nodes(tree))
    return [
        planner.plan(name, tests, name, shared | _used([node]), node)
        for name, node in zip(names, test_nodes(tree), strict=True)
    ]


def plan_docstrings(solution: str, sandbox: Sandbox) -> list[PlannedTest]:
    """Return the examples in the solution's own docstrings, which do not run beside it.

    Raises:
        NoTestsError: There is none, or the solution is not Python.
    """
    tree = _parse(solution, "solution is")
    texts = docstrings(tree)
    try:
        bare = without_docstrings(tree)
    except RecursionError as error:
        raise NoTestsError("The solution is nested too deeply to be checked. Cut it.") from error
    return _plan_examples(bare, texts, sandbox)


class _Planner:
    """Decides where each test has to run: apart from the solution wherever that is possible."""

    def __init__(
        self, solution: str, sandbox: Sandbox, *, own_names: set[str] | None = None
    ) -> None:
        """Look through the solution; `own_names` are those that the tests bind themselves."""
        self._solution = solution
        self._sandbox = sandbox
        self._inside = InProcessJudge(solution, sandbox)
        self._classes = _classes(solution)
        bound = own_names or set()
        self._constants = [name for name in constant_names(solution) if name not in bound]

    def plan(
        self, name: str, tests: str, test: str, used: set[str], node: ast.stmt | None = None
    ) -> PlannedTest:
        if used & self._classes:
            return PlannedTest(name, lambda: self._inside.run(tests, test), "in-process")
        constants = [constant for constant in self._constants if constant in used]
        reads_one = node is not None and reads(node, set(constants))
        return PlannedTest(name, lambda: self._run_apart(tests, test, constants, reads_one))

    def _run_apart(self, tests: str, test: str, constants: list[str], reads_one: bool) -> Outcome:
        with JudgedSolution(self._solution, self._sandbox) as judged:
            if judged.problem:
                return Outcome(False, judged.problem)
            return judged.test_from_outside(tests, test, constants=constants, reads_one=reads_one)


def _plan_examples(solution: str, texts: dict[str, str], sandbox: Sandbox) -> list[PlannedTest]:
    """Return the examples of each text; those of one text run in one namespace."""
    planner = _Planner(solution, sandbox)
    planned = []
    for label, text in texts.items():
        try:
            lines = find_examples(text)
        except ValueError as error:
            raise NoTestsError(f"The doctests cannot be read: {error}. Correct them.") from error
        for line in lines:
            name = f"{label} example {line}".strip()
            planned.append(planner.plan(name, text, f"example {line}", set(_WORD.findall(text))))
    if not planned:
        raise NoTestsError(
            "The tests hold no test. Write `assert f(1) == 2` lines, `def test_...` functions, or "
            "doctests: `>>> f(1)` with the output below it."
        )
    return planned


def _parse(source: str, what: str = "tests are") -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NoTestsError(f"The {what} not Python: {error}. Correct that.") from error


def _classes(solution: str) -> set[str]:
    try:
        tree = _parse(solution)
    except NoTestsError:  # it will not load either, and each verdict will say so
        return set()
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def _used(nodes: list[ast.stmt], *, without: list[ast.stmt] | None = None) -> set[str]:
    """Return the names and attributes that `nodes` mention."""
    left_out = without or []
    found = [part for node in nodes if node not in left_out for part in ast.walk(node)]
    used = {part.id for part in found if isinstance(part, ast.Name)}
    return used | {part.attr for part in found if isinstance(part, ast.Attribute)}
