import json

from kept import code_digest, read_lines


def test_a_line_that_a_kill_tore_is_passed_over_and_taken_off(tmp_path):
    kept = tmp_path / "arm.jsonl"
    whole = json.dumps({"id": "q0"}) + "\n"
    kept.write_text(whole + '{"id": "q1", "ans', encoding="utf-8")
    assert read_lines(kept) == [{"id": "q0"}]
    assert kept.read_text(encoding="utf-8") == whole


def test_a_file_that_is_not_there_has_no_lines(tmp_path):
    assert read_lines(tmp_path / "none.jsonl") == []


def test_answers_of_changed_code_are_kept_apart(tmp_path):
    for name in ("r1agent/cli/app.py", "r1agent/writer.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a = 1\n", encoding="utf-8")
    before = code_digest(tmp_path)
    (tmp_path / "r1agent/cli/app.py").write_text("a = 2\n", encoding="utf-8")
    assert code_digest(tmp_path) == before
    (tmp_path / "r1agent/writer.py").write_text("a = 2\n", encoding="utf-8")
    assert code_digest(tmp_path) != before
