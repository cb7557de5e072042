from dataclasses import replace

import pytest

from r1agent.evaluate.anchors import anchors_for, list_anchors
from r1agent.evaluate.metrics import Share
from r1agent.evaluate.registry import TASKS, task_class
from tests.agent.report.evaluations import evaluation_of

ANCHORS = list_anchors()
FIELDS = pytest.mark.parametrize(
    "anchor", ANCHORS, ids=lambda anchor: f"{anchor.data}, {anchor.system}, {anchor.metric}"
)


@FIELDS
def test_every_figure_has_a_source_and_says_how_it_was_measured(anchor):
    assert anchor.task in TASKS
    assert anchor.source
    assert anchor.url.startswith("https://")
    assert anchor.conditions
    assert anchor.system
    assert anchor.metric
    assert 0 < anchor.value <= (100 if anchor.unit == "%" else 1)


@FIELDS
def test_every_figure_is_comparable_or_says_why_not(anchor):
    if not anchor.comparable:
        assert anchor.because
        return
    assert anchor.folder_names
    assert anchor.examples
    assert anchor.measured_as in {metric.name for metric in task_class(anchor.task).metrics}


def test_no_figure_stands_twice():
    told = [(one.task, one.data, one.system, one.metric) for one in ANCHORS]
    assert len(told) == len(set(told))


def retrieval(*, data="scifact", examples=300, metric="nDCG@10"):
    evaluation = evaluation_of([1] * examples, task="retrieval", kinds=[""])
    metrics = (Share(metric, "as published", "right"),)
    return replace(evaluation, data=data, metrics=metrics)


def bm25(evaluation):
    return next(one for one in anchors_for(evaluation) if one.anchor.value == 0.665)


def test_the_same_data_whole_is_comparable():
    assert bm25(retrieval()).not_comparable == ""
    assert bm25(retrieval(data="BEIR-SciFact")).not_comparable == ""


def test_a_sample_is_not_comparable():
    assert bm25(retrieval(examples=50)).not_comparable == "measured on 300 examples, here on 50"


def test_other_data_are_not_comparable():
    published = bm25(retrieval(data="my papers"))
    assert published.not_comparable == "measured on SciFact (BEIR, test), not on these data"


def test_a_run_without_the_metric_is_not_comparable():
    assert bm25(retrieval(metric="MRR@10")).not_comparable == "this run has no nDCG@10"


def test_what_was_published_as_something_else_says_why():
    evaluation = replace(retrieval(), task="support")
    reasons = {one.not_comparable for one in anchors_for(evaluation)}
    assert "" not in reasons
    assert any("evidence is given" in reason for reason in reasons)


def test_figures_of_the_same_data_come_first():
    found = anchors_for(replace(retrieval(), task="math", data="gsm8k.jsonl"))
    assert [one.anchor.data for one in found][:2] == ["GSM8K", "GSM8K"]
    assert found[-1].anchor.data != "GSM8K"


def test_a_task_nobody_published_has_none():
    assert anchors_for(replace(retrieval(), task="own")) == []
