"""Pages: of files that have none, running heads, words that a page break tears, exact spans."""

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document

from r1agent_indexes import SentenceChunker, TextLoader
from r1agent_indexes.reading.blocks import PAGE, Block, paged
from r1agent_indexes.reading.normalise import Line
from r1agent_indexes.reading.pages import page_documents
from r1agent_indexes.reading.parsed import ParsedPaper
from r1agent_indexes.reading.pdf_process import PdfProcess
from r1agent_indexes.reading.readers import KINDS, read_paper
from tests.indexes.made_pdfs import PARAGRAPH, lines_of, make_pdf


def documents(*pages: list[str]) -> list[Document]:
    lines = [[Line(text, height=10.0) for text in page] for page in pages]
    return page_documents(Path("a.pdf"), lines, [str(n) for n, _ in enumerate(pages, 1)])


def passages(*pages: list[str]) -> list[str]:
    return [one.page_content for one in SentenceChunker().transform_documents(documents(*pages))]


def test_a_long_text_file_has_pages_that_end_with_paragraphs(tmp_path):
    paragraphs = [f"Paragraph {number}. {PARAGRAPH * 2}".strip() for number in range(30)]
    (tmp_path / "a.txt").write_text("\n\n".join(paragraphs))
    pages = [page.page_content for page in TextLoader(tmp_path / "a.txt").load()]
    assert "\n\n".join(pages) == "\n\n".join(paragraphs)
    assert len(pages) > 5
    assert all(len(page) <= PAGE for page in pages)
    assert all(page.startswith("Paragraph") for page in pages)


def test_a_section_begins_a_page_where_the_page_is_half_full():
    text = Block("word " * 350)
    pages = paged([Block("One", "heading"), text, Block("Two", "heading"), text])
    assert [page.blocks[0].text for page in pages] == ["One", "Two"]


def test_no_page_ends_with_a_section_title():
    pages = paged([Block("word " * 500), Block("One", "heading"), Block("word " * 400)])
    assert [page.blocks[0].text[:4] for page in pages] == ["word", "One"]


def test_a_paragraph_of_many_pages_is_cut_between_sentences():
    pages = paged([Block("A sentence of some words. " * 600)])
    assert len(pages) == 6
    assert all(page.blocks[0].text.endswith("words.") for page in pages)


def test_heads_that_differ_on_odd_and_even_pages_are_no_running_text():
    heads = ["A Title", "MILLER AND CHEN", "LABEL SMOOTHING", "MILLER AND CHEN", "LABEL SMOOTHING"]
    pages = [[head, *lines_of(f"Page {n} says {PARAGRAPH}")] for n, head in enumerate(heads)]
    said = " ".join(passages(*pages))
    assert "MILLER" not in said
    assert "LABEL" not in said


@pytest.mark.parametrize("numbers", [("1", "2"), ("- 7 -", "- 8 -"), ("ix", "x")])
def test_page_numbers_are_no_running_text(numbers):
    pages = [[*lines_of(f"{n} begins. {PARAGRAPH}"), n] for n in numbers]
    assert not any(one.split("\n")[-1] in numbers for one in passages(*pages))


def test_the_end_of_a_word_that_the_page_before_began_begins_no_passage():
    first, second = passages(
        [*lines_of(PARAGRAPH), "and the two are inde-"], ["pendent of each other in all runs."]
    )
    assert first.endswith("inde-")
    assert second == "of each other in all runs."


def test_a_year_under_the_title_is_no_page_number():
    page = documents(["A Title of a Paper", "2022", *lines_of(PARAGRAPH)])[0]
    assert page.metadata["skip"] == []


def test_a_numbered_title_under_a_title_is_one_of_its_own():
    lines = [Line("3 Results", 12.0), Line("3.1 Accuracy of it", 12.0)]
    lines += [Line(text, 10.0) for text in lines_of(PARAGRAPH * 4)]
    page = page_documents(Path("a.pdf"), [[Line("Title", 20.0)], lines], ["1", "2"])[1]
    titles = [title for _, title in page.metadata["headings"]]
    assert titles == ["3 Results", "3.1 Accuracy of it"]


def test_comments_in_the_output_of_a_program_are_no_section_titles():
    page = documents(["## Residuals:", "Some text of the paper."])[0]
    assert page.metadata["headings"] == []


def test_the_bookmarks_of_a_pdf_are_its_section_titles(tmp_path):
    from pypdf import PdfReader, PdfWriter

    lines = [["Title of it", "Why we care", *lines_of(PARAGRAPH)], ["2.1 An odd", "name", "Text."]]
    writer = PdfWriter(clone_from=PdfReader(make_pdf(tmp_path / "a.pdf", lines)))
    for title, page in (("Why we care", 0), ("An odd name", 1), ("Text.", 1)):
        writer.add_outline_item(title=title, page_number=page)
    writer.write(tmp_path / "b.pdf")
    with PdfProcess() as process:
        paper = read_paper(tmp_path / "b.pdf", process)
    pages = page_documents(tmp_path / "b.pdf", paper.pages, paper.labels)
    titles = [title for page in pages for _, title in page.metadata["headings"]]
    assert titles == ["Why we care", "2.1 An odd name", "Text."]


WORDS = st.text(string.ascii_letters + "äß中文。.,;:!?-()[]0123456789 \n", max_size=400)
FILES = {
    ".txt": "{}",
    ".md": "# Title\n\n{}",
    ".html": "<html><body><h1>Title</h1><p>{}</p><p>More of it.</p></body></html>",
    ".tex": "\\begin{{document}}\\section{{One}}More of it.\n\n{}\\end{{document}}",
    ".xml": "<article><body><sec><title>One</title><p>{}</p><p>More.</p></sec></body></article>",
}


@pytest.fixture(scope="module")
def process():
    with PdfProcess() as process:
        yield process


@pytest.mark.parametrize("ending", sorted(FILES))
@given(texts=st.lists(WORDS, max_size=4))
@settings(max_examples=20, deadline=None)
def test_a_passage_is_the_span_of_its_page(ending, texts, process, tmp_path_factory):
    path = tmp_path_factory.mktemp("spans") / f"a{ending}"
    text = "Some text first. " + "\n\n".join(texts) * 4
    path.write_text(FILES[ending].format(text), encoding="utf-8")
    assert_exact(path, read_paper(path, process))


@given(texts=st.lists(st.lists(WORDS, min_size=1, max_size=12), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_passage_of_any_lines_is_the_span_of_its_page(texts):
    pages = [[Line(line, height=10.0) for line in page] for page in texts]
    assert_exact(Path("a.pdf"), ParsedPaper(pages, [str(n) for n in range(len(pages))]))


def assert_exact(path: Path, paper: ParsedPaper) -> None:
    pages = page_documents(path, paper.pages, paper.labels)
    texts = {page.metadata["page"]: page.page_content for page in pages}
    for passage in SentenceChunker().transform_documents(pages):
        span = slice(passage.metadata["start"], passage.metadata["end"])
        assert texts[passage.metadata["page"]][span] == passage.page_content


def test_every_kind_of_file_is_tested_here():
    assert {*FILES} == {*KINDS} - {".pdf", ".htm", ".nxml"}
