"""The bench of problems: what its figures are made of."""

from eval_problems import FirstOfMath, figures_of

from r1agent.evaluate.evaluation import Evaluation, Row, Scored
from r1agent.evaluate.tasks.math import METRICS
from r1agent.types import Usage


def scored(system, right, answered):
    rows = [
        Row(
            str(number),
            "",
            "answered" if shown else "failed",
            {"right": one, "answered": shown, "found_right": 1.0, "programs": 2.0},
            Usage(calls=1, prompt_tokens=100, completion_tokens=50),
            2.0,
        )
        for number, (one, shown) in enumerate(zip(right, answered, strict=True))
    ]
    return Scored(system, "scripted", rows)


def test_the_figures_of_both_ways_and_of_their_difference():
    plain = scored("plain", [1.0, 0.0, 0.0, 0.0], [1.0] * 4)
    loop = scored("loop", [1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0])
    figures = figures_of("made", Evaluation("math", "", "", METRICS, [plain, loop], {}))
    low, high = figures.pop("made_gain_low"), figures.pop("made_gain_high")
    assert low <= 0.25 <= high
    assert figures == {
        "made_problems": 4,
        "made_gain": 0.25,
        "made_plain": 0.25,
        "made_plain_seconds": 2.0,
        "made_plain_tokens": 150,
        "made_loop": 0.5,
        "made_loop_seconds": 2.0,
        "made_loop_tokens": 150,
        "made_loop_answered": 0.75,
        "made_loop_precision": 0.6667,
        "made_loop_all": 1.0,
        "made_loop_programs": 2.0,
    }


def test_only_the_first_problems_are_put(tmp_path):
    path = tmp_path / "problems.jsonl"
    path.write_text('{"question": "How many?", "answer": "#### 4"}\n' * 5)
    assert [one.id for one in FirstOfMath(path, first=2).examples()] == ["1", "2"]
