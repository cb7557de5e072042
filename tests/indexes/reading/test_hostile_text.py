"""Text that no paper has must cost no more than its length: expressions must not look back far."""

import time
from pathlib import Path

import pytest

from r1agent_indexes import SentenceChunker
from r1agent_indexes.reading.normalise import Line
from r1agent_indexes.reading.pages import page_documents

LENGTH = 100_000


@pytest.mark.parametrize("unit", ["a", "中", "7", "a.", "0.1", "1,", "(", "-", "/", "a- ", ' ."'])
def test_a_very_long_line_is_cut_in_little_time(unit):
    started = time.process_time()
    line = Line((unit * LENGTH)[:LENGTH] + "-", height=10.0)
    pages = page_documents(Path("a.pdf"), [[line, Line("end", height=10.0)]], ["1"])
    SentenceChunker().transform_documents(pages)
    assert time.process_time() - started < 5


def test_a_page_without_a_line_is_an_empty_page():
    pages = page_documents(Path("a.pdf"), [[], [Line("Text", height=10.0)]], ["1", "2"])
    assert [page.page_content for page in pages] == ["", "Text"]
