import pytest

from r1agent_tools import check_unit_tests

SOLUTION = "def root(x):\n    if x < 0: raise ValueError(f'negative: {x}')\n    return x ** 0.5"


def verdict(sandbox, tests, solution=SOLUTION):
    (result,) = check_unit_tests(solution, tests, sandbox=sandbox).results
    return result


def test_raises_and_approx_work(sandbox):
    tests = """
import pytest
from solution import root

def test_negative():
    with pytest.raises(ValueError, match="negative: -1"):
        root(-1)

def test_close():
    assert root(2) == pytest.approx(1.41421356)
"""
    report = check_unit_tests(SOLUTION, tests, sandbox=sandbox)
    assert report.verified, report.text()
    assert report.total == 2


def test_a_wrong_exception_fails(sandbox):
    tests = "import pytest\ndef test_it():\n    with pytest.raises(KeyError): root(-1)"
    result = verdict(sandbox, tests)
    assert result.message == "ValueError: negative: -1 (line 3 of the tests)"
    assert result.failing_input == "root(-1)"


def test_parameters_run_in_one_verdict(sandbox):
    tests = """
import pytest

@pytest.mark.parametrize("x", [0, 4, pytest.param(9, id="nine")])
@pytest.mark.parametrize(("power", "text"), [(1, "a"), (2, "b")])
def test_it(x, power, text):
    assert root(x) ** 2 == x and text
"""
    assert verdict(sandbox, tests).passed


def test_the_first_parameters_that_fail_are_named(sandbox):
    tests = """
import pytest

@pytest.mark.parametrize("x, expected", [(4, 2), (9, 4), (16, 4), (25, 6)])
def test_it(x, expected):
    assert root(x) == expected
"""
    result = verdict(sandbox, tests)
    assert result.failing_input == "x=9, expected=4"
    assert result.message.startswith("2 of 4 parameter sets fail; first: AssertionError")


def test_a_solution_that_counts_the_parameter_sets_is_found_out(sandbox):
    solution = "import itertools\ncount = itertools.count()\ndef f(x): return next(count)"
    numbers = list(range(20))
    tests = (
        f"import pytest\n@pytest.mark.parametrize('x', {numbers})\ndef test_it(x): assert f(x) == x"
    )
    assert not verdict(sandbox, tests, solution).passed


def test_a_plain_class_is_set_up_anew_for_each_test(sandbox):
    tests = """
class TestRoot:
    def setup_method(self):
        self.values = []
    def test_a(self):
        self.values.append(root(4))
        assert self.values == [2]
    def test_b(self):
        self.values.append(root(9))
        assert self.values == [3]
"""
    assert check_unit_tests(SOLUTION, tests, sandbox=sandbox).passed == 2


def test_the_set_up_of_a_unittest_class_runs(sandbox):
    tests = """
import unittest

class Roots(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = 4
    def setUp(self):
        self.value = root(self.base)
    def test_it(self):
        self.assertEqual(self.value, 2)
"""
    assert verdict(sandbox, tests).passed


def test_the_set_up_of_the_module_runs(sandbox):
    tests = """
import unittest
base = []

def setUpModule():
    base.append(4)

class Roots(unittest.TestCase):
    def test_it(self):
        self.assertEqual([root(x) for x in base], [2])
"""
    assert verdict(sandbox, tests).passed


def test_a_unittest_failure_names_the_line_and_the_call(sandbox):
    tests = "import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n"
    tests += "        self.assertEqual(root(9), 4)"
    result = verdict(sandbox, tests)
    assert result.message == "AssertionError: 3.0 != 4 (line 4 of the tests)"
    assert result.failing_input == "root(9)"


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        ("def test_it(tmp_path): root(1)", "wants `tmp_path`. Fixtures are not supported"),
        (
            "import pytest\n@pytest.fixture(autouse=True)\ndef four(): yield\n"
            "def test_it(): root(1)",
            "`autouse` are not supported",
        ),
        ("import pytest\n@pytest.mark.skip\ndef test_it(): root(1)", "is marked `skip`"),
        ("import pytest\n@pytest.mark.xfail\ndef test_it(): root(1)", "is marked `xfail`"),
        (
            "import pytest\nsets = [pytest.param(1, marks=pytest.mark.skip)]\n"
            "@pytest.mark.parametrize('x', sets)\ndef test_it(x): root(x)",
            "is marked `skip`",
        ),
        ("import pytest\ndef test_it():\n    root(1)\n    pytest.skip('no')", "Skipped: no"),
        (
            "import pytest\n@pytest.mark.parametrize('x', [])\ndef test_it(x): root(x)",
            "no parameter set",
        ),
        (
            "class TestIt:\n    def setup_class(self): pass\n    def test_it(self): root(1)",
            "`setup_class`, which is not supported",
        ),
        ("async def test_it(): root(1)", "the test returned a value"),
        (
            "import sys\nsys.modules['pytest'] = None\nimport pytest\ndef test_it(): root(1)",
            "the tests import pytest, which is not installed beside r1agent",
        ),
        (
            "import sys\nsys.modules['hypothesis'] = None\nfrom hypothesis import given\n"
            "def test_it(): root(1)",
            "the tests import hypothesis, which is not installed beside r1agent",
        ),
    ],
)
def test_what_is_not_run_as_meant_fails_and_says_so(sandbox, tests, message):
    result = verdict(sandbox, tests)
    assert not result.passed
    assert message in result.message


def test_a_solution_cannot_patch_pytest(sandbox):
    solution = (
        "import pytest\npytest.raises = pytest.approx = lambda *a, **k: None\ndef root(x): return 0"
    )
    tests = "import pytest\ndef test_it(): assert root(4) == pytest.approx(2)"
    assert not verdict(sandbox, tests, solution).passed
