"""Whether a quote stands on the page that is named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.page_texts import PageTexts, read_pages

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=2, max_size=12)


def page(*readings):
    """The pages of one paper of one page, as several readers have it."""
    return PageTexts(lambda file: [list(readings)] if file == "a.pdf" else ())


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The quick brown\nfox jum-\nped over.", "brown fox jumped over"),
        ("A well-\nknown result", "A well-known result"),
        ("A sim\ufffe\nple result", "A simple result"),
        ("A sim\u00ad\nple result", "A simple result"),
        ("One\u00a0hundred\r\nlines", "One hundred lines"),
        ("分频功能\n最不稳健。", "分频功能最不稳健。"),
        ("分频功能最不稳健。", "分频功能 最不稳健。"),
        ("an inde\u2010\n pendent test", "an independent test"),
    ],
)
def test_a_quote_is_there_however_lines_break(text, quote):
    assert page(text).holds("a.pdf", 1, quote)


@pytest.mark.parametrize("quote", ["brown cat", "", "   ", "Brown fox", "fox  jumped, over"])
def test_other_words_case_or_signs_are_not_there(quote):
    assert not page("The quick brown\nfox jum-\nped over.").holds("a.pdf", 1, quote)


@pytest.mark.parametrize(("file", "number"), [("a.pdf", 0), ("a.pdf", 2), ("b.pdf", 1)])
def test_a_page_that_is_not_there_holds_nothing(file, number):
    pages = page("The quick brown fox")
    assert not pages.holds(file, number, "quick")
    assert not pages.holds_letters(file, number, "quick")


def test_one_reading_of_a_page_is_enough():
    pages = page("Thequickbrown", "The quick brown")
    assert pages.holds("a.pdf", 1, "quick brown")
    assert not pages.holds("a.pdf", 1, "Thequick brown")


def test_by_letters_case_signs_and_spaces_make_no_difference():
    assert page("The quick\nﬁne fox jum-\nped.").holds_letters("a.pdf", 1, "QUICK, fine fox jumped")


def test_fewer_than_four_letters_prove_nothing():
    pages = page("A quick fox")
    assert not pages.holds_letters("a.pdf", 1, "fox")
    assert pages.holds_letters("a.pdf", 1, "k fox")


@given(words=WORDS, data=st.data())
def test_every_stretch_of_whole_words_is_a_quote_of_its_page(words, data):
    gaps = data.draw(
        st.lists(
            st.sampled_from([" ", "\n", "  ", "\t\n"]), min_size=len(words), max_size=len(words)
        )
    )
    pages = page("".join(word + gap for word, gap in zip(words, gaps, strict=True)))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    assert pages.holds("a.pdf", 1, " ".join(words[first:last]))


@given(words=WORDS, data=st.data())
def test_a_quote_that_is_there_word_for_word_is_there_by_its_letters(words, data):
    text = data.draw(st.sampled_from([" ", "-\n", "\n"])).join(words)
    start = data.draw(st.integers(0, len(text)))
    quote = text[start:]
    pages = page(text)
    enough = sum(character.isalnum() for character in quote) >= 4
    assert pages.holds_letters("a.pdf", 1, quote) == enough


def test_kept_texts_are_one_text_or_those_of_several_readers(tmp_path):
    kept = tmp_path / "pages.json"
    kept.write_text(json.dumps({"a.pdf": ["First page.", {"one": "Second.", "two": ""}]}))
    pages = read_pages(kept, tmp_path)
    assert pages.holds("a.pdf", 1, "First page.")
    assert pages.holds("a.pdf", 2, "Second.")
    assert not pages.holds("b.pdf", 1, "First page.")


def test_without_kept_texts_the_papers_are_read(tmp_path):
    (tmp_path / "papers" / "more").mkdir(parents=True)
    (tmp_path / "papers" / "more" / "a.txt").write_text("The quick brown fox jumped over it.")
    pages = read_pages(tmp_path / "pages.json", tmp_path / "papers")
    assert pages.holds("a.txt", 1, "brown fox jumped")
    assert not pages.holds("b.txt", 1, "brown fox jumped")


@pytest.mark.parametrize("content", ["{", '{"a.pdf": "text"}', "[]", '{"a.pdf": [[1]]}'])
def test_kept_texts_of_another_form_are_refused(tmp_path, content):
    (tmp_path / "pages.json").write_text(content)
    with pytest.raises(EvaluationError, match=r"holds no texts of pages .* or take it away"):
        read_pages(tmp_path / "pages.json", tmp_path)
