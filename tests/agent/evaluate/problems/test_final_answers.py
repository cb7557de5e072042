"""The final answer is found in whatever a model writes around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.problems.final_answers import final_answer, final_number, last_boxed


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5 x 5 = 25, and 6 x 5 = 30.\nAnswer: 55", "55"),
        ("So the answer is $1,234.50.", "1234.50"),
        ("The final answer is: **42** dollars per 3 days", "42"),
        ("Answer: 5 + 6 = 11 dollars", "11"),
        ("work\n#### 114,200", "114200"),
        (r"so \boxed{\$1{,}200}", "1"),
        (r"so \boxed{12\ \text{apples}}", "12"),
        (r"so $\boxed{1\,200}$.", "1200"),
        ("She has 3 left, then 7.", "7"),
        ("It is −4 degrees.", "-4"),  # noqa: RUF001
        ("The answer is as follows:\nthere are 12 of them", "12"),
        ("The answer is 5. No: the answer is 6.", "6"),
        ("Half of it: .5", ".5"),
        ("a share of 3/4", "3/4"),
        ("[3, 4]", "4"),
    ],
)
def test_the_final_number_is_found(text, number):
    assert final_number(text) == number


@pytest.mark.parametrize("text", ["", "I do not know.", "version v2x", r"\boxed{}", "Answer:"])
def test_a_text_without_number_has_no_final_number(text):
    assert final_number(text) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"so $\boxed{\frac{1}{2}}$", r"\frac{1}{2}"),
        (r"first \boxed{1}, better \boxed{x^{2}+1} in all", "x^{2}+1"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed 5.", "5"),
        ("The answer is $(2, 3)$.", "(2, 3)"),
        ("Answer: sqrt(2)/2", "sqrt(2)/2"),
        ("and so 17", "17"),
    ],
)
def test_the_final_answer_stands_as_it_is_written(text, answer):
    assert final_answer(text) == answer


def test_a_box_that_is_not_closed_holds_nothing():
    assert last_boxed(r"\boxed{\frac{1}{2}") is None


@given(st.integers(-(10**12), 10**12), st.sampled_from(["Answer: {}", "#### {}", "is {} dollars."]))
def test_a_whole_number_is_found_however_it_is_marked(number, form):
    text = "We add 3 and 4 first.\n" + form.format(f"{number:,}")
    assert final_number(text) == str(number)


@given(st.text(alphabet=st.characters(exclude_characters="{}\\"), min_size=1).map(str.strip))
def test_what_is_boxed_comes_back(inside):
    if inside:
        assert final_answer(rf"Thus \boxed{{{inside[:300]}}} holds.") == inside[:300].strip()


@given(st.text())
def test_no_text_is_too_odd(text):
    for found in (final_answer(text), final_number(text)):
        assert found is None or found.strip()
