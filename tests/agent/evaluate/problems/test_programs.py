"""Both forms of programming problems are read; what is asked holds nothing of the tests."""

import json

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.problems.programs import read_code_problems

HUMAN_EVAL = {
    "task_id": "HumanEval/7",
    "prompt": 'import math\n\n\ndef area(r):\n    """Return the area of a circle."""\n',
    "entry_point": "area",
    "canonical_solution": "    return math.pi * r * r\n",
    "test": "def check(candidate):\n    assert candidate(0) == 0\n",
}
MBPP = {
    "task_id": 11,
    "text": "Write a function to remove the first of a character.",
    "code": "def other(s):\n    return s\ndef remove(s, ch='l', *, last=False):\n    return s",
    "test_list": ["assert remove('hello') == 'helo'"],
    "test_setup_code": "import string",
    "challenge_test_list": [],
}
SANITIZED = {
    "task_id": 11,
    "prompt": "Write a function to remove the first of a character.",
    "code": MBPP["code"],
    "test_imports": ["import math"],
    "test_list": ["assert math.isclose(len(remove('hello')), 4)"],
}


def read(tmp_path, row):
    path = tmp_path / "data.json"
    path.write_text(json.dumps([row]))
    [problem] = read_code_problems(path)
    return problem


def test_a_problem_of_human_eval(tmp_path):
    problem = read(tmp_path, HUMAN_EVAL)
    assert (problem.id, problem.function) == ("HumanEval/7", "area")
    assert problem.begins == "import math"
    assert problem.head == 'def area(r):\n    """Return the area of a circle."""'
    assert problem.tests.endswith("assert candidate(0) == 0\n\ncheck(area)\n")
    assert HUMAN_EVAL["prompt"].strip() in problem.question


def test_a_problem_of_mbpp_is_asked_with_name_and_parameters(tmp_path):
    problem = read(tmp_path, MBPP)
    assert problem.question.endswith("begins with: def remove(s, ch='l', *, last=False):")
    assert problem.tests == "import string\nassert remove('hello') == 'helo'\n"


def test_a_sanitized_problem_brings_the_imports_of_its_tests(tmp_path):
    problem = read(tmp_path, SANITIZED)
    assert problem.function == "remove"  # not `isclose` or `len`, which its tests call too
    assert problem.tests == "import math\nassert math.isclose(len(remove('hello')), 4)\n"


@pytest.mark.parametrize("row", [HUMAN_EVAL, MBPP, SANITIZED])
def test_the_question_holds_neither_tests_nor_solution(tmp_path, row):
    question = read(tmp_path, row).question
    assert "assert" not in question
    assert "math.pi" not in question
    assert "return s" not in question


@pytest.mark.parametrize(
    "row",
    [
        {"question": "How many?", "answer": "#### 4"},
        HUMAN_EVAL | {"test": None},
        MBPP | {"test_list": []},
        MBPP | {"test_list": [1]},
        MBPP | {"test_list": ["assert unknown('hello')"]},
        MBPP | {"code": "def ("},
    ],
)
def test_another_form_is_told(tmp_path, row):
    with pytest.raises(EvaluationError, match=r"\(as MBPP has them\)"):
        read(tmp_path, row)
