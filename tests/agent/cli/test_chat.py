import json

import pytest

from tests.agent.cli.commands import run
from tests.agent.cli.scripted_server import scripted_server

QUESTION = "What is the sum of the whole numbers from 1 to 100?"
FOLLOW_UP = "And to 200?"
UNDERSTOOD = "What is the sum of the whole numbers from 1 to 200?"


def chatted(server, *lines, options=()):
    return run("chat", "--base-url", server, *options, input="".join(f"{line}\n" for line in lines))


def test_questions_and_commands_can_be_piped(server):
    lines = ["/help", QUESTION, "/sources", "/index", "/nonsense", "", "/quit", "not asked"]
    result = chatted(server, *lines)
    assert result.exit_code == 0, result.output
    assert result.stdout.count("5050. [a]") == 1
    assert "/sources       the last answer's references in full" in result.stdout
    assert "No command '/nonsense'." in result.stderr
    assert "No index" in result.stderr


def test_an_unknown_command_names_the_nearest(server):
    assert "No command '/sourses'. Did you mean /sources?" in chatted(server, "/sourses").stderr


def test_a_backslash_at_the_end_goes_on_with_the_next_line(server, folder):
    chatted(server, "What is the sum of \\", "the whole numbers from 1 to 100?", "/export c.json")
    title = json.loads((folder / "c.json").read_text())["title"]
    assert title == "What is the sum of \nthe whole numbers from 1 to 100?"


@pytest.mark.parametrize("command", ["/why", "/why 1", "/plan", "/read", "/sources", "/show"])
def test_before_the_first_answer_a_command_says_that_there_is_none(server, command):
    result = chatted(server, command)
    assert result.exit_code == 0
    assert "No " in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["/again", "/undo", "/export notes.md", "/export"])
def test_before_the_first_question_there_is_nothing_to_do(server, folder, command):
    result = chatted(server, command)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert not (folder / "notes.md").exists()


def test_why_says_how_a_sentence_is_proved(server):
    result = chatted(server, QUESTION, "/why", "/why 1", "/why 2", "/why x")
    assert "1 sentence shown: /why 1 says how it is proved." in result.stdout
    assert "supported: rests on result of `python`" in result.stdout
    assert "[a] python → 5050" in result.stdout
    assert "No sentence '2': there is 1 sentence." in result.stderr
    assert "No sentence 'x'" in result.stderr


def test_plan_shows_the_steps_with_calls_and_verdicts(server):
    shown = chatted(server, QUESTION, "/plan").stdout
    assert "✓ 1 Add the whole numbers from 1 to 100" in shown
    assert "done when: a sum is printed" in shown
    assert "supported: two programs that both found 5050" in shown


def test_a_follow_up_is_told_and_the_conversation_can_be_exported(server, folder):
    result = chatted(server, QUESTION, FOLLOW_UP, "/export notes.md", "/save notes.html")
    assert f"understood as: {UNDERSTOOD}\n" in result.stderr
    notes = (folder / "notes.md").read_text()
    assert f"## {QUESTION}\n\nThe sum is 5050." in notes
    assert f"## {FOLLOW_UP}\n\nUnderstood as: {UNDERSTOOD}" in notes
    assert (folder / "notes.html").read_text().startswith("<!DOCTYPE html>")


def test_export_writes_no_file_over_that_it_did_not_write(server, folder):
    (folder / "mine.md").write_text("mine")
    result = chatted(server, QUESTION, "/export mine.md", "/export new.md", "/export new.md")
    assert "'mine.md' is there already. Name a new file." in result.stderr
    assert (folder / "mine.md").read_text() == "mine"
    assert result.stderr.count("Written: 'new.md'.") == 2


def test_export_names_the_formats_where_the_suffix_tells_none(server, folder):
    assert "names no format" in chatted(server, QUESTION, "/export notes.xyz").stderr
    assert not (folder / "notes.xyz").exists()


def test_undo_takes_back_the_answer_and_what_it_made_remembered(server):
    result = chatted(server, QUESTION, "/undo", "/sources", FOLLOW_UP, "/undo", "/undo")
    assert f"Taken back: “{QUESTION}”." in result.stderr
    assert "understood as" not in result.stderr
    assert "Nothing to take back." in result.stderr


def test_new_forgets(server):
    result = chatted(server, QUESTION, "/new", FOLLOW_UP)
    assert "Begun anew." in result.stderr
    assert "understood as" not in result.stderr


def test_again_asks_the_last_question_once_more(server):
    assert chatted(server, QUESTION, "/again").stdout.count("5050. [a]") == 2


def test_a_lost_server_does_not_end_the_chat_and_the_question_waits(monkeypatch):
    monkeypatch.setenv("R1AGENT_MAX_RETRIES", "0")
    with scripted_server(status=500) as broken, scripted_server() as mended:
        result = chatted(broken, QUESTION, "/help", f"/model {mended}", "")
    assert result.exit_code == 0
    said = " ".join(result.stderr.split())
    assert said.count("error: The model server at") == said.count("The model server at") == 1
    assert "Nothing is lost: Enter or /again goes on with the question" in result.stderr
    assert result.stdout.count("5050. [a]") == 1


def test_undo_drops_a_question_that_was_not_answered(monkeypatch):
    monkeypatch.setenv("R1AGENT_MAX_RETRIES", "0")
    with scripted_server(status=500) as broken:
        result = chatted(broken, QUESTION, "/undo", "")
    assert "Dropped the unanswered question" in result.stderr
    assert result.stderr.count("Nothing is lost") == 1


def test_model_lists_what_the_server_has_and_a_wrong_server_changes_nothing(server):
    lines = ["/model", "/model http://127.0.0.1:9/v1", "/model other", QUESTION]
    result = chatted(server, *lines)
    assert "* scripted\n" in result.stdout
    assert result.stderr.count("error: ") == 2
    assert result.stdout.count("5050. [a]") == 1


def test_the_last_conversation_is_gone_on_with(server):
    chatted(server, QUESTION)
    result = chatted(server, FOLLOW_UP, options=["--resume"])
    assert "Going on with 1 question." in result.stderr
    assert f"understood as: {UNDERSTOOD}" in result.stderr
    assert result.stdout.startswith(f"{QUESTION}\nThe sum is 5050. [a]")
    again = chatted(server, "/undo", "/undo", "/undo", options=["--resume"])
    assert "Going on with 2 questions." in again.stderr
    assert "Nothing to take back." in again.stderr


def test_a_question_that_waits_is_gone_on_with_by_a_later_chat(server, monkeypatch):
    monkeypatch.setenv("R1AGENT_MAX_RETRIES", "0")
    with scripted_server(status=500) as broken:
        chatted(broken, QUESTION)
    result = chatted(server, "", options=["--resume"])
    assert f"“{QUESTION}” was not answered: Enter goes on with it." in result.stderr
    assert result.stdout.count("5050. [a]") == 1


def test_there_is_nothing_to_resume_before_the_first_question(server):
    chatted(server, "/help")
    result = chatted(server, options=["--resume"])
    assert result.exit_code == 1
    assert "Begin one without `--resume`." in result.stderr
