"""A Word document that grows from top to bottom, through python-docx."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from r1agent.report.papers.bibliography import Bibliography, Piece
from r1agent.report.word.notes import Footnotes
from r1agent.report.word.properties import APPLICATION, describe
from r1agent.report.word.styles import add_styles
from r1agent.report.word.text import word_lines, word_text
from r1agent.reports import Report


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of a paragraph, and what it points at."""

    text: str
    """What `word_text` made; it is written as it stands."""
    notes: tuple[str, ...] = ()
    """Of the footnotes behind it."""
    letters: tuple[str, ...] = ()
    """Of the computations behind it."""
    bold: bool = False
    italic: bool = False


class DocxPages:
    """A document to which parts are added at its end."""

    def __init__(self, report: Report) -> None:
        """Begin an empty document whose properties tell of a report."""
        self._document = Document()
        add_styles(self._document)
        describe(self._document, report)
        self._notes = Footnotes(self._document)

    def title(self, text: str) -> None:
        """Add the title."""
        self._document.add_heading(word_text(text), 0)

    def heading(self, text: str, level: int) -> None:
        """Add a heading, where its text is not empty."""
        if line := word_text(text):
            self._document.add_heading(line, level)

    def paragraph(self, *words: Words, style: str | None = None) -> None:
        """Add a paragraph of words with a space between them."""
        self._fill(self._document.add_paragraph(style=style), words)

    def code(self, code: str) -> None:
        """Add a program or what it printed, line by line; nothing where there is none."""
        if text := word_lines(code):
            self._document.add_paragraph(text, style="Code")

    def table(self, names: Sequence[str], rows: Iterable[Sequence[Sequence[Words]]]) -> None:
        """Add a table on pages turned sideways, whose first row comes again on each page."""
        self._turn()
        table = self._document.add_table(0, len(names), style="Table Grid")
        head = table.add_row()
        self._row(head, [[Words(word_text(name), bold=True)] for name in names])
        repeated = OxmlElement("w:tblHeader")
        head._tr.get_or_add_trPr().append(repeated)
        for row in rows:
            self._row(table.add_row(), row)

    def bibliography(self, papers: Bibliography) -> None:
        """Add the papers with their numbers and a hanging indent; nothing where there are none."""
        self.heading("Bibliography" if papers.references else "", 1)
        for number, reference in enumerate(papers.references, 1):
            line = self._document.add_paragraph(f"[{number}]\t", style="Bibliography")
            for piece in reference.pieces:
                _add_piece(line, piece)

    def content(self) -> bytes:
        """Return the file; the times at which its parts were written are left out."""
        made, kept = BytesIO(), BytesIO()
        self._document.save(made)
        with ZipFile(made) as parts, ZipFile(kept, "w", ZIP_DEFLATED) as steady:
            for name in parts.namelist():
                part = APPLICATION if name == "docProps/app.xml" else parts.read(name)
                steady.writestr(ZipInfo(name), part, ZIP_DEFLATED)
        return kept.getvalue()

    def _fill(self, paragraph: Paragraph, words: Iterable[Words]) -> None:
        for place, one in enumerate(words):
            run = paragraph.add_run(f" {one.text}" if place else one.text)
            run.bold, run.italic = one.bold or None, one.italic or None
            self._notes.refer(paragraph, one.notes)
            for letter in one.letters:
                paragraph.add_run(f"[{letter}]").font.superscript = True

    def _row(self, row: _Row, cells: Sequence[Sequence[Words]]) -> None:
        for cell, words in zip(row.cells, cells, strict=True):
            self._cell(cell, words)

    def _cell(self, cell: _Cell, words: Sequence[Words]) -> None:
        paragraph = cell.paragraphs[0]
        paragraph._p.style = "NoSpacing"  # its id: a search by name takes 5 ms a cell
        self._fill(paragraph, words)

    def _turn(self) -> None:
        section = self._document.sections[-1]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width


def _add_piece(line: Paragraph, piece: Piece) -> None:
    run = line.add_run(word_lines(piece.text))
    run.bold, run.italic = piece.bold or None, piece.italic or None
    if piece.address:
        _link(run, line, piece.address)


def _link(run: Run, line: Paragraph, address: str) -> None:
    run.style = "Hyperlink"
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), line.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, True))
    line._p.append(link)
    link.append(run._r)
