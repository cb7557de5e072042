"""Markdown to reportlab flowables: headings, paragraphs, lists, tables, code and formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib.colors import black
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Preformatted, Spacer, Table

Styles = Mapping[str, ParagraphStyle]

CAPTION = re.compile(r"(Table|表) ?\d+[.。]")


def markdown_flowables(markdown: str, styles: Styles, *, width: float) -> list[Flowable]:
    """Turn the body of a paper into flowables for a column `width` points wide."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(markdown))
    blocks = [
        flowable
        for node in tree.children
        for flowable in block_flowables(node, styles, width=width)
    ]
    return keep_with_tables(blocks)


def block_flowables(node: SyntaxTreeNode, styles: Styles, *, width: float) -> Iterator[Flowable]:
    """Give the flowables of one block of Markdown.

    Raises:
        ValueError: The papers use no such block, so there is no style for it.
    """
    if node.type == "heading":
        yield paragraph_of(node, styles["heading"])
    elif node.type == "paragraph":
        is_caption = CAPTION.match(plain_text(node))
        yield paragraph_of(node, styles["caption" if is_caption else "body"])
    elif node.type in ("ordered_list", "bullet_list"):
        for number, item in enumerate(node.children, start=1):
            bullet = f"[{number}]" if node.type == "ordered_list" else "\N{BULLET}"
            for child in item.children:
                yield paragraph_of(child, styles["item"], bullet=bullet)
    elif node.type == "table":
        yield table_of(node, styles, width=width)
        yield Spacer(1, styles["body"].spaceAfter * 1.6)
    elif node.type == "fence" and node.info == "formula":
        yield formula_of(node.content.strip(), styles["formula"], width=width)
    elif node.type == "fence":
        yield KeepTogether([Preformatted(node.content.rstrip(), styles["code"])])
    else:
        raise ValueError(f"Found {node.type!r} in a paper, which has no style.")


def formula_of(text: str, style: ParagraphStyle, *, width: float) -> Table:
    """Set a formula in the middle of the column and its number, the last word, at the right."""
    formula, number = text.rsplit(maxsplit=1)
    cells = [["", paragraph(formula, style), paragraph(number, style)]]
    return Table(cells, colWidths=[30, width - 60, 30], spaceAfter=style.spaceAfter)


def paragraph_of(
    node: SyntaxTreeNode, style: ParagraphStyle, *, bullet: str | None = None
) -> Paragraph:
    """Set the inline content of a block as one paragraph."""
    return Paragraph(reportlab_markup(node, style), style, bulletText=bullet)


def paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """Set plain text as one paragraph."""
    return Paragraph(escape(text), style)


def reportlab_markup(node: SyntaxTreeNode, style: ParagraphStyle) -> str:
    """Turn inline Markdown into reportlab's paragraph markup."""
    if node.type == "text":
        return escape(node.content)
    if node.type == "code_inline":
        return f'<font name="Courier" size="{style.fontSize - 1}">{escape(node.content)}</font>'
    if node.type == "softbreak":
        return "" if style.wordWrap == "CJK" else " "
    inner = "".join(reportlab_markup(child, style) for child in node.children)
    tag = {"strong": "b", "em": "i"}.get(node.type)
    if tag is None or style.wordWrap == "CJK":  # the Chinese font has one weight and no italic
        return inner
    return f"<{tag}>{inner}</{tag}>"


def plain_text(node: SyntaxTreeNode) -> str:
    """Give the text of a block without its markup."""
    return "".join(child.content for child in node.walk() if child.type == "text")


def table_of(node: SyntaxTreeNode, styles: Styles, *, width: float) -> Table:
    """Set a table with rules above, below and under its head, across the column."""
    cells = [
        [paragraph_of(cell, styles["cell"]) for cell in row.children]
        for section in node.children
        for row in section.children
    ]
    return Table(
        cells,
        colWidths=column_widths(cells, width=width),
        style=[
            ("LINEABOVE", (0, 0), (-1, 0), 0.9, black),
            ("LINEBELOW", (0, 0), (-1, 0), 0.5, black),
            ("LINEBELOW", (0, -1), (-1, -1), 0.9, black),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ],
    )


def column_widths(cells: Sequence[Sequence[Paragraph]], *, width: float) -> list[float]:
    """Share `width` points among columns by their longest cell."""
    longest = [
        max(cell.minWidth() + 0.35 * text_width(cell) for cell in column) + 6
        for column in zip(*cells, strict=True)
    ]
    return [width * share / sum(longest) for share in longest]


def text_width(cell: Paragraph) -> float:
    """Measure the text of a cell on one line, in points."""
    cell.wrap(10_000, 10_000)
    return float(max(cell.getActualLineWidths0(), default=0))


def keep_with_tables(blocks: Sequence[Flowable]) -> list[Flowable]:
    """Hold each table or formula on one page with its introduction and the headings above."""
    kept: list[Flowable] = []
    for block in blocks:
        if isinstance(block, Table):
            group = [block]
            while kept and (len(group) == 1 or kept[-1].getKeepWithNext()):
                group.insert(0, kept.pop())
            block = KeepTogether(group)
        kept.append(block)
    return kept
