"""A run that was killed goes on: the same answer, and nothing is asked or called twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.tools import tool

from r1agent.artifacts import LARGEST, artifact_from_json, artifact_to_json
from r1agent.assistant import ResearchAssistant
from r1agent.errors import JournalError, ModelServerError
from r1agent.journal import FORMAT, Journal, answer_to_json, find_run, read_course, read_journal
from r1agent.models import chat_model
from r1agent.past import Past
from r1agent.profiles import LARGE
from r1agent.resume import RecordedRun
from r1agent.run import Limits
from r1agent.testing import HashEmbeddings, ScriptedChatModel
from r1agent.types import Event
from r1agent_tools import ExecutionResult, TestReport, search_papers_tool
from r1agent_tools.sandbox.result import Artifact
from r1agent_tools.test_report import TestVerdict
from tests.agent.made_runs import TEXT, FixedRetriever, passage
from tests.models.model_servers import http_server
from tests.models.streamed import send_stream

QUESTION = "What did dropout lower?"
PLAN = json.dumps(
    {
        "thoughts": "x",
        "steps": [
            {"goal": "Find dropout", "tool": "search_papers", "done_when": "d"},
            {"goal": "Count the dropout papers", "tool": "count_papers", "done_when": "d"},
        ],
    }
)
ARGUMENTS = json.dumps({"word": "dropout"})
ANSWER = "Dropout of 0.5 lowered the test error to 10.4 % [1]. It also made tea for 12 people [1]."
REPLIES = [PLAN, ARGUMENTS, ANSWER]
THOUGHTFUL = [f"<think>Now for reply {n}.</think>{reply}" for n, reply in enumerate(REPLIES, 1)]


class Killed(BaseException):
    """Stands in for a kill between two lines of the journal."""


def made(runs_dir, replies, calls, **options):
    @tool("count_papers")
    def count_papers(word: str) -> str:
        """Count the papers that hold a word."""
        calls.append(word)
        return f"7 papers hold {word}"

    found = FixedRetriever(passages=[passage()])
    found.queries = calls
    return ResearchAssistant(
        ScriptedChatModel(replies=replies, model_name="scripted-7b"),
        [search_papers_tool(found), count_papers],
        embeddings=HashEmbeddings(),
        profile=options.pop("profile", LARGE),
        runs_dir=runs_dir,
        **options,
    )


def lasting(answer):
    """An answer as JSON without what a clock gave."""
    data = answer_to_json(answer)
    del data["run"], data["audit"]["seconds"]
    for usage in data["audit"]["usage"].values():
        del usage["seconds"]
    for step in data["trajectory"]["steps"]:
        for result in step["results"]:
            del result["seconds"]
    return data


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The answer, the calls and the events of a run that nothing stopped."""
    calls: list[str] = []
    events: list[Event] = []
    assistant = made(tmp_path_factory.mktemp("whole"), REPLIES, calls)
    answer = assistant.ask(QUESTION, on_event=events.append)
    assert answer.outcome == "answered"
    assert len(answer.dropped) == 1
    return answer, list(calls), events


def stop_after(count):
    seen = []

    def listen(event):
        seen.append(event)
        if len(seen) == count:
            raise Killed

    return listen


def test_a_run_stopped_at_any_event_ends_as_if_it_had_not_been(whole, tmp_path):
    answer, all_calls, events = whole
    for count in range(1, len(events)):
        calls: list[str] = []
        folder = tmp_path / str(count)
        assistant = made(folder, REPLIES, calls)
        with pytest.raises(Killed):
            assistant.ask(QUESTION, on_event=stop_after(count))
        asked = len(assistant.model.requests)
        seen: list[Event] = []
        again = made(folder, REPLIES[asked:], calls).resume(on_event=seen.append)
        assert lasting(again) == lasting(answer), events[count - 1]
        assert calls == all_calls, events[count - 1]
        assert [e.name for e in seen if e.name != "resumed"] == [e.name for e in events]
        assert [e.name for e in read_journal(find_run(folder, "last"))] == [e.name for e in seen]


