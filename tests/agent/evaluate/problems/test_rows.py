"""Data files are read however they are packed, and told when they are something else."""

import gzip
import json

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.problems.rows import identified, read_rows

ROWS = [{"a": 1}, {"a": 2}]
LINES = "".join(f"{json.dumps(row)}\n" for row in ROWS).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.jsonl", LINES),
        ("rows.json", json.dumps(ROWS, indent=1).encode()),
        ("rows.jsonl.gz", gzip.compress(LINES, mtime=0)),
        ("rows", gzip.compress(json.dumps(ROWS).encode(), mtime=0)),
        ("marked.jsonl", b"\xef\xbb\xbf" + LINES),
        ("windows.jsonl", LINES.replace(b"\n", b"\r\n")),
    ],
)
def test_every_packing_gives_the_same_rows(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert read_rows(path, "rows") == ROWS


def test_a_folder_is_read_file_by_file_in_order(tmp_path):
    for number in (2, 1):
        (tmp_path / "algebra").mkdir(exist_ok=True)
        (tmp_path / "algebra" / f"{number}.json").write_text(json.dumps({"a": number}))
    (tmp_path / "README.md").write_text("not data")
    assert read_rows(tmp_path, "rows") == ROWS


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"question,answer\n1,2\n", "neither JSON nor JSON lines"),
        (b'{"a": 1}\n{"a": 2', "neither JSON nor JSON lines"),
        (b"[1, 2]", "Row 1 of .* is 1, no JSON object"),
        (b"\xff\xfe\x00", "cannot be read as text"),
        (gzip.compress(LINES, mtime=0)[:20], "cannot be read as text"),
        (b"[" * 100_000, "neither JSON nor JSON lines"),
    ],
)
def test_another_form_is_told_with_what_is_wanted(tmp_path, content, told):
    path = tmp_path / "data.jsonl"
    path.write_bytes(content)
    with pytest.raises(EvaluationError, match=f"(?s){told}.*[Ww]anted: rows with a"):
        read_rows(path, "rows with a")


def test_a_path_that_is_not_there_is_told(tmp_path):
    with pytest.raises(EvaluationError, match="is no file, and no folder of JSON files"):
        read_rows(tmp_path / "none.jsonl", "rows")


def test_rows_without_ids_of_their_own_are_numbered():
    assert identified([{"id": "x"}, {"id": "y"}], "id") == ["x", "y"]
    assert identified([{"id": "x"}, {"id": "x"}], "id") == ["1", "2"]
    assert identified([{"id": "x"}, {}], "id") == ["1", "2"]
