"""Values are compared as mathematics, and hostile ones harm nobody."""

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.problems.math_referee import MathReferee, number_of
from r1agent_tools import ExecutionResult, Limits, LocalSandbox


@pytest.mark.parametrize(
    ("right", "said"),
    [
        ("114200", "114,200.00"),
        ("0.5", "1/2"),
        (r"\frac{1}{2}", "0.5"),
        (r"(3,\frac{\pi}{2})", r"\left( 3, \frac{\pi}{2} \right)"),
        (r"\frac{\sqrt{2}}{2}", "sqrt(2)/2"),
        ("11", r"11 \text{ cm}"),
        (r"\text{Evelyn}", r"\text{ Evelyn}"),
    ],
)
def test_the_same_value_in_other_words(sandbox, right, said):
    assert MathReferee(sandbox).same(right, said)


@pytest.mark.parametrize(
    ("right", "said"),
    [
        ("55", "54"),
        ("2", "x"),
        (r"\frac{1}{2}", r"\frac{1}{3}"),
        ("2", "1}$ $\\boxed{2"),
        ("2", "__import__('os').system('echo True')"),
        ("2", "print(True)"),
        ("2", "1e999999999"),
        ("2", ""),
    ],
)
def test_another_value_or_none(sandbox, right, said):
    assert not MathReferee(sandbox).same(right, said)


@pytest.mark.parametrize("bomb", [r"9^{9^{9^{9^{9}}}}", "9**9**9**9", "x" * 100_000])
def test_an_expression_bomb_is_no_answer(bomb):
    with LocalSandbox(limits=Limits(wall_seconds=3)) as limited:
        assert not MathReferee(limited).same(r"\sqrt{2}", bomb)


def test_a_sandbox_without_math_verify_is_told():
    class Bare:
        def new_session(self):
            return self

        def run(self, code):
            missing = "ModuleNotFoundError: No module named 'math_verify'"
            return ExecutionResult(exception=missing, stderr=missing)

        def close(self):
            pass

    with pytest.raises(EvaluationError, match="pip install math-verify"):
        MathReferee(Bare()).same(r"\frac{1}{2}", r"\frac{2}{4}")


def test_what_is_no_plain_number_is_not_read_as_one():
    assert number_of("1e5") is None
    assert number_of("9" * 100) is None
    assert number_of("1/0") is None
    assert number_of("x") is None
