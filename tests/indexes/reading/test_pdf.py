import sys
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from r1agent_indexes import PdfLoader, UnreadablePaperError
from r1agent_indexes.reading import pdfium_pages
from r1agent_indexes.reading.pdf_process import PdfProcess, ReadLimits
from tests.indexes.made_pdfs import (
    make_bomb,
    make_chinese,
    make_image_only,
    make_pdf,
    make_two_columns,
)


def reason(path: Path) -> str:
    with pytest.raises(UnreadablePaperError) as caught:
        PdfLoader(path).load()
    return str(caught.value)


def test_pages_come_with_number_label_and_text(tmp_path):
    pages = PdfLoader(make_pdf(tmp_path / "a.pdf", [["First page"], ["Second page"]])).load()
    assert [(p.metadata["page"], p.metadata["page_label"]) for p in pages] == [(1, "1"), (2, "2")]
    assert [p.page_content for p in pages] == ["First page", "Second page"]


def test_two_columns_are_read_one_after_the_other(tmp_path):
    left = ["The left column begins here and", "it ends with an inde-", "pendent word."]
    right = ["The right column follows", "after it."]
    text = PdfLoader(make_two_columns(tmp_path / "a.pdf", left, right)).load()[0].page_content
    assert "an independent word." in text
    assert text.index("independent") < text.index("The right column")


def test_chinese_is_read(tmp_path):
    path = make_chinese(tmp_path / "a.pdf", ["知识蒸馏研究", "准确率提升了3.5个百分点。"])
    assert "准确率提升了3.5个百分点。" in PdfLoader(path).load()[0].page_content


def test_running_heads_and_references_are_no_running_text(tmp_path):
    body = [[f"The body {word} on its page."] for word in ("starts", "goes", "turns", "ends")]
    pages = [["A Title of a Paper", "Journal of Tests 12", *body[0], "1"]]
    pages += [["Journal of Tests 12", *lines, str(n)] for n, lines in enumerate(body[1:], 2)]
    pages[-1][2:2] = ["References", "[1] A. Miller, Some paper, 2019."]
    loaded = PdfLoader(make_pdf(tmp_path / "a.pdf", pages)).load()
    skipped = [[p.page_content[a:b].strip() for a, b in p.metadata["skip"]] for p in loaded]
    assert skipped[1] == ["Journal of Tests 12", "2"]
    assert "[1] A. Miller, Some paper, 2019." in skipped[3]


def test_text_that_nobody_can_see_is_left_out(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.drawString(60, 700, "Seen.")
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 600, "White on white.")
    canvas.setFillColorRGB(0, 0, 0.5)
    canvas.rect(50, 480, 300, 60, fill=1)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 500, "White on blue.")
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawString(60, -300, "Off the page.")
    canvas.setFont("Helvetica", 1)
    canvas.drawString(60, 400, "Too small.")
    canvas.save()
    text = PdfLoader(tmp_path / "a.pdf").load()[0].page_content
    assert text.split("\n") == ["Seen.", "White on blue."]


