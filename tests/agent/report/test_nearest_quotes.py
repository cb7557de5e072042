"""Quotes beside an answer that nothing proves are called the nearest ones, wherever it is shown."""

import io

import pytest
from rich.console import Console

from r1agent.report.markdown import answer_to_markdown
from r1agent.report.notebook.answer_html import answer_to_html
from r1agent.report.page.page import run_to_html
from r1agent.report.read_report import answer_report
from r1agent.report.references import audit_line
from r1agent.report.report_html import report_to_html
from r1agent.report.report_markdown import report_to_markdown
from r1agent.report.terminal import answer_to_terminal
from r1agent.report.watching.timeline import Timeline
from r1agent.report.word.read import docx_text
from r1agent.report.word.report import report_to_docx
from tests.agent.report.answers import ANSWER, IN_QUOTES, NOT_FOUND, NOTHING_HELD

MESSAGE = "No sentence that the model wrote held up."
NEAREST = "Nearest quotes"
QUOTE = "Smoothed teachers lose"


def in_terminal(answer):
    console = Console(file=io.StringIO(), width=100, color_system=None)
    console.print(answer_to_terminal(answer))
    return console.file.getvalue()


def in_word(answer, path):
    file = path / "answer.docx"
    file.write_bytes(report_to_docx(answer_report(answer)))
    return docx_text(file)


FORMS = {
    "terminal": in_terminal,
    "markdown": answer_to_markdown,
    "notebook": answer_to_html,
    "page": lambda answer: run_to_html(Timeline(), answer),
    "report": lambda answer: report_to_markdown(answer_report(answer)),
    "report html": lambda answer: report_to_html(answer_report(answer)),
}


@pytest.mark.parametrize("form", FORMS)
def test_quotes_beside_no_answer_are_the_nearest(form):
    shown = FORMS[form](NOTHING_HELD)
    assert 0 <= shown.index(MESSAGE.rstrip(".")) < shown.index(NEAREST) < shown.index(QUOTE)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("answer", [ANSWER, IN_QUOTES, NOT_FOUND])
def test_quotes_of_an_answer_are_not_called_so(form, answer):
    assert NEAREST not in FORMS[form](answer)


def test_a_word_document_calls_them_so_too(tmp_path):
    shown = in_word(NOTHING_HELD, tmp_path)
    assert shown.index(MESSAGE) < shown.index(NEAREST) < shown.index(QUOTE)


def test_a_run_whose_sentences_all_failed_is_not_said_to_be_missing_in_the_papers():
    assert "no sentence held up" in audit_line(NOTHING_HELD)
    assert "not in the papers" in audit_line(NOT_FOUND)
