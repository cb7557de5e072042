"""Steps are carried out one call at a time, within limits, each verified before the next."""

import json
from dataclasses import replace

import pytest
from langchain_core.messages import AIMessage
from langchain_core.tools import tool

from r1agent.actions import code_blocks
from r1agent.errors import ModelOutputError
from r1agent.evidence import gather
from r1agent.executor import PROGRAMS, Executor
from r1agent.planner import Planner
from r1agent.profiles import LARGE, SMALL
from r1agent.run import Limits
from r1agent.types import Plan, PlanStep, Trajectory
from r1agent.verifier import Verifier
from r1agent_tools import python_tool, search_papers_tool, unit_tests_tool
from tests.agent.made_runs import made_run, passage, search_tool

SEARCH = PlanStep("Find it", "search_papers", "passages mention it")
COMPUTE = PlanStep("Compute the answer", "python", "a value is printed")
CODE = PlanStep("Write it", "unit_tests", "all tests pass")
PENGUINS = "Where do emperor penguins migrate?"
FINISH = json.dumps({"thoughts": "Nothing.", "action": "finish"})


CHOOSING = replace(LARGE, revisions=0, passages=5)
"""A model that chooses its next action, without another plan."""


def search_for(query):
    return json.dumps({"thoughts": "Again.", "action": "search_papers", "query": query})


def program(code):
    return f"```python\n{code}\n```"


def executor(*tools):
    return Executor(tools, Planner(tools), Verifier())


def carry_out(step, run, *tools):
    return executor(*tools).carry_out(Plan((step,)), run)


def test_the_question_itself_is_searched_first_without_asking_the_model():
    run, model, _ = made_run("What did dropout lower?")
    trajectory = carry_out(SEARCH, run, search_tool(passage()))
    assert trajectory.results[0].call.arguments == {"query": "What did dropout lower?", "k": 5}
    assert trajectory.steps[0].verdict.supported
    assert model.requests == []


def test_a_search_that_found_nothing_fitting_is_tried_once_more_with_the_reason():
    run, model, _ = made_run(PENGUINS, [search_for("dropout error")], profile=CHOOSING)
    trajectory = carry_out(SEARCH, run, search_tool(passage()))
    assert [one.call.arguments["query"] for one in trajectory.results] == [
        PENGUINS,
        "dropout error",
    ]
    assert f"Not done yet: no passage bears on {PENGUINS!r}" in model.prompts[0]
    assert "You have 11 tool calls left" in model.prompts[0]
    assert trajectory.steps[0].verdict.supported


def test_a_call_made_before_is_refused_and_costs_nothing():
    @tool("search_papers")
    def search(query: str, k: int) -> str:
        """Find nothing."""
        return "Nothing found."

    run, _, events = made_run(PENGUINS, [search_for(PENGUINS)], profile=CHOOSING)
    results = carry_out(SEARCH, run, search).results
    assert [one.ok for one in results] == [True, False]
    assert results[1].text == "This very call was made before; its result will not change."
    assert run.tool_calls == 1
    assert [one.data["left"] for one in events if one.name == "tool_returned"] == [11, 11]


def test_no_tool_is_called_past_the_deadline():
    run, _, events = made_run(limits=Limits(seconds=1e-6))
    assert carry_out(SEARCH, run, search_tool(passage())).results == ()
    assert run.ended_early
    assert "tool_called" not in [event.name for event in events]


def test_a_call_for_the_same_thing_in_other_words_of_the_tool_is_refused_too():
    run, _, _ = made_run(PENGUINS, [search_for(f"  {PENGUINS.lower()} ")], profile=CHOOSING)
    results = carry_out(SEARCH, run, search_tool(passage())).results
    assert results[1].text == "This very call was made before; its result will not change."
    assert run.tool_calls == 1


def test_a_model_that_sees_nothing_more_to_do_ends_the_step():
    run, _, _ = made_run(PENGUINS, [FINISH], profile=CHOOSING)
    step = carry_out(SEARCH, run, search_tool(passage())).steps[0]
    assert len(step.results) == 1
    assert step.verdict.support == "unsupported"


