import json

from tests.agent.cli.commands import run

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
    assert "ended early" in run("show").stdout


def test_a_damaged_journal_does_not_hide_the_others(folder):
    (folder / "runs").mkdir()
    (folder / "runs" / "20260101-000000-aaaaaa.jsonl").write_text("nonsense\n")
    assert "unreadable" in run("show").stdout
    assert run("show", "last").exit_code == 1


def test_without_runs_it_says_how_to_make_one():
    assert "`r1agent ask` makes one" in run("show").stderr
    assert run("show", "last").exit_code == 1
