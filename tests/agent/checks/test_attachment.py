"""Numbers that changed places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.checks.attachment import AttachmentCheck
from r1agent.checks.finding import Sources

QUOTE = "The plain network reached 71.2 % and the smoothed one 74.6 % after 90 minutes."


def finding(claim: str, quote: str = QUOTE):
    return AttachmentCheck().check(claim, Sources((quote,)))


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The plain network reached 74.6 % and the smoothed one 71.2 %.", QUOTE),
        ("The error fell from 10.4 to 12.1.", "The error fell from 12.1 to 10.4."),
        ("The loss was 3.1 for cats and 4.2 for dogs.", "Loss: 4.2 for cats, 3.1 for dogs."),
        ("模型甲的误差为4.2,模型乙为3.1。", "模型甲的误差为3.1,模型乙为4.2。"),
    ],
)
def test_exchanged_numbers_are_contradicted(claim, quote):
    found = finding(claim, quote)
    assert found is not None
    assert found.support == "contradicted"
    assert found.reason.endswith("have changed places")


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The smoothed one reached 74.6 %, the plain network 71.2 %.", QUOTE),
        ("After 90 minutes the smoothed one reached 74.6 %.", QUOTE),
        ("The error fell to 10.4 from 12.1.", "The error fell from 12.1 to 10.4."),
        ("Values were 3.1 and 4.2.", "Values were 4.2 and 3.1."),
        ("It was 5.", QUOTE),
    ],
)
def test_numbers_told_in_another_order_pass(claim, quote):
    assert finding(claim, quote) is None


@given(st.text(max_size=200))
def test_no_text_has_exchanged_its_own_numbers(text):
    assert finding(text, text) is None


@given(st.permutations(["8 teams won", "9 of the judges left", "14 pages were lost"]))
def test_parts_of_a_sentence_may_stand_in_any_order(parts):
    quote = "8 teams won, 9 of the judges left, and 14 pages were lost."
    assert finding(", ".join(parts) + ".", quote) is None
