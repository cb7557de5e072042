import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from r1agent.report.printable import one_line
from r1agent.report.read_report import answer_report
from r1agent.report.report_obsidian import properties, report_to_obsidian
from r1agent.reports import Entry, Section
from r1agent.types import Claim
from tests.agent.report.answers import ANSWER, QUOTE, SUPPORTED
from tests.agent.report.hostile import telling
from tests.agent.report.reports import REVIEW, report_of

NOTE = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NOTE.use(front_matter_plugin).use(footnote_plugin)
LINK = re.compile(r"\[\[(.*?)#page=(\d+)\|(.*?)\]\]")


def read(text):
    """The properties of a note, and the texts of its footnotes by number."""
    tokens = NOTE.parse(text)
    notes, number = {}, None
    for token in tokens:
        if token.type == "footnote_open":
            number = int(token.meta["label"])
        elif token.type == "footnote_close":
            number = None
        elif number is not None and token.type == "inline":
            notes[number] = "".join(each.content for each in token.children)
    assert tokens[0].type == "front_matter"
    return yaml.safe_load(tokens[0].content), notes


def cited(file):
    """A report of one sentence whose quote is in a file."""
    claim = Claim("So.", (replace(QUOTE, file=file),), SUPPORTED)
    return replace(REVIEW, sections=(Section("", (Entry(replace(ANSWER, claims=(claim,))),)),))


def test_a_note_begins_with_its_properties():
    known, _ = read(report_to_obsidian(answer_report(ANSWER)))
    assert known == {
        "title": "Does label smoothing hurt distillation?",
        "date": date(2026, 1, 2),
        "question": "Does label smoothing hurt distillation?",
        "model": "r1-distill-qwen-7b",
        "support": 0.67,
        "tags": ["r1agent", "answer"],
    }


def test_what_is_not_known_is_no_property():
    report = replace(REVIEW, sections=())
    known, _ = read(report_to_obsidian(report))
    assert known == {"title": "Label smoothing", "tags": ["r1agent", "review"]}


def test_a_footnote_is_the_quote_its_paper_and_a_link_to_its_page():
    _, notes = read(report_to_obsidian(REVIEW))
    assert notes == {
        1: '"Smoothed teachers lose 0.6 points." — [1], [[kd.pdf#page=3|p. 3]] (printed 17)',
        2: '"Teachers lose 0.9 points." — [2], [[teachers.pdf#page=4|p. 4]]',
    }


def test_every_sentence_points_at_its_footnote():
    text = report_to_obsidian(REVIEW)
    assert "\n\nSmoothing costs 0.6 points.[^1] That is half of 1.2.[^1]\\[a\\]\n\n" in text


@pytest.mark.parametrize(
    "file", ["kd.pdf", "papers/Müller et al. - 2019 - When does it help.pdf", "1503_02531v1.PDF"]
)
def test_the_page_of_a_plain_name_is_a_link(file):
    assert LINK.search(report_to_obsidian(cited(file))).groups() == (file, "3", "p. 3")


@pytest.mark.parametrize(
    "file",
    ["a]].pdf", "a|b.pdf", "a#b.pdf", "a^b.pdf", "../a.pdf", "/etc/a.pdf", "_a_.pdf", "notes.md"],
)
def test_a_name_that_is_markup_or_outside_or_no_pdf_is_no_link(file):
    text = report_to_obsidian(cited(file))
    assert "[[" not in text
    assert text.endswith("— \\[1\\], p. 3 \\(printed 17\\)\n")


@given(telling | st.text().map("{}x".format))
def test_no_text_breaks_out_of_the_properties(text):
    told = properties(replace(REVIEW, title=text, sections=()))
    assert re.findall("^---$", told, re.MULTILINE) == ["---", "---"]
    known, _ = read(told)
    assert known == {"title": one_line(text), "tags": ["r1agent", "review"]}


@given(telling)
def test_no_text_adds_links_notes_or_markup(text):
    written = report_to_obsidian(report_of(text))
    assert _markup(written) == _markup(report_to_obsidian(report_of("Words")))
    body = written.partition("\n---\n")[2]
    assert set(re.findall(r"(?<!\\)\[\^.*?\]", body)) == {"[^1]", "[^2]", "[^3]"}
    assert not LINK.search(written)
    assert one_line(text) in unescape(NOTE.render(body))


def _markup(text):
    """What stands in a note besides its words and its properties."""
    told = {"text", "text_special", "softbreak", "front_matter"}
    return [
        (token.type, token.info, each.type, each.attrs)
        for token in NOTE.parse(text)
        for each in [token, *(token.children or [])]
        if each.type not in told and token.type != "front_matter"
    ]
