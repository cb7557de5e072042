"""The program is found in a reply, whatever stands around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.problems.programs import CodeProblem
from r1agent.evaluate.problems.written_code import definitions, written_code

HEAD = 'def double(x: int) -> int:\n    """Return x twice."""'
PROBLEM = CodeProblem("1", "?", "double", "from typing import List", HEAD, "assert double(1) == 2")
MBPP = CodeProblem("2", "?", "double", "", "", "assert double(1) == 2")
WHOLE = "def double(x):\n    return 2 * x"


def run(code):
    names = {}
    exec(code, names)
    return names["double"](21)


@pytest.mark.parametrize(
    "reply",
    [
        f"```python\n{WHOLE}\n```",
        f"Sure!\n```py\n{WHOLE}\n```\nIt doubles.\n```python\nprint(double(2))\n```",
        WHOLE,
        f"```python\n{WHOLE}\n\nprint(1 / 0)\nassert double(1) == 3\n```",
        f"```python\n{WHOLE}\n\nif __name__ == '__main__':\n    input()\n```",
        f"```\n{WHOLE}\n```",
        f"```python\n{WHOLE}",
        f"{WHOLE}\n\nThis function doubles x.",
        "    return 2 * x",
        "y = x\n    return 2 * y",
        "if x:\n    return 2 * x\nreturn 0",
        "```python\ntwo = 2\n```\nThen\n```python\ndef double(x):\n    return two * x\n```",
        "double = lambda x: 2 * x",
    ],
)
def test_the_function_is_found(reply):
    assert run(written_code(reply, PROBLEM)) == 42


@pytest.mark.parametrize("reply", ["", "   ", "I cannot do that.", "```python\n```"])
def test_a_reply_without_the_function_holds_no_program(reply):
    assert written_code(reply, PROBLEM) is None


def test_another_function_is_not_taken_for_it():
    assert written_code("```python\ndef triple(x):\n    return 3 * x\n```", MBPP) is None


def test_what_the_problem_gives_stands_first():
    assert written_code(WHOLE, PROBLEM).startswith("from typing import List\n")


def test_a_text_nested_without_end_is_no_program():
    assert definitions("(" * 50_000) is None


@given(st.text())
def test_no_reply_is_too_odd(reply):
    code = written_code(f"```python\n{reply}\n```", MBPP)
    assert code is None or "double" in code
