"""The styles of a Word document besides those that come with python-docx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

if TYPE_CHECKING:
    from docx.document import Document

_STYLES = (
    """<w:style w:type="paragraph" w:styleId="FootnoteText" {w}><w:name w:val="footnote text"/>
    <w:basedOn w:val="Normal"/><w:uiPriority w:val="99"/><w:pPr><w:spacing w:after="0" w:line="240"
    w:lineRule="auto"/></w:pPr><w:rPr><w:sz w:val="20"/><w:szCs w:val="20"/></w:rPr></w:style>""",
    """<w:style w:type="character" w:styleId="FootnoteReference" {w}>
    <w:name w:val="footnote reference"/><w:basedOn w:val="DefaultParagraphFont"/>
    <w:uiPriority w:val="99"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>""",
    """<w:style w:type="character" w:styleId="Hyperlink" {w}><w:name w:val="Hyperlink"/>
    <w:basedOn w:val="DefaultParagraphFont"/><w:uiPriority w:val="99"/><w:rPr>
    <w:color w:val="0563C1"/><w:u w:val="single"/></w:rPr></w:style>""",
    """<w:style w:type="paragraph" w:styleId="Bibliography" {w}><w:name w:val="Bibliography"/>
    <w:basedOn w:val="Normal"/><w:uiPriority w:val="37"/><w:pPr><w:tabs>
    <w:tab w:val="left" w:pos="567"/></w:tabs><w:spacing w:after="120"/>
    <w:ind w:left="567" w:hanging="567"/></w:pPr></w:style>""",
    """<w:style w:type="paragraph" w:customStyle="1" w:styleId="Code" {w}><w:name w:val="Code"/>
    <w:basedOn w:val="Normal"/><w:qFormat/><w:pPr><w:spacing w:line="240" w:lineRule="auto"/>
    </w:pPr><w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/><w:noProof/>
    <w:sz w:val="19"/><w:szCs w:val="19"/></w:rPr></w:style>""",
)
"""Under the ids and names that Word gives them itself; its own `Code` has none."""
_PRESENT = "15"
"""The mode of Word 2013 and later; the template's 14 shows `Compatibility Mode` in the title."""


def add_styles(document: Document) -> None:
    """Add the styles for footnotes, links, bibliography and code, and Word's present layout."""
    for style in _STYLES:
        document.styles.element.append(parse_xml(style.format(w=nsdecls("w"))))
    _leave_out(document, "stylesWithEffects")
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), _PRESENT)


def _leave_out(document: Document, kind: str) -> None:
    """Leave out a part of the template: its copy of the styles lacks those that were added."""
    for id, relation in list(document.part.rels.items()):
        if relation.reltype.endswith(f"/{kind}"):
            del document.part.rels[id]
