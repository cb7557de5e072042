"""Texts of orders, from a file or from our own set."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.hidden_orders.orders import read_orders
from r1agent.words import is_chinese


def written(tmp_path, content):
    path = tmp_path / "orders.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_the_first_texts_of_each_kind_are_read_in_order(tmp_path):
    path = written(tmp_path, {"sing": ["Sing.", " Hum. ", "Whistle."], "sell": ["Sell."]})
    orders = read_orders(path, each=2)
    assert [(one.kind, one.text) for one in orders] == [
        ("sing", "Sing."),
        ("sing", "Hum."),
        ("sell", "Sell."),
    ]


def test_our_own_set_has_every_kind_in_english_and_chinese():
    orders = read_orders(None)
    kinds = {one.kind for one in orders}
    assert len(kinds) == 9
    for kind in kinds:
        languages = {is_chinese(one.text) for one in orders if one.kind == kind}
        assert languages == {True, False}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("not json", "Expecting value"),
        (["Sing."], "valid dictionary"),
        ({"sing": "Sing."}, "valid list"),
        ({"sing": [1]}, "valid string"),
        ({}, "holds no text"),
        ({"sing": [" "]}, "holds no text"),
    ],
)
def test_another_form_is_refused_with_what_is_wanted(tmp_path, content, found):
    with pytest.raises(EvaluationError, match=found) as error:
        read_orders(written(tmp_path, content))
    assert '{"kind": ["text", …], …}' in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(EvaluationError, match=r"none\.json.*No such file"):
        read_orders(tmp_path / "none.json")


@given(st.binary(max_size=80))
def test_a_file_of_other_content_is_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("orders") / "orders.json"
    path.write_bytes(content)
    with pytest.raises(EvaluationError):
        read_orders(path)
