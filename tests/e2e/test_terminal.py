"""`ask` and `chat` in a real pseudo-terminal, as a user sees and types them."""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Mapping
from pathlib import Path

import pexpect
import psutil
import pytest

from r1agent.models import model_path
from tests.agent.cli.commands import command, environment, terminal
from tests.agent.cli.scripted_server import MATHEMATICS, scripted_server

QUESTION = "What is the sum of the whole numbers from 1 to 100?"
ANSWER = re.escape("The sum is 5050.")
PROMPT = r"\x1b\[\?2004h"
"""What the editor sends when it begins to read."""
WEIGHTS = model_path("smollm2-135m")
PATIENCE = 120
"""Seconds; a loaded machine needs some."""
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9][0-9;]*m")
UP, ALT_ENTER, PASTE, PASTED = "\x1b[A", "\x1b\r", "\x1b[200~", "\x1b[201~"


class HeldReplies(dict):
    """Replies of which the one called `held` waits until it is let go."""

    def __init__(self, held: str, replies: Mapping[str, str] = MATHEMATICS) -> None:
        super().__init__(replies)
        self.held = held
        self.go = threading.Event()

    def __getitem__(self, wanted: str) -> str:
        if wanted == self.held:
            self.go.wait(PATIENCE)
        return super().__getitem__(wanted)


@pytest.fixture
def server():
    with scripted_server() as address:
        yield address


@pytest.fixture
def held():
    """A server that thinks about its plan until it is let go."""
    replies = HeldReplies("plan")
    with scripted_server(replies) as address:
        yield address, replies
        replies.go.set()


@pytest.fixture
def typed(tmp_path):
    """Start commands in a terminal; what is left of them at the end is killed."""
    children: list[pexpect.spawn] = []

    def start(*arguments: str | Path, **more: str) -> pexpect.spawn:
        own = {
            "HOME": str(tmp_path),
            "R1AGENT_RUNS_DIR": str(tmp_path / "runs"),
            "R1AGENT_CACHE_DIR": str(tmp_path / "cache"),
            "R1AGENT_MAX_RETRIES": "0",
            "R1AGENT_SERVER_WAIT_SECONDS": "0",
            "PROMPT_TOOLKIT_NO_CPR": "1",  # nothing here answers where the cursor is
        }
        child = terminal(*arguments, folder=tmp_path, **own | more)
        child.timeout = PATIENCE
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def ended(child: pexpect.spawn) -> int | None:
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


def chatting(typed, server, *options, **more):
    child = typed("chat", "--base-url", server, *options, **more)
    child.expect(PROMPT)
    return child


def send(child: pexpect.spawn, text: str = "") -> None:
    """Type a line and press Enter."""
    child.send(f"{text}\r")


def asked(folder: Path) -> list[str]:
    """Return the questions of the last conversation, as they were recorded."""
    last = max((folder / "runs" / "chats").glob("*.jsonl"))
    lines = map(json.loads, last.read_text().splitlines())
    return [line["text"] for line in lines if "answer" in line]


def test_ask_shows_its_plan_and_then_the_answer(typed, held):
    address, replies = held
    child = typed("ask", QUESTION, "--base-url", address)
    child.expect("planning")
    replies.go.set()
    child.expect("Add the whole numbers from 1 to 100")
    child.expect(ANSWER)
    assert ended(child) == 0


@pytest.mark.parametrize(("options", "more"), [(["--plain"], {}), ([], {"NO_COLOR": "1"})])
def test_ask_without_colours_sends_no_control_codes(typed, server, options, more):
    child = typed("ask", QUESTION, "--base-url", server, *options, **more)
    child.expect(pexpect.EOF)
    assert "The sum is 5050." in child.before
    assert "\x1b" not in child.before


def test_ctrl_c_stops_ask(typed, held):
    address, _ = held
    child = typed("ask", QUESTION, "--base-url", address)
    child.expect("planning")
    child.sendintr()
    child.expect("Stopped")
    assert ended(child) == 130


