"""Run one test function or method as unittest or pytest would, in the process of the test.

Of pytest: `raises`, `approx`, `mark.parametrize`, and classes with `setup_method`. A parametrised
test has one verdict, which names the first parameters that fail.
"""

import inspect
import random
import traceback
import unittest
from collections.abc import Callable, Iterable
from typing import Any

from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.plain_values import NotPlainError
from r1agent_tools.shown import show_names
from r1agent_tools.stand_ins import SolutionEndedError
from r1agent_tools.test_properties import watch_examples

_REFUSED_MARKS = ("skip", "skipif", "xfail", "usefixtures")
_PASSED: Frame = {"verdict": "passed", "message": ""}


class _UnsupportedTestError(Exception):
    """A test that the judge cannot run as its author means it."""


def run_function(test: Callable[..., object]) -> Frame:
    """Run a test function once for each set of parameters."""
    return _run_sets(lambda: test, _parameter_sets(_marks(test)))


def run_method(owner: type, name: str) -> Frame:
    """Run a method of a `unittest.TestCase`, or of a plain class as pytest does."""
    if issubclass(owner, unittest.TestCase):
        return _run_case(owner, name)
    marks = [*_marks(getattr(owner, name)), *_marks(owner)]
    return _run_sets(lambda: _with_set_up(owner(), name), _parameter_sets(marks))


def explain(error: BaseException) -> str:
    """Return the error and the line of the test that raised it, as one short text."""
    if isinstance(error, NotPlainError):
        return f"{error}; such a test needs the solution in its own process"
    if isinstance(error, ModuleNotFoundError) and error.name in ("pytest", "hypothesis"):
        return (
            f"the tests import {error.name}, which is not installed beside r1agent. "
            f"Install it (`pip install {error.name}`) or write plain asserts."
        )
    if isinstance(error, _UnsupportedTestError):
        return str(error)
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == "tests"
    ]
    where = f" (line {lines[-1]} of the tests)" if lines else ""
    return f"{type(error).__name__}: {error}{where}"[:2000]


def _run_sets(build: Callable[[], Callable[..., object]], sets: list[dict[str, Any]]) -> Frame:
    """Run every set, in random order so that nothing can be counted from one to the next."""
    failures: dict[int, Frame] = {}
    for number in random.sample(range(len(sets)), len(sets)):
        verdict = _run_once(build(), sets[number])
        if verdict["verdict"] != "passed":
            failures[number] = verdict
    if not failures:
        return _PASSED
    first = failures[min(failures)]
    if len(sets) == 1:
        return first
    message = f"{len(failures)} of {len(sets)} parameter sets fail; first: {first['message']}"
    return {**first, "message": message}


def _run_once(test: Callable[..., object], values: dict[str, Any]) -> Frame:
    shown = show_names(values)
    seen: list[str] = []
    watch_examples(test, seen)
    try:
        _refuse_fixtures(test, values)
        if test(**values) is None:
            return _PASSED
        message = "the test returned a value; is it a generator?"
    except (unittest.SkipTest, KeyboardInterrupt, SolutionEndedError):
        raise
    except BaseException as error:  # noqa: BLE001 - pytest's outcomes are BaseExceptions
        message = explain(error)
    failing = ", ".join(filter(None, [shown, *seen]))
    return {"verdict": "failed", "message": message, "failing_input": failing or None}


def _run_case(owner: type[unittest.TestCase], name: str) -> Frame:
    seen: list[str] = []
    watch_examples(getattr(owner, name), seen)
    result = _Result()
    unittest.TestSuite([owner(name)]).run(result)
    if result.testsRun == 1 and result.wasSuccessful() and not _excused(result):
        return _PASSED
    message = explain(result.problem) if result.problem else "the test was skipped"
    return {"verdict": "failed", "message": message, "failing_input": "".join(seen) or None}


class _Result(unittest.TestResult):
    """Keeps the first exception itself; unittest keeps only its text."""

    problem: BaseException | None = None

    def addError(self, test: Any, err: Any) -> None:  # noqa: N802 - unittest's name
        self.problem = self.problem or err[1]
        super().addError(test, err)

    def addFailure(self, test: Any, err: Any) -> None:  # noqa: N802 - unittest's name
        self.problem = self.problem or err[1]
        super().addFailure(test, err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: N802 - unittest's name
        self.problem = self.problem or (err and err[1])
        super().addSubTest(test, subtest, err)


def _excused(result: unittest.TestResult) -> bool:
    return bool(result.skipped or result.expectedFailures)


def _with_set_up(instance: Any, name: str) -> Callable[..., object]:
    """Return the method, after `setup_method`; each parameter set has an instance of its own."""
    for other in ("setup_class", "teardown_class", "teardown_method"):
        if hasattr(instance, other):
            raise _UnsupportedTestError(
                f"the class has `{other}`, which is not supported; use `unittest.TestCase`"
            )
    method: Callable[..., object] = getattr(instance, name)
    set_up = getattr(instance, "setup_method", None)
    if set_up is not None:
        set_up(*[method][: len(inspect.signature(set_up).parameters)])
    return method


def _marks(marked: object) -> list[Any]:
    marks = getattr(marked, "pytestmark", [])
    return marks if isinstance(marks, list) else [marks]


def _parameter_sets(marks: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the keyword arguments of each run: every combination of the `parametrize` marks."""
    sets: list[dict[str, Any]] = [{}]
    for mark in marks:
        if mark.name in _REFUSED_MARKS:
            raise _UnsupportedTestError(
                f"the test is marked `{mark.name}`; the judge runs every test, without fixtures"
            )
        if mark.name == "parametrize":
            sets = [{**a, **b} for a in sets for b in _sets_of(*mark.args, **mark.kwargs)]
    if not sets:
        raise _UnsupportedTestError("the test has no parameter set")
    return sets


def _sets_of(
    argnames: Any, argvalues: Any, indirect: object = False, **_: object
) -> list[dict[str, Any]]:
    if indirect:
        raise _UnsupportedTestError("`indirect` parameters need fixtures, which are not supported")
    names = argnames.split(",") if isinstance(argnames, str) else argnames
    names = [name.strip() for name in names if name.strip()]
    sets = []
    for value in argvalues:
        values = [value] if len(names) == 1 else value
        if type(value).__name__ == "ParameterSet":  # what `pytest.param` returns
            _parameter_sets(mark for mark in value.marks if mark.name != "parametrize")
            values = value.values
        sets.append(dict(zip(names, values, strict=True)))
    return sets


def _refuse_fixtures(test: Callable[..., object], values: dict[str, Any]) -> None:
    missing = [
        name
        for name, parameter in inspect.signature(test).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        and name not in values
    ]
    if missing:
        raise _UnsupportedTestError(
            f"the test wants {', '.join(f'`{name}`' for name in missing)}. Fixtures are not "
            "supported: build what the test needs inside it."
        )
