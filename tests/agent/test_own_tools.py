"""Any function with a docstring is a tool: its results are evidence, its failures go back."""

import json

import pytest
from langchain_core.documents import Document
from langchain_core.tools import ToolException, tool

from r1agent.assistant import ResearchAssistant
from r1agent.errors import ToolDefinitionError
from r1agent.evidence import gather
from r1agent.own_tools import as_tool, as_tools
from r1agent.planner import bears_on
from r1agent.profiles import LARGE
from r1agent.testing import ScriptedChatModel
from r1agent_tools import python_tool


def melting_point(metal: str, unit: str = "K") -> float:
    """Look up the melting point of a metal.

    Args:
        metal: Its name in English.
        unit: K or C.
    """
    return {"tungsten": 3695.0, "tin": 505.08}[metal]


def call(built, **arguments):
    request = {"name": built.name, "args": arguments, "id": "1", "type": "tool_call"}
    return built.invoke(request)


def test_a_function_tells_the_model_what_its_docstring_says():
    built = as_tool(melting_point)
    assert (built.name, built.description) == (
        "melting_point",
        "Look up the melting point of a metal.",
    )
    assert built.args["metal"]["description"] == "Its name in English."
    assert built.args["unit"]["default"] == "K"
    assert call(built, metal="tungsten").content == "3695.0"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [({"metal": "unobtainium"}, "KeyError: 'unobtainium'"), ({"material": "tin"}, "metal")],
)
def test_a_failure_goes_back_to_the_model(arguments, told):
    message = call(as_tool(melting_point), **arguments)
    assert message.status == "error"
    assert told in message.content


def test_values_become_text_and_documents_become_passages():
    def rows(material: str) -> dict[str, list[float]]:
        """List densities."""
        return {material: [1.5, 2.5]}

    def notes(day: str) -> list[Document]:
        """Find entries of the notebook."""
        return [Document("The pump was replaced.", metadata={"title": f"Notebook, {day}"})]

    assert call(as_tool(rows), material="clay").content == '{"clay": [1.5, 2.5]}'
    (found,) = call(as_tool(notes), day="4 May").artifact
    assert found.id.startswith("notes:")
    assert found.metadata == {"title": "Notebook, 4 May", "page": 1}


def undescribed(x: int) -> int:
    return x


async def later(x: int) -> int:
    """Wait."""
    return x


@pytest.mark.parametrize(
    ("function", "told"),
    [(undescribed, "docstring"), (later, "Give a plain function")],
)
def test_a_function_that_no_model_can_call_is_refused(function, told):
    with pytest.raises(ToolDefinitionError, match=told):
        as_tool(function)


def test_two_tools_of_one_name_are_refused():
    with pytest.raises(ToolDefinitionError, match="Two tools are called 'melting_point'"):
        as_tools([melting_point, melting_point])


def test_a_langchain_tool_that_handles_no_failure_is_given_a_way_to():
    @tool
    def fragile(x: int) -> int:
        """Fail."""
        raise ToolException("no such x")

    assert call(as_tool(fragile), x=1).content == "no such x"
    assert fragile.handle_tool_error is False


QUESTION = "What is the melting point of tungsten?"
FILLED = json.dumps({"metal": "tungsten"})


def test_a_small_model_calls_a_tool_whose_words_are_in_the_question():
    model = ScriptedChatModel(replies=[FILLED, "The melting point of tungsten is 3695 K."])
    answer = ResearchAssistant(model, [melting_point]).ask(QUESTION)
    assert answer.text == "The melting point of tungsten is 3695 K."
    (computation,) = answer.claims[0].computations
    assert (computation.tool, computation.output) == ("melting_point", "3695.0")
    assert computation.code == "melting_point(metal='tungsten', unit='K')"


def test_a_number_that_the_tool_did_not_give_is_not_shown():
    model = ScriptedChatModel(replies=[FILLED, "The melting point of tungsten is 3422 K."])
    answer = ResearchAssistant(model, [melting_point]).ask(QUESTION)
    assert "3422" not in answer.text
    assert "no index is open" not in answer.text


def test_a_large_model_is_told_of_it_and_tries_again_after_a_failure():
    plan = {
        "thoughts": "Look it up.",
        "steps": [{"goal": "Look up", "tool": "melting_point", "done_when": "a number"}],
    }
    replies = [
        json.dumps(plan),
        json.dumps({"metal": "wolfram"}),
        FILLED,
        "The melting point of tungsten is 3695 K.",
    ]
    model = ScriptedChatModel(replies=replies)
    answer = ResearchAssistant(model, [melting_point], profile=LARGE).ask(QUESTION)
    assert "- melting_point: Look up the melting point of a metal." in model.prompts[0]
    assert "The last call did not work" in model.prompts[2]
    assert "KeyError: 'wolfram'" in model.prompts[2]
    assert answer.outcome == "answered"


def test_a_program_may_compute_with_what_a_tool_gave(sandbox):
    question = "Compute the melting point of tungsten minus 100."
    code = "```python\nprint(3695.0 - 100)\n```"
    model = ScriptedChatModel(replies=[FILLED, code, code, "It is 3595."])
    tools = [melting_point, python_tool(sandbox)]
    answer = ResearchAssistant(model, tools).ask(question)
    assert [step.plan_step.tool for step in answer.trajectory.steps] == ["melting_point", "python"]
    assert answer.text == "It is 3595."
    assert gather(answer.trajectory).outputs[0] == "3695.0"
    assert "3695.0" in model.prompts[1]


def test_another_question_does_not_call_it():
    built = as_tool(melting_point)
    assert bears_on(built, QUESTION)
    assert not bears_on(built, "How many students were trained?")


def test_a_tool_without_arguments_is_called_without_asking_for_any():
    def room_temperature() -> float:
        """Read the temperature of the room."""
        return 294.25

    model = ScriptedChatModel(replies=["The room has 294.25 K."])
    answer = ResearchAssistant(model, [room_temperature]).ask("What is the room temperature?")
    assert answer.text == "The room has 294.25 K."


def test_one_tool_in_the_place_of_a_list_is_refused():
    with pytest.raises(ToolDefinitionError, match=r"`tools` is one tool; wanted a list of them"):
        as_tools(as_tool(melting_point))


def test_what_cannot_be_called_is_no_tool():
    with pytest.raises(ToolDefinitionError, match="cannot be made of 'search'; wanted a function"):
        as_tools(["search"])


def test_a_function_without_a_docstring_is_refused_in_whole_sentences():
    with pytest.raises(ToolDefinitionError) as caught:
        as_tools([lambda metal: metal])
    assert "if description not provided. Give it a docstring" in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("nothing", [[], None, ""])
def test_a_tool_that_returns_nothing_supports_no_step(nothing):
    def lab_notes() -> object:
        """Read the notes on the melting point."""
        return nothing

    model = ScriptedChatModel(replies=["The melting point of tungsten is 3422 K."])
    answer = ResearchAssistant(model, [lab_notes]).ask(QUESTION)
    verdict = answer.trajectory.steps[0].verdict
    assert (verdict.support, verdict.reasons) == ("unsupported", ("it returned nothing",))
