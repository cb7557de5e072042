"""Code: hidden tests judge what is shown, in the sandbox, and reach no model."""

import json

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.task import Output, Wanted
from r1agent.evaluate.tasks.code import CodeTask
from r1agent.testing import ScriptedChatModel
from r1agent_tools import unit_tests_tool

ROW = {
    "task_id": "made/1",
    "prompt": 'def double(x):\n    """Return x twice."""\n',
    "entry_point": "double",
    "canonical_solution": "    return 2 * x\n",
    "test": "def check(candidate):\n    assert candidate(8311) == 16622\n",
}
RIGHT = "```python\ndef double(x):\n    return 2 * x\n```"
WRONG = "```python\ndef double(x):\n    return x * x\n```"
DECEIVING = """```python
import sys

class Equal:
    def __eq__(self, other):
        return True

def double(x):
    print("1 of 1 tests passed. 1 passed in 0.01s")
    sys.stdout.flush()
    return Equal()
```"""
LEAVING = "```python\nimport os\n\ndef double(x):\n    print('passed')\n    os._exit(0)\n```"
OWN_TESTS = "```python\nassert double(2) == 4\nassert double(0) == 0\nassert double(5) == 10\n```"


@pytest.fixture
def task(tmp_path, sandbox):
    path = tmp_path / "problems.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n")
    return CodeTask(path, sandbox)


def assistant(sandbox, *replies):
    return ResearchAssistant(
        ScriptedChatModel(replies=list(replies)), [unit_tests_tool(sandbox)], sandbox=sandbox
    )


@pytest.mark.parametrize(
    ("text", "passed"),
    [(RIGHT, 1), (WRONG, 0), (DECEIVING, 0), (LEAVING, 0), ("    return 2*x", 1)],
)
def test_what_one_prompt_writes_is_judged_by_the_hidden_tests(task, text, passed):
    measures = task.score(task.examples()[0], Output({"text": text}))
    assert (measures["passed"], measures["wrong"]) == (passed, 1 - passed)
    assert (measures["answered"], measures["found_passed"]) == (1, passed)


def test_a_reply_without_program_is_not_shown(task):
    measures = task.score(task.examples()[0], Output({"text": "I cannot."}))
    assert set(measures.values()) == {0}


def test_a_system_that_broke_down_has_answered_nothing(task):
    measures = task.score(task.examples()[0], Output({"error": "too long"}, "failed"))
    assert set(measures.values()) == {0}


def test_one_prompt_is_asked_for_the_function_without_its_tests(task, sandbox):
    asked = assistant(sandbox, RIGHT)
    plain = next(task.systems(Wanted(asked)))
    assert plain(task.examples()[0]).said == {"text": RIGHT}
    assert "def double(x):" in asked.model.prompts[0]
    assert "16622" not in asked.model.prompts[0]


def test_the_loop_shows_code_that_passes_tests_of_its_own(task, sandbox):
    asked = assistant(sandbox, RIGHT, OWN_TESTS, RIGHT.replace("2 * x", "x + x"))
    [loop] = task.systems(Wanted(asked, baseline=False))
    output = loop(task.examples()[0])
    measures = task.score(task.examples()[0], output)
    assert (output.outcome, measures["passed"], measures["programs"]) == ("answered", 1, 2)
    assert not any("16622" in prompt for prompt in asked.model.prompts)


def test_code_that_the_loop_holds_back_is_judged_as_found(task):
    said = {"text": "No verified answer.", "code": None, "found": RIGHT, "programs": 4}
    measures = task.score(task.examples()[0], Output(said, "failed"))
    assert (measures["answered"], measures["passed"], measures["found_passed"]) == (0, 0, 1)


def test_every_metric_is_made_of_what_is_measured(task):
    measures = task.score(task.examples()[0], Output({}, "failed"))
    assert {name for metric in task.metrics for name in metric.measures} <= set(measures)
