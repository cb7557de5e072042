"""Run one test in its own confined process, where the judged functions are stand-ins.

The code under judgement is never in this process, so that it cannot change what passing means.
"""

import ast
import sys
import unittest
from types import ModuleType
from typing import Any

from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.plain_values import decode_value
from r1agent_tools.stand_ins import AskHost, solution_module
from r1agent_tools.test_examples import run_example
from r1agent_tools.test_functions import explain, run_function, run_method
from r1agent_tools.test_names import statement_tests
from r1agent_tools.test_properties import prepare_properties

_PASSED: Frame = {"verdict": "passed", "message": ""}


def run_test(request: Frame, *, call: AskHost) -> Frame:
    """Run the test that `request` names; answer its verdict, message and failing input.

    Args:
        request: `tests` (source), `test` (its identifier), `names`
            (functions of the solution, None where it is loaded in this very process), `values`
            (constants of the solution, each a name and a coded value).
        call: Sends a question to the host and returns its answer.
    """
    names = request["names"]
    solution = sys.modules["__main__"] if names is None else solution_module(names, call)
    solution.__dict__.update({name: decode_value(value) for name, value in request["values"]})
    tests = ModuleType("tests")
    tests.__dict__.update({**solution.__dict__, "__name__": "tests"})
    # Found by these names, as dataclasses and unittest's `setUpModule` want it.
    sys.modules.update(solution=solution, tests=tests)
    try:
        return _run_named(request["tests"], request["test"], tests.__dict__)
    except (unittest.SkipTest, KeyboardInterrupt):
        return {"verdict": "failed", "message": "the test did not run to its end"}
    except BaseException as error:  # noqa: BLE001 - SystemExit and CandidateError fail a test too
        return {"verdict": "failed", "message": explain(error)}


def _run_named(source: str, test: str, namespace: dict[str, Any]) -> Frame:
    """Run the statement, example, function or method that `test` names.

    The identifiers are those of `find_tests` and `find_examples`: `line 3`, `example 3`,
    `test_a`, `Class.test_b`.
    """
    if test.startswith("example "):
        return run_example(source, int(test.removeprefix("example ")), namespace)
    tree = ast.parse(source)
    prepare_properties(tree)
    if test.startswith("line "):
        others = [node for node in statement_tests(tree) if f"line {node.lineno}" != test]
        kept = [node for node in tree.body if node not in others]
        exec(compile(ast.Module(kept, []), "tests", "exec"), namespace)  # noqa: S102
        return _PASSED
    if _has_automatic_fixture(tree):
        return {"verdict": "failed", "message": "fixtures with `autouse` are not supported"}
    exec(compile(tree, "tests", "exec"), namespace)  # noqa: S102 - the sandbox is for this
    if "." in test:
        class_name, method = test.split(".", 1)
        return run_method(namespace[class_name], method)
    return run_function(namespace[test])


def _has_automatic_fixture(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.keyword) and node.arg == "autouse" for node in ast.walk(tree))
