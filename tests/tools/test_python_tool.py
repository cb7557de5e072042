import pytest

from r1agent_tools import python_tool


def call(sandbox, code):
    request = {"name": "python", "args": {"code": code}, "id": "1", "type": "tool_call"}
    return python_tool(sandbox).invoke(request)


def test_the_model_sees_output_and_value_and_the_verifier_the_result(sandbox):
    message = call(sandbox, "print('hello')\n6 * 7")
    assert message.content == "hello\n=> 42"
    assert message.artifact.value == "42"


def test_names_stay_between_calls(sandbox):
    call(sandbox, "kept = 3")
    assert call(sandbox, "kept + 1").content == "=> 4"


def test_a_program_that_prints_nothing_is_told_so(sandbox):
    assert call(sandbox, "x = 1").content.startswith("The program ran and printed nothing")


def test_an_exception_is_shown_with_its_line(sandbox):
    assert "line 1, in <module>" in call(sandbox, "1 / 0").content


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("open('/etc/passwd')", "files outside the working folder"),
        ("import subprocess; subprocess.run(['ls'])", "The sandbox refuses this"),
        ("input()", "There is no input"),
        ("while True: pass", "The limit `wall_seconds` was hit."),
        ("import os; os._exit(1)", "names of earlier calls are gone"),
    ],
)
def test_a_refusal_tells_the_model_what_holds(sandbox, code, hint):
    assert hint in call(sandbox, code).content


def test_long_output_keeps_its_beginning_and_its_end(sandbox):
    content = call(sandbox, "print('a' * 900); print('b' * 900); 'c' * 5000").content
    assert content.startswith("a" * 900)
    assert len(content) < 7000


def test_a_wrong_argument_is_named(sandbox):
    message = python_tool(sandbox).invoke(
        {"name": "python", "args": {"source": "1"}, "id": "1", "type": "tool_call"}
    )
    assert message.status == "error"
    assert "code" in message.content


def test_the_model_is_told_how_many_runs_are_left_and_refused_after_the_last(sandbox):
    tool = python_tool(sandbox, runs=2)
    request = {"name": "python", "args": {"code": "6 * 7"}, "id": "1", "type": "tool_call"}
    assert tool.invoke(request).content == "=> 42\n1 run left."
    assert tool.invoke(request).content == "=> 42\n0 runs left."
    refused = tool.invoke(request)
    assert refused.status == "error"
    assert refused.content == "No run of Python is left. Answer with what you have."


def test_files_that_a_program_writes_are_named(sandbox):
    content = call(sandbox, "open('table.csv', 'w').write('a,b')").content
    assert "Files: table.csv (text/csv, 3 bytes)" in content
