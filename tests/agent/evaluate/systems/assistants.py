"""Assistants over two passages, with a model that follows a script."""

from contextlib import suppress
from dataclasses import replace

from langchain_core.documents import Document
from langchain_core.messages import AIMessage
from langchain_core.tools import tool

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


def replied(text, *, prompt=100, reply=10):
    """A reply whose server tells its tokens."""
    told = {"input_tokens": prompt, "output_tokens": reply, "total_tokens": prompt + reply}
    return AIMessage(text, usage_metadata=told)


def made(*replies, tools=None, passages=PASSAGES, **options):
    search = search_papers_tool(lambda query, limits: list(passages))
    return ResearchAssistant(
        ScriptedChatModel(replies=list(replies)),
        [search, python] if tools is None else tools,
        embeddings=HashEmbeddings(),
        profile=replace(SMALL, drafts=1),
        **options,
    )


def planned(assistant, question=SUM):
    """The tools of the first plan."""
    events = []
    with suppress(ValueError):  # the script is at its end; the plan was made before
        assistant.ask(question, on_event=events.append)
    return [
        step["tool"] for event in events if event.name == "planned" for step in event.data["steps"]
    ]
