"""A folder of the user's that programs read, from the tool's description to a proved sentence."""

import json

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.errors import SettingsError
from r1agent.load import load_assistant, load_sandbox
from r1agent.profiles import LARGE
from r1agent.prompts import program_prompt
from r1agent.settings import Settings
from r1agent.testing import ScriptedChatModel
from r1agent.types import PlanStep
from r1agent_tools import DockerSandbox, LocalSandbox, python_tool, search_papers_tool

QUESTION = "What is the mean of column x in data.csv?"
BY_CSV = """```python
import csv, os
with open(os.path.join(os.environ["DATA"], "data.csv")) as file:
    values = [float(row["x"]) for row in csv.DictReader(file)]
print(sum(values) / len(values))
```"""
BY_LINES = """```python
import os
from statistics import fmean
lines = open(os.environ["DATA"] + "/data.csv").read().split()[1:]
print(fmean(float(line.split(",")[0]) for line in lines))
```"""
ANSWER = "The mean of column x is 17.25."


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    (folder / "data.csv").write_text("x,y\n12.5,1\n22,2\n17.25,3\n")
    return folder


@pytest.fixture
def reader(data, sandbox):
    """A sandbox with the folder; `sandbox` skips where this machine can confine nothing."""
    with LocalSandbox(data=data) as built:
        yield built


def steps_of(*tools):
    steps = [{"goal": QUESTION, "tool": tool, "done_when": "done"} for tool in tools]
    return json.dumps({"thoughts": "x", "steps": steps})


@pytest.mark.parametrize("plan", [[], [steps_of("python")]], ids=["small", "large"])
def test_two_programs_that_read_a_file_prove_a_sentence(reader, data, plan):
    model = ScriptedChatModel(replies=[*plan, BY_CSV, BY_LINES, ANSWER])
    profile = LARGE if plan else None
    answer = ResearchAssistant(model, [python_tool(reader, data=data)], profile=profile).ask(
        QUESTION
    )
    assert (answer.outcome, answer.text) == ("answered", ANSWER)
    assert answer.claims[0].verdict.rests_on == "result of `python`"
    assert answer.claims[0].computations[0].output.strip() == "17.25"
    assert """Files in os.environ["DATA"] (read-only): 'data.csv'.""" in model.prompts[len(plan)]


def test_programs_that_read_different_values_prove_nothing(reader, data):
    others = [BY_CSV.replace("sum(values) / len(values)", f"max(values) + {n}") for n in range(8)]
    model = ScriptedChatModel(replies=[BY_CSV, *others, *[ANSWER] * 8])
    answer = ResearchAssistant(model, [python_tool(reader, data=data)]).ask(QUESTION)
    assert answer.claims == ()


def test_numbers_from_a_file_pass_beside_passages(reader, data, papers_index):
    tools = [search_papers_tool(papers_index.as_retriever(k=4)), python_tool(reader, data=data)]
    question = f"What do the papers say of label smoothing? {QUESTION}"
    replies = [steps_of("search_papers", "python"), BY_CSV, BY_LINES, ANSWER]
    model = ScriptedChatModel(replies=replies)
    assistant = ResearchAssistant(model, tools, embeddings=papers_index.embeddings, profile=LARGE)
    answer = assistant.ask(question)
    assert [step.verdict.support for step in answer.trajectory.steps] == ["supported"] * 2
    assert "17.25" in answer.claims[0].text
    assert answer.claims[0].computations[0].output.strip() == "17.25"


def test_the_planner_is_told_of_the_files(reader, data):
    model = ScriptedChatModel(replies=[steps_of("python"), BY_CSV, BY_LINES, ANSWER])
    ResearchAssistant(model, [python_tool(reader, data=data)], profile=LARGE).ask(QUESTION)
    (line,) = [line for line in model.prompts[0].splitlines() if line.startswith("- python:")]
    assert line.endswith("It can read in os.environ['DATA']: 'data.csv'.")


def test_without_a_folder_the_model_is_told_that_there_are_no_files():
    prompt = program_prompt("q", PlanStep("goal", "python", "done"), "", "")
    assert "No input, no files, no network. Take\nnumbers only from the question and the" in prompt
    assert "DATA" not in prompt


def test_the_folder_of_the_settings_reaches_programs(data, sandbox):
    with load_sandbox(Settings(data=data)) as loaded:
        result = loaded.run("import os; os.listdir(os.environ['DATA'])")
        assert result.value == "['data.csv']"
        written = loaded.run("open(os.environ['DATA'] + '/data.csv', 'w')")
    assert written.exception.startswith(("PermissionError", "OSError"))


def test_the_folder_of_the_settings_reaches_a_container_read_only(data):
    loaded = load_sandbox(Settings(sandbox="docker", data=data))
    assert isinstance(loaded, DockerSandbox)
    assert f"--mount=type=bind,source={data},target=/data,readonly" in loaded.command("name")


@pytest.mark.parametrize("sandbox", ["remote", "external"])
def test_a_sandbox_that_cannot_protect_the_folder_refuses_it(data, sandbox):
    settings = Settings(sandbox=sandbox, sandbox_url="https://sandbox.example", data=data)
    with pytest.raises(SettingsError, match=r"Leave `data` out, or set `sandbox` to 'local' or"):
        load_sandbox(settings)


def test_a_missing_folder_is_told_before_a_model_is_looked_for(tmp_path):
    settings = Settings(data=tmp_path / "missing", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(SettingsError, match=r"missing' is not there\. Give `data` a folder"):
        load_assistant(settings)


def test_the_home_folder_is_refused_at_once(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SettingsError, match="holds the home folder"):
        load_sandbox(Settings(data=tmp_path))
