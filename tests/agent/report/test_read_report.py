import json
from dataclasses import replace

import pytest

from r1agent.batch.budget import Spent
from r1agent.batch.items import BatchItem
from r1agent.batch.written import as_is, success
from r1agent.journal import Journal, answer_to_json
from r1agent.report.export_errors import ExportError
from r1agent.report.read_report import answer_report, read_report
from r1agent.report.report_json import report_to_json
from r1agent.report.report_markdown import report_to_markdown
from r1agent.types import Event
from tests.agent.report.answers import ANSWER, IN_QUOTES, NOT_FOUND, QUOTE
from tests.agent.report.reports import REVIEW, TEACHERS

ITEM = BatchItem("a", ANSWER.question)
OLD = {
    "id": "a",
    "question": "Why?",
    "answer": "Smoothing costs 0.6 points. [1] Teachers lose more. [2][1] That is 3.",
    "outcome": "answered",
    "citations": [
        {"file": "kd.pdf", "page": 3, "quote": "Smoothed teachers lose 0.6 points."},
        {"file": "teachers.pdf", "page": 4, "quote": "Teachers lose 0.9 points."},
    ],
}


def read(folder, text):
    path = folder / "answers.jsonl"
    path.write_text(text)
    return read_report(str(path), folder)


def lines(*objects):
    return "".join(f"{json.dumps(each)}\n" for each in objects)


def test_a_line_of_a_batch_holds_its_sentences_with_their_quotes(tmp_path):
    answer = replace(ANSWER, claims=(ANSWER.claims[0], replace(ANSWER.claims[1], computations=())))
    report = read(tmp_path, lines(success(ITEM, answer, as_is, Spent())))
    assert (report.kind, report.title) == ("batch", "answers")
    assert report.sections[0].heading == ANSWER.question
    (entry,) = report.entries
    assert [claim.text for claim in entry.answer.claims] == [
        "Smoothing costs 0.6 points.",
        "That is half of 1.2.",
    ]
    cited = entry.answer.claims[0].citations[0]
    assert replace(cited, passage=QUOTE.passage, start=QUOTE.start, end=QUOTE.end) == QUOTE
    assert entry.answer.audit == ANSWER.audit


def test_an_older_line_is_cut_into_sentences_by_its_marks(tmp_path):
    (entry,) = read(tmp_path, lines(OLD)).entries
    told = [(claim.text, [one.file for one in claim.citations]) for claim in entry.answer.claims]
    assert told == [
        ("Smoothing costs 0.6 points.", ["kd.pdf"]),
        ("Teachers lose more.", ["teachers.pdf", "kd.pdf"]),
        ("That is 3.", []),
    ]
    assert "\n2. teachers.pdf.\n" in report_to_markdown(read(tmp_path, lines(OLD)))


@pytest.mark.parametrize("drop", [[], ["claims"]])
def test_an_answer_in_quotes_stays_one(tmp_path, drop):
    answer = replace(IN_QUOTES, extracts=(QUOTE, TEACHERS))
    line = success(ITEM, answer, as_is, Spent())
    (entry,) = read(tmp_path, lines({k: v for k, v in line.items() if k not in drop})).entries
    assert entry.answer.claims == ()
    assert [one.quote for one in entry.answer.extracts] == [QUOTE.quote, TEACHERS.quote]
    assert entry.answer.message == IN_QUOTES.message


def test_what_the_papers_do_not_say_is_told(tmp_path):
    report = read(tmp_path, lines(success(ITEM, NOT_FOUND, as_is, Spent())))
    assert "**The papers do not say.**" in report_to_markdown(report)


def test_a_last_line_that_a_kill_tore_is_left_out(tmp_path):
    report = read(tmp_path, lines(OLD) + '{"id": "b", "quest')
    assert [section.heading for section in report.sections] == ["Why?"]


@pytest.mark.parametrize("text", ["words\n", "[1]\n", '{"id": "a", "question": "Why?"}\n'])
def test_a_file_of_something_else_is_refused(tmp_path, text):
    with pytest.raises(ExportError, match="Line 1 holds no answer of a batch"):
        read(tmp_path, text)


def test_the_json_of_a_report_and_of_an_answer_are_read(tmp_path):
    assert read(tmp_path, report_to_json(REVIEW)) == REVIEW
    assert read(tmp_path, json.dumps(answer_to_json(ANSWER))) == answer_report(ANSWER)


def journal_of(folder, *events):
    journal = Journal(folder / f"{ANSWER.run}.jsonl")
    for event in events:
        journal.write(event)
    journal.close()
    return journal.path


def test_a_run_is_found_by_its_id_or_as_a_file(tmp_path):
    started = Event("started", 0.0, {"run": ANSWER.run, "question": "q", "journal": 2})
    path = journal_of(tmp_path, started, Event("answered", 1.0, {"answer": answer_to_json(ANSWER)}))
    assert read_report("last", tmp_path) == answer_report(ANSWER)
    assert read_report(str(path), tmp_path / "none") == answer_report(ANSWER)


def test_a_run_without_an_answer_says_how_to_go_on(tmp_path):
    journal_of(tmp_path, Event("started", 0.0, {"run": ANSWER.run, "question": "q", "journal": 2}))
    with pytest.raises(ExportError, match=f"`r1agent ask --resume {ANSWER.run}` goes on"):
        read_report("last", tmp_path)


def test_a_file_that_is_not_there_is_no_run(tmp_path):
    with pytest.raises(ExportError, match=r"No file 'answers\.jsonl'"):
        read_report("answers.jsonl", tmp_path)