def test_a_thought_is_told_once_also_where_the_run_was_stopped_beside_it(tmp_path):
    events: list[Event] = []
    made(tmp_path / "whole", THOUGHTFUL, []).ask(QUESTION, on_event=events.append)
    thoughts = [e.data["text"] for e in events if e.name == "thought"]
    assert thoughts == ["Now for reply 1.", "Now for reply 2.", "Now for reply 3."]
    for count in range(1, len(events)):
        assistant = made(tmp_path / str(count), THOUGHTFUL, [])
        with pytest.raises(Killed):
            assistant.ask(QUESTION, on_event=stop_after(count))
        asked = len(assistant.model.requests)
        again = made(tmp_path / str(count), THOUGHTFUL[asked:], [])
        again.resume()
        told = read_journal(find_run(tmp_path / str(count), "last"))
        assert [e.name for e in told if e.name != "resumed"] == [e.name for e in events]
        assert [e.data["text"] for e in told if e.name == "thought"] == thoughts


def test_a_run_may_be_stopped_again_and_again(whole, tmp_path):
    answer, all_calls, events = whole
    calls: list[str] = []
    asked = 0
    assistant = made(tmp_path, REPLIES, calls)
    with pytest.raises(Killed):
        assistant.ask(QUESTION, on_event=stop_after(1))
    for count in range(3, len(events) + 1):
        asked += len(assistant.model.requests)
        assistant = made(tmp_path, REPLIES[asked:], calls)
        with pytest.raises(Killed):
            assistant.resume(on_event=stop_after(count))
    asked += len(assistant.model.requests)
    again = made(tmp_path, REPLIES[asked:], calls).resume()
    assert lasting(again) == lasting(answer)
    assert calls == all_calls


def test_time_before_the_stop_counts_and_time_between_does_not(whole, tmp_path):
    path = tmp_path / "run.jsonl"
    journal = Journal(path)
    _, _, events = whole
    journal.write(Event("started", 0.0, events[0].data | {"run": "run"}))
    journal.write(Event("planned", 40.0, events[1].data))
    del journal
    answer = made(tmp_path, REPLIES, []).resume("run")
    assert 40.0 <= answer.audit.seconds < 60.0


def test_a_limit_of_time_counts_what_was_used_before(whole, tmp_path):
    journal = Journal(tmp_path / "run.jsonl")
    _, _, events = whole
    journal.write(Event("started", 0.0, events[0].data | {"run": "run"}))
    journal.write(Event("planned", 40.0, events[1].data))
    del journal
    answer = made(tmp_path, REPLIES, [], limits=Limits(seconds=30.0)).resume("run")
    assert "Ended early: the limit of 30 seconds is reached." in answer.audit.notices


def test_a_run_that_has_ended_says_so(tmp_path):
    assistant = made(tmp_path, REPLIES, [])
    run = assistant.ask(QUESTION).run
    with pytest.raises(JournalError, match=rf"{run}' has ended \(answered\).*`r1agent show"):
        assistant.resume("last")


def test_a_record_of_before_is_shown_and_not_resumed(tmp_path):
    Journal(tmp_path / "old.jsonl").write(Event("started", 0.0, {"run": "old", "question": "q"}))
    assert read_journal(tmp_path / "old.jsonl")[0].data["question"] == "q"
    with pytest.raises(JournalError, match="recorded before runs could be resumed"):
        Past.read(tmp_path / "old.jsonl")


def test_a_record_of_a_newer_version_is_refused(tmp_path):
    Journal(tmp_path / "new.jsonl").write(Event("started", 0.0, {"run": "new", "journal": 99}))
    with pytest.raises(JournalError, match="newer r1agent"):
        read_journal(tmp_path / "new.jsonl")


