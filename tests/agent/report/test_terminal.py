import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from r1agent.report.terminal import answer_to_terminal
from r1agent.types import Usage
from tests.agent.report.answers import (
    ANSWER,
    DOUBTED,
    FAILED,
    HOSTILE,
    IN_QUOTES,
    NOT_FOUND,
    REFUSED,
)


def shown(answer, *, width=200, colour=None, **options):
    console = Console(file=io.StringIO(), width=width, color_system=colour, markup=False)
    console.print(answer_to_terminal(answer, **options))
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

1 sentence left out: the evidence did not carry it. `r1agent show 20260102-030405-abcdef`""")
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


@pytest.mark.parametrize(
    ("answer", "words", "ending"),
    [
        (ANSWER, "Smoothing costs 0.6 points.", "support 67% · confidence medium"),
        (IN_QUOTES, "No sentence held up", "quotes only"),
        (NOT_FOUND, "The papers do not say.", "not in the papers"),
        (REFUSED, "Refused: The question asks for harm.", "refused"),
        (FAILED, "No verified answer: two programs disagree.", "failed"),
    ],
    ids=["answered", "quotes", "not in papers", "refused", "failed"],
)
def test_each_outcome_is_told_apart_without_colour(answer, words, ending):
    text = shown(answer)
    assert text.startswith(words)
    assert f"Run 20260102-030405-abcdef: {ending} · r1-distill" in text


def test_each_outcome_without_an_answer_has_a_colour_of_its_own():
    answers = (NOT_FOUND, REFUSED, FAILED)
    colours = {re.match(r"\x1b\[(\d+)m", shown(one, colour="standard"))[1] for one in answers}
    assert len(colours) == 3


def test_a_sentence_that_rests_on_little_is_marked():
    text = shown(DOUBTED)
    assert text.startswith(
        "Smoothing costs 0.6 points. [1] (low confidence: it rests on one quote)"
    )


def test_explained_a_dropped_sentence_has_its_reason_and_best_quote_and_what_judged():
    text = shown(DOUBTED, explain=True)
    assert (
        """\
  ✗ Everyone agrees. (unsupported: no passage says so)
    nearest quote: “Smoothed teachers lose 0.6 points.” kd.pdf, p. 3 (printed 17)

Checked: quote on its page, numbers; entailment by floors.
"""
        in text
    )
    assert "nearest quote" not in shown(DOUBTED)


def test_explained_each_role_has_its_cost_the_dearest_first():
    usage = {
        "planner": Usage(1, 200, 50, thinking_tokens=30),
        "writer": Usage(2, 4000, 300, 2440),
        "judge": Usage(from_cache=2),
        "screen": Usage(1, untold=1),
    }
    answer = replace(ANSWER, audit=replace(ANSWER.audit, usage=usage))
    assert (
        "Tokens: writer 2 requests, 4,000 read (61% cached), 300 written; "
        "planner 1 request, 200 read, 50 written (30 thought); "
        "screen 1 request, 1 not told, 0 read, 0 written."
    ) in shown(answer, explain=True)
    assert "Tokens:" not in shown(answer)


def test_answers_from_the_cache_are_counted():
    usage = {"writer": replace(ANSWER.audit.usage["writer"], from_cache=3)}
    cached = replace(ANSWER, audit=replace(ANSWER.audit, usage=usage))
    assert "· 1,200 tokens · 3 requests from the cache · 41 s" in shown(cached)