def test_unreadable_files_say_why(tmp_path):
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "html.pdf").write_bytes(b"<html>not found</html>")
    whole = make_pdf(tmp_path / "whole.pdf", [["Text"] * 40]).read_bytes()
    (tmp_path / "half.pdf").write_bytes(whole[: len(whole) // 3])
    (tmp_path / "hollow.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    make_pdf(tmp_path / "secret.pdf", [["Text"]], password="pass")
    make_image_only(tmp_path / "scan.pdf")
    make_pdf(tmp_path / "blank.pdf", [[]])
    assert reason(tmp_path / "empty.pdf") == "is empty (zero bytes)"
    assert reason(tmp_path / "html.pdf").startswith("is no PDF, whatever it is called")
    assert reason(tmp_path / "half.pdf") == "is a PDF whose end is missing; fetch or copy it anew"
    assert reason(tmp_path / "hollow.pdf").startswith("is broken, or no PDF (")
    assert "Error" not in reason(tmp_path / "hollow.pdf")
    assert "needs a password" in reason(tmp_path / "secret.pdf")
    assert reason(tmp_path / "scan.pdf").startswith("has no text layer: its 2 pages hold images")
    assert reason(tmp_path / "blank.pdf").startswith("has no text layer: its 1 page hold")


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_is_read(tmp_path):
    path = make_pdf(tmp_path / "a.pdf", [["Text of a page"]])
    with (
        PdfProcess(ReadLimits(seconds=0.0)) as slow,
        pytest.raises(UnreadablePaperError, match="took longer than 0 seconds"),
    ):
        PdfLoader(path, process=slow).load()
    with PdfProcess() as process:
        assert PdfLoader(path, process=process).load()


@pytest.mark.skipif(sys.platform != "linux", reason="address space limits are Linux's")
def test_a_file_that_needs_too_much_memory_says_so_and_the_next_one_is_read(tmp_path):
    bomb = make_bomb(tmp_path / "bomb.pdf", megabytes=400)
    path = make_pdf(tmp_path / "a.pdf", [["Text of a page"]])
    with PdfProcess(ReadLimits(memory_bytes=300 << 20)) as process:
        with pytest.raises(UnreadablePaperError, match="more than the 300 MB of memory"):
            PdfLoader(bomb, process=process).load()
        assert PdfLoader(path, process=process).load()[0].page_content == "Text of a page"


def test_more_text_than_a_paper_may_have_says_so(tmp_path):
    path = make_pdf(tmp_path / "a.pdf", [["Text of a page"] * 40])
    limits = ReadLimits(text_bytes=200)
    with (
        PdfProcess(limits) as process,
        pytest.raises(UnreadablePaperError, match="of text that a paper may have"),
    ):
        PdfLoader(path, process=process).load()


def test_a_parser_that_dies_is_started_again(tmp_path):
    path = make_pdf(tmp_path / "a.pdf", [["Text of a page"]])
    with PdfProcess() as process:
        child = process._started()
        child.kill()
        child.wait()
        assert PdfLoader(path, process=process).load()[0].page_content == "Text of a page"


def test_page_labels_are_those_of_the_paper(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.addPageLabel(0, style="ROMAN_LOWER")
    canvas.addPageLabel(2, style="ARABIC", start=17)
    for number in range(4):
        canvas.drawString(60, 700, f"Page of number {number}.")
        canvas.showPage()
    canvas.save()
    labels = [page.metadata["page_label"] for page in PdfLoader(tmp_path / "a.pdf").load()]
    assert labels == list(PdfReader(tmp_path / "a.pdf").page_labels) == ["i", "ii", "17", "18"]


def test_a_paper_that_needs_no_password_to_be_read_is_read(tmp_path):
    make_pdf(tmp_path / "a.pdf", [["Text of a page"]])
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "a.pdf"))
    writer.encrypt(user_password="", owner_password="owner", algorithm="AES-256")
    writer.write(tmp_path / "b.pdf")
    assert PdfLoader(tmp_path / "b.pdf").load()[0].page_content == "Text of a page"


def test_a_page_of_hidden_text_only_is_an_empty_page(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for height in (700, -300):
        canvas.drawString(60, height, "Some text of the page.")
        canvas.showPage()
    canvas.save()
    pages = PdfLoader(tmp_path / "a.pdf").load()
    assert [page.page_content for page in pages] == ["Some text of the page.", ""]


def test_lines_of_two_columns_that_were_written_in_turns_are_read_by_column(tmp_path):
    left = [f"Left line number {n} of the first column" for n in range(12)]
    right = [f"Right line number {n} of the second one" for n in range(12)]
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(600, 800))
    canvas.setFont("Helvetica", 9)
    for row, (one, other) in enumerate(zip(left, right, strict=True)):
        canvas.drawString(50, 700 - 12 * row, one)
        canvas.drawString(320, 700 - 12 * row, other)
    canvas.save()
    assert PdfLoader(tmp_path / "a.pdf").load()[0].page_content.split("\n") == left + right


def test_rows_of_a_table_stay_rows(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(600, 800))
    for row in range(12):
        canvas.drawString(50, 700 - 12 * row, f"the data set of number {row}")
        canvas.drawString(320, 700 - 12 * row, f"{row}.5 points")
    canvas.save()
    lines = PdfLoader(tmp_path / "a.pdf").load()[0].page_content.split("\n")
    assert lines[3] == "the data set of number 3 3.5 points"


def test_a_file_that_pdfium_cannot_open_is_read_by_the_other_parser(tmp_path):
    whole = make_pdf(tmp_path / "a.pdf", [["Text of a page"], ["And another"]]).read_bytes()
    (tmp_path / "b.pdf").write_bytes(b"\n" * 5000 + whole)
    pages = PdfLoader(tmp_path / "b.pdf").load()
    assert [page.page_content for page in pages] == ["Text of a page", "And another"]


def _read(path: Path, monkeypatch, other_lines: list[str] | Exception) -> list[dict]:
    """Read a file whose text pdfium does not find, with this found by the other reader."""

    def other(_path):
        if isinstance(other_lines, Exception):
            raise other_lines
        lines = [[line, 0.0, False] for line in other_lines]
        yield {"kind": "info", "metadata": {}, "outline": []}
        yield {"kind": "page", "label": "1", "lines": lines, "images": False, "hidden": ""}

    monkeypatch.setattr(pdfium_pages, "pypdf_messages", other)
    return list(pdfium_pages.pdf_messages(path))


def test_the_other_reader_is_heard_where_pdfium_finds_no_letters(tmp_path, monkeypatch):
    path = make_image_only(tmp_path / "a.pdf")
    kinds = [one["kind"] for one in _read(path, monkeypatch, ["The tide fell."])]
    assert kinds[-3:] == ["again", "page", "end"]
    for nothing in (["***"], ValueError("broken")):
        kinds = [one["kind"] for one in _read(path, monkeypatch, nothing)]
        assert "again" not in kinds
        assert kinds[-1] == "end"
    path = make_pdf(tmp_path / "b.pdf", [["Plain text"]])
    kinds = [one["kind"] for one in _read(path, monkeypatch, ["The tide fell by far."])]
    assert kinds == ["info", "page", "end"]
