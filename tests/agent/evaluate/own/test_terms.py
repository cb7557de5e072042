"""Terms of sentences, by the pages that hold them."""

# ruff: noqa: RUF001 - Chinese marks

from r1agent.evaluate.own.terms import Terms
from tests.agent.evaluate.own.made_corpus import REED, TEA, TRAM


def test_terms_on_fewer_pages_come_first():
    terms = Terms([REED, TRAM, TRAM])
    assert terms.of("The nitrate of the track, the grass and the curve.")[0] == "nitrate"


def test_a_sentence_has_three_terms_at_most():
    assert len(Terms([REED]).of(REED)) == 3


def test_pages_count_that_hold_all_terms_in_whatever_form():
    terms = Terms([REED, TRAM, "Reeds and a single lake."])
    assert terms.pages_with(["reed"]) == 2
    assert terms.pages_with(["lake", "reed"]) == 2
    assert terms.pages_with(["lakes", "reed", "nitrate"]) == 1
    assert terms.pages_with(["lake", "tram"]) == 0


def test_chinese_terms_are_runs_between_words_of_grammar_that_recur():
    assert set(Terms([TEA]).of("绿茶的芳樟醇含量提高了18%，能耗高出14%。")) <= {
        "绿茶",
        "芳樟醇含量",
        "能耗",
    }
    assert "绿茶" in Terms([TEA]).of("绿茶的能耗")


def test_a_chinese_run_that_stands_once_is_no_term():
    assert Terms(["绿茶的时间"]).of("绿茶的时间") == []
