import ctypes
from io import BytesIO

import pypdfium2 as pdfium
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from pypdfium2 import raw
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from r1agent_indexes import UnreadablePaperError
from r1agent_indexes.marking.mark import Mark
from r1agent_indexes.marking.mark_pdf import mark_pdf
from r1agent_indexes.reading.pdf_process import PdfProcess, ReadLimits
from tests.indexes.made_pdfs import (
    PARAGRAPH,
    lines_of,
    make_bomb,
    make_chinese,
    make_pdf,
    make_two_columns,
)

QUOTE = "The student reached 76.3 % on the test set"


@pytest.fixture(scope="module")
def process():
    with PdfProcess() as started:
        yield started


@pytest.fixture
def pdf(tmp_path):
    lines = ["Label Smoothing", *lines_of(PARAGRAPH)]
    return make_pdf(tmp_path / "a.pdf", [lines, ["Results", *lines_of(PARAGRAPH)]])


def marks_in(content: bytes, page: int = 1):
    """Return the annotations of a page."""
    found = PdfReader(BytesIO(content)).pages[page - 1].annotations
    return [one.get_object() for one in found or []]


def text_under(content: bytes, page: int = 1) -> list[str]:
    """Return the text in each rectangle of the first mark of a page."""
    text = pdfium.PdfDocument(content)[page - 1].get_textpage()
    corners = [float(value) for value in marks_in(content, page)[0]["/QuadPoints"]]
    return [
        text.get_text_bounded(left, bottom + 1, right, top - 1).strip()
        for left, top, right, bottom in (
            (*corners[at : at + 2], corners[at + 2], corners[at + 5])
            for at in range(0, len(corners), 8)
        )
    ]


def comments_by_pdfium(content: bytes) -> list[str]:
    """Return the comments on page 1; pypdf takes an earlier addition of its own for a mark."""
    page = pdfium.PdfDocument(content)[0]
    found = []
    for number in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        letters = (ctypes.c_ushort * 100)()
        mark = raw.FPDFPage_GetAnnot(page.raw, number)
        size = raw.FPDFAnnot_GetStringValue(mark, b"Contents", letters, ctypes.sizeof(letters))
        found.append(bytes(letters)[: size - 2].decode("utf-16-le"))
        raw.FPDFPage_CloseAnnot(mark)
    return found


def test_a_highlight_lies_over_its_quote_and_holds_the_comment(pdf, process):
    marked = mark_pdf(pdf, [Mark(1, QUOTE, "It reached 76.3 % 王.")], process)
    (mark,) = marks_in(marked.content)
    assert marked.placed == (True,)
    assert (mark["/Subtype"], mark["/T"], mark["/Contents"]) == (
        *("/Highlight", "r1agent"),
        "It reached 76.3 % 王.",
    )
    assert text_under(marked.content) == [QUOTE]


def test_a_quote_over_two_lines_is_one_highlight_with_two_rectangles(pdf, process):
    quote = "a mixture of it and the uniform distribution. The student reached"
    marked = mark_pdf(pdf, [Mark(2, quote, "x")], process)
    under = text_under(marked.content, page=2)
    assert len(under) == 2
    assert " ".join(under) == quote


def test_the_copy_begins_with_the_pdf_as_it_was_and_the_pdf_stays(pdf, process):
    before = pdf.read_bytes()
    marked = mark_pdf(pdf, [Mark(1, QUOTE, "x")], process)
    assert marked.content.startswith(before)
    assert len(marked.content) > len(before)
    assert pdf.read_bytes() == before


def test_a_quote_that_is_not_found_is_a_note_at_the_top_of_its_page(pdf, process):
    marked = mark_pdf(pdf, [Mark(1, "nowhere", "One."), Mark(1, "either", "Two.")], process)
    first, second = marks_in(marked.content)
    assert marked.placed == (False, False)
    assert (first["/Subtype"], first["/Contents"]) == ("/Text", "One.\n\n“nowhere”")
    assert float(first["/Rect"][3]) > 800
    assert float(second["/Rect"][0]) >= float(first["/Rect"][2])


