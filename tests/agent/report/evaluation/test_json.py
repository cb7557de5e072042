import json
import math
from dataclasses import replace

import pytest
from hypothesis import given

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.evaluation import Row, Scored
from r1agent.report.evaluation.json import evaluation_from_json, evaluation_to_json
from r1agent.types import Usage
from tests.agent.report.evaluations import TWO, telling_of
from tests.agent.report.hostile import telling


def test_what_is_written_is_read_back_whole():
    written = evaluation_to_json(TWO)
    read = evaluation_from_json(written)
    assert read.metrics == tuple(TWO.metrics)
    assert list(read.scored[0].rows) == list(TWO.scored[0].rows)
    assert evaluation_to_json(read) == written


def test_the_figures_stand_beside_the_rows():
    data = json.loads(evaluation_to_json(TWO))
    first, second = data["systems"]
    assert first["figures"]["accuracy"]["value"] == 0.125
    assert first["differences"] == {}
    assert second["differences"]["accuracy"]["value"] == 0.75
    assert second["differences"]["accuracy"]["low"] > 0
    assert (second["tokens"], second["seconds"]) == (1000, 2.5)


def test_a_measure_that_says_nothing_is_null_and_comes_back():
    row = Row("q", "", "answered", {"right": math.nan}, Usage(), 1.0)
    evaluation = replace(TWO, metrics=TWO.metrics[:1], scored=(Scored("s", "", (row,)),))
    written = evaluation_to_json(evaluation)
    assert json.loads(written)["systems"][0]["rows"][0]["measures"] == {"right": None}
    assert math.isnan(evaluation_from_json(written).scored[0].rows[0].measures["right"])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kind": "review"}, "kind"),
        ({"metrics": [{"form": "mean"}]}, "metrics"),
        ({"metrics": [{"form": "share", "name": "x"}]}, "means"),
        ({"systems": [{"system": "a"}]}, "systems"),
    ],
)
def test_json_of_another_form_is_refused_with_the_place(change, place):
    data = json.loads(evaluation_to_json(TWO)) | change
    with pytest.raises(EvaluationError, match=place):
        evaluation_from_json(json.dumps(data))


def test_text_that_is_no_json_is_refused():
    with pytest.raises(EvaluationError, match=r"holds no evaluation \(the text: Invalid JSON"):
        evaluation_from_json("{")


@given(telling)
def test_any_text_comes_back(text):
    written = evaluation_to_json(telling_of(text))
    assert written.isascii()
    assert evaluation_from_json(written).title == text