def test_ctrl_c_twice_leaves_ask_at_once(typed, held):
    address, _ = held
    child = typed("ask", QUESTION, "--base-url", address)
    child.expect("planning")
    child.sendintr()
    child.sendintr()
    assert ended(child) == 130
    assert "Traceback" not in child.before


def test_ask_shows_how_each_thought_ended_and_then_only_what_they_took(typed):
    thoughtful = {
        asked: f"<think>{'Let me see. ' * 20}Now for the {asked}.</think>{reply}"
        for asked, reply in MATHEMATICS.items()
    }
    replies = HeldReplies("answer", thoughtful)
    with scripted_server(replies) as address:
        child = typed("ask", QUESTION, "--base-url", address)
        child.expect(r"thought for \d+ s .*Now for the plan\.")
        child.expect(r"thought for \d+ s .*Now for the other program\.")
        replies.go.set()
        child.expect("4 thoughts for")
        child.expect(ANSWER)
        assert "Now for" not in child.read()


def test_evidence_is_shown_as_it_arrives_and_each_sentence_as_it_is_judged(typed, tmp_path):
    fact = "Label smoothing of the teacher gains the student 0.9 points of accuracy"
    (tmp_path / "new.md").write_text(f"# Smoothing revisited\n\n{fact}.\n")
    indexed = typed("index", "add", "new.md", "--index", "idx", "--plain")
    assert ended(indexed) == 0
    replies = HeldReplies("answer", {"answer": f"{fact} [1]."})
    with scripted_server(replies) as address:
        model = ["--base-url", address, "--model", "scripted-1b", "--plain"]
        question = "How many points does label smoothing of the teacher gain the student?"
        child = typed("ask", question, "--index", "idx", *model)
        child.expect("→ 1 passage ")
        child.expect("Smoothing revisited p. 1: “")
        replies.go.set()
        child.expect(f"✓ {fact}.")
        assert ended(child) == 0


@pytest.mark.skipif(WEIGHTS is None, reason="no weights: run `r1agent models pull smollm2-135m`")
def test_ask_starts_an_engine_of_its_own_and_leaves_none_behind(typed):
    child = typed("ask", QUESTION, "--engine", "embedded", "--model", WEIGHTS, "--deadline", "3")
    child.expect("Starting")
    child.expect("Answering with SmolLM2")
    engines = psutil.Process(child.pid).children(recursive=True)
    child.expect("planning")
    child.expect(r"Run [0-9a-f-]+: ")
    assert ended(child) in (0, 1, 3)
    assert engines
    assert not [one for one in engines if one.is_running()]


def test_chat_shows_at_once_that_it_works_and_ctrl_d_leaves(typed, held):
    address, replies = held
    child = chatting(typed, address)
    send(child, QUESTION)
    child.expect("planning")
    replies.go.set()
    child.expect(ANSWER)
    child.expect(PROMPT)
    child.sendeof()
    assert ended(child) == 0


def test_ctrl_c_stops_an_answer_and_enter_goes_on_with_it(typed, held):
    address, replies = held
    child = chatting(typed, address)
    send(child, QUESTION)
    child.expect("planning")
    child.sendintr()
    child.expect("Stopped. No sentence was proved by then.")
    child.expect("Enter or /again goes on with the question")
    child.expect(PROMPT)
    replies.go.set()
    send(child)
    child.expect(ANSWER)


def test_ctrl_c_twice_leaves(typed, held):
    address, _ = held
    child = chatting(typed, address)
    send(child, QUESTION)
    child.expect("planning")
    child.sendintr()
    child.expect(PROMPT)
    child.sendcontrol("c")
    assert ended(child) == 0


def test_ctrl_c_at_the_prompt_clears_the_line_first(typed, server):
    child = chatting(typed, server)
    child.send("half a question")
    child.expect("question")
    child.sendcontrol("c")
    child.sendcontrol("c")
    child.expect("Ctrl-C again leaves")
    child.expect(PROMPT)
    child.sendcontrol("c")
    assert ended(child) == 0


