"""Support and contradiction, judged by words and by nearness in meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.checks.floors import Floors
from r1agent.testing import HashEmbeddings

QUOTE = "Deletion of the receptor reduced the growth of tumours in mice."


@pytest.fixture(params=[None, HashEmbeddings()], ids=["words", "words and meaning"])
def floors(request):
    return Floors(request.param)


def test_a_sentence_in_the_words_of_its_quote_scores_above_its_opposite(floors):
    same = floors.judge(QUOTE, "Deletion of the receptor reduced tumour growth in mice.")
    turned = floors.judge(QUOTE, "Deletion of the receptor increased tumour growth in mice.")
    assert same.supported > turned.supported
    assert turned.contradicted > same.contradicted
    assert turned.contradicted >= floors.contradicts_at > same.contradicted


def test_a_denied_relation_scores_as_contradicted(floors):
    quote = "Vitamin intake was not associated with the risk of prostate cancer."
    claim = "Vitamin intake was associated with the risk of prostate cancer."
    assert floors.judge(quote, claim).contradicted >= floors.contradicts_at


def test_another_matter_is_neither_supported_nor_contradicted(floors):
    judged = floors.judge(QUOTE, "Transformers translate medieval poetry fluently.")
    assert judged.supported + judged.contradicted < 0.3


def test_aims_and_open_questions_are_looked_at_last():
    aim = "We asked whether smoothing improves the accuracy of the student network."
    found = "Accuracy of the student fell with smoothing."
    claim = "Smoothing improves the accuracy of the student network."
    floors = Floors()
    both = floors.judge(f"{aim} {found}", claim)
    assert both.contradicted > floors.judge(aim, claim).contradicted


def test_chinese_is_left_to_others(floors):
    assert floors.judge("标签平滑提高了准确率。", "标签平滑降低了准确率。") is None


def test_the_audit_is_told_what_was_looked_at():
    assert Floors().method == "word floor"
    assert Floors(HashEmbeddings()).method == "word and embedding floors"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_pair_gets_probabilities_or_no_judgement(premise, claim):
    judged = Floors().judge(premise, claim)
    assert judged is None or 0.0 <= judged.supported + judged.contradicted <= 1.0


def test_the_words_of_a_quote_are_never_called_their_own_opposite(floors):
    quote = (
        "In cancer-prone mutant mice, homozygous deletion of the gene suppressed tumour growth and "
        "prolonged the lifespan."
    )
    assert (
        floors.judge(quote, f"It is reported that {quote[0].lower()}{quote[1:]}").contradicted == 0
    )
    assert floors.judge(quote, quote.replace("suppressed", "promoted")).contradicted > 0
