"""The numbers of a program stand in a text as figures of their own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r1agent.checks.program_inputs import inputs_of, unknown_inputs

TEXT = "On page 30, 61.6 million of the 1,470 nodes [12] took 5 minutes; 12 % were lost (Fig. 7)."


@pytest.mark.parametrize(
    "code",
    [
        "print(1470 / 61.6)",
        "print(1470 / (61.6 * 10**6))",
        "print(1470 / 61600000)",
        "print(1470 * 1e6 / 61.6e6)",
        "print(float('61.6') + int('1,470'))",
        "print(0.12 * 1470)",
        "print(100 * 12 / 1470)",
        "print(5 * 60)",
        "print(round((1470 + 61.6) / 2, 3))",
        "print([1470][0] ** 3)",
        "print(f'{1470 / 61.6:.4f}')",
        "print(sum(range(1, 1471)))",
        "print(sum([1, 1470]) - 0)",
    ],
)
def test_numbers_that_stand_in_the_text_may_stand_in_a_program(code):
    assert unknown_inputs(code, TEXT, small_too=True) == []


@pytest.mark.parametrize(
    ("code", "unknown"),
    [
        ("print(1470 / 61)", ["61"]),
        ("print(1471 - 5)", ["1471"]),
        ("print(1470 + 30)", ["30"]),
        ("print(1470 + 7)", ["7"]),
        ("print(1470 + 100)", ["100"]),
        ("print(float('2.5') * int('99'))", ["2.5", "99"]),
        ("print(sum([3, 1470, 3]))", ["3"]),
    ],
)
def test_others_may_not(code, unknown):
    assert unknown_inputs(code, TEXT, small_too=True) == unknown


def test_in_mathematics_small_whole_numbers_are_part_of_a_method():
    assert unknown_inputs("print(sum(n for n in (2, 7) if n % 3 == 0) + 100 + 11)", "") == ["11"]


@pytest.mark.parametrize("huge", ["1e999", f"1{'0' * 400}7", "'9e999'"])
def test_numbers_beyond_any_paper_are_unknown(huge):
    assert len(unknown_inputs(f"print(2 * {huge}, 3 / {huge}, {huge})", TEXT)) == 1


def test_units_of_time_are_known_only_where_time_is_spoken_of():
    assert unknown_inputs("print(90 / 60)", "It took 90 minutes.") == []
    assert unknown_inputs("print(90 / 60)", "It had 90 cases.") == ["60"]


def test_a_program_that_cannot_be_read_has_no_inputs():
    assert unknown_inputs("print(", "") == []


@settings(deadline=None)
@given(st.lists(st.integers(11, 10**6), min_size=1, max_size=6))
def test_a_sum_over_the_numbers_of_a_text_has_no_unknown_input(numbers):
    text = ", ".join(f"{number:,} items" for number in numbers)
    assert unknown_inputs(f"print(sum({numbers}))", text) == []


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=40))
def test_what_stands_in_a_text_is_known_whatever_the_program(code, known):
    both = unknown_inputs(code, f"{known} {code}")
    assert set(both) <= set(unknown_inputs(code, known))


def test_what_may_be_data_of_a_program_is_neither_small_nor_a_scale():
    code = "a = 152\nb = float('1,066.5')\nprint(100 * (a - b) / a, 2 ** 30, a * 1e6, xs[12], True)"
    assert inputs_of(code) == ["152", "1,066.5"]
    assert inputs_of("def broken(") == []
