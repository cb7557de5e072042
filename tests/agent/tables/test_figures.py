import pytest

from r1agent.tables import Column
from r1agent.tables.figures import Figure, figure_in
from tests.agent.tables.made_tables import answer

QUESTION = "How large was the effect at temperature 8?"


def figure(sentence, quote=None, unit="", question=QUESTION):
    column = Column("Effect", question, "number", unit)
    return figure_in(answer(sentence, quotes=[quote or sentence]), column)


@pytest.mark.parametrize(
    ("quote", "unit", "text", "amount"),
    [
        ("We trained 50 students of 3 sizes.", "students", "50", 50),
        ("There are 24,000 labelled photographs.", "photographs", "24,000", 24_000),
        ("It has 0.27 million parameters.", "parameters", "0.27 million", 270_000),
        ("It took 1.2 s and 5 MB.", "ms", "1.2", 1200),
        ("It reached 85.4 % in 3 runs.", "%", "85.4", 85.4),
        ("It lost 2.40 percentage points.", "points", "2.40", 2.4),
        ("The difference was -0.03 points.", "points", "-0.03", -0.03),
        ("We used five seeds.", "seeds", "five", 5),
        ("\u672c\u6587\u4f7f\u7528\u4e86 50 \u5f20\u56fe\u7247\u3002", "\u5f20", "50", 50),
    ],
)
def test_the_number_of_a_quote_is_read_in_the_columns_unit(quote, unit, text, amount):
    assert figure(quote, unit=unit) == Figure(text, amount, unit)


def test_without_a_unit_of_the_column_the_quotes_own_is_shown():
    assert figure("It took 33.0 hours.") == Figure("33.0", 33, "hours")
    assert figure("It lost 2.4 %.") == Figure("2.4", 2.4, "%")


def test_a_number_that_only_the_sentence_has_is_no_figure():
    assert figure("It lost 4.2 points.", "It lost much.") is None


def test_a_number_that_only_the_quote_has_is_no_figure():
    assert figure("It lost 2.40 points.", "It lost 2.40 points of 30.").text == "2.40"


def test_a_number_of_the_question_is_no_figure():
    assert figure("At temperature 8 it lost 2.40 points.").text == "2.40"


def test_several_numbers_are_no_figure():
    assert figure("It reached 81.46 % against 80.54 %.", unit="%") is None


def test_the_same_number_twice_is_one_figure():
    assert figure("It has 30 classes.", "All 30 classes: 30 in training.").amount == 30


def test_another_unit_is_no_figure():
    assert figure("It took 33 hours.", unit="students") is None
    assert figure("It took 33 hours.", unit="%") is None
    assert figure("It took 33 hours.", unit="MB") is None


def test_marks_of_references_are_no_figures():
    assert figure("It lost 2.40 points [7].", "It lost 2.40 points [7].").text == "2.40"


def test_one_amount_of_two_things_is_no_figure():
    assert figure("It is 50 % of 50 students.") is None
