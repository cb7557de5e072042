"""What a run's events amount to."""

from r1agent.report.watching.timeline import Timeline
from r1agent.types import Event


def test_calls_beyond_the_plan_say_what_they_are_for():
    timeline = Timeline()
    call = {"step": 0, "tool": "search_papers", "arguments": {"query": "x"}}
    timeline.apply(Event("tool_called", 1.0, call))
    (step,) = timeline.steps
    assert step.goal == "Search beyond the plan, for a sentence or for who says otherwise"
    assert [one.arguments for one in step.calls] == ["x"]


def test_drafts_after_the_first_are_counted():
    timeline = Timeline()
    timeline.apply(Event("writing", 1.0, {"passages": 5}))
    assert timeline.activity == "writing the answer"
    timeline.apply(Event("writing", 2.0, {"passages": 5}))
    assert timeline.activity == "writing draft 2"
