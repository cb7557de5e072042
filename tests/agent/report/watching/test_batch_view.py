"""How far a batch is, how fast it goes, and what came of it."""

import io
import time
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from r1agent.batch import BatchItem, BatchReport, BatchResult, Spent
from r1agent.report.watching.batch_view import BatchView, batch_summary, failed_before_line
from r1agent.report.watching.lines import LineView
from r1agent.report.watching.live import LiveView
from r1agent.report.watching.view import QuietView
from r1agent.types import Usage
from tests.agent.batch.answers import ANSWER, FAILED, costing

OUT = Path("out.jsonl")
REPORT = BatchReport(
    done=3,
    failed=0,
    skipped=0,
    seconds=60.0,
    outcomes={"answered": 2, "not_in_papers": 1, "refused": 0, "failed": 0},
    usage={"writer": Usage(4, 1000, 300, 500, thinking_tokens=100), "planner": Usage(1, 200, 60)},
    support_rate=0.75,
    tokens_a_second=6.0,
    spent=Spent(1560, 60.0),
)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def shown(view_of, *answers, seconds=20.0, width=160):
    """Return what a batch of ten questions shows, of which each took so long."""
    out, clock = io.StringIO(), Clock()
    console = Console(file=out, width=width, force_terminal=view_of is LiveView, color_system=None)
    with BatchView(view_of(console), 10, clock=clock) as view:
        view.begin()
        for number, answer in enumerate(answers):
            clock.now += seconds
            view.result(BatchResult(BatchItem(f"q{number}", "Why?"), answer, seconds))
        if view_of is LiveView:
            view._view._live.refresh()
    return out.getvalue()


def test_the_progress_is_a_line_now_and_then():
    said = shown(LineView, costing(100), replace(costing(60), dropped=ANSWER.claims))
    assert "1/10 q0  answered" in said
    assert "2 of 10 done: 3.0 questions a minute, 4 tokens/s, 3 min left, 67% supported\n" in said


def test_quick_answers_do_not_fill_a_log_with_progress():
    said = shown(LineView, *[ANSWER] * 9, seconds=2.0)
    assert said.count("questions a minute") == 1


def test_a_log_says_what_is_under_way_before_the_first_answer_is_there():
    out, clock = io.StringIO(), Clock()
    with BatchView(LineView(Console(file=out, width=80)), 20, clock=clock) as view:
        view.begin()
        for number in range(8):
            view.begun(BatchItem(f"q{number}", "Why?"))
        clock.now += 15.0
        waited_for("0 of 20 done, 8 under way, 15 s\n", out)
        clock.now += 1.0
        view.result(BatchResult(BatchItem("q0", "Why?"), costing(100), 16.0))
        clock.now += 14.0
        waited_for("1 of 20 done, 7 under way: 2.0 questions a minute", out)
    assert out.getvalue().count("under way") == 2


def waited_for(text, out):
    """Wait until a text is shown; the dots between lines may stand before it."""
    until = time.monotonic() + 10
    while text not in out.getvalue():
        assert time.monotonic() < until, out.getvalue()
        time.sleep(0.05)


def test_a_terminal_shows_the_progress_under_the_results():
    said = shown(LiveView, costing(100), costing(60))
    assert "2/10, 3.0/min" in said
    assert "4 tokens/s, 3 min left, 100% supported" in said


def test_quiet_shows_nothing():
    assert shown(lambda console: QuietView(), ANSWER) == ""


def test_a_batch_without_a_sentence_has_no_support_rate():
    assert "supported" not in shown(LineView, FAILED)


def test_an_id_cannot_steer_the_terminal():
    out = io.StringIO()
    with BatchView(LineView(Console(file=out, width=80)), 1) as view:
        view.begin()
        view.result(BatchResult(BatchItem("\x1b[2Jq", "Why?"), ANSWER, 1.0))
    assert "\x1b" not in out.getvalue()


def test_the_summary_says_outcomes_support_tokens_and_pace():
    assert batch_summary(REPORT, OUT).splitlines() == [
        "2 answered, 1 not in the papers in 60 s: 'out.jsonl'",
        "Supported: 75% of the sentences that were written",
        "Tokens: 5 requests, 1,200 read (42% cached), 360 written (100 thought)",
        "Pace: 3.0 questions a minute, 6.0 tokens written a second",
    ]


def test_the_summary_says_what_failed_and_how_to_ask_it_again():
    report = replace(REPORT, failed=2, failed_before=1, outcomes=REPORT.outcomes | {"failed": 2})
    said = batch_summary(report, OUT)
    assert "2 failed (see 'out.failed.jsonl'), 1 failed before in 60 s" in said
    assert said.endswith("`--retry-failed` asks those again that failed.")


@pytest.mark.parametrize(
    ("left", "said"),
    [(1, "1 question is left; a larger budget asks it."), (2, "2 questions are left;")],
)
def test_the_summary_says_which_budget_ended_it(left, said):
    report = replace(REPORT, left=left, ended_by="the job's 60 s are spent (61 s so far)")
    assert f"Stopped early: the job's 60 s are spent (61 s so far). {said}" in batch_summary(
        report, OUT
    )


def test_what_failed_before_is_said_with_its_list():
    assert failed_before_line(1, OUT) == (
        "1 question failed before (see 'out.failed.jsonl'); `--retry-failed` asks again."
    )
