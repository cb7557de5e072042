"""Whether an answer says what its key asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.answer_text import magnitudes, says_one_of, states_number

WORD = st.text("abcdefgh", min_size=4, max_size=9)
SIGNS = st.sampled_from(["", "-", "\u2212", "+", "=", "(", "“", "约"])


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("The result was replicated.", "replicat"),
        ("It is written in R, with care.", "R"),
        ("It took 31,000 kB.", "31000"),
        ("It took 31000 kB.", "31,000"),
        ("A 32-bit library", "32 bit"),
        ("Groups of 4\u20136 learners", "4-6"),
        ("and/or", "and or"),
        ("It is **not** a test.", "is not a"),
        ("It doesn\u2019t implement Adam.", "n't implement"),
        ("up to 2\u00d7 faster", "2\u00d7"),
        ("分频功能最不稳健", "分频"),
        ("ﬁne tuning", "fine"),
        ("version 2.", "version 2"),
    ],
)
def test_a_wording_stands_in_a_text(text, wording):
    assert says_one_of(text, [wording])


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("Rather good", "R"),
        ("notable", "not"),
        ("unreplicated", "replicat"),
        ("It took 1.5 h.", "5"),
        ("It took 15 h.", "5"),
        ("It took 1.5 h.", "1"),
        ("It took 150 h.", "15"),
        ("snake_case", "snakecase"),
        ("Anything", ""),
    ],
)
def test_a_part_of_a_word_or_of_a_number_is_no_wording(text, wording):
    assert not says_one_of(text, [wording])


def test_one_wording_of_several_is_enough():
    assert says_one_of("Adam was used.", ["SGD", "Adam"])
    assert not says_one_of("Adam was used.", ["SGD", "momentum"])
    assert not says_one_of("Adam was used.", [])


@given(before=WORD, wording=WORD, after=WORD)
def test_a_word_is_found_in_any_case_among_others(before, wording, after):
    assert says_one_of(f"{before} {wording.upper()}. {after}", [wording])
    assert not says_one_of(f"{before}x{wording}", [wording]) or wording in before


@given(number=st.integers(0, 10**12), sign=SIGNS, end=st.sampled_from(["", "%", ".", ", ", "例"]))
def test_a_whole_number_is_read_with_and_without_commas(number, sign, end):
    for written in (f"{number}", f"{number:,}"):
        assert [*magnitudes(f"about {sign}{written}{end}")] == [number]


@given(number=st.decimals(0, 10**6, places=3))
def test_a_number_with_decimals_is_read(number):
    assert [*magnitudes(f"It was {number:,} m.")] == [float(number)]


def test_groups_of_digits_with_spaces_are_one_number_or_several():
    assert [*magnitudes("1 000 of 20")] == [1000, 1, 0, 20]


def test_digits_in_a_name_are_no_number():
    assert [*magnitudes("v2 of model_7 at x.5, and .5")] == [0.5]


@given(
    value=st.integers(-(10**6), 10**6),
    tolerance=st.integers(0, 50),
    off=st.integers(-60, 60),
)
def test_a_number_counts_within_the_tolerance_whatever_its_sign(value, tolerance, off):
    stated = abs(value) + off
    within = stated >= 0 and abs(off) <= tolerance
    if stated >= 0:
        assert states_number(f"It fell by -{stated} points.", value, tolerance) == within


def test_a_text_without_numbers_states_none():
    assert not states_number("It fell a little.", 0, 10)
