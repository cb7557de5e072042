from dataclasses import replace
from datetime import UTC, datetime

from r1agent.report.export_time import report_time
from r1agent.report.read_report import answer_report
from r1agent.reports import Entry, Section
from tests.agent.report.answers import ANSWER


def test_the_time_is_that_of_the_last_run():
    runs = ("20260102-030405-abcdef", "20260203-040506-fedcba", "20251231-000000-aaaaaa")
    entries = tuple(Entry(replace(ANSWER, run=run)) for run in runs)
    report = replace(answer_report(ANSWER), sections=(Section("", entries),))
    assert report_time(report) == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_without_a_run_that_tells_there_is_none():
    assert report_time(answer_report(replace(ANSWER, run="a7"))) is None
    assert report_time(answer_report(replace(ANSWER, run="20269999-999999-abcdef"))) is None
