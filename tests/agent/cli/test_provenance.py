import json

import pytest

from r1agent.safety.provenance import embed_mark
from tests.agent.cli.commands import run

RUN = "20260101-120000-abc123"
MARKED = embed_mark("Dropout lowered the error.\n\nTraining took 90 minutes.", RUN)


def test_the_runs_that_a_file_came_from_are_printed_once_each(tmp_path):
    file = tmp_path / "notes.md"
    file.write_text(MARKED, encoding="utf-8")
    found = run("provenance", file)
    assert (found.exit_code, found.stdout) == (0, f"{RUN}\n")


def test_json_tells_how_many_marks_there_are():
    found = run("provenance", "-", "--json", input=MARKED)
    assert json.loads(found.stdout) == [{"run": RUN, "marks": 4}]


def test_one_copied_paragraph_is_enough():
    assert run("provenance", "-", input=MARKED.split("\n\n")[1]).stdout == f"{RUN}\n"


@pytest.mark.parametrize(("options", "printed"), [((), ""), (("--json",), "[]\n")])
def test_a_text_without_marks_ends_with_1(options, printed):
    found = run("provenance", "-", *options, input="No marks here.")
    assert (found.exit_code, found.stdout) == (1, printed)
    assert "No mark of a run in the text on stdin." in found.stderr


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    found = run("provenance", tmp_path / "missing.md")
    assert found.exit_code == 2
    assert "missing.md" in found.stderr