def test_the_second_of_two_places_is_marked_where_it_is_the_quoted_one(tmp_path, process):
    pdf = make_pdf(tmp_path / "b.pdf", [["Title", "Same words.", "Between.", "Same words."]])
    first, second = (
        mark_pdf(pdf, [Mark(1, "Same words.", "x", before)], process).content for before in (5, 24)
    )
    assert marks_in(first)[0]["/Rect"][3] > marks_in(second)[0]["/Rect"][3]


def test_colours_are_those_of_zotero(pdf, process):
    marks = [Mark(1, QUOTE, "x", colour=colour) for colour in ("yellow", "red", "blue")]
    found = marks_in(mark_pdf(pdf, marks, process).content)
    codes = ["".join(f"{round(float(part) * 255):02x}" for part in one["/C"]) for one in found]
    assert codes == ["ffd400", "ff6666", "2ea8e5"]


def test_each_mark_has_a_name_of_its_own_and_a_date(pdf, process):
    found = marks_in(mark_pdf(pdf, [Mark(1, QUOTE, "x"), Mark(1, "student", "y")], process).content)
    names = {one["/NM"] for one in found}
    assert len(names) == 2
    assert all(name.startswith("r1agent-") for name in names)
    assert all(one["/M"].startswith("D:20") for one in found)


def test_columns_and_chinese_are_marked(tmp_path, process):
    left = ["The left column goes on", "over several lines of it."]
    columns = make_two_columns(tmp_path / "c.pdf", left, ["The right one", "stands beside."])
    marked = mark_pdf(columns, [Mark(1, "goes on\nover several", "x")], process)
    assert text_under(marked.content) == ["goes on", "over several"]
    chinese = make_chinese(tmp_path / "d.pdf", ["题目", "数据增强对小模型蒸馏的影响。"])
    assert mark_pdf(chinese, [Mark(1, "小模型蒸馏", "x")], process).placed == (True,)


def test_a_page_that_is_turned_and_cropped_is_marked_at_the_same_words(pdf, tmp_path, process):
    writer = PdfWriter(clone_from=pdf)
    writer.pages[0].mediabox = RectangleObject((-30, -40, 590, 840))
    writer.pages[0].cropbox = RectangleObject((50, 600, 560, 800))
    writer.pages[0].rotate(90)
    writer.write(tmp_path / "turned.pdf")
    marked = mark_pdf(tmp_path / "turned.pdf", [Mark(1, QUOTE, "x")], process)
    assert text_under(marked.content) == [QUOTE]


def test_marks_that_a_paper_has_already_are_kept(pdf, tmp_path, process):
    first = mark_pdf(pdf, [Mark(1, QUOTE, "Mine.")], process)
    (tmp_path / "mine.pdf").write_bytes(first.content)
    again = mark_pdf(tmp_path / "mine.pdf", [Mark(1, "student", "New.")], process)
    assert comments_by_pdfium(again.content) == ["Mine.", "New."]


def test_an_encrypted_pdf_takes_no_marks(tmp_path, process):
    locked = StandardEncryption("", ownerPassword="x", canModify=0, strength=128)
    canvas = Canvas(str(tmp_path / "e.pdf"), encrypt=locked)
    canvas.drawString(60, 700, QUOTE)
    canvas.save()
    with pytest.raises(UnreadablePaperError, match="is encrypted, so nothing can be appended"):
        mark_pdf(tmp_path / "e.pdf", [Mark(1, QUOTE, "x")], process)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing else", b"no PDF"])
def test_what_is_no_pdf_takes_no_marks(tmp_path, process, content):
    (tmp_path / "x.pdf").write_bytes(content)
    with pytest.raises(UnreadablePaperError, match="takes no marks"):
        mark_pdf(tmp_path / "x.pdf", [Mark(1, QUOTE, "x")], process)


def test_a_hostile_pdf_costs_no_more_than_the_limits(tmp_path):
    bomb = make_bomb(tmp_path / "bomb.pdf", megabytes=400)
    with (
        PdfProcess(ReadLimits(seconds=20, memory_bytes=512 << 20)) as process,
        pytest.raises(UnreadablePaperError),
    ):
        mark_pdf(bomb, [Mark(1, QUOTE, "x")], process)
