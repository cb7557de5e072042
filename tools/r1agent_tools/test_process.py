"""Run one test in its own confined process, where the judged functions are stand-ins.

A stand-in sends its arguments to the host, which calls the real function in another process. The
code under judgement is never in this process, so that it cannot change what passing means.
"""

import ast
import builtins
import sys
import traceback
import unittest
from collections.abc import Callable
from types import ModuleType
from typing import Any

from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.plain_values import NotPlainError, decode_value, encode_value
from r1agent_tools.test_names import statement_tests

AskHost = Callable[[Frame], Frame]


class CandidateError(BaseException):
    """The judged code ended in a way that no test can expect, not even with `Exception`."""


def run_test(request: Frame, *, call: AskHost) -> Frame:
    """Run the test that `request` names and answer its verdict and message.

    Args:
        request: `tests` (source), `test` (its identifier), `names`
            (functions of the solution, None where it is loaded in this very process).
        call: Sends a question to the host and returns its answer.
    """
    names = request["names"]
    solution = sys.modules["__main__"] if names is None else _solution_module(names, call)
    sys.modules["solution"] = solution
    namespace: dict[str, Any] = {**solution.__dict__, "__name__": "tests"}
    try:
        return _run_named(request["tests"], request["test"], namespace)
    except (unittest.SkipTest, KeyboardInterrupt):
        return {"verdict": "failed", "message": "the test did not run to its end"}
    except BaseException as error:  # noqa: BLE001 - SystemExit and CandidateError fail a test too
        return {"verdict": "failed", "message": _explain(error)}


def _run_named(source: str, test: str, namespace: dict[str, Any]) -> Frame:
    """Run the top-level statement, function or method that `test` names.

    The identifiers are those of `find_tests`: `line 3`, `test_a`, `Class.test_b`.
    """
    tree = ast.parse(source)
    if test.startswith("line "):
        others = [node for node in statement_tests(tree) if f"line {node.lineno}" != test]
        kept = [node for node in tree.body if node not in others]
        exec(compile(ast.Module(kept, []), "tests", "exec"), namespace)  # noqa: S102
        return {"verdict": "passed", "message": ""}
    exec(compile(tree, "tests", "exec"), namespace)  # noqa: S102 - the sandbox is for this
    if "." in test:
        class_name, method = test.split(".", 1)
        return _run_method(class_name, method, namespace)
    if namespace[test]() is not None:
        return {"verdict": "failed", "message": "the test returned a value; is it a generator?"}
    return {"verdict": "passed", "message": ""}


def _run_method(class_name: str, method: str, namespace: dict[str, Any]) -> Frame:
    result = unittest.TestResult()
    namespace[class_name](method).run(result)
    problems = [text for _, text in [*result.errors, *result.failures]]
    if result.testsRun == 1 and result.wasSuccessful() and not _excused(result):
        return {"verdict": "passed", "message": ""}
    message = problems[0].strip().splitlines()[-1] if problems else "the test was skipped"
    return {"verdict": "failed", "message": message}


def _excused(result: unittest.TestResult) -> bool:
    return bool(result.skipped or result.expectedFailures)


def _solution_module(names: list[str], call: AskHost) -> ModuleType:
    """Return a module `solution` with a stand-in for each name, importable by the tests."""
    module = ModuleType("solution")
    for name in names:
        setattr(module, name, _stand_in(name, call))
    return module


def _stand_in(name: str, call: AskHost) -> Callable[..., Any]:
    def stand_in(*arguments: Any, **keywords: Any) -> Any:
        question = {
            "call": name,
            "arguments": encode_value(list(arguments)),
            "keywords": encode_value(keywords),
        }
        return _unpack(call(question))

    stand_in.__name__ = stand_in.__qualname__ = name
    return stand_in


def _unpack(answer: Frame) -> Any:
    """Return the value, or raise the exception again if it is a builtin one."""
    if "returned" in answer:
        return decode_value(answer["returned"])
    if "raised" not in answer:
        raise CandidateError(answer.get("ended", "the solution gave no answer"))
    name, text = answer["raised"]
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        raise _rebuild(kind, text)
    raise CandidateError(f"{name}: {text}")


def _rebuild(kind: type[Exception], text: str) -> BaseException:
    try:
        return kind(text)
    except TypeError:  # a class such as UnicodeDecodeError wants more than a message
        return CandidateError(f"{kind.__name__}: {text}")


def _explain(error: BaseException) -> str:
    """Return the error and the line of the test that raised it, as one short text."""
    if isinstance(error, NotPlainError):
        return f"{error}; such a test needs the solution in its own process"
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == "tests"
    ]
    where = f" (line {lines[-1]} of the tests)" if lines else ""
    return f"{type(error).__name__}: {error}{where}"[:2000]
