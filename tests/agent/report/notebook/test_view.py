"""The view of a run in a notebook, and every form of showing in a kernel whose loop runs."""

from __future__ import annotations

import io
import re
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from r1agent.report.notebook.view import NotebookView
from r1agent.report.watching.lines import LineView
from r1agent.report.watching.watch import watch
from r1agent.types import Event
from tests.agent.report.notebook.test_answer_html import tags_of
from tests.agent.report.watching.test_views import CALL, EVENTS, RETURN

ROOT = Path(__file__).parents[3]

SETUP = """
import warnings

warnings.simplefilter("error")

from dataclasses import replace

from r1agent import ResearchAssistant, watch
from r1agent.profiles import SMALL
from r1agent.testing import ScriptedChatModel
from tests.agent.made_runs import passage, search_tool

QUESTION = "What did dropout lower?"
REPLIES = ["Dropout of 0.5 lowered the test error from 12.1 % to 10.4 % [1]."] * 9


def made():
    model = ScriptedChatModel(replies=list(REPLIES))
    return ResearchAssistant(model, [search_tool(passage())], profile=replace(SMALL, drafts=1))
"""
DONE = r"Done after \d+ s: 1 step, 2 tool calls"
CELLS = {
    "sync": """
with watch() as view:
    answer = made().ask(QUESTION, on_event=view.event)
answer
""",
    "async": """
with watch() as view:
    answer = await made().ainvoke(QUESTION, on_event=view.event)
print(answer.outcome)
""",
    "together": """
import asyncio

both = await asyncio.gather(*(made().ainvoke(QUESTION) for _ in range(2)))
print([one.outcome for one in both])
""",
    "stream": """
with watch() as view:
    for event in made().events(QUESTION):
        view.event(event)
print(event.name)
""",
    "astream": """
async for answer in made().astream(QUESTION):
    print(answer.outcome)
""",
    "plan": "answer.plan",
    "trajectory": "answer.trajectory",
    "end": "warnings.resetwarnings()  # the kernel warns of itself when it is shut down",
}


@pytest.fixture(scope="module")
def cells():
    """The outputs of CELLS, run in a kernel."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in [SETUP, *CELLS.values()]]
    )
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    return dict(zip(CELLS, [cell.outputs for cell in notebook.cells[1:]], strict=True))


def printed(outputs):
    return "".join(output.get("text", "") for output in outputs)


def html_of(output):
    return output["data"]["text/html"]


def test_a_question_leaves_its_steps_and_the_answer_in_the_cell(cells):
    view, answer = cells["sync"]
    assert "<summary><small" in html_of(view)
    assert re.search(DONE, html_of(view))
    assert "r1agent-answer" in html_of(answer)


def test_an_awaited_question_is_shown_in_its_cell_while_the_loop_runs(cells):
    assert printed(cells["async"]) == "answered\n"
    assert re.search(DONE, html_of(cells["async"][0]))


def test_two_questions_are_awaited_at_once(cells):
    assert printed(cells["together"]) == "['answered', 'answered']\n"


def test_events_and_answers_are_streamed(cells):
    assert printed(cells["stream"]) == "answered\n"
    assert re.search(DONE, html_of(cells["stream"][0]))
    assert printed(cells["astream"]) == "answered\n"


def test_a_plan_and_a_trajectory_render_themselves(cells):
    assert "r1agent-plan" in html_of(cells["plan"][0])
    assert "Plan of 1 step" in cells["plan"][0]["data"]["text/markdown"]
    assert "r1agent-trajectory" in html_of(cells["trajectory"][0])
    assert "<details>" in cells["trajectory"][0]["data"]["text/markdown"]


def test_nothing_is_said_on_the_error_stream(cells):
    outputs = [output for each in cells.values() for output in each]
    assert [one for one in outputs if one.get("name") == "stderr"] == []


class Cell:
    """What a cell shows."""

    def __init__(self):
        self.shown = []

    def __call__(self, forms, name, update):
        self.shown.append((forms["text/html"], name, update))

    @property
    def html(self):
        return self.shown[-1][0]

    def waits_for(self, text):
        until = time.monotonic() + 10
        while text not in self.html:
            assert time.monotonic() < until, self.html
            time.sleep(0.01)


@pytest.fixture
def cell():
    return Cell()


def test_one_output_is_replaced_all_the_time(cell):
    with NotebookView(cell) as view:
        for event in EVENTS:
            view.event(event)
    names = {name for _, name, _ in cell.shown}
    assert len(names) == 1
    assert [update for *_, update in cell.shown].count(False) == 1


def test_the_call_that_runs_is_seen_at_once(cell):
    with NotebookView(cell) as view:
        for event in EVENTS[:4]:
            view.event(event)
        cell.waits_for("search_papers smoothing")
        cell.waits_for("running search_papers …")


def test_what_a_call_found_and_what_the_model_thought_are_seen(cell):
    found = '1. <passage id="a:1" title="Smoothing" page="3">\nIt lost 0.6 points.\n</passage>'
    thought = {"role": "planner", "text": "So it does hurt.", "seconds": 2.0, "tokens": 9}
    with NotebookView(cell) as view:
        for event in EVENTS[:4]:
            view.event(event)
        view.event(Event("tool_returned", 3.1, {**RETURN, "text": found}))
        view.event(Event("thought", 3.2, thought))
        cell.waits_for("“It lost 0.6 points.” Smoothing p. 3")
        cell.waits_for("◦ …So it does hurt.")
    assert "<summary>1 thought of the model</summary><p" in cell.html


def test_a_load_shows_how_far_it_is(cell):
    with NotebookView(cell) as view:
        view.loading("fetching weights", 0.25, "2 of 8 MB")
        cell.waits_for('fetching weights <progress max="1" value="0.250"></progress>')
    assert re.search(r"Ready after \d+ s\.", cell.html)


def test_the_clock_moves_without_any_event(cell):
    with NotebookView(cell):
        cell.waits_for("1 s")


def test_sentences_left_out_and_notices_stay_folded_in(cell):
    with NotebookView(cell) as view:
        for event in EVENTS:
            view.event(event)
    assert "Done after 10 s: 2 steps, 1 tool call" in cell.html
    assert "Left out: All agree. (nothing says so)" in cell.html
    assert "the limit of 1 tool calls" in cell.html
    tags_of(cell.html)


def test_a_question_that_fails_is_shown_as_stopped(cell):
    with suppress(RuntimeError), NotebookView(cell) as view:
        view.event(EVENTS[0])
        raise RuntimeError
    assert re.search(r"Stopped after \d+ s: 0 steps", cell.html)


def test_a_second_question_stands_below_the_first(cell):
    with NotebookView(cell) as view:
        for event in EVENTS * 2:
            view.event(event)
        view.line("A line of its own.")
    assert cell.html.count("Done after 10 s") == 2
    assert "A line of its own." in cell.html


def test_hostile_text_adds_no_element_to_the_view(cell):
    with NotebookView(cell) as view:
        view.loading("<script>alert(1)</script>\x1b[2J", None)
        cell.waits_for("&lt;script&gt;")
        for event in EVENTS[:3]:
            view.event(event)
        view.event(Event("tool_called", 3.0, CALL | {"arguments": {"query": "<img src=x>"}}))
        cell.waits_for("&lt;img src=x&gt;")
    assert not any("<script" in html or "<img" in html for html, *_ in cell.shown)


def test_outside_of_a_notebook_lines_are_printed(monkeypatch):
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert isinstance(watch(), LineView)
