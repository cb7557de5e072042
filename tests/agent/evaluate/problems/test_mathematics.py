"""Both forms of problems of mathematics are read, and told apart by what they hold."""

import json

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.problems.mathematics import MathProblem, read_problems


def written(path, *rows):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def test_a_grade_school_problem_has_a_plain_number(tmp_path):
    row = {"question": "How many? ", "answer": "She has <<2*600=1200>>1200.\n#### 1,200"}
    assert read_problems(written(tmp_path / "a.jsonl", row)) == [
        MathProblem("1", "How many?", "1200", "", latex=False)
    ]


def test_a_competition_problem_has_the_last_box_of_its_solution(tmp_path):
    row = {
        "problem": "What is half of one?",
        "level": "Level 1",
        "type": "Prealgebra",
        "solution": r"Not \boxed{2}: it is $\boxed{\frac{1}{2}}$.",
    }
    assert read_problems(written(tmp_path / "a.jsonl", row)) == [
        MathProblem("1", "What is half of one?", r"\frac{1}{2}", "Prealgebra", latex=True)
    ]


def test_the_level_groups_problems_without_a_subject(tmp_path):
    row = {"problem": "?", "level": 3, "solution": r"\boxed{1}", "unique_id": "test/1.json"}
    [problem] = read_problems(written(tmp_path / "a.jsonl", row))
    assert (problem.kind, problem.id) == ("Level 3", "test/1.json")


@pytest.mark.parametrize(
    "row",
    [
        {"question": "How many?", "answer": "Four."},
        {"problem": "How many?", "solution": "Four."},
        {"question": "How many?", "answer": 4},
        {"text": "Write a function"},
        {},
    ],
)
def test_a_problem_without_a_known_value_is_told(tmp_path, row):
    with pytest.raises(EvaluationError, match=r"Problem 1 of .*\(as GSM8K has them\)"):
        read_problems(written(tmp_path / "a.jsonl", row))
