"""Pages of an example paper: fonts, styles, frames in one or two columns, running heads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from markdown_flowables import markdown_flowables, paragraph
from paper_source import Paper
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageTemplate,
)

WIDTH, HEIGHT = A4
MARGIN = 22 * mm
GAP = 7 * mm
TEXT_WIDTH = WIDTH - 2 * MARGIN
NOTES = {
    "en": "Written as an example for r1agent; the study is invented.",
    "zh": "本文是为 r1agent 写的示例，研究内容为虚构。"  # noqa: RUF001
    "Written as an example for r1agent; the study is invented.",
}


@dataclass(frozen=True, slots=True)
class FrontBox:
    """The box with title, authors and note that heads the first page."""

    content: tuple[Flowable, ...]
    height: float
    """In points."""


def set_paper(paper: Paper) -> bytes:
    """Set a paper as a PDF; the same paper always gives the same bytes."""
    styles = paper_styles(paper)
    box = front_box(paper, styles)
    buffer = BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=paper.title,
        author=", ".join(paper.authors),
        subject=NOTES["en"],
        creator="r1agent example papers",
        lang="zh-CN" if paper.language == "zh" else "en-GB",
        invariant=1,
    )
    document.addPageTemplates(page_templates(paper, box))
    column_width = columns(paper, height=HEIGHT)[0]._width - 0.1
    story = [
        NextPageTemplate("later"),
        *box.content,
        FrameBreak(),
        *markdown_flowables(paper.body, styles, width=column_width),
    ]
    document.build(story)
    return buffer.getvalue()


def paper_styles(paper: Paper) -> dict[str, ParagraphStyle]:
    """Give the paragraph styles of a paper, by the name of what they set."""
    roman, bold, italic = "Times-Roman", "Times-Bold", "Times-Italic"
    wrap = None
    if paper.language == "zh":
        # PDF readers know this font by name; nothing is embedded or downloaded. Latin words are
        # set in it too: where the machine has no Chinese font, pdfium's text extraction loses
        # a single Chinese character that stands between two words in another font.
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        roman = bold = italic = "STSong-Light"
        wrap = "CJK"
    size = 9.6 if paper.layout == "two-column" else 10.6
    body = ParagraphStyle(
        "body",
        fontName=roman,
        fontSize=size,
        leading=size * (1.5 if wrap else 1.28),
        spaceAfter=size * 0.55,
        alignment=0 if paper.layout == "two-column" else 4,
        wordWrap=wrap,
        allowWidows=0,
        allowOrphans=0,
        embeddedHyphenation=0,
    )

    def derived(name: str, **changes: object) -> ParagraphStyle:
        return ParagraphStyle(name, parent=body, **changes)

    return {
        "body": body,
        "title": derived(
            "title", fontName=bold, fontSize=17, leading=21, alignment=TA_CENTER, spaceAfter=7
        ),
        "authors": derived("authors", alignment=TA_CENTER, spaceAfter=3),
        "note": derived(
            "note",
            fontName=italic,
            fontSize=8.2,
            leading=11,
            alignment=TA_CENTER,
            textColor=HexColor("#7a3b00"),
            spaceAfter=6,
        ),
        "heading": derived(
            "heading",
            fontName=bold,
            fontSize=size + 1.6,
            leading=(size + 1.6) * 1.25,
            alignment=0,
            spaceBefore=size * 0.7,
            spaceAfter=size * 0.4,
            keepWithNext=1,
        ),
        "caption": derived("caption", fontSize=size - 1, leading=(size - 1) * 1.25, alignment=0),
        "cell": derived(
            "cell", fontSize=size - 1, leading=(size - 1) * 1.2, alignment=0, spaceAfter=0
        ),
        "formula": derived("formula", fontName=italic, alignment=TA_CENTER, wordWrap=None),
        "code": derived(
            "code", fontName="Courier", fontSize=size - 1.8, leading=size + 0.6, alignment=0
        ),
        "item": derived("item", leftIndent=18, bulletFontName="Times-Roman", spaceAfter=size * 0.3),
    }


def front_box(paper: Paper, styles: dict[str, ParagraphStyle]) -> FrontBox:
    """Build the box with title, authors and note, and measure it."""
    separator = "、" if paper.language == "zh" else ", "
    content = (
        paragraph(paper.title, styles["title"]),
        paragraph(separator.join(paper.authors), styles["authors"]),
        paragraph(str(paper.year), styles["authors"]),
        paragraph(NOTES[paper.language], styles["note"]),
    )
    height = sum(
        flowable.wrap(TEXT_WIDTH, HEIGHT)[1] + flowable.getSpaceAfter() for flowable in content
    )
    return FrontBox(content, height + 4)


def page_templates(paper: Paper, box: FrontBox) -> list[PageTemplate]:
    """Give the template of the first page, with its box across the columns, and of the rest."""
    top = HEIGHT - MARGIN
    head = unpadded_frame(MARGIN, top - box.height, TEXT_WIDTH, box.height)
    below = columns(paper, height=top - box.height - MARGIN)
    later = columns(paper, height=top - MARGIN)
    return [
        PageTemplate("first", [head, *below], onPage=page_furniture(paper)),
        PageTemplate("later", later, onPage=page_furniture(paper)),
    ]


def columns(paper: Paper, *, height: float) -> list[Frame]:
    """Give the text frames of a page, left to right, standing on the bottom margin."""
    if paper.layout == "one-column":
        return [unpadded_frame(MARGIN, MARGIN, TEXT_WIDTH, height)]
    width = (TEXT_WIDTH - GAP) / 2
    return [unpadded_frame(MARGIN + i * (width + GAP), MARGIN, width, height) for i in range(2)]


def unpadded_frame(left: float, bottom: float, width: float, height: float) -> Frame:
    """Give a frame whose text reaches its edges, all in points."""
    return Frame(
        left, bottom, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )


def page_furniture(paper: Paper) -> Callable[[Canvas, BaseDocTemplate], None]:
    """Make the function that draws the running head and the page number."""

    def draw(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont("STSong-Light" if paper.language == "zh" else "Times-Roman", 8.5)
        canvas.drawCentredString(WIDTH / 2, 12 * mm, str(document.page))
        if document.page > 1:
            canvas.drawString(MARGIN, HEIGHT - 15 * mm, paper.running_head)

    return draw
