import pytest

from r1agent_indexes.reading.normalise import Hyphens, Line, clean, page_text


def read(*lines: str) -> str:
    return page_text([Line(line) for line in lines], Hyphens(lines), set()).text


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("an inde-", "pendent test"), "an independent test"),
        (("writ\u2010", "ten in 1998"), "written in 1998"),
        (("COVID-", "19 and COVID"), "COVID-19 and COVID"),
        (("pages 200-", "300"), "pages 200-300"),
        (("a cache-", "miss; each cache-miss costs"), "a cache-miss; each cache-miss costs"),
        (("https://a.org/one-", "two"), "https://a.org/one-two"),
        (("KER-", "NEL"), "KERNEL"),
        (("boundary con-", "Copyright 2019"), "boundary con-\nCopyright 2019"),
        (("a - b", "c"), "a - b\nc"),
    ],
)
def test_line_end_hyphens_read_as_the_word_they_are(lines, text):
    assert read(*lines) == text


def test_words_never_run_into_a_running_head():
    lines = [Line("the end of a sen-"), Line("journal of tests 7"), Line("tence")]
    assert page_text(lines, Hyphens([]), {1}).text == "the end of a sen-\njournal of tests 7\ntence"


def test_line_starts_point_at_the_lines():
    lines = [Line("one inde-"), Line("pendent"), Line("three")]
    page = page_text(lines, Hyphens([]), set())
    assert page.text == "one independent\nthree"
    assert [page.text[start : start + 4] for start in page.starts] == ["one ", "pend", "thre"]


def test_ligatures_soft_hyphens_and_line_ends_are_cleaned():
    assert clean("e\ufb03cient\r\nso\u00adft x\u0000y \ud800") == "efficient\nsoft xy ?"
    assert clean("H\u2082O x\u00b2 \uff21") == "H\u2082O x\u00b2 \uff21"  # only ligatures change
