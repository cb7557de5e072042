"""Quotes are chosen by the program, verbatim, and no more of them than a sentence needs."""

import time

from hypothesis import given
from hypothesis import strategies as st

from r1agent.quotes import MAX_QUOTES, choose_quotes, context_of
from tests.agent.made_runs import TEXT, passage

OTHER = "Batch size had no effect. The smallest network reached 71.2 % with dropout."


def quotes(claim, *passages, question=""):
    return [one.quote for one in choose_quotes(claim, passages or [passage()], question=question)]


def test_the_sentence_that_carries_the_claim_is_chosen():
    claim = "Dropout reduced the test error from 12.1 % to 10.4 %."
    assert quotes(claim) == ["Dropout of 0.5 lowered the test error from 12.1 % to 10.4 %."]


def test_two_passages_are_quoted_where_each_carries_a_part():
    claim = "Dropout lowered the test error to 10.4 % and the smallest network reached 71.2 %."
    chosen = quotes(claim, passage(), passage(OTHER, id="bb22:1"))
    assert sorted(chosen) == [
        "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 %.",
        "The smallest network reached 71.2 % with dropout.",
    ]


def test_nothing_is_quoted_for_a_sentence_that_shares_no_word():
    assert quotes("Penguins migrate southwards.") == []


def test_no_passages_give_no_quotes():
    assert choose_quotes("Dropout lowered the error.", []) == ()


def test_the_heading_of_a_section_is_no_part_of_a_quote():
    doc = passage("3 Results\nDropout lowered the test error of every network.")
    doc.metadata["section"] = "3 Results"
    assert quotes("Dropout lowered the test error.", doc) == [
        "Dropout lowered the test error of every network."
    ]


def test_a_citation_counts_its_span_from_the_start_of_the_page():
    (one,) = choose_quotes("Training took 90 minutes.", [passage(start=1000)])
    assert (one.start, one.end) == (1000 + TEXT.index("Training"), 1000 + TEXT.index(" Weight"))


def test_a_citation_carries_what_a_reference_needs():
    (one,) = choose_quotes("Training took 90 minutes.", [passage(page=3)])
    assert (one.passage, one.paper, one.page, one.page_label) == ("aa11:1", "aa11", 3, "3")
    assert (one.title, one.authors, one.year) == (
        "Dropout in Small Networks",
        ("Ada Miller",),
        2020,
    )


def test_what_a_sentence_may_name_of_its_papers_is_title_authors_and_year():
    citations = choose_quotes("Training took 90 minutes.", [passage()])
    assert context_of(citations) == "Dropout in Small Networks Ada Miller 2020"


PIECES = [TEXT, OTHER, "甲模型的准确率提高了3.4个百分点。", "See Fig. 3.", "\n", " "]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=40)).map("".join)
CLAIMS = st.text(max_size=60) | st.sampled_from([TEXT, "准确率提高了", "It took 90 minutes."])


@given(st.lists(TEXTS, max_size=3), CLAIMS)
def test_every_quote_is_verbatim_in_its_passage_whatever_the_claim(texts, claim):
    passages = {f"p{n}:1": passage(text, id=f"p{n}:1") for n, text in enumerate(texts)}
    chosen = choose_quotes(claim, passages.values())
    assert len(chosen) <= MAX_QUOTES
    for one in chosen:
        assert passages[one.passage].page_content[one.start : one.end] == one.quote


def test_the_names_of_the_authors_need_no_quote_of_their_own():
    text = "Miller, in short: Dropout in Small Networks. Dropout lowered the error by 3 points."
    chosen = choose_quotes("Miller found that dropout lowered the error.", [passage(text)])
    assert [one.quote for one in chosen] == ["Dropout lowered the error by 3 points."]


def test_one_sentence_with_names_and_numbers_is_better_than_two_that_share_them():
    text = (
        "ResNet was trained on large images. Another one had 74.6 % on them. "
        "On these, 74.6 % were right with ResNet."
    )
    assert quotes("ResNet reached 74.6 %.", passage(text)) == [
        "On these, 74.6 % were right with ResNet."
    ]


def test_a_quantity_in_another_unit_is_found():
    text = "Training was quick. It ran for 1.5 hours. Testing was slow."
    assert "It ran for 1.5 hours." in quotes("It took 90 minutes.", passage(text))[0]


def test_choosing_among_many_long_passages_takes_no_time_to_speak_of():
    passages = [passage(f"Run {n} of {TEXT} " * 9, id=f"p{n}:1") for n in range(8)]
    choose_quotes("Dropout lowered the test error to 10.4 %.", passages)
    start = time.perf_counter()
    choose_quotes("The network of Miller did not improve to 12.1 % in 90 minutes.", passages)
    assert time.perf_counter() - start < 1


def test_the_number_of_a_figure_draws_no_quote():
    figure = passage("Figure 1: The homepage of the downloaded archive.", id="aa11:1")
    told = passage("The archive has been downloaded a great many times since.", id="bb22:1")
    (quote,) = choose_quotes("The archive has been downloaded 1 time.", [figure, told])
    assert quote.passage == "bb22:1"
