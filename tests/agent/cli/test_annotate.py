import json

import pytest

from tests.agent.cli.commands import run
from tests.indexes.made_pdfs import PARAGRAPH, lines_of, make_pdf

QUOTE = "Distillation from a smoothed teacher lost 1.4 points"


@pytest.fixture
def answers(folder):
    """An index of one paper, and the answers of a batch that cite it and one other."""
    (folder / "papers").mkdir()
    make_pdf(folder / "papers" / "kd.pdf", [["Label Smoothing", *lines_of(PARAGRAPH)]])
    assert run("index", "add", "papers", "--index", "idx", "-q").exit_code == 0
    line = {
        "id": "a",
        "question": "Does smoothing help?",
        "answer": "It costs 1.4 points. [1] It helps. [2]",
        "outcome": "answered",
        "citations": [
            {"file": "kd.pdf", "page": 1, "quote": QUOTE},
            {"file": "other.pdf", "page": 1, "quote": "It helps."},
        ],
    }
    (folder / "answers.jsonl").write_text(f"{json.dumps(line)}\n")
    return folder / "answers.jsonl"


def test_copies_are_written_and_what_was_left_out_is_named(folder, answers):
    result = run("annotate", "answers.jsonl", "-o", "marked", "--index", "idx", "-q")
    assert result.exit_code == 0, result.output
    first, *rest = result.stdout.splitlines()
    assert first == "marked   marked/kd.pdf: 1 highlight"
    assert " ".join(rest).startswith("skipped  other.pdf: is not in the index")
    assert result.stderr == "Written: 1 of 2 papers, in 'marked'.\n"
    assert (folder / "marked" / "kd.pdf").read_bytes().startswith(b"%PDF")


def test_the_copies_are_data(answers):
    result = run("annotate", "answers.jsonl", "-o", "marked", "--index", "idx", "-q", "--json")
    kd, other = json.loads(result.stdout)
    assert kd == {
        "file": "kd.pdf",
        "out": "marked/kd.pdf",
        "highlights": 1,
        "notes": 0,
        "reason": None,
    }
    assert (other["out"], "not in the index" in other["reason"]) == (None, True)


def test_no_copy_exits_with_1(folder, answers):
    (folder / "papers" / "kd.pdf").unlink()
    result = run("annotate", "answers.jsonl", "--index", "idx", "-q")
    assert (result.exit_code, result.stdout.count("skipped")) == (1, 2)
    assert "Traceback" not in result.stderr


def test_what_is_missing_is_one_sentence(answers):
    for words, said in [
        (["none.jsonl", "--index", "idx"], "No file 'none.jsonl'"),
        (["answers.jsonl"], "--index DIR"),
        (["answers.jsonl", "--index", "nowhere"], "r1agent index add"),
        (["answers.jsonl", "--index", "idx", "-o", "answers.jsonl/x"], "Name another folder"),
    ]:
        result = run("annotate", *words)
        assert result.exit_code == 1
        assert said in result.stderr
        assert result.stdout == ""
