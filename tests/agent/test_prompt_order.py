"""Later requests of a run begin as earlier ones, so that a server's prefix cache holds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.assistant import ResearchAssistant
from r1agent.checks.blind_judge import judge_prompt
from r1agent.profiles import SMALL
from r1agent.prompts import (
    action_prompt,
    answer_prompt,
    passage_block,
    plan_prompt,
    program_prompt,
    rewording_prompt,
)
from r1agent.testing import ScriptedChatModel
from r1agent.types import PlanStep
from r1agent_tools import python_tool
from tests.agent.made_runs import passage, search_tool

FILLING = " ".join(f"Sentence {number} speaks of layer {number * 7}." for number in range(14))
FOUND = "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 %."
LOWERED = "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 % [1]."
WRONG = "Dropout lowered the calibration of emperor penguins [1]."
STEP = PlanStep("Compute it", "python", "a number is printed")
texts = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=80)


def fenced(code):
    return f"```python\n{code}\n```"


LEAST = {"papers": 0.7, "mathematics": 0.4, "papers and calculation": 0.7}
"""Of the later requests, held by the cache; steps in words are asked for first, or are left out."""
RUNS = {
    "papers": ("What did dropout lower?", [WRONG, LOWERED, LOWERED]),
    "mathematics": (
        "What is the sum of 40 and 2?",
        [*map(fenced, ["print(40 + 1)", "print(40 + 2)", "print(43 - 1)"]), "The sum is 42."],
    ),
    "papers and calculation": (
        "By what percentage did dropout lower the test error?",
        [
            fenced("a = 12.1\nb = 10.4\nprint((a - b) / a * 100)"),
            fenced("before = 12.1\nafter = 10.4\nprint((before - after) / before * 100)"),
            *["The test error fell by 14.05 % [1]."] * 3,
        ],
    ),
}


def same_beginning(texts):
    """Return how many characters the texts begin with alike."""
    places = enumerate(zip(*texts, strict=False))
    return next((place for place, each in places if len(set(each)) > 1), min(map(len, texts)))


def shared(prompts):
    """Return the share of all requests but the first that an earlier one begins with."""
    held = [
        max(same_beginning([prompt, earlier]) for earlier in prompts[:place])
        for place, prompt in enumerate(prompts)
        if place
    ]
    return sum(held) / sum(map(len, prompts[1:]))


@pytest.mark.parametrize("kind", RUNS)
def test_most_of_the_later_requests_of_a_run_was_read_before(kind, sandbox):
    question, replies = RUNS[kind]
    model = ScriptedChatModel(replies=replies)
    passages = [passage(f"{FOUND} {FILLING}", id=f"aa{number}:1") for number in range(6)]
    tools = [search_tool(*passages), python_tool(sandbox)]
    answer = ResearchAssistant(model, tools, profile=SMALL, sandbox=sandbox).ask(question)
    assert answer.outcome == "answered"
    assert len(model.prompts) >= 3
    assert shared(model.prompts) >= LEAST[kind]


@given(texts, texts, st.lists(texts.filter(str.strip), min_size=1, max_size=4))
def test_program_and_answer_begin_with_the_same_passages(question, failure, found):
    evidence = passage_block([passage(text, id=f"aa{n}:1") for n, text in enumerate(found)])
    options = {"may_abstain": False, "computed": True, "language": ""}
    for prompt in (
        program_prompt(question, STEP, evidence, failure),
        answer_prompt(question, evidence, **options),
        rewording_prompt(question, evidence, "It fell.", [failure]),
    ):
        assert prompt.startswith(evidence)


@given(texts, texts, texts)
def test_a_failure_comes_after_the_question_and_its_step(question, failure, other):
    prompts = [program_prompt(question, STEP, "", each) for each in (failure, other)]
    assert same_beginning(prompts) >= len(f"Question: {question}\nStep: {STEP.goal}\n")


@given(texts, texts, texts, st.integers(0, 9))
def test_the_request_for_an_action_only_grows(seen, more, reason, left):
    first = action_prompt("Which?", STEP, seen, "no", 3)
    second = action_prompt("Which?", STEP, f"{seen}\n{more}", reason, left)
    assert second.startswith(first[: first.index("\n\nNot done yet")])


@given(texts, texts)
def test_plans_and_judgements_begin_with_what_holds_for_every_question(one, other):
    plans = [plan_prompt(question, [], 3) for question in (one, other)]
    assert same_beginning(plans) >= plans[0].index("Question: ")
    judged = [judge_prompt(text, "It fell.") for text in (one, other)]
    assert same_beginning(judged) >= judged[0].index("<text>")
