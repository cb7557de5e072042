"""A plan can be accepted, changed or turned down by a function, and edited as text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.approval import plan_from_text, plan_to_text
from r1agent.assistant import ResearchAssistant
from r1agent.errors import PlanCancelledError, PlanError
from r1agent.profiles import LARGE
from r1agent.testing import ScriptedChatModel
from r1agent.types import Plan, PlanStep
from tests.agent.made_runs import passage, search_tool

STEPS = [
    {"goal": "Find dropout", "tool": "search_papers", "done_when": "found"},
    {"goal": "Find weight decay", "tool": "search_papers", "done_when": "found"},
]
ANSWER = "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 % [1]."
QUESTION = "What did dropout lower?"
TOOLS = ["search_papers", "python"]


def made(*replies, **options):
    plan = json.dumps({"thoughts": "", "steps": STEPS})
    model = ScriptedChatModel(replies=[plan, *replies])
    return ResearchAssistant(model, [search_tool(passage())], profile=LARGE, **options)


def only_first(plan):
    return Plan(plan.steps[:1], plan.revision)


def test_the_plan_that_comes_back_is_carried_out():
    answer = made(ANSWER).ask(QUESTION, on_plan=only_first)
    assert [step.plan_step.goal for step in answer.trajectory.steps] == ["Find dropout"]
    assert len(answer.plan.steps) == 1


def test_a_plan_that_is_turned_down_ends_the_run_before_a_tool_is_called():
    events = []
    with pytest.raises(PlanCancelledError):
        made().ask(QUESTION, on_plan=lambda plan: None, on_event=events.append)
    assert [event.name for event in events] == ["started", "planned"]


def test_what_is_no_plan_is_refused_in_words():
    with pytest.raises(PlanError, match="`on_plan` gave 'no'; wanted a plan, or None to cancel"):
        made().ask(QUESTION, on_plan=lambda plan: "no")


def test_a_changed_plan_is_told():
    events = []
    made(ANSWER).ask(QUESTION, on_plan=only_first, on_event=events.append)
    planned = [len(event.data["steps"]) for event in events if event.name == "planned"]
    assert planned == [2, 1]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (Plan(()), "no step left"),
        (Plan((PlanStep("g", "rm", "d"),)), "No tool 'rm'. Tools: search_papers"),
        (Plan((PlanStep(" ", "search_papers", "d"),)), "empty goal"),
    ],
    ids=["empty", "unknown tool", "no goal"],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(plan, message):
    with pytest.raises(PlanError, match=message):
        made().ask(QUESTION, on_plan=lambda _: plan)


def test_a_resumed_run_keeps_the_plan_and_does_not_ask_again(tmp_path):
    def stop(event):
        if event.name == "step_started":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(runs_dir=tmp_path).ask(QUESTION, on_plan=only_first, on_event=stop)
    answer = ResearchAssistant(
        ScriptedChatModel(replies=[ANSWER]),
        [search_tool(passage())],
        profile=LARGE,
        runs_dir=tmp_path,
    ).resume(on_plan=lambda plan: pytest.fail("asked again"))
    assert len(answer.trajectory.steps) == 1


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(st.tuples(TEXTS.map("g{}".format), st.sampled_from(TOOLS), TEXTS), max_size=4))
def test_a_plan_comes_back_from_its_text(steps):
    plan = Plan(tuple(PlanStep(*step) for step in steps))
    assert plan_from_text(plan_to_text(plan, TOOLS), TOOLS) == plan


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps", "not TOML"),
        ("[[stepp]]\ngoal = 'g'", "'stepp'; wanted only"),
        ("step = 3", "wanted only"),
        ("[[step]]\ngoal = 'g'", "A step holds goal; wanted goal, tool, done_when"),
        ("[[step]]\ngoal = 1\ntool = 'python'\ndone_when = ''", "each a text"),
        ("[[step]]\ngoal = 'g'\ntool = 'rm'\ndone_when = ''", "No tool 'rm'"),
    ],
)
def test_a_text_that_is_no_plan_says_what_is_wrong(text, message):
    with pytest.raises(PlanError, match=message):
        plan_from_text(text, TOOLS)
