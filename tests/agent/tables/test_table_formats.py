import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from r1agent.report.export_errors import ExportError
from r1agent.report.table.csv import table_to_csv
from r1agent.report.table.export import TABLE_FORMATS, table_bytes, table_format, table_to
from r1agent.report.table.html import table_fragment, table_to_html
from r1agent.report.table.json import table_to_json
from r1agent.report.table.markdown import table_to_markdown
from r1agent.reports import Report
from r1agent.tables import Column, TableError, TableForm
from r1agent.types import Contradiction
from tests.agent.tables.made_tables import (
    DATA,
    FAILED,
    SILENT,
    STUDENTS,
    answer,
    paper,
    quoted,
    rows,
    table,
)

HOSTILE = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            [
                *"=+-@|\t\r\n\"',;\\`*_[]()<>&#!~$^:.",
                "=cmd|' /C calc'!A0",
                "</td>",
                "<script>",
                "[^1]: ",
                "\n\n",
                "| a |\n|---|\n",
                "\\|",
                "&lt;",
                "http://x.y",
                "\x1b[31m",
                "\u202e",
                "\u2028",
                "\uff1d1",
                "12",
            ]
        ),
        max_size=8,
    ).map("".join),
)
FORMULA = re.compile(r"\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[-+]?[0-9][0-9,.eE+-]*")


def hostile_table(text):
    """Put a text wherever papers, models and files can put one."""
    told = answer(f"x {text}", text, quotes=[text, f"{text}x"])
    told = replace(told, contradictions=(Contradiction("c", quoted(text), text),))
    about = paper(f"papers/{text.replace('/', '') or 'x'}.pdf", text, (text, "Bo"), 2020)
    failed = replace(FAILED, message=text)
    number = replace(STUDENTS, name="N", unit="")
    form = TableForm((DATA, number, Column("F", "Why?")))
    return table(told, answer(f"It has 5 {text}."), failed, form=form, about=about)


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv_has_a_row_a_paper_and_says_what_the_paper_does_not():
    made = table(answer("They used it.", quotes=["We used it."]), SILENT)
    assert read(table_to_csv(made)) == [
        ["file", "title", "authors", "year", "Q0", "Q0 quote", "Q0 page", "Q1", "Q1 quote",
         "Q1 page"],
        ["kd.pdf", "Distillation", "Ada Miller; Bo Chen", "2020", "They used it.", "We used it.",
         "p. 3", "\u2013", "", ""],
    ]  # fmt: skip


def test_numbers_in_csv_are_plain_and_negative_ones_stay():
    made = rows(
        TableForm((STUDENTS,)),
        answer("They trained 24,000 students."),
        answer("It was -5 students."),
    )
    assert [line[4] for line in read(table_to_csv(made))[1:]] == ["24000", "-5"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1", "'+49 30 1"),
        ("-2.40 points", "'-2.40 points"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-0.85", "-0.85"),
        ("-1,234.5e-3", "-1,234.5e-3"),
        ("+12", "+12"),
        ("-1+1", "'-1+1"),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
    ],
)
def test_a_formula_becomes_text_and_a_number_stays(text, written):
    assert read(table_to_csv(table(answer(text))))[1][4] == written


@given(HOSTILE)
@example("=cmd|' /C calc'!A0")
@example('"\n=1')
def test_whatever_a_paper_says_csv_gains_no_cell_row_or_formula(text):
    made = hostile_table(text)
    lines = read(table_to_csv(made))
    assert [len(line) for line in lines] == [len(made.form.headers)] * 2
    fields = [field for line in lines for field in line]
    assert all(not FORMULA.match(field) or NUMBER.fullmatch(field) for field in fields)
    assert all("\n" not in field and "\r" not in field for field in fields)


