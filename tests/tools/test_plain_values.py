import json
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent_tools.sandbox.plain_values import NotPlainError, decode_value, encode_value, same

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.complex_numbers(allow_nan=False) | st.fractions() | st.decimals(allow_nan=False)
)  # fmt: skip
hashable = st.integers() | st.text() | st.booleans()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(hashable, inner)
        | st.sets(hashable) | st.frozensets(hashable)
    ),
    max_leaves=12,
)  # fmt: skip


@given(values)
def test_a_plain_value_survives_the_way_through_json(value):
    assert same(decode_value(json.loads(json.dumps(encode_value(value)))), value)


def test_an_array_keeps_its_type_and_shape():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert same(decode_value(encode_value(array)), array)
    assert not same(decode_value(encode_value(array)), array.astype(np.float64))


class Liar(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


@pytest.mark.parametrize("value", [Liar(1), [Liar(1)], {1: Liar(1)}, object(), len, iter([])])
def test_what_is_not_plain_cannot_cross(value):
    with pytest.raises(NotPlainError):
        encode_value(value)


@pytest.mark.parametrize(
    "coded",
    [None, [], ["int"], ["int", 5], ["int", "zz"], ["json", 1.5], ["eval", "1"], ["list", "ab"],
     ["set", [["list", []]]], ["dict", [[1]]], ["array", "O8", "1", ""], ["float", "1e99999999x"]],
)  # fmt: skip
def test_coded_text_that_is_no_value_is_refused(coded):
    with pytest.raises(NotPlainError):
        decode_value(coded)


def test_deep_nesting_is_refused_on_both_sides():
    deep, coded = [], ["list", []]
    for _ in range(100):
        deep, coded = [deep], ["list", [coded]]
    for function, value in ((encode_value, deep), (decode_value, coded)):
        with pytest.raises(NotPlainError, match="deeper"):
            function(value)


@pytest.mark.parametrize(
    ("found", "expected"),
    [(1, True), (1, 1.0), ([1], (1,)), ({1: 2}, {True: 2}), ({1}, {True}), (0.1 + 0.2, 0.3),
     (Decimal(1), 1), (Fraction(1), 1), ([1, 2], [1]), (math.nan, 0.0)],
)  # fmt: skip
def test_values_that_only_look_equal_are_not_the_same(found, expected):
    assert not same(found, expected)


def test_floats_may_differ_by_the_tolerance():
    assert same([0.1 + 0.2], [0.3], tolerance=1e-9)
    assert same(math.nan, math.nan)
