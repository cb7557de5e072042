"""Examples in a question judge the code of a run, and samples at temperature 0 count once."""

from r1agent.assistant import ResearchAssistant
from r1agent.testing import ScriptedChatModel
from r1agent_tools import python_tool, unit_tests_tool

ASKED = 'Write this function:\n```python\ndef double(x):\n    """double(2) == 4"""\n```'
RIGHT = "```python\ndef double(x):\n    return 2 * x\n```"
WRONG = "```python\ndef double(x):\n    return x + 1\n```"


class Greedy(ScriptedChatModel):
    temperature: float = 0.0


def test_code_must_pass_the_examples_of_the_request(sandbox):
    model = ScriptedChatModel(replies=[WRONG, RIGHT])
    answer = ResearchAssistant(model, [unit_tests_tool(sandbox)], sandbox=sandbox).ask(ASKED)
    assert answer.code == "def double(x):\n    return 2 * x"
    assert "It must pass these tests:\n```python\nassert double(2) == 4" in model.prompts[0]
    assert "self-consistency" not in answer.text


def test_tests_of_the_users_own_come_before_examples(sandbox):
    model = ScriptedChatModel(replies=[RIGHT])
    assistant = ResearchAssistant(model, [unit_tests_tool(sandbox)], sandbox=sandbox)
    assistant.ask(ASKED, tests="assert double(7) == 14")
    assert "assert double(2) == 4" not in model.prompts[0]


def test_code_that_fails_its_examples_is_not_computed_instead(sandbox):
    model = ScriptedChatModel(replies=[WRONG, *[WRONG.replace("1", str(n)) for n in (3, 5, 7)]])
    tools = [python_tool(sandbox), unit_tests_tool(sandbox)]
    answer = ResearchAssistant(model, tools, sandbox=sandbox).ask(ASKED)
    assert (answer.outcome, answer.code) == ("failed", None)


def test_at_temperature_0_a_program_written_again_alike_proves_nothing(sandbox):
    program = "```python\nprint(3 * 4)\n```"
    model = Greedy(replies=[program] * 4 + ["It is 12."] * 4)
    answer = ResearchAssistant(model, [python_tool(sandbox)], sandbox=sandbox).ask(
        "What is the sum of 3 * 4?"
    )
    assert answer.outcome == "failed"


def test_drawn_again_alike_a_program_agrees_with_itself(sandbox):
    program = "```python\nprint(3 * 4)\n```"
    model = ScriptedChatModel(replies=[program, program, "It is 12."])
    answer = ResearchAssistant(model, [python_tool(sandbox)], sandbox=sandbox).ask(
        "What is the sum of 3 * 4?"
    )
    assert answer.outcome == "answered"
