import pytest

from r1agent_tools import check_unit_tests

COUNTER = """
class Counter:
    def __init__(self): self.total = 0
    def add(self, n):
        self.total += n
        return self.total

def double(x):
    return 2 * x
"""
TESTS = """
import unittest

class Counting(unittest.TestCase):
    def test_add(self):
        counter = Counter()
        counter.add(2)
        self.assertEqual(counter.add(3), 5)

def test_double():
    assert double(2) == 4
"""


def test_only_the_tests_that_need_the_class_run_beside_it(sandbox):
    report = check_unit_tests(COUNTER, TESTS, sandbox=sandbox)
    assert (report.passed, report.total) == (2, 2), report.text()
    assert report.in_process == ("Counting.test_add",)
    assert [result.trust for result in report.results] == ["in-process", "separate process"]
    assert (report.trust, report.verified) == ("in-process", False)
    assert "These tests ran in the code's own process: Counting.test_add." in report.text()


def test_a_wrong_class_fails(sandbox):
    wrong = COUNTER.replace("+=", "=")
    report = check_unit_tests(wrong, TESTS, sandbox=sandbox)
    assert [result.passed for result in report.results] == [False, True]


@pytest.mark.parametrize(
    "tampering",
    [
        "import unittest\nunittest.TestCase.assertEqual = lambda *a: None",
        "import unittest\nunittest.TestCase.assertRaises = lambda *a: open('x', 'w')",
        "import unittest\nunittest.TestCase.assertTrue = lambda *a: None",
        "import sys\n"
        "for module in list(sys.modules.values()):\n"
        "    if hasattr(module, '_run_named'):\n"
        "        module._run_named = lambda *a: {'verdict': 'passed', 'message': ''}",
    ],
)
def test_a_control_that_passes_fails_every_test_in_the_process(sandbox, tampering):
    report = check_unit_tests(f"{tampering}\n{COUNTER}", TESTS, sandbox=sandbox)
    assert [result.passed for result in report.results] == [False, True]
    assert report.results[0].message.startswith("a test that must fail has passed")


def test_a_test_that_passes_without_the_code_shows_nothing(sandbox):
    report = check_unit_tests(COUNTER, "def test_it():\n    Counter\n", sandbox=sandbox)
    assert report.results[0].message.startswith("the test passes with the code of the solution")


def test_a_test_that_expects_an_exception_is_no_such_test(sandbox):
    solution = "class Bad(Exception): pass\ndef f(): raise Bad"
    tests = "import pytest\ndef test_it():\n    with pytest.raises(Bad): f()"
    report = check_unit_tests(solution, tests, sandbox=sandbox)
    assert (report.passed, report.trust) == (1, "in-process"), report.text()
