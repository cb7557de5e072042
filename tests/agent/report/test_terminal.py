import io
import re

import pytest
from rich.console import Console

from r1agent.report.terminal import answer_to_terminal
from tests.agent.report.answers import ANSWER, HOSTILE, IN_QUOTES, NOT_FOUND


def shown(answer, *, width=200, full=False):
    console = Console(file=io.StringIO(), width=width, color_system=None, markup=False)
    console.print(answer_to_terminal(answer, full=full))
    return console.file.getvalue()


def test_sentences_references_and_audit_are_shown():
    text = shown(ANSWER)
    assert text.startswith("""\
Smoothing costs 0.6 points. [1] That is half of 1.2. [1][a]

References
[1] Distillation and smoothing. A. Author, B. Writer (2020). kd.pdf, p. 3 (printed 17)
    “Smoothed teachers lose 0.6 points.”

Computations
[a] python → 0.6
    print(1.2 / 2)

1 sentence left out: the evidence did not carry them. `r1agent show 20260102-030405-abcdef`""")
    assert text.endswith("""

Note: a limit was reached
Run 20260102-030405-abcdef: support 67% · confidence medium · r1-distill-qwen-7b · \
0 tool calls · 1,200 tokens · 41 s
""")


def test_the_full_form_lists_what_was_left_out_and_why():
    text = shown(ANSWER, full=True)
    assert "✗ Everyone agrees. (unsupported: no passage says so)" in text
    assert "(landlock, seccomp)" in text


def test_quotes_stand_in_for_sentences():
    text = shown(IN_QUOTES)
    assert text.startswith(
        "No sentence held up; the papers say, word for word:\n\nReferences\n[1] "
    )


def test_what_the_papers_do_not_say_comes_with_the_searches():
    assert shown(NOT_FOUND).startswith(
        "The papers do not say.\nSearched for “smoothing”, “teachers”.\n"
    )


def test_hostile_text_is_shown_literally_and_harmlessly():
    text = shown(HOSTILE, full=True)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "[red]<script>" in text


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_terminal_or_ends_in_spaces(width):
    lines = shown(ANSWER, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert all(line == line.rstrip() for line in lines)
