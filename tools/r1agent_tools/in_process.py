"""Tests that need the solution's own classes: run beside it, with controls that must fail.

The judged code could deceive such a test, so that it never verifies anything. The controls find the
plain cases of that, and tests that would pass whatever the code does.
"""

import ast
from functools import cached_property

from r1agent_tools.judged import JudgedSolution
from r1agent_tools.planned_test import Outcome
from r1agent_tools.sandbox.protocol import Sandbox

_CONTROLS = """
import unittest

def test_function():
    assert 1 == 2

class Control(unittest.TestCase):
    def test_equal(self):
        self.assertEqual(1, 2)
    def test_true(self):
        self.assertTrue(1 == 2)
    def test_raises(self):
        with self.assertRaises(ValueError):
            pass
"""
_CONTROL_NAMES = ("test_function", "Control.test_equal", "Control.test_true", "Control.test_raises")
_TAMPERS = "a test that must fail has passed beside the solution: no verdict in its process counts"


class InProcessJudge:
    """Runs tests in the process of one solution, each in a fresh one."""

    def __init__(self, solution: str, sandbox: Sandbox) -> None:
        """Store both; nothing runs yet."""
        self._solution = solution
        self._sandbox = sandbox

    def run(self, tests: str, name: str) -> Outcome:
        """Run one test, unless a control shows that its verdict would mean nothing."""
        if self._control_passed:
            return Outcome(False, _TAMPERS)
        outcome = self._run(self._solution, tests, name)
        if not outcome.passed:
            return outcome
        try:
            emptied = self._run(self._emptied, tests, name)
        except RecursionError:
            return Outcome(
                False, "the solution is nested too deeply for a control to be made of it"
            )
        if emptied.passed:
            reason = "the test passes with the code of the solution taken out: it shows nothing"
            return Outcome(False, reason)
        return outcome

    @cached_property
    def _control_passed(self) -> bool:
        return any(self._run(self._solution, _CONTROLS, name).passed for name in _CONTROL_NAMES)

    @cached_property
    def _emptied(self) -> str:
        """The solution with nothing in its functions and classes: known to be wrong."""
        return ast.unparse(_Emptied().visit(ast.parse(self._solution)))

    def _run(self, solution: str, tests: str, name: str) -> Outcome:
        with JudgedSolution(solution, self._sandbox) as judged:
            if judged.problem:
                return Outcome(False, judged.problem)
            return judged.test_inside(tests, name)


class _Emptied(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        # No exception that a test could expect with `Exception`.
        node.body = ast.parse("raise GeneratorExit('taken out')").body
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [ast.Pass()]
        return node
