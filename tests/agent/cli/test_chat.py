import pexpect

from tests.agent.cli.commands import run, terminal
from tests.agent.cli.scripted_server import scripted_server

QUESTION = "What is the sum of the whole numbers from 1 to 100?"


def test_questions_and_commands_can_be_piped(server):
    lines = ["/help", QUESTION, "/sources", "/index", "/nonsense", "", "/quit", "not asked"]
    result = run("chat", "--base-url", server, input="\n".join(lines))
    assert result.exit_code == 0, result.output
    assert result.stdout.count("5050. [a]") == 1
    assert "/sources    the last answer's references in full" in result.stdout
    assert "No command '/nonsense'." in result.stderr
    assert "No index" in result.stderr


def test_a_lost_server_does_not_end_the_chat():
    with scripted_server(status=500) as address:
        result = run("chat", "--base-url", address, input=f"{QUESTION}\n/help\n")
    assert result.exit_code == 0
    assert "error: " in result.stderr
    assert "/quit" in result.stdout


def test_ctrl_c_stops_an_answer_and_ctrl_d_leaves(folder):
    with scripted_server(delay=3) as address:
        child = terminal("chat", "--base-url", address, folder=folder)
        child.expect("/help lists the commands.")
        child.expect("> ")
        child.sendline(QUESTION)
        child.expect("planning")
        child.sendintr()
        child.expect("Stopped. What was done is kept")
        child.expect("> ")
        child.sendintr()
        child.expect("Ctrl-D leaves")
        child.expect("> ")  # before it the terminal may throw the end of input away
        child.sendeof()
        child.expect(pexpect.EOF)
        child.close()
    assert child.exitstatus == 0
    assert (folder / "chat_history").read_text().count(QUESTION) == 1


def test_a_follow_up_is_told_and_the_conversation_can_be_saved(folder, server):
    lines = [QUESTION, "And to 200?", "/show", "/save notes.md", "/save notes.md", "/new", "/save"]
    result = run("chat", "--base-url", server, input="\n".join(lines))
    understood = "What is the sum of the whole numbers from 1 to 200?"
    assert f"understood as: {understood}\n" in result.stderr
    assert "Saved to 'notes.md'." in result.stderr
    assert "'notes.md' cannot be written: File exists." in result.stderr
    assert "Begun anew." in result.stderr
    notes = (folder / "notes.md").read_text()
    assert notes.startswith(f"## {QUESTION}\n\nThe sum is 5050.")
    assert f"## And to 200?\n\n*Understood as: {understood}*" in notes
