import json
import math

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.evaluation import Row
from r1agent.evaluate.kept_outputs import Finished, KeptFolder, KeptOutputs
from r1agent.evaluate.task import Output
from r1agent.types import Usage

JOB = {"task": "numbers", "temperature": 0.0, "model": "m"}
ROWS = [
    Row("a", "odd", "answered", {"right": 1.0, "label": math.inf}, Usage(1, 2, 3), 0.5),
    Row("a", "odd", "failed", {"right": 0.0, "label": 2.0}, Usage(), 0.25, time=2),
]
FINISHED = Finished([("plain", "m"), ("loop", "m")], ["A paper was not read."], "m, 4 bits")
OUTPUT = Output({"text": "ümlaut \u2028"})


@pytest.fixture
def path(tmp_path):
    kept = KeptOutputs(tmp_path / "kept.jsonl", JOB)
    for row in ROWS:
        kept.add(row, OUTPUT)
    return kept.path


def test_what_is_kept_comes_back_as_it_was(path):
    assert [*KeptOutputs(path, JOB).rows.values()] == ROWS


def test_what_the_system_said_is_kept_too(path):
    assert json.loads(path.read_bytes().splitlines()[1])["said"] == {"text": "ümlaut \u2028"}


def test_a_line_that_was_torn_anywhere_is_asked_again(path):
    content = path.read_bytes()
    for end in range(content.rindex(b"\n", 0, -1) + 1, len(content)):
        path.write_bytes(content[:end])
        kept = KeptOutputs(path, JOB)
        assert [*kept.rows.values()] == ROWS[:1]
        kept.add(ROWS[1], OUTPUT)
        assert path.read_bytes() == content


def test_a_first_line_that_was_torn_is_written_anew(path):
    content = path.read_bytes()
    for end in (0, 1, 20):
        path.write_bytes(content[:end])
        kept = KeptOutputs(path, JOB)
        for row in ROWS:
            kept.add(row, OUTPUT)
        assert path.read_bytes() == content


def test_another_job_is_refused_with_what_differs(path):
    with pytest.raises(
        EvaluationError, match=r"its `temperature` was 0\.0, and is 0\.6 now.*--redo"
    ):
        KeptOutputs(path, JOB | {"temperature": 0.6})
    with pytest.raises(EvaluationError, match="its `drafts` was None, and is 3 now"):
        KeptOutputs(path, JOB | {"drafts": 3})


def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path):
    for text in ("No JSON\n", "[1]\n", '{"format": 1}\n', '{"format": 1, "job": {}}\n{"a": 1}\n'):
        path = tmp_path / "other.jsonl"
        path.write_text(text)
        with pytest.raises(EvaluationError, match="is not what r1agent keeps"):
            KeptOutputs(path, {})
        assert path.read_text() == text


def test_systems_with_names_that_look_alike_have_files_of_their_own(tmp_path):
    folder = KeptFolder(tmp_path)
    names = ["loop", "loop ", "Loop/..", "../loop", "环", "环境", "x" * 300]
    paths = {folder.outputs("model", name, JOB).path for name in names}
    assert len(paths) == len(names)
    assert {path.parent for path in paths} == {tmp_path}


def test_a_second_process_is_told_to_wait(tmp_path):
    with (
        KeptFolder(tmp_path).locked(),
        pytest.raises(EvaluationError, match="Another r1agent is at work in"),
        KeptFolder(tmp_path).locked(),
    ):
        pass


def test_a_folder_whose_own_folder_is_missing_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="There is no folder"):
        KeptFolder(tmp_path / "none" / "kept")


def test_clearing_leaves_what_is_not_of_an_evaluation(tmp_path):
    folder = KeptFolder(tmp_path)
    folder.outputs("m", "s", JOB).add(ROWS[0], OUTPUT)
    folder.finish("m", {"task": "numbers"}, FINISHED)
    (tmp_path / "mine.txt").write_text("mine")
    folder.clear()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_finished_systems_count_only_for_what_was_wanted(tmp_path):
    folder = KeptFolder(tmp_path)
    folder.finish("m", {"without": []}, FINISHED)
    assert folder.finished("m", {"without": []}) == FINISHED
    assert folder.finished("m", {"without": ["gate"]}) is None
    assert folder.finished("other", {"without": []}) is None