def test_an_action_that_cannot_be_read_ends_the_step_with_a_notice():
    run, _, _ = made_run(PENGUINS, ["?", "??"], profile=CHOOSING)
    step = carry_out(SEARCH, run, search_tool(passage())).steps[0]
    assert len(step.results) == 1
    assert run.notices[0].startswith("Step given up, the model's reply could not be used:")


def test_no_tool_calls_left_ends_the_run_with_what_there_is():
    run, _, _ = made_run(
        PENGUINS, [search_for("dropout")], profile=CHOOSING, limits=Limits(tool_calls=1)
    )
    (step,) = carry_out(SEARCH, run, search_tool(passage())).steps
    assert [one.call.arguments["query"] for one in step.results] == [PENGUINS]
    assert run.notices == ["Ended early: the limit of 1 tool calls is reached."]


def test_the_steps_done_before_a_limit_are_kept():
    run, _, _ = made_run("What did dropout lower?", limits=Limits(tool_calls=1))
    other = PlanStep("Find more about dropout", "search_papers", "found")
    tools = [search_tool(passage())]
    trajectory = executor(*tools).carry_out(Plan((SEARCH, other)), run)
    assert [step.verdict.supported for step in trajectory.steps] == [True, False]


def test_the_limit_of_tokens_ends_the_run():
    usage = {"input_tokens": 80, "output_tokens": 40, "total_tokens": 120}
    reply = AIMessage(program("print(5050)"), usage_metadata=usage)
    run, _, _ = made_run("Sum?", [reply], limits=Limits(tokens=100))
    (step,) = carry_out(COMPUTE, run, no_python()).steps
    assert not step.verdict.supported
    assert run.notices == ["Ended early: the limit of 100 tokens is reached."]


def no_python():
    @tool("python")
    def python(code: str) -> str:
        """Refuse."""
        return "no"

    return python


def test_the_limit_of_seconds_ends_the_run():
    run, _, _ = made_run("Sum?", limits=Limits(seconds=0.0))
    assert carry_out(COMPUTE, run, no_python()).results == ()
    assert run.notices == ["Ended early: the limit of 0 seconds is reached."]


def test_two_programs_that_agree_settle_a_step_of_mathematics(sandbox):
    replies = [program("print(100 * 101 // 2)"), program("print(sum(range(101)))")]
    run, model, _ = made_run("Sum of 1 to 100?", replies, profile=LARGE)
    step = carry_out(COMPUTE, run, python_tool(sandbox)).steps[0]
    assert step.verdict.rests_on == "two programs that both found 5050"
    assert "Use no formula" in model.prompts[1]


def test_a_small_model_writes_its_second_program_after_steps_in_words(sandbox):
    steps = "Each half has 50 numbers.\n```text\n50 * 101\n```\n"
    second = f"{steps}{program('print(sum(range(101)))')}\nIt prints:\n```\n5050\n```"
    replies = [program("print(100 * 101 // 2)"), second]
    run, model, _ = made_run("Sum of 1 to 100?", replies, profile=SMALL)
    step = carry_out(COMPUTE, run, python_tool(sandbox)).steps[0]
    assert step.verdict.rests_on == "two programs that both found 5050"
    assert "First solve it in words" in model.prompts[1]
    assert "Use no formula" not in model.prompts[1]


def test_words_without_a_program_are_asked_for_one_again(sandbox):
    first, second = program("print(100 * 101 // 2)"), program("print(sum(range(101)))")
    replies = [first, "Together that is 5050.", second]
    run, model, _ = made_run("Sum of 1 to 100?", replies, profile=SMALL)
    assert carry_out(COMPUTE, run, python_tool(sandbox)).steps[0].verdict.supported
    assert "The last program did not work: SyntaxError" in model.prompts[2]


def test_programs_that_never_agree_are_given_up_after_four(sandbox):
    replies = [program(f"print({n} * {n})") for n in range(3, 3 + PROGRAMS)]
    run, _, _ = made_run("Sum of 1 to 100?", replies)
    step = carry_out(COMPUTE, run, python_tool(sandbox)).steps[0]
    assert step.verdict.reasons == ("programs written apart disagree: 9, 16, 25, 36",)


