import re
from dataclasses import replace
from html import unescape

from hypothesis import given
from markdown_it import MarkdownIt

from r1agent.report.printable import one_line
from r1agent.report.report_markdown import report_to_markdown
from r1agent.reports import Entry, Section
from r1agent.types import Claim
from tests.agent.report.answers import ANSWER, SUPPORTED
from tests.agent.report.hostile import telling
from tests.agent.report.reports import REVIEW, TEACHERS, report_of

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TEXT = {"text", "text_special", "softbreak"}


def markup(text):
    """What stands in a page besides its words."""
    tokens = [
        (token.type, token.info, token.attrs, each.type, each.attrs)
        for token in MARKDOWN.parse(text)
        for each in [token, *(token.children or [])]
    ]
    return [one for one in tokens if one[3] not in TEXT]


def test_a_sentence_points_at_its_quote_and_the_quote_at_its_paper_and_page():
    text = report_to_markdown(REVIEW)
    assert "\n\nSmoothing costs 0.6 points.[^1] That is half of 1.2.[^1]\\[a\\]\n\n" in text
    assert '\n[^1]: "Smoothed teachers lose 0.6 points." — \\[1\\], p. 3 \\(printed 17\\)\n' in text
    assert "\n1. Distillation and smoothing. A. Author, B. Writer \\(2020\\). kd.pdf. " in text


def test_title_notes_sections_and_labels_are_there():
    text = report_to_markdown(REVIEW)
    assert text.startswith("# Label smoothing\n\nFrom the index \\`kd\\`.\n\n## Results\n\n")
    assert "\n\nTwo papers were grouped.\n\n### Method\n\n" in text
    assert "\n\n## What the papers do not say\n\n**The papers do not say.**\n\n" in text


def test_who_says_otherwise_is_told_with_a_quote():
    text = report_to_markdown(REVIEW)
    assert "Says otherwise: On teachers, p. 4 \\(0.9, not 0.6\\)[^2]\n" in text
    assert '\n[^2]: "Teachers lose 0.9 points." — \\[2\\], p. 4\n' in text


def test_programs_stand_below_with_what_they_printed():
    text = report_to_markdown(REVIEW)
    assert "\\[a\\] python (landlock, seccomp)\n\n```python\nprint(1.2 / 2)\n```\n" in text


def test_support_papers_model_and_cost_are_summed_up():
    last = report_to_markdown(REVIEW).split("*support 67% ")[1]
    assert last.startswith("\\(2 of 3 sentences\\) · 1 answered · 1 not in the papers · 2 papers")
    assert "r1-distill-qwen-7b · 2 requests, 2,000 read, 400 written · 82 s*\n" in last


def test_every_footnote_is_defined_once_and_used():
    text = report_to_markdown(report_of())
    used = set(re.findall(r"(?<!\\)\[\^(\d+)\](?!:)", text))
    defined = re.findall(r"^\[\^(\d+)\]: ", text, re.MULTILINE)
    assert sorted(used) == defined == ["1", "2", "3"]


def test_papers_can_stand_in_a_style_whose_order_gives_their_numbers():
    first = Section("", (Entry(replace(ANSWER, claims=(Claim("So.", (TEACHERS,), SUPPORTED),))),))
    report = replace(REVIEW, sections=(first, *REVIEW.sections))
    text = report_to_markdown(report, style="harvard-cite-them-right")
    assert "\n1. Author, A. and Writer, B. \\(2020\\) “Distillation and smoothing”. " in text
    assert "\n2. van Beethoven, L., DeepSeek-AI and 王小明 \\(2015\\) “On teachers”. " in text
    assert '\n[^1]: "Teachers lose 0.9 points." — \\[2\\], p. 4\n' in text


@given(telling)
def test_no_text_adds_markup_links_or_notes(text):
    written = report_to_markdown(report_of(text))
    assert markup(written) == markup(report_to_markdown(report_of("Words")))
    assert set(re.findall(r"(?<!\\)\[\^.*?\]", written)) == {"[^1]", "[^2]", "[^3]"}
    assert one_line(text) in unescape(MARKDOWN.render(written))
