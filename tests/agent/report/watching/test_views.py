import io

import pytest
from rich.console import Console

from r1agent.report.watching.lines import LineView
from r1agent.report.watching.live import LiveView
from r1agent.report.watching.timeline import Timeline
from r1agent.report.watching.trace import brief_trace, trace
from r1agent.report.watching.view import QuietView, open_view
from r1agent.types import Event
from r1agent_indexes import AddProgress

STEP = {"goal": "Find losses", "tool": "search_papers", "done_when": "a figure"}
OTHER = {"goal": "Read page 3", "tool": "read_page", "done_when": "a figure"}
CALL = {"step": 1, "tool": "search_papers", "arguments": {"query": "smoothing"}}
RETURN = {"step": 1, "tool": "search_papers", "ok": True, "text": "8 passages", "seconds": 0.1}
JUDGED = {
    "text": "It costs 0.6.",
    "support": "supported",
    "rests_on": "a quote",
    "reasons": [],
    "quotes": [{"quote": "lose 0.6", "file": "kd.pdf", "page": 3}],
}
DROPPED = {
    "text": "All agree.",
    "support": "unsupported",
    "rests_on": "no quote",
    "reasons": ["nothing says so"],
    "quotes": [],
}
EVENTS = [
    Event("started", 0.0, {"run": "r1", "question": "Does it hurt?", "model": "m"}),
    Event("planned", 2.0, {"revision": 0, "steps": [STEP]}),
    Event("step_started", 2.0, {"step": 1, "goal": "Find losses", "tool": "search_papers"}),
    Event("tool_called", 3.0, CALL),
    Event("tool_returned", 3.1, {**RETURN, "left": 11}),
    Event(
        "step_verified",
        4.0,
        {"step": 1, "support": "partly", "rests_on": "passages", "reasons": ["no figure"]},
    ),
    Event("plan_revised", 6.0, {"revision": 1, "steps": [OTHER]}),
    Event("step_started", 6.0, {"step": 2, "goal": "Read page 3", "tool": "read_page"}),
    Event("notice", 7.0, {"text": "Ended early: the limit of 1 tool calls is reached."}),
    Event("writing", 8.0, {"passages": 8}),
    Event("claim_judged", 9.0, JUDGED),
    Event("claim_judged", 9.5, DROPPED),
    Event("answered", 10.0, {"answer": {}}),
]


def console(**options):
    return Console(file=io.StringIO(), markup=False, **{"width": 100} | options)


def printed(lines):
    target = console(color_system=None)
    for line in lines:
        target.print(line)
    return target.file.getvalue()


def timeline_of(events):
    timeline = Timeline()
    for event in events:
        timeline.apply(event)
    return timeline


def test_a_run_is_shown_in_full():
    assert (
        printed(trace(timeline_of(EVENTS)))
        == """\
Does it hurt?
~ 1 Find losses  search_papers · 2 s
    search_papers smoothing → 8 passages (0.1 s)
    partly: passages; no figure
✗ 2 Read page 3  read_page · 2 s
✓ It costs 0.6.  kd.pdf p. 3
✗ All agree.  left out, unsupported: nothing says so
! Ended early: the limit of 1 tool calls is reached.
"""
    )


def test_a_run_under_way_shows_the_step_in_hand_and_what_goes_on():
    timeline = timeline_of(EVENTS[:4])
    assert timeline.activity == "running search_papers"
    assert (
        printed(brief_trace(timeline))
        == """\
▸ 1 Find losses  search_papers
    search_papers smoothing
"""
    )


def test_a_revised_plan_keeps_the_steps_that_were_done():
    steps = timeline_of(EVENTS[:8]).steps
    assert [(step.number, step.goal, step.state) for step in steps] == [
        (1, "Find losses", "partly"),
        (2, "Read page 3", "running"),
    ]


def test_a_long_plan_fits_a_small_screen():
    goal = "Compare every figure of the first table with the second " * 3
    plan = {"revision": 0, "steps": [{**STEP, "goal": goal}] * 6}
    lines = printed(brief_trace(timeline_of([Event("planned", 0.0, plan)]))).splitlines()
    assert len(lines) == 6
    assert max(map(len, lines)) <= 100


def test_found_passages_are_summed_up_in_a_line():
    fences = [
        f'<passage id="a:{n}" title="Smoothing" page="{n}">\ntext\n</passage>' for n in (3, 4)
    ]
    found = {**RETURN, "text": "Text of papers follows.\n\n" + "\n".join(fences), "left": 1}
    timeline = timeline_of([*EVENTS[:4], Event("tool_returned", 3.1, found)])
    assert timeline.steps[0].calls[0].outcome == "2 passages, first Smoothing p. 3"


def test_an_unknown_event_is_passed_over():
    assert timeline_of([Event("invented", 1.0, {})]).now == 1.0


