"""Tests that read a constant of the solution, as a copy of plain data."""

import pytest

from r1agent_tools import check_unit_tests

SOLUTION = "LIMIT = 5\nNAMES: tuple = ('a', 'b')\ndef low(x): return x < LIMIT"


@pytest.mark.parametrize(
    "tests",
    [
        "assert LIMIT == 5",
        "import solution\nassert solution.LIMIT == 5",
        "from solution import LIMIT\ndef test_limit():\n    assert LIMIT == 5",
        "def test_names():\n    assert NAMES == ('a', 'b')",
        "def test_both():\n    assert low(LIMIT - 1) and not low(LIMIT)",
    ],
)
def test_a_constant_has_its_value_in_a_test(sandbox, tests):
    report = check_unit_tests(SOLUTION, tests, sandbox=sandbox)
    assert (report.verified, report.trust) == (True, "separate process")


def test_another_value_fails(sandbox):
    report = check_unit_tests(SOLUTION, "assert LIMIT == 6", sandbox=sandbox)
    assert not report.verified


@pytest.mark.parametrize(
    "solution",
    [
        "LIMIT = 6\nclass E(int):\n    def __eq__(self, other): return True\n"
        "globals()['LIMIT'] = E(6)",
        "LIMIT = 6\nclass E:\n    def __eq__(self, other): return True\n"
        "def _judge_reads(name): return E()\n__import__('sys').modules['__main__'].LIMIT = E()",
        "LIMIT = 6\nglobals()['LIMIT'] = [5]",
        "LIMIT = 6\ndel globals()['LIMIT']",
        "LIMIT = 6\nimport os\ndef _judge_reads(name): os._exit(0)",
        "LIMIT = 6\ndef _judge_reads(name): raise KeyboardInterrupt",
        "LIMIT = 6\ndef _judge_reads(name): return [[[5]]]",
        "class Equal:\n    def __eq__(self, other): return True\nLIMIT = Equal()",
        "LIMIT = 6\ndef change():\n    global LIMIT\n    LIMIT = 5\nchange()",
    ],
)
def test_a_spoofed_constant_is_not_accepted(sandbox, solution):
    report = check_unit_tests(solution, "assert LIMIT == 5", sandbox=sandbox)
    assert not report.verified


def test_a_test_that_reads_only_its_own_name_shows_nothing(sandbox):
    report = check_unit_tests(SOLUTION, "LIMIT = 3\nassert LIMIT == 3", sandbox=sandbox)
    assert "never called the solution" in report.results[0].message


def test_a_test_that_reads_nothing_shows_nothing(sandbox):
    tests = "TWICE = 2 * LIMIT\ndef test_nothing():\n    assert True"
    report = check_unit_tests(SOLUTION, tests, sandbox=sandbox)
    assert "never called the solution" in report.results[0].message
