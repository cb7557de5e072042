"""The arms offline: a scripted model over two passages."""

from contextlib import suppress
from dataclasses import replace

import pytest
from langchain_core.documents import Document
from langchain_core.tools import tool
from loop_arms import arms_of, search_of, without_gate, without_planner, without_tools

from r1agent.assistant import ResearchAssistant
from r1agent.profiles import SMALL
from r1agent.testing import HashEmbeddings, ScriptedChatModel
from r1agent_tools import search_papers_tool

QUESTION = "How high was the accuracy of the smoothed teacher?"
TRUE = "The accuracy of the smoothed teacher was 71.5 percent [1]."
FALSE = TRUE.replace("71.5", "81.5")
SUM = "What is the sum of the first 100 integers?"


def passage(number, text):
    about = {"paper": "a", "file": "a.pdf", "page": number, "title": "Smoothing", "start": 0}
    return Document(text, id=f"a:{number}", metadata=about)


PASSAGES = [
    passage(1, "The accuracy of the smoothed teacher was 71.5 percent. Training took a day."),
    passage(2, "The student of the plain teacher reached an accuracy of 70.1 percent."),
]


@tool("python", response_format="content_and_artifact")
def python(code: str) -> tuple[str, None]:
    """Run a program."""
    return code, None


def assistant(*replies, tools=None):
    search = search_papers_tool(lambda query, limits: PASSAGES)
    return ResearchAssistant(
        ScriptedChatModel(replies=list(replies)),
        [search, python] if tools is None else tools,
        embeddings=HashEmbeddings(),
        profile=replace(SMALL, drafts=1),
    )


def planned(made, question=SUM):
    """The tools of the first plan."""
    events = []
    with suppress(ValueError):  # the script is at its end; the plan was made before
        made.ask(question, on_event=events.append)
    return [
        step["tool"] for event in events if event.name == "planned" for step in event.data["steps"]
    ]


def test_the_whole_loop_drops_a_sentence_that_its_quotes_do_not_carry():
    reply = arms_of(assistant(FALSE))["full"]()(QUESTION)
    assert "81.5" not in reply.text


def test_the_whole_loop_cites_file_page_and_quote():
    reply = arms_of(assistant(TRUE))["full"]()(QUESTION)
    assert reply.outcome == "answered"
    assert reply.citations == (
        {"file": "a.pdf", "page": 1, "quote": PASSAGES[0].page_content.split(" Training")[0]},
    )


def test_without_the_gate_that_sentence_is_shown_with_its_quotes():
    reply = arms_of(assistant(FALSE))["no_gate"]()(QUESTION)
    assert "81.5" in reply.text
    assert reply.citations


def test_without_the_planner_every_plan_is_one_search():
    assert planned(assistant()) == ["python"]
    assert planned(without_planner(assistant(TRUE))) == ["search_papers"]


def test_without_tools_no_plan_computes():
    assert planned(without_tools(assistant(TRUE))) == ["search_papers"]


def test_an_arm_leaves_the_whole_loop_as_it_was():
    whole = assistant()
    parts = (whole.planner, whole.executor, whole.gate, whole.prover, whole.tools)
    inside = (whole.executor.planner, whole.executor.tools, whole.executor.chooser)
    for less in (without_planner, without_gate, without_tools):
        less(whole)
    assert parts == (whole.planner, whole.executor, whole.gate, whole.prover, whole.tools)
    assert inside == (whole.executor.planner, whole.executor.tools, whole.executor.chooser)


def test_plain_retrieval_says_what_the_model_says_and_cites_what_it_was_shown():
    made = assistant(FALSE)
    reply = arms_of(made)["plain"]()(QUESTION)
    assert (reply.text, reply.outcome) == (FALSE, "answered")
    assert [cited["quote"] for cited in reply.citations] == [
        passage.page_content for passage in PASSAGES
    ]
    prompt = made.model.prompts[0]
    assert QUESTION in prompt
    assert all(passage.page_content in prompt for passage in PASSAGES)


def test_an_assistant_without_papers_has_no_search():
    with pytest.raises(LookupError, match="Load it with an index"):
        search_of(assistant(tools=[python]))