def test_plain_lines_tell_the_run_without_control_codes():
    target = console()
    with LineView(target) as view:
        for event in EVENTS:
            view.event(event)
    text = target.file.getvalue()
    assert "\x1b" not in text
    assert "Plan:\n· 1 Find losses  search_papers\n" in text
    assert "The plan was changed:\n· 2 Read page 3  read_page\n" in text
    assert "✗ All agree.  left out, unsupported: nothing says so\n" in text


@pytest.mark.parametrize("made", [LiveView, LineView])
def test_the_error_that_ends_a_run_is_left_to_the_command_that_tells_it(made):
    target = console(force_terminal=True, color_system=None)
    with made(target) as view:
        view.event(EVENTS[0])
        view.event(Event("notice", 1.0, {"text": "The server is slow."}))
        view.event(Event("notice", 2.0, {"text": "The server is gone.", "raised": True}))
    assert "The server is slow." in target.file.getvalue()
    assert "The server is gone." not in target.file.getvalue()


def test_indexing_is_shown_file_by_file():
    target = console(color_system=None)
    step = AddProgress(2, 4, "kd.pdf", "embedding", pages=8, done=16, passages=32)
    with LineView(target) as view:
        view.indexing(step)
    assert "2 of 4 kd.pdf" in target.file.getvalue()
    assert "16 of 32 passages" in target.file.getvalue()


def test_loading_the_embedding_model_for_an_index_is_told_as_that():
    target = console(color_system=None)
    with LineView(target) as view:
        view.indexing(AddProgress(1, 8, "kd.pdf", "loading model", pages=8, passages=32))
    assert target.file.getvalue() == "loading the embedding model\n"


def test_on_80_columns_the_file_is_cut_and_the_counts_and_the_clock_are_not():
    name = "01-label-smoothing-hurts-distillation-into-small-classifiers.pdf"
    step = AddProgress(12, 128, name, "embedding", pages=8, done=16, passages=232)
    target = console(width=80, force_terminal=True, color_system=None)
    with LiveView(target) as view:
        view.indexing(step)
        view._live.refresh()
    text = target.file.getvalue()
    assert " 12 of 128 01-label-smoothing" in text
    assert "… 9% embedding 16 of 232 passages 0 s" in text


def test_the_live_view_moves_and_leaves_the_plan_behind():
    target = console(force_terminal=True, color_system=None)
    with LiveView(target) as view:
        view.loading("loading the model", 0.5, "9 s")
        view.event(EVENTS[0])
        view.event(EVENTS[1])
    text = target.file.getvalue()
    assert "\x1b[?25l" in text
    assert text.rstrip().endswith("· 1 Find losses  search_papers\n\x1b[?25h")


@pytest.mark.parametrize("made", [LiveView, LineView])
def test_a_view_stands_aside_for_a_dialogue_and_goes_on(made):
    target = console(force_terminal=True, color_system=None)
    with made(target) as view:
        view.event(EVENTS[0])
        with view.paused():
            before = target.file.getvalue()
            target.print("Is that right?")
            assert target.file.getvalue() == f"{before}Is that right?\n"
        view.event(EVENTS[1])
    assert "Find losses" in target.file.getvalue().partition("Is that right?")[2]


def test_hostile_text_cannot_steer_the_terminal():
    target = console(color_system=None)
    hostile = {**CALL, "arguments": {"query": "\x1b[2J[red]x[/red]"}}
    with LineView(target) as view:
        view.event(EVENTS[1])
        view.event(Event("step_started", 2.0, {"step": 1, "goal": "\x1b[2J", "tool": "t"}))
        view.event(Event("tool_called", 3.0, hostile))
        view.event(Event("tool_returned", 3.0, {**RETURN, "text": "\x1b]0;owned\x07", "left": 1}))
    assert "[2J[red]x[/red] → ]0;owned" in target.file.getvalue()
    assert "\x1b" not in target.file.getvalue()


def test_the_view_suits_where_it_is_shown():
    assert isinstance(open_view(console(force_terminal=True)), LiveView)
    assert isinstance(open_view(console(force_terminal=True), plain=True), LineView)
    assert isinstance(open_view(console(force_terminal=True, no_color=True)), LineView)
    assert isinstance(open_view(console(force_terminal=False)), LineView)
    assert isinstance(open_view(console(), quiet=True), QuietView)


def test_plain_lines_say_again_only_how_far_something_is(monkeypatch):
    monkeypatch.setattr("r1agent.report.watching.lines._EVERY", 0.0)
    out = io.StringIO()
    with LineView(Console(file=out, width=80)) as view:
        for fraction in (None, None, 0.5, 0.5, 0.75):
            view.loading("vLLM: loading weights", fraction)
    said = [line for line in out.getvalue().splitlines() if line]
    assert said == [
        "vLLM: loading weights",
        "vLLM: loading weights 50%",
        "vLLM: loading weights 75%",
    ]
