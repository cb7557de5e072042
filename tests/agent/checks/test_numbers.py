"""Numbers of a sentence against its quotes and tool results."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.checks.finding import Sources
from r1agent.checks.numbers import NumberCheck, numbers_in

QUOTE = "Accuracy rose from 71.2 % to 74.6 % over 10,000 images, 26 of 90 teams reported."


def check(claim: str, quote: str = QUOTE, *, outputs: tuple[str, ...] = (), question: str = ""):
    return NumberCheck().check(claim, Sources((quote,), outputs, question))


@pytest.mark.parametrize(
    "claim",
    [
        "Accuracy was 71.2 percent at first.",
        "It was 71% at first.",
        "They used 10000 images.",
        "It rose by 3.4 percentage points, from 71.2 % to 74.6 %.",
        "28.9 % of the 90 teams reported.",
        "ResNet-50 was used.",
    ],
)
def test_a_number_that_is_quoted_rounded_or_recomputed_passes(claim):
    assert check(claim) is None


@pytest.mark.parametrize(
    ("claim", "missing"),
    [
        ("Accuracy was 71.3 % at first.", "71.3 %"),
        ("Accuracy was 17.2 % at first.", "17.2 %"),
        ("They used 1,000 images.", "1,000"),
        ("There were 71.2 images.", "71.2"),
        ("Fifteen teams reported.", "fifteen"),
    ],
)
def test_a_number_without_a_source_is_named(claim, missing):
    finding = check(claim)
    assert finding is not None
    assert finding.support == "unsupported"
    assert finding.reason.startswith(missing)


def test_numbers_behind_chinese_characters_are_checked():
    quote = "模型A的准确率从71.2%提高了3.4个百分点。"
    assert check("准确率提高了3.4个百分点。", quote) is None
    assert check("准确率提高了4.3个百分点。", quote).reason == "4.3个百分点 is not in its quote"


@pytest.mark.parametrize("quote", ["It fell by 2.40 points.", "It fell by 2.40 percentage points."])
@pytest.mark.parametrize("unit", ["points", "percentage points"])
def test_points_and_percentage_points_are_one_unit(quote, unit):
    assert check(f"It fell by 2.40 {unit}.", quote) is None
    assert check(f"It fell by 2.50 {unit}.", quote) is not None


def test_a_percentage_and_a_plain_number_are_not_combined():
    quote = "Dropout of 0.5 lowered the error from 12.1 % to 10.4 %."
    assert check("It fell from 4.8 % to 10.4 %.", quote).reason == "4.8 % is not in its quote"


def test_a_printed_share_counts_as_a_percentage():
    assert check("The share is 28.9 %.", "90 teams.", outputs=("share: 0.28888",)) is None


def test_numbers_of_the_question_count_only_beside_a_tool_result():
    assert check("Of 500 runs 12 failed.", "12 failed.", question="Of 500 runs?") is not None
    assert check("Of 500 runs 12 failed.", "", outputs=("12",), question="Of 500 runs?") is None


@given(st.decimals(min_value="11", max_value="9999", places=2))
def test_a_number_is_found_as_it_was_written(number):
    (found,) = numbers_in(f"The value was {number} units.")
    assert found.value == float(number)
    assert found.text == str(number)


@given(st.integers(min_value=1000, max_value=10**9))
def test_thousands_separators_do_not_change_a_number(number):
    (found,) = numbers_in(f"about {number:,} runs")
    assert found.value == number


@given(st.text(max_size=200))
def test_any_text_can_be_read_for_numbers(text):
    assert all(number.value >= 0 for number in numbers_in(text))


@pytest.mark.parametrize("text", ["established in mid-2019", "the post-2019 years", "pre-2019"])
def test_a_year_behind_its_time_is_a_number(text):
    assert [number.value for number in numbers_in(text)] == [2019]


def test_the_mark_of_a_reference_is_no_number_of_the_quote():
    quote = "文献[3]报告标签平滑在温度 4 时使准确率下降 2.33 个百分点 [1, 5-7]。"
    assert check("温度4时下降了2.33个百分点。", quote) is None
    assert check("温度1时下降了2.33个百分点。", quote).reason == "1 is not in its quote"
    assert check("The list is [1, 5].", "", outputs=("[1, 5]",)) is None


@pytest.mark.parametrize(
    "claim",
    [
        "In total 12 teams reported.",
        "The two groups had 12 teams together, 5 of them new.",
        "It took 7 times as long.",
        "Another 9 teams reported.",
    ],
)
def test_a_small_number_is_no_chance_sum_of_others(claim):
    assert check(claim, "Of 5 new and 4 old groups, 3 failed within 8 days.") is not None


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The total of 116 and 85 is 201 runs.", "There were 116 long and 85 short runs."),
        ("The error fell by 14.05 %.", "The error fell from 12.1 to 10.4."),
        ("It was 1.16 times higher than 10.4.", "It fell from 12.1 to 10.4."),
        ("Half of the teams won: 50 %.", "Half of the teams won."),
        ("Runs doubled from 40 to 80.", "Runs rose from 40 to 80."),
        ("63 % to 86 % agreed.", "63 to 86 % agreed."),
        ("有百分之30的学生。", "30%的学生。"),
    ],
)
def test_what_follows_from_quoted_numbers_passes(claim, quote):
    assert check(claim, quote) is None


def test_a_made_up_number_is_hardly_ever_recomputed_by_chance():
    chance = random.Random(7)
    passed = 0
    for _ in range(2000):
        values = [chance.choice((chance.randint(2, 500), chance.uniform(1, 100))) for _ in range(5)]
        quote = "It rose, by way of " + ", ".join(f"{value:.3g} runs" for value in values)
        passed += check(f"It rose by {chance.uniform(1, 100):.1f} more.", quote) is None
    assert passed <= 40


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("It has been downloaded 1 time.", "Figure 1: Downloads of the homepage over time."),
        ("There were 2 groups.", "Table 2 lists the groups."),
        ("There were 3 groups.", "The groups (Fig. 3) differ."),
        ("There were 4 groups.", "See Section 4 for the groups."),
        ("There were 5 groups.", "By Eq. (5) the groups differ."),
        ("There were 2 groups.", "Chapter 2 treats the groups."),
        ("There were 7 groups.", "The groups on page 7 differ."),
        ("There were 1 groups.", "Step 1: form the groups."),
        ("There were 1 groups.", "1. We form the groups."),
        ("There were 4 groups.", "The groups of that study3,4 differ."),
        ("There were 5 groups.", "The groups differ.3,5 We ask why."),
        ("There were 3 groups.", "The groups of Figures 2 and 3 differ."),
        ("There were 6 groups.", "The groups of Tables 4-6 differ."),
        ("共有2组。", "见表2的各组。"),
        ("共有4组。", "第4节介绍各组。"),
        ("There are 3 classes.", "The three-velocities model has classes."),
        ("There are 2 groups.", "A two-sided test compares the groups."),
    ],
)
def test_the_number_of_a_label_counts_nothing(claim, quote):
    assert check(claim, quote).reason.endswith("is not in its quote")


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Table 2 lists the groups.", "Table 2 lists the groups."),
        ("Fig. 3 shows 12 groups.", "Figure 3 shows 12 groups."),
        ("Equation 5 gives the loss.", "The loss is given by Eq. (5)."),
        ("There were 12 groups.", "Table 2 12 groups were formed."),
        ("There were 12 groups.", "In Table 2, 12 groups were formed."),
        ("There were 5 groups.", "In Section 3 and 5 groups we see it."),
        ("The error is 71.2.", "Table 3: error 71.2."),
        ("A network with three layers was used.", "We use a three-layer network."),
        ("A 3D scan was used.", "We use a three-dimensional scan."),
        ("The number of layers is 12.", "The number of layers is\n12. The width is 5."),
        ("It grew 3 times.", "There was a three-fold growth."),
        ("It ran 200 steps.", "It ran 200 steps and 1,000 pages."),
        ("表2列出了各组。", "见表2的各组。"),
        ("It agrees with other reports4,5,6.", "It agrees with other reports4,5,6."),
    ],
)
def test_a_label_that_the_claim_names_and_numbers_beside_labels_hold(claim, quote):
    assert check(claim, quote) is None


@pytest.mark.parametrize(
    ("question", "claim", "quote"),
    [
        (
            "How did the 60 students score?",
            "The 60 students scored 71.2 %.",
            "The students scored 71.2 %.",
        ),
        (
            "Which model did the authors use in 2008?",
            "In 2008 the authors used a random forest.",
            "The authors used a random forest.",
        ),
        (
            "What is the accuracy over the ten folds?",
            "The accuracy over ten folds was 81.5.",
            "The accuracy is 81.5 on average.",
        ),
    ],
)
def test_a_number_that_the_question_gives_needs_no_source(question, claim, quote):
    assert check(claim, quote, question=question) is None
    assert check(claim, quote) is not None


@pytest.mark.parametrize(
    ("question", "claim", "quote"),
    [
        ("Did the 60 students pass?", "The 60 students passed easily.", "Students passed easily."),
        ("How many of the 60 students passed?", "The 60 students passed the final exam.",
         "The students passed the final exam."),
        ("What did the 60 students do?", "There were 60 students.", "There were students."),
        ("Which model reached 71.2 %?", "The deep forest model reached 71.2 %.",
         "The deep forest model is best."),
        ("How did the 60 students score?", "The 60 students scored 71.2 %.",
         "The 50 students scored 71.2 %."),
        ("What was the accuracy in 2008?", "The accuracy was 71 % in 2008.",
         "In 2009 the accuracy was 71 %."),
        ("Which group had 60 students?", "The large Danish group had 60 students.",
         "The large Danish group had students."),
        ("How did the 60 students score?", "The 60 students scored 71.2 %.",
         "The students scored well."),
    ],
)  # fmt: skip
def test_a_number_that_the_question_asks_about_needs_its_source(question, claim, quote):
    assert check(claim, quote, question=question) is not None
