from pathlib import Path

import pytest

from r1agent_indexes import AddReport, FailedPaper, PaperIndex
from r1agent_indexes.showing.lists import LISTED
from r1agent_indexes.types import SkippedEntry
from tests.indexes.showing.test_contents import made


@pytest.fixture
def report(tmp_path, papers, embeddings):
    (papers / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        return index.add([papers])


def test_what_was_added_is_counted_and_folded(report):
    html = report._repr_html_()
    assert "<b>3 papers added, 0 unchanged, 1 failed, in " in html
    assert "<summary>Could not be read (1)</summary><ol><li>broken.pdf" in html
    assert "<summary>Added (3)</summary><ol><li>" in html
    assert html.index("broken.pdf") < html.index("Added (3)")
    assert "Renamed" not in html


def test_the_markdown_of_it_folds_too(report):
    text = report._repr_markdown_()
    assert text.startswith("**3 papers added, 0 unchanged, 1 failed, in ")
    assert "<details><summary>Added (3)</summary>\n\n- " in text


def test_a_long_list_is_cut_and_says_how_many_more_there_are():
    report = AddReport(added=[made(number) for number in range(LISTED + 7)])
    assert report._repr_html_().count("<li>") == LISTED
    assert "</ol>and 7 more</details>" in report._repr_html_()


def test_nothing_added_is_shown():
    assert "0 papers added, 0 unchanged" in AddReport()._repr_html_()
    assert AddReport()._repr_markdown_() == "**0 papers added, 0 unchanged, in 0.0 s**\n"


def test_names_and_reasons_add_no_markup():
    hostile = "<b>*x*</b>"
    report = AddReport(
        added=[made(1, hostile)],
        failed=[FailedPaper(Path(hostile), hostile)],
        skipped=[SkippedEntry(Path("a.bib"), hostile, hostile)],
        duplicates=[Path("x") / hostile],
        not_looked_up=hostile,
        vectors=hostile,
    )
    assert "<b>*" not in report._repr_html_()
    assert "*x*" not in report._repr_markdown_()
