"""A program computes what the words of the question ask for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r1agent.checks.programs import form_of, operation_asked, wrong_operation


@pytest.mark.parametrize(
    ("question", "operation"),
    [
        ("What percentage of the teams improved?", "share"),
        ("What share, in percent, of the images was kept?", "share"),
        ("百分之几的图片被保留?", "share"),
        ("What is the ratio of cats to dogs?", "ratio"),
        ("How many times larger is the teacher than the student?", "ratio"),
        ("How many links are there per page on average?", "ratio"),
        ("By how many points did it fall?", "difference"),
        ("How many percentage points lie between the two?", "difference"),
        ("How many more images has the first set?", "difference"),
        ("两种方法的准确率相差多少?", "difference"),
        ("How many images are there in all?", "sum"),
        ("How many images do training, validation and test sets hold together?", "sum"),
        ("How many would have to be drawn in all to fill the set?", "sum"),
        ("一共有多少图片?", "sum"),
        ("How many images are there?", None),
        ("How many images are used in all experiments?", None),
        ("Which teams worked together with others?", None),
    ],
)
def test_the_words_of_a_question_settle_the_operation(question, operation):
    assert operation_asked(question) == operation
    assert bool(form_of(question)) is (operation is not None)


SHARE = "What percentage of the students passed?"
FELL = "By how much did the error fall?"
ALL = "How many images are there in all?"


@pytest.mark.parametrize(
    ("question", "code", "printed"),
    [
        (SHARE, "print(100 * 12 / 48)", "25.0"),
        (SHARE, "print(12 / 48 * 100)", "0.5"),
        (SHARE, 'print(f"{12 / 48:.1%}")', "25.0%"),
        (SHARE, "print(100 - 35.2)", "64.8"),
        (SHARE, "d = load()\nprint(100 * d.passed / 48)", "25.0"),
        (SHARE, "from fractions import Fraction\nprint(100 * Fraction(12, 48))", "25"),
        ("By what percentage did sales increase?", "print(100 * (30 / 12 - 1))", "150.0"),
        (FELL, "print(12.1 - 10.4)", "1.7"),
        (FELL, "import numpy\nprint(numpy.diff([1, 3])[0])", "2"),
        (ALL, "print(sum([1, 2]))", "3"),
        (ALL, "t = 0\nfor n in (1, 2):\n    t += n\nprint(t)", "3"),
        ("How many images?", "print(3 * 4)", "12"),
    ],
)
def test_programs_that_may_compute_it(question, code, printed):
    assert wrong_operation(code, printed, question) == ""


@pytest.mark.parametrize(
    ("question", "code", "printed", "reason"),
    [
        (SHARE, "print(12 + 48)", "60", "a share needs a division"),
        (SHARE, "print(100 * 48 / 12)", "400.0", "400 % is no part of a whole"),
        (SHARE, "print(-100 * 12 / 48)", "-25.0", "-25 % is no part of a whole"),
        (SHARE, "print(12 / 48)", "0.25", "0.25 is a fraction"),
        (SHARE, "print(100 * (12 + 36) / 48)", "100.0", "100 % is no part of a whole"),
        (SHARE, "passed = 12\nall = 12\nprint(100 * passed / all)", "100.0", "against itself"),
        (FELL, "a = 96.858\nb = 96.858\nprint(round(a - b, 2))", "0.0", "against itself"),
        (FELL, "print(12.1 / 10.4)", "1.16", "a difference needs a subtraction"),
        (ALL, "print(3 * 4)", "12", "a total needs an addition"),
        ("What is the ratio of a to b?", "print(3 - 4)", "-1", "a ratio needs a division"),
    ],
)
def test_programs_that_cannot(question, code, printed, reason):
    assert reason in wrong_operation(code, printed, question)


def test_a_program_that_cannot_be_read_computes_nothing():
    assert "needs a division" in wrong_operation("print(", "", SHARE)


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_gets_one_line_as_a_reason_or_nothing(code, question):
    reason = wrong_operation(code, code, question)
    assert reason.splitlines() in ([], [reason])
