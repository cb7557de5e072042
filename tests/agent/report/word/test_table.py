from docx.enum.section import WD_ORIENT

from r1agent.report.word.table import table_to_docx
from tests.agent.report.docx_parts import W, footnotes, opened, parts
from tests.agent.tables.made_tables import FAILED, SILENT, answer, table

TABLE = table(answer("They used A.", "And B."), SILENT, FAILED)


def test_a_table_is_one_of_word_with_a_column_a_question():
    (made,) = opened(table_to_docx(TABLE)).tables
    cells = [[cell.text for cell in row.cells] for row in made.rows]
    assert cells == [
        ["Paper", "Q0", "Q1", "Q2"],
        [
            "Distillation. Ada Miller; Bo Chen, 2020. kd.pdf",
            "They used A. And B., ",
            "–",  # noqa: RUF001 - the dash of tables
            "failed: No verified answer: no step worked.",
        ],
    ]


def test_its_quotes_are_footnotes():
    assert footnotes(table_to_docx(TABLE)) == {
        1: "Distillation. kd.pdf, p. 3: “They used A.”",
        2: "Distillation. kd.pdf, p. 3: “And B.”",
    }


def test_its_pages_lie_on_their_side_and_repeat_the_first_row():
    content = table_to_docx(TABLE)
    section = opened(content).sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert section.page_width > section.page_height
    first, second = parts(content)["word/document.xml"].iter(f"{W}tr")
    assert first.find(f"{W}trPr/{W}tblHeader") is not None
    assert second.find(f"{W}trPr/{W}tblHeader") is None


def test_a_bibliography_stands_below_where_a_style_is_named():
    styles = [line.style.name for line in opened(table_to_docx(TABLE, style="apa")).paragraphs]
    assert "Bibliography" in styles
    assert "Bibliography" not in [one.style.name for one in opened(table_to_docx(TABLE)).paragraphs]
