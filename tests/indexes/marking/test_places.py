from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes.marking.places import Glyph, boxes_of, folded


def painted(*lines: str) -> list[Glyph]:
    """Paint lines downwards from 100, each character 1 wide and 10 high."""
    return [
        Glyph(character, number, (at, 100.0 - 20 * number, at + 1.0, 110.0 - 20 * number))
        for number, line in enumerate(lines)
        for at, character in enumerate(line)
        if character != " "
    ]


def test_a_quote_on_one_line_has_one_rectangle():
    assert boxes_of("two words", painted("one, two words.")) == [(5, 100, 14, 110)]


def test_a_quote_over_lines_has_one_rectangle_a_line():
    assert boxes_of("begins here and ends", painted("It begins here", "and ends there.")) == [
        (3, 100, 14, 110),
        (0, 80, 8, 90),
    ]


def test_a_word_that_is_broken_at_a_line_end_is_found():
    assert len(boxes_of("an independent one", painted("an inde-", "pendent one"))) == 2
    assert len(boxes_of("cache-miss", painted("cache-", "miss"))) == 2


def test_ligatures_accents_and_quotation_marks_are_read_in_either_form():
    glyphs = painted("the “eﬃcient” naïve")
    assert boxes_of('"efficient"', glyphs) == [(4, 100, 13, 110)]


def test_of_several_places_the_nearest_is_taken():
    glyphs = painted("same again", "same again")
    assert boxes_of("same", glyphs, before=0) == [(0, 100, 4, 110)]
    assert boxes_of("same", glyphs, before=len(folded("same again"))) == [(0, 80, 4, 90)]


def test_what_is_not_on_the_page_has_no_rectangle():
    assert boxes_of("something else", painted("one, two words.")) == []
    assert boxes_of(" - ", painted("one - two")) == []


def test_a_symbol_higher_than_its_line_does_not_stretch_the_rectangle():
    tall = Glyph("∑", 0, (4, 0, 5, 300))
    assert boxes_of("one ∑ x", [*painted("one"), tall, *painted("     xy")]) == [(0, 100, 6, 110)]


def test_characters_without_a_size_have_no_rectangle():
    assert boxes_of("a", [Glyph("a", 0, (5, 5, 5, 5))]) == []


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_page_holds_is_found_on_it(before, quote, after):
    lines = [before, quote, after]
    found = boxes_of(quote, painted(*lines), before=len(folded(before)))
    assert bool(found) == bool(folded(quote))
