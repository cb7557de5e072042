"""What a review has said is not said again, and what another paper adds is not lost."""

from r1agent.review.said import Said
from r1agent.types import Answer, Audit, Citation, Claim, Plan, Trajectory, Verdict

RAISED = "Smoothing raised the accuracy of the student by 0.9 points."


def quote(text, *, paper="aa", start=0):
    end = start + len(text)
    return Citation(f"{paper}:1", text, paper, f"{paper}.pdf", "T", 1, "1", start, end)


def answer(*claims, extracts=()):
    sentences = tuple(
        Claim(text, tuple(quotes), Verdict("supported", "a quote")) for text, *quotes in claims
    )
    return Answer(
        "r", "q", "answered", sentences, Plan(()), Trajectory(), Audit(1.0, "high"),
        extracts=tuple(extracts),
    )  # fmt: skip


def texts(kept):
    return [claim.text for claim in kept.shown().claims]


def test_a_new_sentence_stays():
    kept, before = Said().take(answer((RAISED, quote(RAISED))), 1)
    assert (texts(kept), before) == ([RAISED], [])


def test_the_same_sentence_of_another_paper_lends_its_quote_to_the_first():
    said = Said()
    first, _ = said.take(answer((RAISED, quote(RAISED))), 1)
    second, before = said.take(answer((RAISED, quote(RAISED, paper="bb"))), 2)
    assert (second.is_empty, before) == (True, [1])
    assert [one.paper for one in first.shown().claims[0].citations] == ["aa", "bb"]


def test_nearly_the_same_words_on_the_same_paper_are_a_repetition():
    said = Said()
    said.take(answer((RAISED, quote(RAISED))), 1)
    again = "Smoothing raised the student's accuracy by 0.9 points."
    kept, before = said.take(answer((again, quote("Another place.", start=400))), 3)
    assert (kept.is_empty, before) == (True, [1])


def test_nearly_the_same_words_on_another_paper_are_none():
    said = Said()
    said.take(answer((RAISED, quote(RAISED))), 1)
    again = "Smoothing raised the student's accuracy by 0.9 points."
    kept, _ = said.take(answer((again, quote("Another place.", paper="bb"))), 2)
    assert texts(kept) == [again]


def test_the_opposite_in_the_same_words_is_no_repetition():
    said = Said()
    said.take(answer((RAISED, quote(RAISED))), 1)
    opposite = RAISED.replace("raised", "lowered")
    kept, _ = said.take(answer((opposite, quote(opposite, start=200))), 2)
    assert texts(kept) == [opposite]


def test_another_number_in_the_same_words_is_no_repetition():
    said = Said()
    said.take(answer((RAISED, quote(RAISED))), 1)
    other = RAISED.replace("0.9", "1.4")
    kept, _ = said.take(answer((other, quote(other, start=200))), 2)
    assert texts(kept) == [other]


def test_other_words_for_a_quote_that_was_told_are_a_repetition():
    said = Said()
    whole = quote("Students of smoothed teachers did better by 0.9 points in all runs.")
    said.take(answer((RAISED, whole)), 1)
    part = quote("did better by 0.9 points", start=29)
    kept, before = said.take(answer(("They did better.", part)), 2)
    assert (kept.is_empty, before) == (True, [1])


def test_a_number_that_was_not_told_of_a_quote_is_new():
    said = Said()
    both = quote("The gain was 0.9 points at temperature 1 and 2.4 points at 8.")
    said.take(answer(("The gain was 0.9 points.", both)), 1)
    kept, _ = said.take(answer(("At temperature 8 it gained 2.4 points.", both)), 1)
    assert texts(kept) == ["At temperature 8 it gained 2.4 points."]


def test_a_quote_that_stands_under_a_sentence_is_not_shown_by_itself_again():
    said = Said()
    said.take(answer((RAISED, quote(RAISED))), 1)
    kept, before = said.take(answer(extracts=[quote(RAISED), quote("New.", start=300)]), 2)
    assert ([one.quote for one in kept.shown().extracts], before) == (["New."], [1])
    again, places = said.take(answer(extracts=[quote("New.", start=300)]), 3)
    assert (again.is_empty, places) == (True, [2])