def test_a_program_that_only_prints_text_is_refused_with_the_reason(sandbox):
    replies = [program('print("5050")')] + [program("print(sum(range(101)))")] * 2
    run, model, _ = made_run("Sum of 1 to 100?", replies)
    step = carry_out(COMPUTE, run, python_tool(sandbox)).steps[0]
    assert step.verdict.supported
    assert "The last program did not work: it prints what was written" in model.prompts[1]


def test_a_program_that_fails_is_written_anew_with_its_error(sandbox):
    replies = [program("print(1 / 0)")] + [program("print(2 * 3)")] * 2
    run, model, _ = made_run("Two by three?", replies)
    step = carry_out(COMPUTE, run, python_tool(sandbox)).steps[0]
    assert "ZeroDivisionError" in model.prompts[1]
    assert step.verdict.supported


def test_numbers_invented_for_a_program_over_papers_are_refused(sandbox):
    right = program("print(round(12.1 - 10.4, 1))")
    replies = [program("print(12.1 - 3.77)"), right, right]
    run, model, _ = made_run("By how much did dropout lower the error?", replies)
    tools = [search_tool(passage()), python_tool(sandbox)]
    trajectory = executor(*tools).carry_out(Plan((SEARCH, COMPUTE)), run)
    assert "3.77 is neither in the question nor in the passages" in model.prompts[1]
    assert "From these passages, what holds numbers:" in model.prompts[2]
    assert "not work" not in model.prompts[2]
    assert "Use no formula" not in model.prompts[2]
    assert [step.verdict.supported for step in trajectory.steps] == [True, True]
    assert trajectory.results[-1].artifact.stdout.strip() == "1.7"


def test_given_tests_judge_the_code_and_are_called_the_users(sandbox):
    tests = "assert double(2) == 4\nassert double(0) == 0"
    replies = [
        program("def double(x):\n    return x + 2"),
        program("def double(x):\n    return 2 * x"),
    ]
    run, model, _ = made_run("Write double.", replies, tests=tests)
    step = carry_out(CODE, run, unit_tests_tool(sandbox)).steps[0]
    assert step.verdict.rests_on == "2 of 2 unit tests (separate process)"
    assert step.results[-1].artifact.written_by == "user"
    assert "The last version failed" in model.prompts[1]


DOUBLE = "def double(x):\n    return 2 * x"
ADDED = "def double(x):\n    return x + x"
WRONG = "def double(x):\n    return x ** 2"
OWN_TESTS = "assert double(2) == 4\nassert double(3) == 6\nassert double(0) == 0"


def coded(run, sandbox):
    return carry_out(CODE, run, unit_tests_tool(sandbox)).steps[0]


def test_two_solutions_written_apart_that_pass_the_models_own_tests_end_the_step(sandbox):
    run, model, _ = made_run("Write double.", [program(DOUBLE), program(OWN_TESTS), program(ADDED)])
    step = coded(run, sandbox)
    assert step.verdict.supported
    assert step.verdict.rests_on == (
        "agreement of the model with itself: "
        "3 of 3 tests passed, alike by 2 of 2 solutions written apart"
    )
    assert step.results[-1].artifact.written_by == "model"
    assert "def double(x):" in model.prompts[1]
    assert "2 * x" not in model.prompts[1] + model.prompts[2]


def test_a_solution_that_comes_again_alike_counts_as_the_second(sandbox):
    run, _, _ = made_run("Write double.", [program(DOUBLE), program(OWN_TESTS), program(DOUBLE)])
    step = coded(run, sandbox)
    assert step.verdict.supported
    assert run.tool_calls == 1


def test_the_solutions_that_agree_outvote_one_and_a_wrong_test_is_left_out(sandbox):
    tests = f"{OWN_TESTS}\nassert double(5) == 11"
    replies = [DOUBLE, tests, WRONG, ADDED]
    run, _, _ = made_run("Write double.", [program(one) for one in replies])
    step = coded(run, sandbox)
    assert step.verdict.supported
    last = step.results[-1]
    assert last.call.arguments == {"solution": DOUBLE, "tests": OWN_TESTS}
    (computation,) = gather(Trajectory((step,))).computations
    assert computation.code == DOUBLE
    assert computation.output == "3 of 4 tests passed, alike by 2 of 3 solutions written apart"