def test_a_run_stopped_before_its_first_event_says_so(tmp_path):
    (tmp_path / "empty.jsonl").write_bytes(b'{"name": "star')
    with pytest.raises(JournalError, match="stopped before it began"):
        made(tmp_path, [], []).resume("empty")


def test_without_a_folder_of_runs_none_can_be_resumed():
    with pytest.raises(JournalError, match="`runs_dir`"):
        made(None, [], []).resume()


def test_a_run_in_use_is_refused_before_a_model_is_asked(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        made(tmp_path, REPLIES, []).ask(QUESTION, on_event=_stop_at_once)
    writer = Journal(next(tmp_path.glob("*.jsonl")))
    writer.hold()
    heard = []
    with pytest.raises(JournalError, match="still going on"):
        made(tmp_path, REPLIES, []).resume(on_event=heard.append)
    assert heard == []
    writer.close()


def _stop_at_once(event):
    raise KeyboardInterrupt


def test_a_run_that_goes_on_elsewhere_is_left_alone(tmp_path):
    assistant = made(tmp_path, REPLIES, [])
    held = []

    def listen(event):
        held.append(event)
        if len(held) == 2:
            with pytest.raises(JournalError, match="still going on"):
                made(tmp_path, REPLIES, []).resume()

    assert assistant.ask(QUESTION, on_event=listen).outcome == "answered"


def test_another_model_goes_on_and_the_answer_says_so(whole, tmp_path):
    answer, _, _ = whole
    with pytest.raises(Killed):
        made(tmp_path, REPLIES, []).ask(QUESTION, on_event=stop_after(4))
    other = made(tmp_path, REPLIES[1:], [])
    other.model.model_name = "other-7b"
    other.model_name = "other-7b"
    again = other.resume()
    assert again.text == answer.text
    assert "Begun with 'scripted-7b' and continued with 'other-7b'." in again.audit.notices


def test_where_a_resumed_run_takes_another_course_the_old_one_is_not_shown(tmp_path):
    calls: list[str] = []
    with pytest.raises(Killed):
        made(tmp_path, REPLIES, calls).ask(QUESTION, on_event=stop_after(8))
    path = find_run(tmp_path, "last")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines = [one for one in lines if "Find dropout" not in json.dumps(one.get("said", ""))]
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    plan = json.dumps(
        {"thoughts": "", "steps": [{"goal": "New", "tool": "search_papers", "done_when": "d"}]}
    )
    answer = made(tmp_path, [plan, ANSWER], calls).resume()
    goals = [e.data["goal"] for e in read_journal(path) if e.name == "step_started"]
    assert answer.outcome == "answered"
    assert goals == ["New"]


def test_a_lost_server_leaves_a_run_that_can_be_resumed(whole, tmp_path):
    answer, all_calls, _ = whole
    calls: list[str] = []
    assistant = made(tmp_path, REPLIES, calls)
    real = type(assistant.model)._generate

    class Lost(ScriptedChatModel):
        def _generate(self, *args, **options):
            if len(self.requests) == 1:
                raise ModelServerError("The server is gone.")
            return real(self, *args, **options)

    assistant.model = Lost(replies=REPLIES, model_name="scripted-7b")
    with pytest.raises(ModelServerError) as held:  # as long as it is held, it holds the run
        assistant.ask(QUESTION)
    again = made(tmp_path, REPLIES[1:], calls).resume()
    assert "gone" in str(held.value)
    assert again.text == answer.text
    assert calls == all_calls


@pytest.mark.parametrize(
    "artifact",
    [
        [Document("text", id="a:1", metadata={"page": 3, "authors": ["Ada"], "similarity": 0.5})],
        ExecutionResult(
            "5050\n",
            value="7",
            seconds=0.25,
            artifacts=(Artifact("plot.png", b"\x89PNG\x00\xff", "image/png"),),
            isolation={"landlock": True, "bubblewrap": "no"},
        ),
        TestReport(
            (TestVerdict("test_a", False, "1 != 2", 0.1, failing_input="f(1)"),),
            "separate process",
            isolation={"seccomp": True},
        ),
        None,
        "text",
        {"rows": [1, 2.5, None]},
        [],
    ],
    ids=["passages", "execution", "tests", "nothing", "text", "JSON", "no passages"],
)
def test_what_tools_give_comes_back_from_json(artifact):
    written = json.loads(json.dumps(artifact_to_json(artifact)))
    assert artifact_from_json(written) == artifact


@pytest.mark.parametrize("artifact", [object(), "x" * (LARGEST + 1), {"a": object()}])
def test_what_is_too_large_or_has_no_json_is_not_kept(artifact):
    assert artifact_to_json(artifact) is None


CHILD = """
import json, os, signal, sys
from pathlib import Path
import tests.agent.test_resume as made_here
from r1agent.journal import answer_to_json
from r1agent.models import chat_model
from r1agent.past import Past
folder, count, resume = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "resume"
log = folder / "calls.log"
replies = folder / "asked.log"

class Calls(list):
    def append(self, value):
        with log.open("a") as file:
            file.write(value + "\\n")

asked = len(replies.read_text().splitlines()) if replies.exists() else 0
assistant = made_here.made(folder / "runs", made_here.REPLIES[asked:], Calls())
seen = 0
def listen(event):
    global seen
    seen += 1
    with replies.open("a") as file:
        file.write("x\\n" * (len(assistant.model.requests) - listen.noted))
    listen.noted = len(assistant.model.requests)
    if seen == count:
        os.kill(os.getpid(), signal.SIGKILL)
listen.noted = 0
ask = assistant.resume if resume else assistant.ask
answer = ask(on_event=listen) if resume else ask(made_here.QUESTION, on_event=listen)
print(json.dumps(made_here.lasting(answer)))
"""


def child(folder, count, how):
    root = Path(__file__).parents[2]
    path = os.pathsep.join(str(root / part) for part in (".", "tools", "indexes"))
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), str(count), how],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )


def test_kill_9_loses_nothing_that_was_done(whole, tmp_path):
    answer, all_calls, events = whole
    for count in (2, 5, 9, len(events) - 1):
        folder = tmp_path / str(count)
        folder.mkdir()
        killed = child(folder, count, "ask")
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        ended = child(folder, 0, "resume")
        assert ended.returncode == 0, ended.stderr
        assert json.loads(ended.stdout) == json.loads(json.dumps(lasting(answer)))
        assert (folder / "calls.log").read_text().split() == " ".join(all_calls).split()


def test_a_line_that_a_kill_tore_is_taken_off_before_the_next_is_written(tmp_path):
    path = tmp_path / "a.jsonl"
    Journal(path).write(Event("started", 0.0, {}))
    path.write_bytes(path.read_bytes() + b'{"name": "plan')
    Journal(path).write(Event("notice", 1.0, {"text": TEXT}))
    assert [event.name for event in read_course(path)[0]] == ["started", "notice"]


def test_a_thought_is_told_while_it_goes_on_and_is_journaled_once_it_ended(tmp_path):
    def slowly():
        for word in ("six ", "and ", "one"):
            yield {"reasoning": word}
            time.sleep(0.3)
        yield {"content": "Seven."}

    told: list[Event] = []
    path = tmp_path / "run.jsonl"
    with http_server(lambda request: send_stream(request, slowly())) as address:
        run = RecordedRun(
            "r",
            "How many?",
            journal=Journal(path),
            model=chat_model(f"{address}/v1", "r1-70b", max_retries=0),
            profile=LARGE,
            limits=Limits(),
            listeners=[told.append],
        )
        run.emit("started", journal=FORMAT)
        assert run.complete("planner", "Write.", max_tokens=5) == "Seven."
    run.close()
    assert [event.name for event in told] == ["started", *["thinking"] * 3, "thought"]
    assert told[1].data == {"role": "planner", "text": "six "}
    assert [event.name for event in read_journal(path)] == ["started", "thought"]