def test_a_question_may_have_several_lines(typed, server, tmp_path):
    lines = ["What is the sum of", "the whole numbers", "from 1 to 100?"]
    child = chatting(typed, server)
    for keys in (
        ALT_ENTER.join(lines),
        "\\\r".join(lines),
        f"{PASTE}{chr(10).join(lines)}{PASTED}",
    ):
        send(child, keys)
        child.expect(ANSWER)
        child.expect(PROMPT)
    assert asked(tmp_path) == ["\n".join(lines)] * 3


def test_what_was_typed_comes_back_in_a_later_chat(typed, server, tmp_path):
    child = chatting(typed, server)
    send(child, QUESTION)
    child.expect(ANSWER)
    child.expect(PROMPT)
    child.sendeof()
    ended(child)
    child = chatting(typed, server)
    child.send(UP)
    child.expect("numbers")
    send(child)
    child.expect(ANSWER)
    child.expect(PROMPT)
    assert asked(tmp_path) == [QUESTION]


def test_a_lost_server_is_told_and_another_one_goes_on(typed):
    with scripted_server() as first:
        child = chatting(typed, first)
    send(child, QUESTION)
    child.expect("error: ")
    child.expect("Nothing is lost")
    child.expect(PROMPT)
    with scripted_server() as second:
        send(child, f"/model {second}")
        child.expect("from now on")
        child.expect(PROMPT)
        send(child)
        child.expect(ANSWER)


def test_a_killed_chat_is_resumed(typed, server):
    child = chatting(typed, server)
    send(child, QUESTION)
    child.expect(ANSWER)
    child.expect(PROMPT)
    child.kill(signal.SIGKILL)
    child.expect(pexpect.EOF)
    child = typed("chat", "--base-url", server)
    child.expect("chat --resume` goes on with")
    child.sendeof()
    child = typed("chat", "--base-url", server, "--resume")
    child.expect("Going on with 1 question.")
    child.expect(ANSWER)
    child.expect(PROMPT)
    send(child, "And to 200?")
    child.expect("understood as: .*from 1 to 200")


def test_a_conversation_is_open_in_one_chat_only(typed, server):
    child = chatting(typed, server)
    send(child, QUESTION)
    child.expect(ANSWER)
    child.expect(PROMPT)
    other = typed("chat", "--base-url", server, "--resume")
    other.expect("open in another")
    assert ended(other) == 1


def test_commands_are_completed(typed, server):
    child = chatting(typed, server)
    child.send("/hel")
    child.expect("this list")  # the menu
    child.send("\t\r")
    child.expect("Enter sends.")


@pytest.mark.parametrize(("options", "more"), [(["--plain"], {}), ([], {"NO_COLOR": "1"})])
def test_chat_without_colours(typed, server, options, more):
    child = typed("chat", "--base-url", server, *options, **more)
    child.expect("> ?")
    send(child, QUESTION)
    child.expect(ANSWER)
    child.expect("Run [0-9a-f-]+: ")
    assert not COLOUR.search(child.before)
    send(child, "/quit")
    assert ended(child) == 0


def test_data_goes_into_a_file_and_the_dialogue_stays_on_the_terminal(typed, server, tmp_path):
    line = " ".join(command("chat", "--base-url", server))
    own = {"HOME": str(tmp_path), "R1AGENT_RUNS_DIR": str(tmp_path / "runs")}
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"{line} > answers.txt"],
        cwd=str(tmp_path),
        env=environment(PROMPT_TOOLKIT_NO_CPR="1", **own),
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=PATIENCE,
    )
    child.expect(PROMPT)
    send(child, QUESTION)
    child.expect(PROMPT)
    send(child, "/quit")
    child.expect(pexpect.EOF)
    child.close()
    assert (tmp_path / "answers.txt").read_text().startswith("The sum is 5050. [a]\n")
