"""What the time of a run went into."""

from hypothesis import given
from hypothesis import strategies as st

from r1agent.report.watching.spans import ANSWER, PLAN, Span, lanes_of, seconds_by_kind, spans_of
from r1agent.report.watching.timeline import Moment


def moments(*told):
    return [Moment(name, float(second), step) for second, (name, step) in enumerate(told)]


def test_the_time_before_a_call_is_the_executor_s_and_after_it_the_tool_s():
    told = moments(("step_started", 1), ("tool_called", 1), ("tool_returned", 1))
    assert [(span.lane, span.kind) for span in spans_of(told)] == [(1, "executor"), (1, "tool")]


def test_a_search_beyond_the_plan_belongs_to_the_answer():
    told = moments(("claim_judged", None), ("tool_called", 0), ("tool_returned", 0))
    assert [(span.lane, span.kind) for span in spans_of(told)] == [
        (ANSWER, "check"),
        (ANSWER, "tool"),
    ]


def test_the_planner_has_a_lane_of_its_own():
    told = moments(("started", None), ("planned", None), ("step_started", 1))
    assert [span.what for span in spans_of(told)] == ["planning", "taking up a step"]
    assert {span.lane for span in spans_of(told)} == {PLAN}


def test_a_notice_in_between_splits_no_stretch():
    told = moments(("writing", None), ("notice", None), ("claim_judged", None))
    assert spans_of(told) == [Span(ANSWER, "writer", "writing", 0.0, 2.0)]


NAMES = [
    "started", "resumed", "planned", "step_started", "tool_called", "tool_returned",
    "step_verified", "plan_revised", "writing", "claim_judged", "notice", "answered",
]  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.integers(0, 1000),
            st.none() | st.integers(0, 3),
        )
    )
)
def test_no_second_is_lost_or_counted_twice(told):
    told = sorted(told, key=lambda each: each[1])
    found = [Moment(name, float(second), step) for name, second, step in told]
    counted = [each.seconds for each in found if each.name not in ("notice", "resumed")]
    spans = spans_of(found)
    whole = counted[-1] - counted[0] if counted else 0
    assert sum(span.seconds for span in spans) == whole
    assert sum(seconds for _, seconds in seconds_by_kind(spans)) == whole
    assert sum(span.seconds for _, lane in lanes_of(spans) for span in lane) == whole
