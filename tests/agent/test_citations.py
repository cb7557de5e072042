"""The gate: what it lets through is verbatim on its page, and planted faults do not pass."""

import time
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from r1agent.checks.computed import ComputedCheck
from r1agent.checks.entailment import EntailmentCheck
from r1agent.checks.finding import Finding
from r1agent.checks.negations import NegationCheck
from r1agent.checks.numbers import NumberCheck
from r1agent.citations import CitationGate, Draft, locate
from r1agent.types import Citation, Computation
from tests.agent.made_runs import TEXT, citation, evidence_of, passage

QUOTE = "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 %."
CLAIM = "Dropout lowered the test error from 12.1 % to 10.4 %."
PAGE = f"Vorwort. {TEXT} More text follows on the page."
OFFSET = PAGE.index(TEXT)
PASSAGE = passage(start=OFFSET)
EVIDENCE = evidence_of(PASSAGE)


def page_text(paper: str, page: int) -> str:
    return {("aa11", 1): PAGE}[(paper, page)]


def gate(*, reads_pages: bool = True) -> CitationGate:
    checks = [NumberCheck(), NegationCheck(), ComputedCheck(), EntailmentCheck()]
    return CitationGate(checks, page_text if reads_pages else None)


def judge(claim: str, *citations: Citation, computations=()):
    return gate().judge(Draft(claim, citations, computations), EVIDENCE)


@pytest.mark.parametrize("answer", ["No, ", "Yes, ", "No: ", "yes – "])  # noqa: RUF001
def test_a_yes_or_no_before_a_whole_sentence_denies_nothing_of_it(answer):
    claim = judge(f"{answer}dropout lowered the test error from 12.1 % to 10.4 %.", cited())
    assert claim.verdict.supported
    assert claim.text.startswith(answer)
    denied = judge(f"{answer}dropout did not lower the test error.", cited())
    assert denied.verdict.support == "contradicted"


def cited(quote: str = QUOTE) -> Citation:
    return citation(quote, of=PASSAGE)


def test_a_sentence_that_its_quote_carries_is_supported():
    claim = judge(CLAIM, cited())
    assert claim.verdict.supported
    assert claim.verdict.rests_on == "quote on p. 1 of aa11.pdf"
    assert claim.citations[0].quote == QUOTE


@pytest.mark.parametrize("reads_pages", [True, False])
def test_the_span_of_a_placed_quote_is_that_of_the_page(reads_pages):
    placed = gate(reads_pages=reads_pages).place(cited(), EVIDENCE)
    assert PAGE[placed.start : placed.end] == placed.quote == QUOTE


def test_a_quote_of_another_paper_does_not_pass():
    wrong = replace(cited(), paper="bb22")
    claim = judge(CLAIM, wrong)
    assert claim.verdict.support == "unsupported"
    assert claim.verdict.reasons[0] == "the quote is not from that paper and page"
    assert claim.citations == ()


def test_a_quote_with_the_wrong_page_does_not_pass():
    claim = judge(CLAIM, replace(cited(), page=2))
    assert claim.verdict.reasons[0] == "the quote is not from that paper and page"


def test_an_invented_passage_does_not_pass():
    claim = judge(CLAIM, replace(cited(), passage="zz99:7"))
    assert claim.verdict.reasons[0] == "passage 'zz99:7' is not of this run"


def test_an_invented_quote_does_not_pass():
    claim = judge(CLAIM, cited("Dropout made every network in the world twice as good."))
    assert claim.verdict.reasons[0] == "the quote is not on its page"
    assert claim.citations == ()


def test_a_changed_number_in_the_sentence_does_not_pass():
    claim = judge("Dropout lowered the test error from 12.1 % to 9.4 %.", cited())
    assert claim.verdict.support == "unsupported"
    assert claim.verdict.reasons == ("9.4 % is not in its quote",)


def test_a_number_changed_in_sentence_and_quote_alike_does_not_pass():
    claim = judge(CLAIM.replace("10.4", "9.4"), cited(QUOTE.replace("10.4", "9.4")))
    assert not claim.verdict.supported
    assert all(one.quote in PAGE for one in claim.citations)


def test_a_negated_sentence_is_contradicted():
    claim = judge("Dropout did not lower the test error from 12.1 % to 10.4 %.", cited())
    assert claim.verdict.support == "contradicted"


def test_words_dropped_from_a_quote_come_back_as_the_page_has_them():
    placed = gate().place(cited(QUOTE.replace("of 0.5 ", "")), EVIDENCE)
    assert isinstance(placed, Finding) or PAGE[placed.start : placed.end] == placed.quote


def test_a_quote_with_other_white_space_and_case_is_given_as_the_page_has_it():
    placed = gate().place(cited(QUOTE.upper().replace(" ", "\n")), EVIDENCE)
    assert placed.quote == QUOTE


def test_one_bad_quote_beside_a_good_one_keeps_the_sentence_out():
    claim = judge(CLAIM, cited(), replace(cited(), passage="zz99:7"))
    assert not claim.verdict.supported


