import json
from dataclasses import replace

import pexpect
import pytest

from r1agent.cli.ask import exit_code
from r1agent.journal import Journal, answer_to_json
from r1agent.types import Computation, Event
from tests.agent.cli.commands import run, terminal
from tests.agent.report.answers import ANSWER, FAILED, NOT_FOUND, REFUSED

QUESTION = "What is the sum of the whole numbers from 1 to 100?"


def test_a_run_is_replayed_from_its_journal(server):
    asked = run("ask", QUESTION, "--base-url", server)
    shown = run("show", "last")
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"{QUESTION}\n✓ 1 Add the whole numbers from 1 to 100  python")
    assert asked.stdout.splitlines()[0] in shown.stdout
    events = json.loads(run("show", "last", "--json").stdout)
    assert events[0]["name"] == "started"


def test_alone_it_lists_the_runs(server):
    run("ask", QUESTION, "--base-url", server, "-q")
    assert f"answered      {QUESTION}" in run("show").stdout
    assert json.loads(run("show", "--json").stdout)[0]["question"] == QUESTION


def test_a_killed_run_is_shown_as_far_as_it_came(folder, server):
    run("ask", QUESTION, "--base-url", server, "-q")
    journal = next((folder / "runs").glob("*.jsonl"))
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:2]))
    shown = run("show", "last")
    assert shown.exit_code == 0
    assert "This run ended early" in shown.stdout
    assert f"`r1agent ask --resume {journal.stem}` goes on." in shown.stdout
    assert "ended early" in run("show").stdout


def test_a_run_in_hand_is_not_said_to_have_ended(folder, server):
    run("ask", QUESTION, "--base-url", server, "-q")
    path = next((folder / "runs").glob("*.jsonl"))
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]))
    writer = Journal(path)
    writer.hold()
    shown = run("show", "last").stdout
    assert "This run is still going on in another process." in shown
    assert "--resume" not in shown
    assert json.loads(run("show", "--json").stdout)[0]["outcome"] == "going on"
    writer.close()
    assert "This run ended early" in run("show", "last").stdout


def test_a_damaged_journal_does_not_hide_the_others(folder):
    (folder / "runs").mkdir()
    (folder / "runs" / "20260101-000000-aaaaaa.jsonl").write_text("nonsense\n")
    assert "unreadable" in run("show").stdout
    assert run("show", "last").exit_code == 1


def test_without_runs_it_says_how_to_make_one():
    assert "`r1agent ask` makes one" in run("show").stderr
    assert run("show", "last").exit_code == 1


def test_a_record_of_an_older_version_is_shown_and_offers_no_resume(folder):
    (folder / "runs").mkdir()
    events = [
        {"name": "started", "seconds": 0.0, "data": {"run": "r", "question": "Why?", "model": "m"}},
        {"name": "notice", "seconds": 1.5, "data": {"text": "slow"}},
    ]
    path = folder / "runs" / "20250101-000000-aaaaaa.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    shown = run("show", "last").stdout
    assert shown.startswith("Why?\n! slow\n")
    assert "ended early, after 2 s.\n" in shown


def test_a_run_can_be_a_page_on_stdout_or_in_a_file(server, folder):
    run("ask", QUESTION, "--base-url", server, "-q")
    page = run("show", "last", "--html").stdout
    assert page.startswith("<!DOCTYPE html>")
    programs = ("print(sum(range(101)))", "print(100 * 101 // 2)")  # whichever came second
    assert any(f"<code>{program}</code>" in page for program in programs)
    assert "The sum is 5050." in page
    assert "src=" not in page
    written = run("show", "last", "--html", "-o", str(folder / "run.html"))
    assert written.stdout == ""
    assert "run.html" in written.stderr
    assert (folder / "run.html").read_text() == page


def test_a_page_is_not_poured_over_a_terminal(server, folder):
    run("ask", QUESTION, "--base-url", server, "-q")
    child = terminal("show", "last", "--html", folder=folder)
    child.expect(pexpect.EOF, timeout=60)
    child.close()
    said = " ".join(child.before.split())
    assert child.exitstatus == 1
    assert "<!DOCTYPE" not in said
    assert "Name the file with `-o`" in said


