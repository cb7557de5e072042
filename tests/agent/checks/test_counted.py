"""What a sentence counts against what its quote counts."""

import pytest

from r1agent.checks.counted import CountCheck
from r1agent.checks.finding import Sources


def check(claim: str, quote: str, *, outputs: tuple[str, ...] = (), context: str = ""):
    return CountCheck().check(claim, Sources((quote,), outputs, context=context))


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The course has 3 classes.", "The course ends with three exams."),
        ("It ran 128 epochs.", "It used 128 houses in Ohio."),
        ("There were twelve layers in it.", "We asked 12 doctors about it."),
    ],
)
def test_a_number_of_other_things_is_found(claim, quote):
    finding = check(claim, quote)
    assert finding is not None
    assert finding.support == "unsupported"
    assert finding.reason.endswith("is of other things in its quote")


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The course has 3 exams.", "The course ends with three exams."),
        ("The course has 3 examinations.", "The course ends with three exams."),
        ("There were 60 students.", "We asked 60 pupils in Ohio."),
        ("There were 60 students.", "Of the students, 60 pilots passed."),
        ("There were 60 schools.", "In total 60."),
        ("The virus has three ORFs.", "The virus has three reading frames."),
        ("It fell by 3 from 12.", "It fell by 3 degrees."),
        ("It was 71.2 percent.", "It was 71.2 percent."),
        ("They met in 2008 in Rome.", "They founded it. In 2008 papers came out."),
        ("A kernel of width 2 like this one.", "A kernel of width 2 closes the set."),
        ("There were 4 lakes.", "There were 5 houses."),
        ("共有3个班级。", "共有3次考试。"),
    ],
)
def test_the_same_things_and_what_cannot_be_told_pass(claim, quote):
    assert check(claim, quote) is None


def test_the_title_may_name_what_is_counted_and_programs_count_what_they_like():
    assert check("It has 3 lakes.", "It has three basins.") is not None
    assert check("It has 3 lakes.", "It has three basins.", context="Lakes of Ohio") is None
    assert check("It has 3 lakes.", "It has three basins.", outputs=("3",)) is None