def test_a_sentence_without_quote_or_result_does_not_pass():
    assert judge("Dropout helps.").verdict.reasons == ("no quote and no tool result carries it",)


def test_a_sentence_may_rest_on_what_a_program_printed():
    claim = judge(
        "The sum is 5050.",
        computations=(Computation("python", "print(5050)", "5050", "landlock=3"),),
    )
    assert claim.verdict.supported
    assert claim.verdict.rests_on == "result of `python`"


def test_the_worst_finding_is_the_verdict_and_all_reasons_are_kept():
    claim = judge("Dropout did not lower the test error from 12.1 % to 9.4 %.", cited())
    assert claim.verdict.support == "contradicted"
    assert claim.verdict.reasons[0] == "9.4 % is not in its quote"
    assert len(claim.verdict.reasons) >= 2


def test_text_that_stands_twice_is_found_where_the_quote_says():
    page = "It rose. Then it fell. It rose."
    assert locate("It rose.", page, near=23) == (23, 31)


def test_a_start_before_the_page_is_not_counted_from_its_end():
    assert locate("fell", "It fell.", near=-5) == (3, 7)


@pytest.mark.parametrize("quote", ["", "   ", "\n"])
def test_an_empty_quote_is_nowhere(quote):
    assert locate(quote, PAGE) is None


def test_a_quote_longer_than_the_page_is_nowhere():
    assert locate(PAGE * 2, PAGE) is None


@pytest.mark.parametrize(
    ("quote", "page", "found"),
    [
        (
            "The effect was significant.",
            "A. The effect was signi\ufb01cant. B.",
            "The effect was signi\ufb01cant.",
        ),
        ("a robust result", "It is a ro\u00adbust result.", "a ro\u00adbust result"),
        ("a robust result", "It is a ro-\nbust result.", "a ro-\nbust result"),
        ("Müller\u2019s state", "Of Mu\u0308ller's STATE now", "Mu\u0308ller's STATE"),
        ("3\u20135 layers", "with 3-5\n layers of", "3-5\n layers"),
        ("准确率提高了", "模型的准确率\n提高了很多", "准确率\n提高了"),
    ],
)
def test_a_quote_is_found_however_the_page_spells_it(quote, page, found):
    start, end = locate(quote, page)
    assert page[start:end] == found


def test_a_quote_with_its_negation_left_out_is_judged_by_what_the_page_says():
    whole = "Weight decay did not improve the calibration of the network."
    dropped = cited(whole.replace("did not improve", "did improve"))
    claim = judge("Weight decay did improve the calibration of the network.", dropped)
    assert not claim.verdict.supported
    assert all(one.quote in PAGE and "not" in one.quote for one in claim.citations)


def test_a_very_long_page_is_searched_in_bounded_time():
    page = "a" * 200_000
    start = time.perf_counter()
    assert locate("a" * 600 + "b", page, near=150_000) is not None
    assert time.perf_counter() - start < 10


@given(st.text(min_size=1, max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_what_stands_on_a_page_is_found_there(quote, before, behind):
    span = locate(quote, before + quote + behind, near=len(before))
    assert span == (len(before), len(before) + len(quote)) or not quote.strip()


EDITS = st.one_of(
    st.text(max_size=80),
    st.tuples(st.integers(0, 60), st.text(max_size=8), st.integers(0, 8)).map(
        lambda edit: QUOTE[: edit[0]] + edit[1] + QUOTE[edit[0] + edit[2] :]
    ),
    st.tuples(st.integers(0, len(PAGE)), st.integers(0, 80)).map(
        lambda span: PAGE[span[0] : span[0] + span[1]]
    ),
)


@given(EDITS, st.integers(-300, 300), st.booleans())
def test_whatever_the_quote_what_passes_is_verbatim_on_its_page(quote, start, reads_pages):
    placed = gate(reads_pages=reads_pages).place(citation(quote, of=PASSAGE, start=start), EVIDENCE)
    if isinstance(placed, Citation):
        assert 0 <= placed.start < placed.end
        assert PAGE[placed.start : placed.end] == placed.quote


@given(st.text(max_size=30), st.text(max_size=60), st.integers(-80, 80))
def test_whatever_the_page_a_span_found_is_on_it(quote, page, near):
    span = locate(quote, page, near=near)
    assert span is None or 0 <= span[0] < span[1] <= len(page)


TRUE = (12.1, 10.4, 0.5)
DERIVED = (1.7, 22.5, 12.1 / 10.4, 10.4 / 12.1, 85.95, 116.35, 14.05, 16.35)


@example("0.5", 112)  # the mean of the two others, which the sentence does not call so
@given(st.sampled_from(["12.1", "10.4", "0.5"]), st.integers(0, 999))
def test_whatever_number_replaces_a_number_the_sentence_does_not_pass(old, new):
    claim = judge(QUOTE.replace(old, f"{new / 10}"), cited())
    right = any(abs(new / 10 - value) <= 0.06 for value in (*TRUE, *DERIVED))
    assert right or not claim.verdict.supported
