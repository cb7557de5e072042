"""What a chat offers while a command is typed."""

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from r1agent.assistant import ResearchAssistant
from r1agent.cli.chat_completer import ChatCompleter
from r1agent.conversation import Conversation
from r1agent.settings import Settings
from r1agent.testing import ScriptedChatModel
from tests.agent.made_runs import ONE_DRAFT, passage, search_tool

EXPORTED = (".md", ".html", ".docx", ".json", ".bib")
LOWERED = "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 % [1]."


class Session:
    """What the completer looks at."""

    def __init__(self, base_url=None):
        model = ScriptedChatModel(replies=[LOWERED])
        assistant = ResearchAssistant(model, [search_tool(passage())], profile=ONE_DRAFT)
        self.last = Conversation(assistant).ask("What did dropout lower?")
        self.settings = Settings(base_url=base_url)


def offered(text, session=None):
    completer = ChatCompleter(session or Session())
    found = completer.get_completions(Document(text), CompleteEvent(completion_requested=True))
    return [text[: len(text) + one.start_position] + one.text for one in found]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/s", ["/sources", "/show"]),
        ("/wh", ["/why "]),
        ("/why ", ["/why 1"]),
        ("/read ", ["/read 1"]),
        ("/why 2", []),
        ("/export notes.h", ["/export notes.html"]),
        ("/export notes", [f"/export notes{end}" for end in EXPORTED]),
        ("/nonsense x", []),
        ("What is /s", []),
    ],
)
def test_commands_and_what_they_take_are_offered(folder, typed, expected):
    assert offered(typed) == expected


def test_folders_are_offered_for_an_index(folder):
    (folder / "indexes").mkdir()
    (folder / "index.txt").touch()
    assert offered("/index ind") == ["/index indexes"]


def test_the_models_of_the_server_are_offered(server):
    assert offered("/model scr", Session(server)) == ["/model scripted"]


def test_without_a_server_the_known_models_are_offered():
    assert "/model r1-distill-qwen-7b" in offered("/model r1")
