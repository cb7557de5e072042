import io
from dataclasses import replace

import pytest
from hypothesis import given
from rich.console import Console

from r1agent.evaluate.evaluation import Evaluation
from r1agent.report.evaluation.terminal import evaluation_to_terminal
from tests.agent.report.evaluations import SETTING, TWO, evaluation_of, telling_of
from tests.agent.report.hostile import telling


def printed(evaluation, *, width=100_000, **options):
    console = Console(
        file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False, **options
    )
    console.print(evaluation_to_terminal(evaluation), crop=False)
    return console.file.getvalue()


def test_a_score_stands_with_its_interval_and_what_it_cost():
    line = next(line for line in printed(TWO).splitlines() if line.startswith("loop accuracy"))
    assert "0.875 (0.625 to 1.000)" in line
    assert line.split()[-3:] == ["1,000", "2.5", "8"]


def test_a_difference_whose_interval_excludes_zero_is_marked():
    assert "+0.750 (+0.375 to +1.000) *" in printed(TWO)
    same = evaluation_of([1, 0, 0, 1], [0, 1, 0, 1])
    assert "+0.000 (-0.750 to +0.750)" in printed(same)
    assert " *\n" not in printed(same)


def test_the_first_system_is_compared_with_nothing():
    assert "+" not in printed(evaluation_of([1, 0])).partition("accuracy:")[0]


@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width):
    shown = printed(TWO, width=width)
    assert max(map(len, shown.splitlines())) <= width
    assert shown.count("auc of accuracy") >= 2


def test_metrics_that_do_not_fit_side_by_side_stand_below_one_another():
    assert printed(TWO, width=80).count("plain accuracy") > printed(TWO).count("plain accuracy")


def test_without_colour_there_is_no_escape():
    assert "\x1b" not in printed(TWO, no_color=True, force_terminal=True, color_system=None)


def test_kinds_are_told_for_the_first_metric():
    shown = printed(TWO)
    assert "accuracy by kind" in shown
    assert "look-up" in shown
    assert "by kind" not in printed(evaluation_of([1, 0], kinds=[""]))


def test_a_kind_of_which_a_metric_says_nothing_is_left_out():
    evaluation = evaluation_of([1, 0, 1, 0, 1, 0], kinds=["look-up", "sum", "aside"])
    rows = [
        replace(row, measures={"wrong": 0.0, "asked": float(row.kind != "aside")})
        for row in evaluation.scored[0].rows
    ]
    scored = replace(evaluation.scored[0], rows=rows)
    shown = printed(replace(evaluation, metrics=evaluation.metrics[2:], scored=(scored,)))
    kinds = shown.partition("by kind")[2].partition("wrong of")[0]
    assert "look-up" in kinds
    assert "sum" in kinds
    assert "aside" not in kinds


def test_a_metric_that_says_nothing_of_any_system_has_no_column_and_is_not_explained():
    rows = [
        replace(row, measures=row.measures | {"asked": 0.0, "wrong": 0.0})
        for row in evaluation_of([1, 0]).scored[0].rows
    ]
    evaluation = evaluation_of([1, 0])
    silent = replace(evaluation, scored=(replace(evaluation.scored[0], rows=rows),))
    assert "wrong of accuracy" in printed(evaluation)
    assert "wrong of accuracy" not in printed(silent)


def test_notes_stand_before_the_figures():
    lines = [line for line in printed(TWO).splitlines() if line]
    assert lines[1] == "Note: accuracy"


def test_failures_are_counted():
    assert "8, 2 failed" in printed(evaluation_of([0] * 8, failed=2))


def test_models_are_named_only_where_they_differ():
    assert "plain accuracy  " in printed(TWO)
    assert "plain accuracy · a" in printed(evaluation_of([1], [0], models=["a", "b"]))


def test_a_metric_of_which_lower_is_better_says_so():
    assert "wrong of accuracy: accuracy (lower is better)" in printed(TWO)


def test_published_figures_of_the_same_data_stand_below_and_others_are_counted():
    run = replace(evaluation_of([1, 0]), task="code", data="mbpp.jsonl")
    shown = " ".join(printed(run, width=80).split())
    assert (
        "MBPP, Qwen2.5-Coder-1.5B-Instruct: pass@1 69.2 % (not comparable: the 378 problems"
        in shown
    )
    assert "7 figures of other data" in shown
    assert "HumanEval" not in shown


def test_an_evaluation_of_nothing_is_shown():
    empty = Evaluation("papers", "Nothing", "folder", TWO.metrics, (), SETTING)
    assert printed(empty).startswith("Nothing\n")


@given(telling)
def test_no_text_steers_the_terminal(text):
    shown = printed(telling_of(text), no_color=True)
    assert not {"\x1b", "\x00", "\u202e"} & set(shown)
