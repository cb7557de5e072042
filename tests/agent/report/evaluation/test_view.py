"""How far an evaluation is, and what it came to so far."""

import io

from rich.console import Console

from r1agent.evaluate.evaluation import Row
from r1agent.evaluate.metrics import Share
from r1agent.report.evaluation.view import EvaluationView
from r1agent.report.watching.lines import LineView
from r1agent.report.watching.live import LiveView
from r1agent.types import Usage

ACCURACY = Share("accuracy", "right, of all", "right")
PRECISION = Share("precision", "right of those shown", "right", "shown")


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def row(example, right=1.0, outcome="answered"):
    return Row(example, "", outcome, {"right": right, "shown": 0.0}, Usage(), 2.0)


def shown(*rows, view_of=LineView, metric=ACCURACY, before=(), system="loop · m", end=True):
    out, clock = io.StringIO(), Clock()
    console = Console(file=out, width=100, force_terminal=view_of is LiveView, color_system=None)
    with EvaluationView(view_of(console), metric, clock=clock) as view:
        view.begin(system, before, len(rows) + len(before))
        for each in rows:
            clock.now += 2.0
            view.row(each)
        if end:
            view.end()
        if view_of is LiveView:
            view._view._live.refresh()
    return out.getvalue()


def test_a_system_ends_with_what_it_came_to():
    said = shown(row("a"), row("b", 0.0))
    assert "asking loop · m 0% 0 of 2 examples\n" in said
    assert "loop · m  2 of 2 examples, accuracy 0.500, in 4 s\n" in said


def test_what_was_answered_before_counts_with_what_comes():
    said = shown(row("c", 0.0), before=[row("a"), row("b")])
    assert "loop · m  2 of 3 examples answered before\n" in said
    assert "3 of 3 examples, accuracy 0.667, in 2 s" in said


def test_a_failure_gets_a_line_and_is_counted():
    said = shown(row("a"), row("b", 0.0, "failed"))
    assert "loop · m  b failed, 2 s\n" in said
    assert "2 of 2 examples, accuracy 0.500, 1 failed, in 4 s\n" in said


def test_a_figure_that_says_nothing_yet_is_left_out():
    assert "loop · m  1 of 1 example, in 2 s\n" in shown(row("a"), metric=PRECISION)


def test_a_live_screen_shows_the_figure_on_the_way():
    said = shown(row("a"), row("b", 0.0), view_of=LiveView, end=False)
    assert "asking loop · m" in said
    assert "accuracy 0.500" in said


def test_names_from_data_cannot_steer_a_terminal():
    said = shown(row("\x1b[2Jid", 0.0, "failed"), system="\x1b]0;owned\x07loop")
    assert "\x1b" not in said
    assert "\x07" not in said