def test_markdown_has_a_footnote_a_quote():
    told = answer("They used it.", quotes=["We used it."])
    assert table_to_markdown(table(told, told, SILENT)) == (
        "# Table of papers\n\n"
        "Answered by made-1b.\n\n"
        "\u2013 stands where the paper does not say.\n\n"
        "| Paper | Q0 | Q1 | Q2 |\n"
        "| --- | --- | --- | --- |\n"
        "| Distillation. Ada Miller; Bo Chen, 2020. kd.pdf | They used it.[^1] | They used it.[^1]"
        " | \u2013 |\n\n"
        "[^1]: Distillation\\. kd.pdf, p. 3: “We used it.”\n"
    )


def test_markdown_shows_a_number_before_its_sentence():
    made = table(answer("They trained 50 students."), form=TableForm((STUDENTS,)))
    assert "| **50 students**: They trained 50 students.[^1] |" in table_to_markdown(made)


def test_markdown_says_who_says_otherwise_in_a_footnote():
    against = Contradiction("A.", quoted("We did not.", 5), "a negation")
    text = table_to_markdown(table(replace(answer("We did."), contradictions=(against,))))
    assert "We did.[^1][^2] |" in text
    assert r"[^2]: Says otherwise (a negation): Distillation\. kd.pdf, p. 5: “We did not.”" in text


@given(HOSTILE)
@example("a|b\\|c\\")
@example("[^1]: x")
@example("<b>x</b>\n| a | b |")
def test_whatever_a_paper_says_markdown_gains_no_cell_row_note_or_markup(text):
    made = hostile_table(text)
    written = table_to_markdown(made)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(written)
    kinds = [token.type for token in tokens]
    assert [kinds.count(f"{one}_open") for one in ("table", "tr", "th", "td")] == [1, 2, 4, 4]
    assert {kind for kind in kinds if kind.endswith("_open")} == {
        "heading_open", "paragraph_open", "table_open", "thead_open", "tbody_open", "tr_open",
        "th_open", "td_open",
    }  # fmt: skip
    inner = {child.type for token in tokens for child in token.children or ()}
    assert inner <= {"text", "text_special", "strong_open", "strong_close"}
    notes = [line for line in written.splitlines() if line.startswith("[^")]
    shown = {*made.cells[0].citations, *made.cells[1].citations}
    assert len(notes) <= len(shown) + 1
    assert [re.match(r"\[\^(\d+)\]: ", note)[1] for note in notes] == [
        str(number) for number in range(1, len(notes) + 1)
    ]


class Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self):
        super().__init__()
        self.tags = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_comment(self, data):
        self.tags.append(("comment", ()))

    def handle_data(self, data):
        self.text += data


def tags_of(page):
    parser = Tags()
    parser.feed(page)
    parser.close()
    return parser


def test_html_folds_out_a_quote_in_its_cell():
    page = table_to_html(table(answer("They used it.", quotes=["We used it."]), SILENT, FAILED))
    assert (
        "<td>They used it.<details><summary>p. 3</summary>"
        "<blockquote>We used it.</blockquote></details></td><td>\u2013</td>"
        "<td><i>failed: No verified answer: no step worked.</i></td>"
    ) in page


def test_html_says_without_colours_what_the_cells_mean():
    parser = tags_of(table_to_html(table(SILENT, FAILED)))
    assert "\u2013 stands where the paper does not say." in parser.text
    assert "1 cell could not be answered; the reason is in each." in parser.text


def test_html_needs_no_script_network_or_other_file():
    page = table_to_html(table(answer("They used it."), SILENT))
    names = {tag for tag, _ in tags_of(page).tags}
    assert not names & {"script", "link", "img", "iframe", "object", "a", "base"}
    assert "default-src 'none'" in page
    assert "position:sticky" in page
    assert not re.search(r"https?:|url\(|@import", page)