WORDS = "many words " * 500


def long_run(folder):
    """Record a run whose every text is long."""
    step = {"goal": f"goal {WORDS}", "tool": "python", "done_when": WORDS}
    called = {"step": 1, "tool": "python", "arguments": {"code": f"program {WORDS}"}}
    judged = {"text": f"claim {WORDS}", "support": "unsupported", "reasons": [f"why {WORDS}"]}
    program = "\n".join(f"line = {number}" for number in range(200))
    claim = replace(ANSWER.claims[1], computations=(Computation("python", program, "0.6", "x"),))
    answer = replace(ANSWER, claims=(claim,))
    events = [
        Event("started", 0.0, {"run": "r", "question": f"Q {WORDS}", "model": "m", "journal": 2}),
        Event(
            "thought", 1.0, {"role": "planner", "text": f"hm {WORDS}", "seconds": 1, "tokens": 9}
        ),
        Event("planned", 1.0, {"revision": 0, "steps": [step]}),
        Event("step_started", 1.0, {"step": 1}),
        Event("tool_called", 1.0, called),
        Event("tool_returned", 2.0, called | {"ok": True, "text": f"gave {WORDS}", "seconds": 1}),
        Event("step_verified", 2.0, {"step": 1, "support": "partly", "reasons": [f"why {WORDS}"]}),
        Event("claim_judged", 2.0, judged | {"quotes": []}),
        Event("notice", 2.0, {"text": f"notice {WORDS}"}),
        Event("answered", 3.0, {"answer": answer_to_json(answer)}),
    ]
    journal = Journal(folder / "runs" / "20260101-000000-aaaaaa.jsonl")
    for event in events:
        journal.write(event)


def test_long_texts_are_shortened_wherever_a_run_is_shown(folder):
    long_run(folder)
    shown = run("show", "last").stdout
    assert max(map(len, shown.splitlines())) < 700
    assert len(shown) < 5000
    assert "more lines" in shown
    assert len(run("show").stdout) < 250


def test_whole_texts_are_shown_when_asked_for(folder):
    long_run(folder)
    result = run("show", "last", "--full")
    for name in ("Q", "hm", "goal", "program", "gave", "why", "claim", "notice"):
        assert f"{name} {WORDS}".strip() in result.stdout
    assert "line = 199" in result.stdout


def test_a_page_needs_a_run_and_takes_no_format(folder):
    assert "Which run is to be written?" in run("show", "--html").stderr
    asked = run("show", "last", "--html", "--format", "json")
    assert asked.exit_code == 2
    assert "leave `--format`" in " ".join(asked.stderr.split())


def test_a_page_that_cannot_be_written_is_an_error(server, folder):
    run("ask", QUESTION, "--base-url", server, "-q")
    asked = run("show", "last", "--html", "-o", str(folder / "nowhere" / "run.html"))
    assert asked.exit_code == 1
    assert "nowhere" in asked.stderr


@pytest.mark.parametrize("outcome", ["answered", "not_in_papers", "refused", "failed"])
def test_every_outcome_is_told_in_the_list_and_in_the_replay(folder, outcome):
    answers = {
        "answered": ANSWER,
        "not_in_papers": NOT_FOUND,
        "refused": REFUSED,
        "failed": FAILED,
    }
    answer = answers[outcome]
    journal = Journal(folder / "runs" / f"{answer.run}.jsonl")
    started = {"run": answer.run, "question": answer.question, "model": "m", "journal": 2}
    journal.write(Event("started", 0.0, started))
    journal.write(Event("answered", 2.0, {"answer": answer_to_json(answer)}))
    assert f"{outcome:<14}{answer.question}" in run("show").stdout
    shown = run("show", "last").stdout
    assert (answer.message or "Smoothing costs 0.6 points.") in shown
    assert (
        exit_code(answer) == {"answered": 0, "failed": 1, "not_in_papers": 3, "refused": 4}[outcome]
    )
