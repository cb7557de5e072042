"""Results are compared as values, and text of a model runs nowhere but in the sandbox."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from r1agent.equality import SameValue, is_plain_expression, is_symbolic
from r1agent_tools import ExecutionResult, Limits, LocalSandbox


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.5", "sqrt(1)/2"),
        ("x^2 - 1", "(x-1)*(x+1)"),
        (r"$\frac{\pi}{4}$", "pi/4"),
        (r"\{1, 2\}", "{2, 1}"),
        (r"\left(0, 1\right]", "Interval.Lopen(0, 2/2)"),
        ("Matrix([[1, 2], [3, 4]])", "[[1, 2], [3, 8/2]]"),
        ("[1/2, 2]", "(0.5, 2)"),
        ("[3, 2]", "{2, 3}"),
        ("0.333333333333", "1/3"),
        ("Answer: 50", "50.0"),
        ("x = 3", "3."),
        ("1,000", "1000"),
        ("True", "True"),
    ],
)
def test_one_value_written_in_two_ways(sandbox, one, other):
    assert SameValue(sandbox)(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1000000", "1000000.4"),
        ("1e-8", "2e-8"),
        ("1e-8", "1/50000000"),
        ("sqrt(2)", "-sqrt(2)"),
        ("x**2", "y**2"),
        ("{1, 2}", "{1, 3}"),
        ("[1, 2]", "[2, 1]"),
        ("[2, 2, 3]", "{2, 3}"),
        ("Interval(0, 1)", "Interval.open(0, 1)"),
        ("Matrix([[1, 2]])", "Matrix([[2, 1]])"),
        ("0.33", "1/3"),
        ("True", "False"),
        ("", ""),
    ],
)
def test_other_values_are_not_the_same(sandbox, one, other):
    assert not SameValue(sandbox)(one, other)


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "__import__('os').system('true')",
        "x.__class__",
        "open('/etc/passwd')",
        "print(1)",
        "(lambda: 1)()",
        "[x for x in (1, 2)]",
        "Matrix([[1]]).inv()",
        "Interval.__init__(0)",
        "sqrt(x, evaluate=1)",
        "sqrt",
        "'text'",
        "__name__",
        "f(2)",
        "x := 3",
        "f'{1}'",
        "1 if x else 2",
        "x[0]",
        "(" * 300 + "1" + ")" * 300,
        "",
    ],
)
def test_anything_but_arithmetic_is_not_read(text):
    assert not is_plain_expression(text)


@given(st.text(max_size=60) | st.text(alphabet="()[]{}.,+-*/^0123456789xesqrt_'\\ ", max_size=60))
@example("0" * 5000)
def test_whatever_is_read_calls_and_reaches_nothing_else(text):
    if is_plain_expression(text):
        assert "__" not in text
        assert "'" not in text
        assert "=" not in text


class Refusing:
    """A sandbox without `math-verify`, which also counts its sessions."""

    def __init__(self):
        self.programs = []

    def new_session(self):
        return self

    def run(self, code):
        self.programs.append(code)
        return ExecutionResult(exception="ModuleNotFoundError: No module named 'math_verify'")

    def close(self):
        pass


def test_without_the_library_nothing_is_shown_to_be_equal():
    assert not SameValue(Refusing())("1/2", "sqrt(1)/2")


def test_numbers_and_words_need_no_program():
    sandbox = Refusing()
    same = SameValue(sandbox)
    assert (same("2", "2.0"), same("2", "3"), same("yes", "yes"), same("yes", "no")) == (
        True,
        False,
        True,
        False,
    )
    assert sandbox.programs == []


@pytest.mark.usefixtures("sandbox")
def test_a_number_that_never_ends_is_given_up():
    with LocalSandbox(limits=Limits(wall_seconds=2)) as sandbox:
        assert not SameValue(sandbox)("9**9**9**9", "2**9**9**9 + 1")


@pytest.mark.parametrize(
    ("text", "symbolic"),
    [("sqrt(2)", True), ("x = 2/3", True), ("Sum: 50.0", False), ("1,000", False), ("no", False)],
)
def test_what_is_more_than_a_number_is_symbolic(text, symbolic):
    assert is_symbolic(text) is symbolic