@given(HOSTILE)
@example("</td><script>alert(1)</script>")
@example("\"' onload=x")
def test_whatever_a_paper_says_html_gains_no_tag(text):
    plain, hostile = (tags_of(table_to_html(hostile_table(one))) for one in ("text", text or "x"))
    allowed = set(plain.tags)
    assert set(hostile.tags) <= allowed
    assert [tag for tag, _ in hostile.tags].count("td") == 3
    assert [tag for tag, _ in hostile.tags].count("tr") == 2


def test_a_notebook_shows_the_table():
    made = table(answer("They used it."))
    assert made._repr_html_() == table_fragment(made)
    assert "They used it." in made._repr_html_()
    assert "<html" not in made._repr_html_()
    assert made._repr_markdown_() == table_to_markdown(made)


def test_json_is_the_report_with_the_grid_beside_it():
    made = table(answer("They trained 50 students."), form=TableForm((STUDENTS,)))
    data = json.loads(table_to_json(made))
    assert (data["kind"], len(data["sections"])) == ("table", 1)
    assert data["table"]["columns"][0]["name"] == "Students"
    row = data["table"]["rows"][0]
    assert row["file"] == "kd.pdf"
    assert row["cells"]["Students"] == {
        "outcome": "answered",
        "text": "They trained 50 students.",
        "number": {"text": "50", "amount": 50.0, "unit": "students"},
        "quotes": [
            {"quote": "They trained 50 students.", "file": "kd.pdf", "page": 3, "page_label": "3"}
        ],
    }


def test_json_reads_back_as_the_report():
    from r1agent.report.report_json import report_from_json

    made = table(answer("They used it."), SILENT)
    assert report_from_json(table_to_json(made)) == made.report()
    assert isinstance(made.report(), Report)


@pytest.mark.parametrize("format", ["bibtex", "csl-json"])
def test_the_cited_papers_can_be_had_alone(format):
    assert "Distillation" in table_to(format, table(answer("They used it.")))


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_a_style_adds_a_bibliography_below(format):
    written = table_to(format, table(answer("They used it.")), style="apa")
    assert "Bibliography" in written
    assert "Bibliography" not in table_to(format, table(answer("They used it.")))


@pytest.mark.parametrize("format", ["csv", "markdown", "html", "json"])
def test_what_leaves_can_be_marked(format):
    written = table_to(
        format, table(answer("They used it.")), export=lambda text, answer: f"{text} {answer.run}"
    )
    assert "They used it. r1" in written


@pytest.mark.parametrize(
    ("name", "asked", "format"),
    [
        ("t.csv", None, "csv"),
        ("t.CSV", None, "csv"),
        ("t.md", None, "markdown"),
        ("t.html", None, "html"),
        ("t.json", None, "json"),
        ("t.bib", None, "bibtex"),
        ("t.docx", None, "docx"),
        ("t.md", "obsidian", "obsidian"),
        ("t.json", "csl-json", "csl-json"),
        ("t.txt", "csv", "csv"),
    ],
)
def test_the_format_is_what_was_asked_for_or_what_the_suffix_names(name, asked, format):
    assert table_format(Path(name), asked) == format


@pytest.mark.parametrize("name", ["table", "table.txt", "table.xlsx"])
def test_a_file_that_names_no_format_is_refused(name):
    with pytest.raises(TableError, match="does not say which format"):
        table_format(Path(name), None)


def test_a_table_for_obsidian_begins_with_its_properties():
    text = table_to("obsidian", table(SILENT))
    assert text.startswith("---\ntitle: Table of papers\n")
    assert text.endswith(table_to("markdown", table(SILENT)))


def test_a_table_as_a_word_document_is_no_text():
    assert table_bytes("docx", table(SILENT)).startswith(b"PK")
    with pytest.raises(ExportError, match="no text for stdout"):
        table_to("docx", table(SILENT))


def test_an_unknown_format_is_refused():
    with pytest.raises(ExportError):
        table_format(Path("t.csv"), "xlsx")
    assert TABLE_FORMATS[0] == "csv"
