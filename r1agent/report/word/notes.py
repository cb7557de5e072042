"""Footnotes of a Word document, which python-docx has no part for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.parts.story import StoryPart
from docx.text.paragraph import Paragraph

if TYPE_CHECKING:
    from docx.document import Document

_W = nsdecls("w")
_RULES = "".join(
    f'<w:footnote w:type="{kind}" w:id="{id}"><w:p><w:pPr><w:spacing w:after="0" w:line="240" '
    f'w:lineRule="auto"/></w:pPr><w:r><w:{kind}/></w:r></w:p></w:footnote>'
    for id, kind in ((-1, "separator"), (0, "continuationSeparator"))
)
"""The lines above footnotes, which Word wants in the part before the footnotes themselves."""
_STYLE = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'


class Footnotes:
    """The footnotes of a document, numbered from 1 in the order in which they are referred to."""

    def __init__(self, document: Document) -> None:
        """Give the document a part for footnotes, and name its first two in the settings."""
        notes = parse_xml(f"<w:footnotes {_W}>{_RULES}</w:footnotes>")
        name = PackURI("/word/footnotes.xml")
        package = document.part.package
        self._part = StoryPart(name, CONTENT_TYPE.WML_FOOTNOTES, notes, package)
        self._numbers: dict[str, int] = {}
        document.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        rules = '<w:footnote w:id="-1"/><w:footnote w:id="0"/>'
        compatibility = document.settings.element.find(qn("w:compat"))
        compatibility.addprevious(parse_xml(f"<w:footnotePr {_W}>{rules}</w:footnotePr>"))

    def refer(self, paragraph: Paragraph, notes: Iterable[str]) -> None:
        """Point from the end of a paragraph at footnotes, with a comma between their numbers.

        A footnote that was referred to before is pointed at by its number, as a field that Word
        renews when others are put before it.

        Args:
            paragraph: Where the references stand.
            notes: Texts of the footnotes, in characters that XML can hold.
        """
        for place, note in enumerate(notes):
            if place:
                _append(paragraph, f'<w:r>{_STYLE}<w:t xml:space="preserve">, </w:t></w:r>')
            known = self._numbers.get(note)
            _append(paragraph, _again(known) if known else self._first(note))

    def _first(self, note: str) -> str:
        """Add a footnote, and return what refers to it."""
        number = self._numbers[note] = len(self._numbers) + 1
        footnote = parse_xml(
            f'<w:footnote {_W} w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
            f"<w:r>{_STYLE}<w:footnoteRef/></w:r></w:p></w:footnote>"
        )
        Paragraph(footnote[0], self._part).add_run(f" {note}")
        self._part.element.append(footnote)
        return (
            f'<w:bookmarkStart w:id="{number}" w:name="{_bookmark(number)}"/>'
            f'<w:r>{_STYLE}<w:footnoteReference w:id="{number}"/></w:r>'
            f'<w:bookmarkEnd w:id="{number}"/>'
        )


def _again(number: int) -> str:
    """Return a field that Word renews, with the number that it has now."""
    field = f"NOTEREF {_bookmark(number)} \\f \\h"
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {field} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r>{_STYLE}<w:t>{number}</w:t></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _bookmark(number: int) -> str:
    return f"_Ref{number:08}"  # Word hides bookmarks that begin with a low line


def _append(paragraph: Paragraph, elements: str) -> None:
    for element in list(parse_xml(f"<w:p {_W}>{elements}</w:p>")):
        paragraph._p.append(element)
