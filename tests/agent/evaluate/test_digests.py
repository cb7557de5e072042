from dataclasses import dataclass, field
from pathlib import Path

from r1agent.evaluate.digests import data_digest, data_name, files_digest, task_key
from r1agent.evaluate.task import Example
from r1agent.testing import HashEmbeddings

EXAMPLES = [Example("a", "Why?", data={"number": 1})]


@dataclass(frozen=True)
class Given:
    data: Path
    split: str = "dev"
    sandbox: str = field(default="local", compare=False)
    embeddings: HashEmbeddings | None = None

    name = "given"


def test_data_are_told_apart_by_their_content(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "corpus.jsonl").write_text("one")
    before = data_digest(Given(tmp_path / "data"), EXAMPLES)
    assert before == data_digest(Given(tmp_path / "data"), EXAMPLES)
    (tmp_path / "data" / "corpus.jsonl").write_text("two")
    assert before != data_digest(Given(tmp_path / "data"), EXAMPLES)


def test_examples_and_options_count_and_where_programs_run_does_not(tmp_path):
    (tmp_path / "data").write_text("one")
    task = Given(tmp_path / "data")
    before = data_digest(task, EXAMPLES)
    assert before != data_digest(task, [Example("a", "Why?", data={"number": 2})])
    assert before != data_digest(Given(tmp_path / "data", "test"), EXAMPLES)
    assert before != data_digest(Given(tmp_path / "data", embeddings=HashEmbeddings()), EXAMPLES)
    assert before == data_digest(Given(tmp_path / "data", sandbox="docker"), EXAMPLES)


def test_hidden_files_do_not_count(tmp_path):
    (tmp_path / "one.txt").write_text("one")
    before = files_digest(tmp_path)
    (tmp_path / ".report.html.work").mkdir()
    (tmp_path / ".report.html.work" / "kept.jsonl").write_text("kept")
    assert files_digest(tmp_path) == before


def test_a_report_that_is_written_among_the_data_does_not_count(tmp_path):
    (tmp_path / "one.txt").write_text("one")
    before = files_digest(tmp_path)
    (tmp_path / ".report.html.work").mkdir()
    (tmp_path / "report.html").write_text("scores")
    assert files_digest(tmp_path) == before
    (tmp_path / "paper.html").write_text("a paper")
    assert files_digest(tmp_path) != before


def test_an_index_counts_by_its_manifest(tmp_path):
    (tmp_path / "papers.sqlite").write_text("database")
    (tmp_path / "manifest.json").write_text("{}")
    before = files_digest(tmp_path)
    (tmp_path / "papers.sqlite").write_text("the same, after reading")
    assert files_digest(tmp_path) == before
    (tmp_path / "manifest.json").write_text('{"papers": 2}')
    assert files_digest(tmp_path) != before


def test_a_task_is_called_by_what_it_was_given_before_anything_is_read(tmp_path):
    task = Given(tmp_path / "none.jsonl")
    assert task_key(task, ["m"]) == task_key(Given(tmp_path / "none.jsonl"), ["m"])
    assert task_key(task, ["m"]) != task_key(Given(tmp_path / "none.jsonl", "test"), ["m"])
    assert task_key(task, ["m"]) != task_key(task, ["m", "n"])


def test_data_have_the_name_of_their_file(tmp_path):
    assert data_name(Given(tmp_path / "gsm8k.jsonl")) == "gsm8k.jsonl"
