import io
import re
import time

import pytest
from rich.cells import cell_len
from rich.console import Console

from r1agent.report.watching.lines import LineView
from r1agent.report.watching.timeline import Timeline
from r1agent.report.watching.trace import brief_trace, trace
from r1agent.types import Event

PLAN = {"steps": [{"goal": "Find losses", "tool": "search_papers"}]}


def thought(text, seconds=12.0, tokens=840):
    data = {"role": "planner", "text": text, "tokens": tokens, "seconds": seconds}
    return Event("thought", 1.0, data)


def timeline_of(*events):
    timeline = Timeline()
    for event in events:
        timeline.apply(event)
    return timeline


def shown(lines, width=80, **options):
    console = Console(file=io.StringIO(), width=width, markup=False, **options)
    for line in lines:
        console.print(line)
    return console.file.getvalue()


def test_a_thought_is_folded_to_what_it_took_and_how_it_ended():
    text = "First this. " * 40 + "So a search will do."
    text = shown(brief_trace(timeline_of(thought(text))))
    assert text.startswith("  ◦ thought for 12 s (840 tokens): …")
    assert text.endswith("So a search will do.\n")
    assert len(text.splitlines()) == 1


def test_a_thought_from_the_cache_has_no_cost():
    assert shown(brief_trace(timeline_of(thought("Hm.", 0.0, 0)))) == "  ◦ thought: Hm.\n"


def test_only_the_last_thought_is_shown_while_a_run_goes_on_and_their_sum_afterwards():
    events = [thought("One.", 2.0, 10), thought("Two.", 3.0, 20)]
    assert "One." not in shown(brief_trace(timeline_of(*events)))
    done = Event("answered", 9.0, {})
    text = shown(brief_trace(timeline_of(*events, done)))
    assert text == "  ◦ 2 thoughts for 5 s (30 tokens)\n"


def test_a_run_in_full_has_each_thought_where_it_was():
    started = Event("step_started", 2.0, {"step": 1})
    events = [thought("Plan."), Event("planned", 1.0, PLAN), started, thought("Act.")]
    answering = [Event("writing", 3.0, {"passages": 1}), thought("Write.")]
    lines = shown(trace(timeline_of(*events, *answering))).splitlines()
    ends = [line.split()[-1] for line in lines if "thought" in line]
    assert ends == ["Plan.", "Act.", "Write."]
    assert ["Find losses" in line for line in lines] == [False, False, True, False, False]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_no_thought_is_wider_than_the_terminal(width):
    text = shown(brief_trace(timeline_of(thought("这是一个很长的想法," * 30))), width=width)
    assert max(map(cell_len, text.splitlines())) <= width


def test_hostile_thoughts_cannot_steer_the_terminal():
    hostile = thought("\x1b[2J\x1b]0;owned\x07[red]x\u202e")
    target = Console(file=io.StringIO(), width=200, markup=False)
    with LineView(target) as view:
        view.event(hostile)
    assert "[2J]0;owned[red]x" in target.file.getvalue()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", target.file.getvalue())


def test_thoughts_are_dimmed():
    coloured = shown(
        brief_trace(timeline_of(thought("Hm."))), force_terminal=True, color_system="standard"
    )
    assert "\x1b[2;3mHm." in coloured


def thinking(text):
    return Event("thinking", 1.0, {"role": "planner", "text": text})


def test_the_present_thought_is_shown_up_to_its_latest_words_until_it_ends():
    events = [thought("One."), thinking("First this. " * 40), thinking("Now losses")]
    going_on = shown(brief_trace(timeline_of(*events)))
    assert going_on.startswith("  ◦ thinking: …")
    assert going_on.endswith("First this. Now losses\n")
    assert len(going_on.splitlines()) == 1
    assert "Two." in shown(brief_trace(timeline_of(*events, thought("Two."))))


def test_a_thought_that_goes_on_prints_no_line_and_stops_no_dots():
    target = Console(file=io.StringIO(), width=80, markup=False)
    with LineView(target) as view:
        end = time.monotonic() + 4
        while time.monotonic() < end:
            view.event(thinking("Hm. "))
            time.sleep(0.1)
    assert set(target.file.getvalue()) == {".", "\n"}
