"""Web pages as papers."""

import pytest
from langchain_core.documents import Document

from r1agent_indexes import UnreadablePaperError
from r1agent_indexes.reading.paper import ReadPaper, read_passages
from r1agent_indexes.reading.pdf_process import PdfProcess

HEAD = """<!DOCTYPE html><html><head><title>Smoothing - Some Site</title>
<meta name="citation_title" content="Label Smoothing Revisited">
<meta name="citation_author" content="Miller, Ada"><meta name="citation_author" content="Bo Chen">
<meta name="citation_publication_date" content="2021/05/03">
<meta name="citation_doi" content="https://doi.org/10.1000/abc">
<meta name="citation_journal_title" content="Journal of Tests">
<style>.secret, #x { display : none }
.pale {color:#fff} .button {color:#fff; background:navy}</style>
<script>var text = "a script";</script></head><body>"""


def read(tmp_path, body: str, head: str = HEAD) -> ReadPaper:
    (tmp_path / "a.html").write_text(f"{head}{body}</body></html>", encoding="utf-8")
    with PdfProcess() as process:
        return read_passages(tmp_path / "a.html", process)


def page(tmp_path, body: str) -> Document:
    return read(tmp_path, body).pages[0]


def test_the_article_is_read_without_menus_and_scripts(tmp_path):
    text = page(
        tmp_path,
        "<nav>Menu</nav><main><h1>Smoothing</h1><p>First <b>bold</b> text, H<sub>2</sub>O.</p>"
        "<div>Loose text<p>in Zürich</p>and after.</div></main><footer>Imprint</footer>",
    ).page_content
    assert text == ("Smoothing\n\nFirst bold text, H2O.\n\nLoose text\n\nin Zürich\n\nand after.")


def test_lines_of_programs_and_rows_of_tables_stay_lines(tmp_path):
    text = page(
        tmp_path,
        "<pre>for x in y:\n    print(x)</pre>"
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
    ).page_content
    assert text == "for x in y:\n    print(x)\n\na | b\n\n1 | 2"


def test_what_is_not_displayed_is_hidden(tmp_path):
    found = page(
        tmp_path,
        '<p>Seen <span style="display:none">one</span> <span class="pale">two</span> '
        '<span class="button">this</span>.</p><p class="secret">three</p><p hidden>four</p>'
        '<p style="font-size:0">five</p><p style="position:absolute;left:-9999px">six</p>',
    )
    assert found.page_content == "Seen this."
    assert found.metadata["hidden_text"].split() == "one two three four five six".split()


def test_the_page_states_its_metadata(tmp_path):
    metadata = read(tmp_path, "<p>Text of the paper.</p>").metadata
    assert metadata.title == "Label Smoothing Revisited"
    assert metadata.authors == ("Ada Miller", "Bo Chen")
    assert (metadata.year, metadata.doi) == (2021, "10.1000/abc")
    assert metadata.venue == "Journal of Tests"


def test_references_are_in_no_passage(tmp_path):
    paper = read(
        tmp_path,
        "<h2>Results</h2><p>The student reached a good accuracy.</p>"
        '<h2>References</h2><ol class="references"><li>Some cited work, 2019.</li></ol>'
        "<h2>Appendix</h2><p>More words that stand after the references.</p>",
    )
    assert "Some cited work, 2019." in paper.pages[0].page_content
    assert [passage.metadata["section"] for passage in paper.passages] == ["Results", "Appendix"]
    assert not any("cited work" in passage.page_content for passage in paper.passages)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_the_page_says_how_it_is_encoded(tmp_path, charset):
    text = f'<html><head><meta charset="{charset}"></head><body><p>Größe</p></body></html>'
    (tmp_path / "a.htm").write_bytes(text.encode(charset))
    with PdfProcess() as process:
        pages = read_passages(tmp_path / "a.htm", process).pages
    assert pages[0].page_content == "Größe"


@pytest.mark.parametrize("text", ["<html><body><script>x</script></body></html>", "", " \n "])
def test_a_page_without_text_says_so(tmp_path, text):
    (tmp_path / "a.html").write_text(text)
    with PdfProcess() as process, pytest.raises(UnreadablePaperError):
        read_passages(tmp_path / "a.html", process)
