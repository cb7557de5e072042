"""What one answer adds to the metrics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.answer_score import METRICS, AnswerKey, Cited, Said, score_answer
from r1agent.evaluate.metrics import figure
from r1agent.evaluate.page_texts import PageTexts

PAGES = PageTexts(
    lambda file: (
        [["Adam was used for 31,000 steps."], ["SGD was slower."]] if file == "a.pdf" else ()
    )
)
KEY = AnswerKey.model_validate(
    {
        "gold": [{"file": "a.pdf", "page": 1, "alt_pages": [2]}, {"file": "b.pdf", "page": 4}],
        "must_contain": [["Adam", "adaptive"], ["steps"]],
        "numeric": {"value": 31000, "tolerance": 10},
    }
)
UNANSWERABLE = AnswerKey(answerable=False)
RIGHT = "Adam ran for 31,005 steps."
QUOTE = Cited("a.pdf", 1, "Adam was used")
OUTCOMES = st.sampled_from(["answered", "not_in_papers", "refused", "failed"])
CITATIONS = st.lists(
    st.builds(
        Cited,
        st.sampled_from(["a.pdf", "b.pdf"]),
        st.integers(0, 4),
        st.sampled_from(["Adam was used", "Adam, was used", "No such words", ""]),
    ),
    max_size=4,
)
KEYS = st.sampled_from([KEY, UNANSWERABLE, AnswerKey()])


def scored(text=RIGHT, citations=(), outcome="answered", key=KEY):
    return score_answer(key, Said(text, citations, outcome), PAGES)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (RIGHT, 1),
        ("An adaptive method ran for 31000 steps.", 1),
        ("Adam ran for 31,005 epochs.", 0),
        ("SGD ran for 31,005 steps.", 0),
        ("Adam ran for 31,011 steps.", 0),
        ("Adam ran for many steps.", 0),
        ("", 0),
    ],
)
def test_a_right_answer_holds_a_wording_of_every_group_and_the_number(text, right):
    assert scored(text)["correct"] == right


def test_a_key_that_asks_for_nothing_is_content_with_any_answer():
    assert scored("Whatever.", key=AnswerKey())["correct"] == 1


@pytest.mark.parametrize("outcome", ["not_in_papers", "refused"])
def test_only_an_abstention_is_right_where_the_papers_do_not_say(outcome):
    told = scored("", outcome=outcome, key=UNANSWERABLE)
    assert (told["correct"], told["abstained_right"], told["abstained_wrong"]) == (1, 1, 0)
    assert scored(key=UNANSWERABLE)["correct"] == 0


@pytest.mark.parametrize("outcome", ["not_in_papers", "refused"])
def test_an_abstention_from_what_the_papers_say_is_wrong_whatever_its_text(outcome):
    told = scored(outcome=outcome)
    assert (told["correct"], told["attempted"], told["abstained_wrong"]) == (0, 0, 1)


@pytest.mark.parametrize("key", [KEY, UNANSWERABLE])
def test_a_run_that_failed_is_missing_and_no_abstention(key):
    told = scored(citations=[QUOTE], outcome="failed", key=key)
    assert told["failed"] == 1
    counted = ("correct", "attempted", "abstained_right", "abstained_wrong", "quotes", "grounded")
    assert [told[name] for name in counted] == [0] * 6


def test_quotes_are_counted_word_for_word_and_by_their_letters():
    others = [Cited("a.pdf", 1, "Adam, was used"), Cited("a.pdf", 2, "Adam was used")]
    told = scored(citations=[QUOTE, *others])
    assert (told["quotes"], told["quotes_exact"], told["quotes_letters"]) == (3, 1, 2)


def test_a_quote_of_few_letters_that_is_there_word_for_word_is_there_by_letters_too():
    told = scored(citations=[Cited("a.pdf", 2, "SGD")])
    assert (told["quotes_exact"], told["quotes_letters"]) == (1, 1)


def test_a_gold_page_may_be_cited_by_another_page_of_the_key():
    told = scored(citations=[Cited("a.pdf", 2, "")])
    assert (told["gold_files"], told["gold_pages"], told["with_gold"]) == (0.5, 0.5, 1)


def test_a_gold_file_with_another_page_is_no_gold_page():
    told = scored(citations=[Cited("a.pdf", 3, ""), Cited("b.pdf", 4, "")])
    assert (told["gold_files"], told["gold_pages"]) == (1, 0.5)


def test_a_question_without_gold_counts_in_no_share_of_it():
    for key in (UNANSWERABLE, AnswerKey()):
        assert scored(citations=[QUOTE], key=key)["with_gold"] == 0


@pytest.mark.parametrize(
    ("text", "citation", "grounded"),
    [
        (RIGHT, QUOTE, 1),
        ("SGD.", QUOTE, 0),
        (RIGHT, Cited("a.pdf", 1, "Adam, was used"), 0),
        (RIGHT, Cited("b.pdf", 4, "Adam was used"), 0),
    ],
)
def test_an_answer_is_grounded_where_it_is_right_and_quotes_a_gold_file(text, citation, grounded):
    assert scored(text, [citation])["grounded"] == grounded


def test_the_figures_of_a_few_answers_are_as_counted_by_hand():
    rows = [
        scored(citations=[QUOTE]),
        scored("SGD.", citations=[Cited("a.pdf", 3, "No such words")]),
        scored(outcome="not_in_papers"),
        scored(outcome="refused", key=UNANSWERABLE),
        scored(outcome="failed", key=UNANSWERABLE),
    ]
    values = {metric.name: figure(metric, rows).value for metric in METRICS}
    assert values == {
        "accuracy": 0.4,
        "precision": 0.5,
        "wrong abstentions": pytest.approx(1 / 3),
        "right abstentions": 0.5,
        "quotes exist": 0.5,
        "quotes exist, by letters": 0.5,
        "gold file cited": pytest.approx(1 / 3),
        "gold page cited": pytest.approx(1 / 6),
        "grounded": pytest.approx(1 / 3),
        "failed": 0.2,
    }


@given(key=KEYS, citations=CITATIONS, outcome=OUTCOMES, text=st.sampled_from([RIGHT, "SGD.", ""]))
def test_counts_fit_together_for_every_answer(key, citations, outcome, text):
    told = scored(text, citations, outcome, key)
    abstained = told["abstained_right"] + told["abstained_wrong"]
    assert told["attempted"] + abstained + told["failed"] == 1
    assert told["answerable"] + told["unanswerable"] == 1
    assert told["attempted_right"] <= min(told["correct"], told["attempted"])
    assert told["grounded"] <= told["correct"]
    assert told["quotes_exact"] <= told["quotes_letters"] <= told["quotes"]
    assert 0 <= told["gold_pages"] <= told["gold_files"] <= told["with_gold"] <= 1
    assert {name for metric in METRICS for name in metric.measures} == set(told)
