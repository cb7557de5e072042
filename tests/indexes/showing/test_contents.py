import shutil
from pathlib import Path

import pytest

from r1agent_indexes import IndexManifest, Paper, PaperIndex, PaperMetadata
from r1agent_indexes.showing.contents import Contents
from r1agent_indexes.showing.lists import LISTED

HELD = IndexManifest(2, "all-MiniLM-L6-v2", 384, 120, 300, 4000, 9, "")


@pytest.fixture
def index(tmp_path, papers, embeddings):
    (papers / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as opened:
        opened.add([papers])
        yield opened


def made(number, title="A Study"):
    path = Path(f"paper-{number}.pdf")
    about = PaperMetadata(title, authors=("Ada Miller",), year=2020)
    return Paper(f"{number:06x}", "0" * 64, path, about, pages=2, chunks=9)


def test_an_index_says_what_it_holds_and_folds_its_papers(index):
    html = index._repr_html_()
    assert "3 papers · 4 pages · " in html
    assert "<details><summary>Papers (3)</summary><ol><li>" in html
    assert "Label Smoothing and Distillation <small>Ada Miller, Bo Chen, smoothing.pdf" in html
    assert "<summary>Could not be read (1)</summary><ol><li>broken.pdf" in html


def test_the_markdown_of_an_index_folds_too(index):
    text = index._repr_markdown_()
    assert "<details><summary>Papers (3)</summary>\n\n- " in text
    assert "- broken.pdf" in text


def test_a_long_list_is_cut_and_says_how_many_more_there_are(tmp_path):
    contents = Contents(tmp_path, HELD, [made(number) for number in range(LISTED)])
    assert contents.html().count("<li>") == LISTED
    assert "</ol>and 70 more</details>" in contents.html()
    assert "\n\nand 70 more\n\n</details>" in contents.markdown()


def test_names_and_titles_add_no_markup(tmp_path):
    contents = Contents(tmp_path, HELD, [made(1, "<b>*bold*</b>\n\n# x")])
    assert "<b>*" not in contents.html()
    assert "- &#60;b&#62;&#42;bold&#42;&#60;/b&#62; &#35; x: Ada Miller" in contents.markdown()


def test_a_closed_index_still_says_what_it_held(index):
    index.close()
    assert "3 papers" in index._repr_html_()
    assert "Closed; open it again to search it." in index._repr_markdown_()


def test_a_closed_index_whose_folder_is_gone_is_shown_as_closed(index):
    index.close()
    shutil.rmtree(index.path)
    assert "Closed" in index._repr_html_()
    assert "papers" not in index._repr_html_().partition("<br>")[2]
