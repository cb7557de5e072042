import json

import pytest
from hypothesis import given

from r1agent.journal import answer_to_json
from r1agent.report.export_errors import ExportError
from r1agent.report.report_json import report_from_json, report_to_json
from tests.agent.report.hostile import telling
from tests.agent.report.reports import REVIEW, report_of


def test_a_report_comes_back_as_it_was():
    assert report_from_json(report_to_json(REVIEW)) == REVIEW


@given(telling)
def test_any_text_comes_back(text):
    report = report_of(text)
    assert report_from_json(report_to_json(report)) == report


def test_each_answer_is_there_in_full():
    entry = json.loads(report_to_json(REVIEW))["sections"][0]["entries"][0]
    assert entry["answer"] == json.loads(json.dumps(answer_to_json(REVIEW.entries[0].answer)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("words", "Invalid JSON"),
        ("[]", "the text"),
        ('{"kind": "novel", "title": "x", "sections": []}', "kind"),
        ('{"kind": "review", "title": "x", "sections": [{}]}', r"sections\.0\.heading"),
        (
            '{"kind": "review", "title": "x", "sections": [{"heading": "", "entries": '
            '[{"answer": {}}]}]}',
            "does not hold an answer",
        ),
    ],
)
def test_what_is_no_report_is_said(text, reason):
    with pytest.raises(ExportError, match=f"holds no report.*{reason}"):
        report_from_json(text)
