"""Text that a reader cannot see: each trick, and what only looks like one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from langchain_core.documents import Document
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from r1agent_indexes import PaperIndex, PdfLoader, UnreadablePaperError
from r1agent_indexes.reading.pdf_process import PdfProcess

Draw = Callable[[Canvas], None]


@pytest.fixture(scope="module")
def process() -> Iterator[PdfProcess]:
    with PdfProcess() as process:
        yield process


def page_of(path: Path, draw: Draw, process: PdfProcess | None = None) -> Document:
    canvas = Canvas(str(path / "a.pdf"), pagesize=(600, 800))
    canvas.drawString(60, 700, "Seen by everyone.")
    draw(canvas)
    canvas.save()
    return PdfLoader(path / "a.pdf", process=process).load()[0]


def white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 600, "Secret order.")


def nearly_white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.98, 0.98, 0.97)
    canvas.drawString(60, 600, "Secret order.")


def white_on_a_frame(canvas: Canvas) -> None:
    canvas.rect(50, 580, 300, 60, fill=0)
    white(canvas)


def white_before_its_ground(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.9, 0.9, 0)
    canvas.rect(50, 580, 300, 60, fill=1)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(50, 580, 300, 60, fill=1)
    canvas.drawString(60, 600, "Secret order.")


def blue_on_blue(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0, 0, 0.5)
    canvas.rect(50, 580, 300, 60, fill=1)
    canvas.drawString(60, 600, "Secret order.")


def transparent(canvas: Canvas) -> None:
    canvas.setFillAlpha(0)
    canvas.drawString(60, 600, "Secret order.")


def tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 1)
    canvas.drawString(60, 600, "Secret order.")


def shrunk(canvas: Canvas) -> None:
    canvas.scale(0.1, 0.1)
    canvas.drawString(600, 6000, "Secret order.")


def off_the_page(canvas: Canvas) -> None:
    canvas.drawString(60, -300, "Secret order.")


def clipped_away(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.rect(10, 10, 5, 5)
    canvas.clipPath(path, stroke=0)
    canvas.drawString(60, 600, "Secret order.")


def covered(canvas: Canvas) -> None:
    canvas.drawString(60, 600, "Secret order.")
    canvas.setFillColorRGB(0.8, 0.8, 0.8)
    canvas.rect(50, 580, 300, 60, fill=1)


def invisible_mode(canvas: Canvas) -> None:
    text = canvas.beginText(60, 600)
    text.setTextRenderMode(3)
    text.textOut("Secret order.")
    canvas.drawText(text)


def white_in_a_form(canvas: Canvas) -> None:
    canvas.beginForm("form")
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(0, 0, "Secret order.")
    canvas.endForm()
    canvas.translate(60, 600)
    canvas.doForm("form")


def off_the_page_in_a_form(canvas: Canvas) -> None:
    canvas.beginForm("form", 0, 0, 400, 400)
    canvas.drawString(10, 10, "Secret order.")
    canvas.endForm()
    canvas.translate(-900, 0)
    canvas.doForm("form")


def tiny_in_a_form(canvas: Canvas) -> None:
    canvas.beginForm("form", 0, 0, 400, 400)
    canvas.drawString(10, 10, "Secret order.")
    canvas.endForm()
    canvas.scale(0.1, 0.1)
    canvas.doForm("form")


@pytest.mark.parametrize(
    "trick",
    [
        white, nearly_white, white_on_a_frame, white_before_its_ground, blue_on_blue, transparent,
        tiny, shrunk, off_the_page, clipped_away, covered, invisible_mode, white_in_a_form,
        off_the_page_in_a_form, tiny_in_a_form,
    ],
    ids=lambda trick: trick.__name__,
)  # fmt: skip
def test_what_cannot_be_seen_is_flagged_and_no_text(tmp_path, process, trick):
    page = page_of(tmp_path, trick, process)
    assert page.page_content.split("\n") == ["Seen by everyone."]
    assert page.metadata["hidden_text"] == "Secret order."


def white_on_blue(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0, 0, 0.5)
    canvas.rect(50, 580, 300, 60, fill=1)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 600, "Open word.")


def white_on_a_picture(canvas: Canvas) -> None:
    canvas.drawInlineImage(Image.new("RGB", (40, 40), "black"), 50, 580, 300, 60)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 600, "Open word.")


def recognised_over_a_scan(canvas: Canvas) -> None:
    canvas.drawInlineImage(Image.new("RGB", (40, 40), "white"), 0, 0, 600, 690)
    text = canvas.beginText(60, 600)
    text.setTextRenderMode(3)
    text.textOut("Open word.")
    canvas.drawText(text)


def recognised_under_a_scan(canvas: Canvas) -> None:
    canvas.drawString(60, 600, "Open word.")
    canvas.drawInlineImage(Image.new("RGB", (40, 40), "white"), 0, 0, 600, 690)


def outlined(canvas: Canvas) -> None:
    text = canvas.beginText(60, 600)
    text.setFillColorRGB(1, 1, 1)
    text.setTextRenderMode(1)
    text.textOut("Open word.")
    canvas.drawText(text)


def highlighted_afterwards(canvas: Canvas) -> None:
    canvas.drawString(60, 600, "Open word.")
    canvas.setFillColorRGB(1, 1, 0, alpha=0.3)
    canvas.rect(50, 580, 300, 60, fill=1, stroke=0)


def grey(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.6, 0.6, 0.6)
    canvas.drawString(60, 600, "Open word.")


def scaled_up_in_a_form(canvas: Canvas) -> None:
    canvas.beginForm("form", 0, 0, 400, 400)
    canvas.setFont("Helvetica", 1)
    canvas.drawString(1, 1, "Open word.")
    canvas.endForm()
    canvas.translate(60, 500)
    canvas.scale(12, 12)
    canvas.doForm("form")


@pytest.mark.parametrize(
    "draw",
    [
        white_on_blue, white_on_a_picture, recognised_over_a_scan, recognised_under_a_scan,
        outlined, highlighted_afterwards, grey, scaled_up_in_a_form,
    ],
    ids=lambda draw: draw.__name__,
)  # fmt: skip
def test_what_can_be_seen_is_text(tmp_path, process, draw):
    page = page_of(tmp_path, draw, process)
    assert page.page_content.split("\n") == ["Seen by everyone.", "Open word."]
    assert page.metadata["hidden_text"] == ""


def test_a_paper_of_hidden_text_only_is_listed_with_that_reason(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"))
    invisible_mode(canvas)
    canvas.save()
    with pytest.raises(UnreadablePaperError, match="only text that a reader cannot see"):
        PdfLoader(tmp_path / "a.pdf").load()


def test_hidden_text_is_in_no_passage_and_shown_only_when_asked(tmp_path, embeddings):
    folder = tmp_path / "papers"
    folder.mkdir()
    page_of(folder, white)
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        paper = index.add([folder]).added[0]
        assert paper.hidden == index.papers()[0].hidden == len("Secret order.")
        assert not any("Secret" in found.page_content for found in index.search("secret order"))
        page = index.read_page("a.pdf", 1)
        assert "Secret" not in page.page_content
        assert page.metadata["hidden"] == len("Secret order.")
        assert "hidden_text" not in page.metadata
        shown = index.read_page("a.pdf", 1, hidden=True)
        assert shown.metadata["hidden_text"] == "Secret order."