def test_solutions_that_do_not_agree_are_none(sandbox):
    broken = "def double(x):\n    return None"
    replies = [DOUBLE, OWN_TESTS, WRONG, broken]
    run, _, _ = made_run("Write double.", [program(one) for one in replies])
    assert not coded(run, sandbox).verdict.supported


def test_code_without_tests_ends_the_step_with_a_notice(sandbox):
    run, _, _ = made_run("Write double.", [program(DOUBLE), program("print(double(2))")])
    step = coded(run, sandbox)
    assert step.results == ()
    assert "found no plain `assert` statement" in run.notices[0]


def test_a_large_model_sets_limits_where_the_question_does():
    filled = json.dumps({"query": "dropout", "k": 5, "first_year": 2020})
    asked = []
    search = search_papers_tool(
        lambda query, limits: asked.append((query, limits.first_year)) or [passage()]
    )
    run, _, _ = made_run("What did dropout lower since 2020?", [filled], profile=CHOOSING)
    carry_out(SEARCH, run, search)
    assert asked == [("dropout", 2020)]


def test_the_same_query_again_brings_what_follows():
    many = [passage(id=f"aa11:{n}") for n in range(8)]
    run, _, _ = made_run(PENGUINS, [search_for(PENGUINS)], profile=CHOOSING)
    results = carry_out(SEARCH, run, search_tool(*many)).results
    assert results[1].call.arguments == {"query": PENGUINS, "k": 5, "skip": 5}
    assert [one.id for one in results[1].artifact] == ["aa11:5", "aa11:6", "aa11:7"]


def test_a_chinese_question_is_searched_in_both_languages():
    run, _, _ = made_run("随机失活降低了什么?", ["What did dropout lower?"])
    step = carry_out(SEARCH, run, search_tool(passage())).steps[0]
    queries = [one.call.arguments["query"] for one in step.results]
    assert queries == ["随机失活降低了什么?", "What did dropout lower?"]
    assert step.verdict.supported


def test_an_unsupported_step_has_the_plan_revised():
    revised = {
        "thoughts": "Other words.",
        "steps": [{"goal": "dropout error", "tool": "search_papers", "done_when": "found"}],
    }
    run, _, events = made_run(PENGUINS, [FINISH, json.dumps(revised)], profile=LARGE)
    trajectory = carry_out(SEARCH, run, search_tool(passage()))
    assert [step.verdict.supported for step in trajectory.steps] == [False, True]
    assert "plan_revised" in [event.name for event in events]


def test_a_later_search_goes_for_its_own_goal():
    run, _, _ = made_run("What did dropout lower?")
    other = PlanStep("Training minutes on a graphics card", "search_papers", "found")
    trajectory = executor(search_tool(passage())).carry_out(Plan((SEARCH, other)), run)
    assert trajectory.results[1].call.arguments["query"] == "Training minutes on a graphics card"


def test_a_search_outside_the_plan_counts_as_a_call():
    run, _, _ = made_run()
    found = executor(search_tool(passage())).search("dropout", run)
    assert [doc.id for doc in found] == ["aa11:1"]
    assert run.tool_calls == 1


def test_without_a_search_tool_there_is_nothing_to_find():
    run, _, _ = made_run()
    assert executor(no_python()).search("dropout", run) == []


@pytest.mark.parametrize(
    ("reply", "blocks"),
    [
        ("```python\nprint(1)\n```", ["print(1)"]),
        ("Here:\n```py\na\n```\nand\n```\nb\n```\n", ["a", "b"]),
        ("```python\ncut off", ["cut off"]),
        ("print(2)", ["print(2)"]),
    ],
)
def test_code_is_read_from_its_fences(reply, blocks):
    assert code_blocks(reply) == blocks


@pytest.mark.parametrize("reply", ["", "  \n"])
def test_an_empty_reply_holds_no_code(reply):
    with pytest.raises(ModelOutputError, match="found an empty reply"):
        code_blocks(reply)
