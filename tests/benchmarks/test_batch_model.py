"""The scripted model server: what it writes depends on the prompt alone."""

import json

import httpx2
import pytest
from batch_model import MODEL, completion_of, reply_to, scripted_model

from r1agent.planner import plan_schema
from r1agent.profiles import profile_for

LONG = "The student of the smoothed teacher was better by 0.92 points at temperature 1."
OTHER = "Choosing the temperature well was worth 1.80 percentage points to the smallest student."


def prompt_with(*passages, question="Which is better?"):
    shown = "\n".join(f"<passage>\n{text}\n</passage>" for text in passages)
    return f"{shown}\n\nQuestion: {question}"


def test_the_answer_is_a_sentence_of_a_passage_with_its_number():
    assert reply_to(prompt_with("Abstract.", LONG)) == f"{LONG} [2]"


def test_the_same_prompt_brings_the_same_answer_and_others_bring_others():
    prompts = [prompt_with(LONG, OTHER, question=f"Number {n}?") for n in range(20)]
    assert [reply_to(one) for one in prompts] == [reply_to(one) for one in prompts]
    assert {reply_to(one) for one in prompts} == {f"{LONG} [1]", f"{OTHER} [2]"}


def test_without_a_sentence_to_give_it_abstains():
    assert reply_to(prompt_with("Table 1.")) == "NOT IN PAPERS"


def test_its_plan_fits_what_the_planner_wants():
    reply = reply_to("Plan. Reply with one JSON object: thoughts (one sentence), then steps.")
    plan = plan_schema(["search_papers"], 6).model_validate_json(reply)
    assert [step.tool for step in plan.steps] == ["search_papers"]


def test_it_passes_for_a_model_that_plans_by_itself():
    assert profile_for(MODEL).plans_freely


def test_as_many_samples_are_written_as_are_asked_for():
    request = {"messages": [{"role": "user", "content": prompt_with(LONG)}], "n": 3}
    choices = completion_of(request)["choices"]
    assert [one["message"]["content"] for one in choices] == [f"{LONG} [1]"] * 3


def test_the_server_runs_while_the_block_does():
    with scripted_model() as address:
        listed = httpx2.get(f"{address}/models").json()
        assert [model["id"] for model in listed["data"]] == [MODEL]
        message = {"role": "user", "content": prompt_with(LONG)}
        reply = httpx2.post(
            f"{address}/chat/completions", content=json.dumps({"messages": [message]})
        )
        assert reply.json()["choices"][0]["message"]["content"] == f"{LONG} [1]"
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{address}/models")
