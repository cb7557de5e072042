"""Solutions are chosen by the tests that they pass alike, never by anybody's opinion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.dual_agreement import asserts, best_consensus, signature
from r1agent.errors import ModelOutputError
from r1agent.types import ToolCall, ToolResult
from r1agent_tools import TestReport
from r1agent_tools.test_report import TestVerdict

TESTS = "assert f(1) == 1\nassert f(2) == 4\nassert f(3) == 9\nassert f(4) == 15"


def check(solution, passed, tests=TESTS):
    call = ToolCall("unit_tests", {"solution": solution, "tests": tests})
    verdicts = [TestVerdict(f"line {n}", one == "+", "", 0.0) for n, one in enumerate(passed, 1)]
    report = TestReport(tuple(verdicts), "separate process", "model")
    return ToolResult(call, report.text(), True, 0.0, report)


def refused(solution):
    call = ToolCall("unit_tests", {"solution": solution, "tests": TESTS})
    return ToolResult(call, "made before", False, 0.0)


def test_the_set_with_most_solutions_times_tests_wins():
    found = best_consensus([check("a", "++--"), check("b", "+++-"), check("c", "+++-")])
    assert found.solutions == ("b", "c")
    assert found.score == 6
    assert found.tests_passed == "assert f(1) == 1\nassert f(2) == 4\nassert f(3) == 9"
    assert str(found) == "3 of 4 tests passed, alike by 2 of 3 solutions written apart"


def test_many_tests_outweigh_many_solutions_that_pass_few():
    found = best_consensus([check("a", "+---"), check("b", "+---"), check("c", "+++-")])
    assert found.solutions == ("c",)
    assert not found.agrees


def test_two_that_agree_on_next_to_nothing_do_not_agree():
    assert not best_consensus([check("a", "+---"), check("b", "+---")]).agrees
    assert best_consensus([check("a", "++--"), check("b", "++--")]).agrees


def test_a_solution_written_again_alike_counts_again():
    found = best_consensus([check("a", "++++"), refused("a")])
    assert (found.solutions, found.agrees) == (("a", "a"), True)


def test_a_check_against_fewer_tests_is_no_further_solution():
    sampled = [check("a", "+++-"), check("b", "+++-"), check("c", "----")]
    confirmed = check("a", "+++", tests="\n".join(TESTS.split("\n")[:3]))
    assert best_consensus([*sampled, confirmed]) == best_consensus(sampled)


def test_without_checks_there_is_no_set():
    assert best_consensus([]) is None
    assert best_consensus([refused("a")]) is None


@given(st.lists(st.text("+-", min_size=4, max_size=4), min_size=1, max_size=5))
def test_no_set_scores_higher_than_the_best(samples):
    found = best_consensus([check(str(n), passed) for n, passed in enumerate(samples)])
    counted = {passed: samples.count(passed) * passed.count("+") for passed in samples}
    assert found.score == max(counted.values())
    assert len(found.solutions) <= found.written == len(samples)


def test_only_plain_asserts_are_tests():
    source = "import math\nassert f(1) == 1\ndef test_f(): pass\nassert (f(2)\n  == 4)\n" * 2
    assert asserts(source) == ["assert f(1) == 1", "assert (f(2)\n  == 4)"]
    assert asserts("assert f(") == []
    assert len(asserts("\n".join(f"assert f({n})" for n in range(20)))) == 6


def test_the_function_that_was_asked_for_is_the_one_tested():
    code = "def area(r: float = 1.0, *rest):\n    return helper(r)\ndef helper(r):\n    return r"
    assert signature(code, "Write area(r).") == "def area(r: float=1.0, *rest):"
    assert signature(code, "Write it.") == "def helper(r):"


@pytest.mark.parametrize("code", ["x = 1", "def f(", ""])
def test_a_reply_without_a_function_is_named(code):
    with pytest.raises(ModelOutputError, match="found no function"):
        signature(code, "Write f.")
