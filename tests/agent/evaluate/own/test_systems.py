"""What questions and sentences of the user's own papers are put to."""

import math

import pytest

from r1agent.evaluate.own.metrics import OWN_METRICS, score_own
from r1agent.evaluate.own.systems import QUESTION, WRITTEN, GateAndSearch, Questioned
from r1agent.evaluate.own.written import WrittenQuestion
from r1agent.evaluate.planted.judged import PlantedGate, fault_examples
from r1agent.evaluate.planted.pairs import Pair
from r1agent.evaluate.task import Example, Output
from r1agent.testing import HashEmbeddings
from r1agent.types import Usage
from tests.agent.evaluate.own.made_corpus import REED, TRAM, corpus_of
from tests.agent.made_runs import citation

CORPUS = corpus_of(reed=REED, tram=TRAM)
PASSAGES = [*CORPUS.passages.values()]
SOURCE = {"paper": "tram", "file": "tram.md", "page": 1, "start": 0, "end": 40}
ASKED = Example("q", "How loud are trams?", QUESTION, {"source": SOURCE})
NOWHERE = Example("u", "How loud are gulls?", "unanswerable: made-up term", {"term": "gulls"})
PASSAGE = Example("p", "(of its own)", WRITTEN, {"passage": "tram:0", "source": SOURCE})


class Said:
    """A system that says the same to every question, and keeps what it was asked."""

    name, model = "loop", "small"

    def __init__(self, *citations, outcome="answered"):
        self.asked = []
        self.output = Output({"text": "", "citations": citations}, outcome, Usage(calls=1))

    def __call__(self, example):
        self.asked.append(example.question)
        return self.output


def without_model(example):
    gate = PlantedGate("gate", CORPUS, None)
    return score_own(
        example, GateAndSearch(gate, lambda question: PASSAGES, HashEmbeddings())(example)
    )


def with_model(example, said, text="How noisy are trams?"):
    asked = Questioned(
        said, lambda question: PASSAGES, lambda one: WrittenQuestion(text, Usage(calls=2))
    )
    return score_own(example, asked(example)), asked(example)


def test_the_place_of_source_page_and_passage_is_found():
    measures = without_model(ASKED)
    assert (measures["page_1"], measures["page_5"], measures["page_10"]) == (0, 1, 1)
    assert (measures["passage_10"], measures["searched"]) == (1, 1)


def test_another_passage_of_the_page_is_not_the_source_passage():
    elsewhere = {**SOURCE, "start": 9_000, "end": 9_040}
    measures = without_model(Example("q", "Trams?", QUESTION, {"source": elsewhere}))
    assert (measures["page_10"], measures["passage_10"]) == (1, 0)


def test_a_question_with_a_source_is_told_from_one_without_by_closeness():
    asked, nowhere = without_model(ASKED), without_model(NOWHERE)
    assert (asked["has_source"], nowhere["has_source"]) == (1, 0)
    assert -1 <= nowhere["closeness"] <= asked["closeness"] <= 1
    assert nowhere["searched"] == 0


def test_a_sentence_is_judged_by_the_gate():
    true = Pair(
        "The reed retained 61 % of the nitrate.",
        citation(REED.split(". ")[0] + ".", of=PASSAGES[0], start=0),
        (),
    )
    measures = without_model(fault_examples([true], [])[0])
    assert (measures["true"], measures["rejected"], measures["fault"]) == (1, 0, 0)
    assert math.isnan(measures["closeness"])


def test_what_needs_a_model_counts_for_nothing_without_one():
    assert {value for value in without_model(PASSAGE).values() if not math.isnan(value)} == {0}


@pytest.mark.parametrize(
    ("citations", "outcome", "cited", "silent"),
    [
        ([{"file": "tram.md", "page": 1, "quote": "x"}], "answered", 1, 0),
        ([{"file": "tram.md", "page": 2, "quote": "x"}], "answered", 0, 0),
        ([{"file": "tram.md", "page": 1, "quote": "x"}], "not_in_papers", 0, 1),
        ([], "failed", 0, 1),
    ],
)
def test_an_answer_counts_where_it_cites_the_source_page(citations, outcome, cited, silent):
    measures, _ = with_model(ASKED, Said(*citations, outcome=outcome))
    assert measures["answerable_asked"] == 1
    assert (measures["cited"], measures["kept_silent"]) == (cited, silent)


@pytest.mark.parametrize(
    ("outcome", "abstained"),
    [("not_in_papers", 1), ("refused", 1), ("answered", 0), ("failed", 0)],
)
def test_only_a_run_that_ended_silent_abstains(outcome, abstained):
    measures, _ = with_model(NOWHERE, Said(outcome=outcome))
    assert (measures["unanswerable_asked"], measures["abstained"]) == (1, abstained)


def test_a_question_of_the_models_own_is_written_searched_and_asked():
    said = Said({"file": "tram.md", "page": 1, "quote": "x"})
    measures, output = with_model(PASSAGE, said)
    assert said.asked[0] == "How noisy are trams?"
    assert output.said["question"] == "How noisy are trams?"
    assert output.usage.calls == 3
    assert [measures[name] for name in ("written", "searched", "cited")] == [1, 1, 1]


def test_where_no_question_could_be_written_nothing_is_asked():
    said = Said()
    measures, output = with_model(PASSAGE, said, text="")
    assert (said.asked, output.usage.calls) == ([], 2)
    assert (measures["passages"], measures["written"], measures["answerable_asked"]) == (1, 0, 0)


def test_sentences_are_not_put_to_a_model():
    said = Said()
    example = fault_examples([Pair("A claim.", citation("x"), ())], [])[0]
    measures, output = with_model(example, said)
    assert (said.asked, output.said, measures["true"]) == ([], {}, 0)


def test_a_sentence_on_which_something_failed_is_no_question():
    example = fault_examples([Pair("A claim.", citation("x"), ())], [])[0]
    measures = score_own(example, Output({"error": "lost"}, "failed"))
    assert (measures["unanswerable_asked"], measures["answerable_asked"]) == (0, 0)


def test_every_measure_of_every_metric_is_there():
    wanted = {name for metric in OWN_METRICS for name in metric.measures}
    assert wanted <= set(without_model(ASKED))
