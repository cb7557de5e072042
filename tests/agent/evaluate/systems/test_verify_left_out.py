"""The loop without its verifier: each step is done once it gave a result."""

from r1agent.evaluate.systems.loop import loop_systems
from r1agent.evaluate.task import Example
from r1agent_tools import unit_tests_tool
from tests.agent.evaluate.systems.assistants import QUESTION, made, passage

BESIDE = [passage(1, "Bread rises overnight in a warm kitchen near the oven.")]
DOUBLE = "Write a function double(x) that returns twice x."
WRONG = "def double(x):\n    return x"
TESTS = "assert double(2) == 4\nassert double(-1) == -2"


def fenced(code):
    return f"```python\n{code}\n```"


def loops(*scripts, **options):
    """The whole loop and the loop without its verifier, each with a script of its own."""
    whole, _ = loop_systems(made(*scripts[0], **options), ["verify"])
    _, less = loop_systems(made(*scripts[1], **options), ["verify"])
    return whole, less


def test_what_does_not_bear_on_the_question_is_written_from_all_the_same():
    whole, less = loops([], ["Bread rises overnight [1]."], passages=BESIDE)
    assert whole(Example("q1", QUESTION)).outcome == "not_in_papers"
    less(Example("q1", QUESTION))
    (prompt,) = less.assistant.model.prompts
    assert BESIDE[0].page_content in prompt


def test_code_is_written_once_and_counts_though_its_tests_fail(sandbox):
    replies = [fenced(WRONG), fenced(TESTS)]
    whole, less = loops([*replies, *[fenced(WRONG)] * 9], replies, tools=[unit_tests_tool(sandbox)])
    assert whole(Example("q1", DOUBLE)).said["code"] is None
    assert less(Example("q1", DOUBLE)).said["code"] == WRONG


def test_without_code_there_is_none(sandbox):
    _, less = loops([], ["Bread rises overnight [1]."], passages=BESIDE)
    assert less(Example("q1", QUESTION)).said["code"] is None
