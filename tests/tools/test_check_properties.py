import pytest

from r1agent_tools import Limits, LocalSandbox, check_unit_tests

TESTS = """
from hypothesis import given, strategies as st

@given(st.lists(st.integers()))
def test_sorted(xs):
    assert ordered(xs) == sorted(xs)
"""
HONEST = "def ordered(xs):\n    return sorted(xs)"
SPOOFS = {
    "hypothesis patched": "import hypothesis\n"
    "hypothesis.given = lambda *a, **k: lambda test: (lambda: None)\n"
    "hypothesis.settings.default = None\n"
    "def ordered(xs): return xs",
    "an assumption that fails": "import hypothesis\ndef ordered(xs): hypothesis.assume(False)",
    "a rejected example": "from hypothesis.errors import UnsatisfiedAssumption\n"
    "def ordered(xs): raise UnsatisfiedAssumption",
    "a stopped search": "from hypothesis.internal.conjecture.data import StopTest\n"
    "def ordered(xs): raise StopTest(0)",
    "equal to everything": "class Equal(list):\n"
    "    def __eq__(self, other): return True\n"
    "def ordered(xs): return Equal()",
    "right only for short lists": "def ordered(xs): return sorted(xs) if len(xs) < 3 else xs",
    "right for the first calls": "calls = []\n"
    "def ordered(xs):\n    calls.append(1)\n    return sorted(xs) if len(calls) < 5 else xs",
    "exit": "import os\ndef ordered(xs): os._exit(0)",
    "skip": "import unittest\ndef ordered(xs): raise unittest.SkipTest",
}


@pytest.fixture(scope="module")
def sandbox():
    limits = Limits(wall_seconds=20, memory_mb=512)
    with LocalSandbox(limits=limits, preload=["hypothesis"]) as built:
        yield built


def verdict(sandbox, tests, solution):
    (result,) = check_unit_tests(solution, tests, sandbox=sandbox).results
    return result


def test_a_property_that_holds_is_verified(sandbox):
    report = check_unit_tests(HONEST, TESTS, sandbox=sandbox)
    assert (report.verified, report.trust) == (True, "separate process"), report.text()


@pytest.mark.parametrize("spoof", SPOOFS)
def test_a_spoof_is_not_verified(sandbox, spoof):
    assert not verdict(sandbox, TESTS, SPOOFS[spoof]).passed


def test_the_smallest_failing_input_is_in_the_verdict(sandbox):
    result = verdict(sandbox, TESTS, "def ordered(xs): return xs")
    assert result.failing_input in ("xs=[0, -1]", "xs=[1, 0]")
    assert result.message.startswith("AssertionError")


def test_the_same_input_is_found_each_time(sandbox):
    tests = TESTS.replace("st.integers()", "st.integers(0, 1000)")
    solution = "def ordered(xs): return sorted(xs) if sum(xs) < 700 else []"
    found = {verdict(sandbox, tests, solution).failing_input for _ in range(3)}
    assert found == {"xs=[700]"}


def test_an_exception_class_of_the_solution_is_shrunk_too(sandbox):
    solution = (
        "class Odd(Exception): pass\n"
        "def ordered(xs):\n    if len(xs) > 2: raise Odd(len(xs))\n    return sorted(xs)"
    )
    result = verdict(sandbox, TESTS, solution)
    assert result.failing_input == "xs=[0, 0, 0]"
    assert result.message.startswith("SolutionError: Odd: 3")


def test_an_input_that_ends_the_solution_is_named(sandbox):
    solution = "import os\ndef ordered(xs):\n    if xs: os._exit(0)\n    return xs"
    result = verdict(sandbox, TESTS, solution)
    assert result.message == "the solution ended its process, or ran too long"
    assert result.failing_input.startswith("ordered([")


def test_properties_may_be_methods_and_have_settings_of_their_own(sandbox):
    tests = """
import unittest
from hypothesis import assume, example, given, settings, strategies as st

class Properties(unittest.TestCase):
    @settings(max_examples=300)
    @given(xs=st.lists(st.floats(allow_nan=False)), n=st.integers(1, 3))
    @example(xs=[1.0], n=1)
    def test_repeated(self, xs, n):
        assume(len(xs) < 9)
        self.assertEqual(ordered(xs * n), sorted(xs * n))
"""
    assert verdict(sandbox, tests, HONEST).passed
    result = verdict(sandbox, tests, "def ordered(xs): return sorted(set(xs))")
    assert result.failing_input in ("xs=[0.0], n=2", "xs=[0.0, 0.0], n=1")


def test_a_property_that_never_calls_the_solution_shows_nothing(sandbox):
    tests = TESTS.replace("ordered(xs)", "sorted(xs)")
    assert "never called" in verdict(sandbox, tests, HONEST).message
