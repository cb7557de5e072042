import json

import pytest

from tests.agent.cli.commands import run

PAPER = """\
Distillation and smoothing

We measured students of smoothed teachers. Label smoothing of the teacher costs the student
0.6 points of accuracy on the second task, and nothing on the first.
"""


@pytest.fixture
def papers(folder):
    (folder / "papers").mkdir()
    (folder / "papers" / "smoothing.txt").write_text(PAPER)
    return folder / "papers"


def test_an_index_is_built_listed_searched_checked_and_emptied(papers):
    added = run("index", "add", "papers", "--index", "idx")
    assert added.exit_code == 0, added.output
    assert added.stdout.startswith("Papers: 1 added (1 pages) in ")
    assert "smoothing.txt" in added.stderr

    again = json.loads(run("index", "add", "papers", "--index", "idx", "--json", "-q").stdout)
    assert [paper["file"] for paper in again["unchanged"]] == ["smoothing.txt"]

    listed = run("index", "list", "--index", "idx").stdout
    assert "smoothing.txt, 1 page, 1 passage" in listed

    found = run("search", "what does smoothing cost?", "--index", "idx", "-k", "1")
    assert "smoothing.txt, p. 1" in found.stdout
    assert "Loading the embedding model\nSearching\n" in found.stderr
    assert "costs the student 0.6 points" in found.stdout
    passage = json.loads(run("search", "smoothing", "--index", "idx", "--json", "-q").stdout)[0]
    assert (passage["file"], passage["page"]) == ("smoothing.txt", 1)

    checked = run("index", "check", "--index", "idx")
    assert (checked.exit_code, checked.stdout) == (
        0,
        "The index is whole: 1 paper, 1 page, 1 passage.\n"
        "Vectors: exact search (up to 50,000 passages).\n",
    )

    assert "smoothing.txt" in run("index", "remove", "smoothing.txt", "--index", "idx").stdout
    assert run("index", "list", "--index", "idx", "--json").stdout == (
        '{\n  "papers": [],\n  "failed": [],\n'
        '  "vectors": "exact search (up to 50,000 passages)"\n}\n'
    )


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_indexed(papers):
    (papers / "broken.pdf").write_bytes(b"%PDF-1.7 nothing else")
    result = run("index", "add", "papers", "--index", "idx", "-q")
    assert result.exit_code == 0
    assert "1 added" in result.stdout
    assert "failed  broken.pdf: " in result.stdout


def test_a_file_that_could_not_be_read_can_be_forgotten(papers):
    (papers / "broken.pdf").write_bytes(b"%PDF-1.7 nothing else")
    run("index", "add", "papers", "--index", "idx", "-q")
    result = run("index", "remove", "broken.pdf", "--index", "idx")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Removed:\nfailed  broken.pdf: ")
    listed = json.loads(run("index", "list", "--index", "idx", "--json").stdout)
    assert (len(listed["papers"]), listed["failed"]) == (1, [])
    assert run("index", "remove", "broken.pdf", "--index", "idx").exit_code == 1


def test_nothing_but_failures_exits_with_1(folder):
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing else")
    result = run("index", "add", "broken.pdf", "--index", "idx", "-q")
    assert result.exit_code == 1
    assert "failed  broken.pdf: " in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["index", "add", "nowhere", "--index", "idx"], "nowhere"),
        (["index", "list", "--index", "idx"], "r1agent index add"),
        (["search", "x", "--index", "idx"], "r1agent index add"),
        (["index", "list"], "--index DIR"),
        (["search", "x"], "--index DIR"),
        (["ask", "x", "--index", "idx", "--base-url", "http://127.0.0.1:9/v1"], "idx"),
    ],
    ids=" ".join,
)
def test_what_is_missing_is_one_sentence_and_exit_1(words, said):
    result = run(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1].startswith("error: ")
    assert said in result.stderr


def test_an_index_of_another_embedding_model_is_refused(papers):
    run("index", "add", "papers", "--index", "idx", "-q")
    result = run("search", "x", "--index", "idx", "--embedding-model", "other/model", "-q")
    assert result.exit_code == 1
    assert "'other/model'" in result.stderr


def test_a_paper_with_hidden_text_is_marked_in_the_list(papers):
    page = '<p>Seen by everyone.</p><p style="display:none">A secret order.</p>'
    (papers / "page.html").write_text(f"<html><body>{page}</body></html>")
    run("index", "add", "papers", "--index", "idx", "-q")
    lines = run("index", "list", "--index", "idx").stdout
    assert "page.html, 1 page, 1 passage, 15 hidden characters" in lines
    assert lines.count("hidden") == 1
    listed = json.loads(run("index", "list", "--index", "idx", "--json").stdout)["papers"]
    assert [(paper["file"], paper["hidden"]) for paper in listed] == [
        ("page.html", 15),
        ("smoothing.txt", 0),
    ]


def test_an_exported_collection_is_indexed_and_what_it_lacks_is_named(folder, papers):
    entries = ["@article{doe2018, title={On smoothing}, file={papers/smoothing.txt}}"]
    entries += [f"@article{{none{number}, title={{None}}}}" for number in range(22)]
    (folder / "library.bib").write_text("\n".join(entries))
    added = run("index", "add", "library.bib", "--index", "idx", "-q")
    assert added.exit_code == 0, added.output
    assert "1 added (1 pages), 1 described by exports or registries, 22 of" in added.stdout
    assert "skipped  none0: names no file that is a paper" in added.stdout
    assert "skipped  and 2 more; `--json` lists all." in added.stdout
    again = json.loads(run("index", "add", "library.bib", "--index", "idx", "-q", "--json").stdout)
    assert [paper["citation_key"] for paper in again["unchanged"]] == ["doe2018"]
    assert len(again["skipped"]) == 22


def test_an_export_without_papers_is_one_sentence(folder):
    (folder / "library.bib").write_text("@article{doe2018, title={On smoothing}}")
    result = run("index", "add", "library.bib", "--index", "idx")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "names no file that is a paper. Export the collection again" in result.stderr
    assert not (folder / "idx").exists()
