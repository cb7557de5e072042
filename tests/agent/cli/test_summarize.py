import json
import re
import shutil
import signal

import pytest

from r1agent_indexes import PaperIndex
from tests.agent.cli.commands import run, start
from tests.agent.cli.scripted_server import scripted_server

PAPERS = {
    "old.md": "# Smoothing of teachers\n\nAda Miller and Bo Chen\n\nPublished 12 March 2015.\n\n"
    "Label smoothing of the teacher costs the student 0.6 points of accuracy.\n",
    "new.md": "# Smoothing revisited\n\nJörg Müller and Bo Chen\n\nPublished 3 May 2021.\n\n"
    "Label smoothing of the teacher gains the student 0.9 points of accuracy.\n",
}
SENTENCE = "Label smoothing of the teacher gains the student 0.9 points of accuracy [1]."
NEW = "Smoothing revisited. Jörg Müller, Bo Chen (2021). new.md"
OLD = "Smoothing of teachers. Ada Miller, Bo Chen (2015). old.md"
ASPECTS = ["Question", "Method", "Data", "Findings", "Limits"]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory):
    """An index of both papers, with the embedding model that commands use."""
    folder = tmp_path_factory.mktemp("indexed")
    for name, text in PAPERS.items():
        (folder / name).write_text(text)
    with PaperIndex.open(folder / "idx", create=True) as index:
        index.add([folder / name for name in PAPERS])
    return folder


@pytest.fixture
def index(folder, indexed):
    """The papers and the index in the working folder."""
    shutil.copytree(indexed, folder, dirs_exist_ok=True)
    return ["--index", "idx"]


@pytest.fixture(scope="module")
def writer():
    with scripted_server({"answer": SENTENCE}) as address:
        yield ["--base-url", address, "--model", "scripted-1b"]


def entries_of(text):
    """Return headings and entries of a report in JSON."""
    report = json.loads(text)
    assert report["kind"] == "summaries"
    return {section["heading"]: section["entries"] for section in report["sections"]}


def test_each_paper_of_the_index_gets_a_section_whose_sentences_quote_it(index, writer, folder):
    result = run("summarize", *index, *writer, "-o", "out.md", "--json", "--workers", "1")
    assert result.exit_code == 0, result.output
    sections = entries_of(result.stdout)
    assert list(sections) == [NEW, OLD]
    for heading, entries in sections.items():
        assert [entry["label"] for entry in entries] == ASPECTS
        cited = [
            quote
            for entry in entries
            for claim in entry["answer"]["claims"]
            for quote in claim["citations"]
        ]
        assert all(heading.endswith(quote["file"]) for quote in cited)
        assert all(quote["quote"] in PAPERS[quote["file"]] for quote in cited)
    assert any(entry["answer"]["claims"] for entry in sections[NEW])
    assert re.search(r"^1/10 new\.md  Question  answered  1 quote", result.stderr, re.M)
    assert "10 of 10 asked, 2 of 2 papers done" in result.stderr
    text = (folder / "out.md").read_text()
    assert text.startswith("# Summaries of 2 papers\n")
    assert "### Findings" in text


def test_what_a_paper_does_not_say_is_said_and_exits_with_3(index, folder):
    (folder / "r1agent.toml").write_text('index = "idx"\n')
    silent = "The paper does not mention it."
    with scripted_server({"answer": silent}) as address:
        server = ["--base-url", address, "--model", "scripted-1b"]
        result = run("summarize", "old.md", *server, "-q")
    assert result.exit_code == 3
    assert result.stdout.count("**The paper does not say.**") == 5
    assert "1 paper: 5 not in the papers." in result.stderr


def test_papers_are_named_by_pattern_or_title(index, writer):
    result = run("summarize", "o*.md", *index, *writer, "--json", "-q")
    assert len(entries_of(result.stdout)) == 1
    result = run("summarize", "smoothing revisited", *index, *writer, "--json", "-q")
    assert list(entries_of(result.stdout)) == [NEW]


def test_files_in_no_index_are_read_first_and_leave_none_behind(folder, writer):
    (folder / "papers").mkdir()
    for name, text in PAPERS.items():
        (folder / "papers" / name).write_text(text)
    (folder / "papers" / "broken.pdf").write_bytes(b"no pdf")
    result = run("summarize", "papers", *writer, "--json")
    assert result.exit_code == 0, result.output
    assert list(entries_of(result.stdout)) == [NEW, OLD]
    assert "Reading the files into an index of their own" in result.stderr
    report = json.loads(result.stdout)
    assert report["notes"][0] == "Papers read from files, not from an index."
    assert report["notes"][1].startswith("Not read: broken.pdf: ")
    assert not list(folder.rglob("papers.sqlite"))
    assert not list(folder.rglob("summaries/*.jsonl"))


def test_a_file_that_the_index_does_not_hold_is_read_too(index, writer, folder):
    (folder / "late.md").write_text("# Late smoothing\n\nLate smoothing gains 0.9 points.\n")
    result = run("summarize", "late.md", "old.md", *index, *writer, "--json")
    assert "Not all of these files are in the index 'idx'." in result.stderr
    assert len(entries_of(result.stdout)) == 2


def test_files_of_this_machine_only_are_not_sent_to_a_cluster(folder, indexed, writer):
    shutil.copy(indexed / "new.md", folder)
    result = run("summarize", "new.md", *writer, "--ray", "auto")
    assert result.exit_code == 1
    assert "index of this machine only" in result.stderr


def test_two_files_of_one_name_are_told_apart(folder, writer):
    for place, text in zip(("a", "b"), PAPERS.values(), strict=True):
        (folder / place).mkdir()
        (folder / place / "paper.md").write_text(text)
    result = run("summarize", "a/paper.md", "b/paper.md", *writer, "--json", "-q")
    old, new = entries_of(result.stdout)
    assert old.endswith(str(folder / "a/paper.md"))
    assert new.endswith(str(folder / "b/paper.md"))
    findings = entries_of(result.stdout)[new][3]["answer"]["claims"]
    assert findings[0]["text"] == SENTENCE.replace(" [1]", "")


def test_the_same_command_asks_nothing_more_and_redo_all_where_a_model_is(
    index, folder, monkeypatch
):
    monkeypatch.setenv("R1AGENT_SERVER_WAIT_SECONDS", "0")
    with scripted_server({"answer": SENTENCE}) as address:
        words = ["summarize", "new.md", *index, "-o", "out.html", "--base-url", address]
        words += ["--model", "scripted-1b"]
        assert run(*words).exit_code == 0
    first = (folder / "out.html").read_text()
    again = run(*words, "--format", "md")
    assert again.exit_code == 0, again.output
    assert "All was answered before" in again.stderr
    assert (folder / "out.html").read_text() != first
    redone = run(*words, "--redo")
    assert redone.exit_code == 1
    assert "Stopped. What was answered is kept" in redone.stderr
    assert "All was answered before" in run(*words).stderr
    with scripted_server({"answer": "The paper does not mention it."}) as address:
        assert run(*words, "--redo", "--base-url", address).exit_code == 3


def test_a_killed_run_goes_on_with_what_is_left(index, folder):
    with scripted_server({"answer": SENTENCE}, delay=0.3) as address:
        words = ["summarize", *index, "-o", "out.md", "--base-url", address]
        words += ["--model", "scripted-1b", "--workers", "1"]
        child = start(*words, folder=folder)
        while not (line := child.stderr.readline()).startswith("3/10"):
            assert line, "it ended before the third answer"
        child.kill()
        child.communicate(timeout=20)
        assert child.returncode == -signal.SIGKILL
        assert not (folder / "out.md").exists()
        kept = (folder / ".out.md.work.jsonl").read_bytes().count(b"\n") - 1
        assert kept >= 3
        result = run(*words)
    assert result.exit_code == 0, result.output
    assert f"1/{10 - kept} " in result.stderr
    assert (folder / "out.md").read_text().startswith("# Summaries of 2 papers")


def test_ctrl_c_keeps_what_is_done(index, folder):
    with scripted_server({"answer": SENTENCE}, delay=0.5) as address:
        words = ["summarize", *index, "-o", "out.md", "--base-url", address]
        child = start(*words, "--model", "scripted-1b", "--workers", "1", folder=folder)
        while not (line := child.stderr.readline()).startswith("1/10"):
            assert line, "it ended before the first answer"
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert "Stopped. What was answered is kept; the same command asks the rest." in err
    assert "Traceback" not in err
    assert (folder / ".out.md.work.jsonl").read_bytes().count(b"\n") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Neither papers nor an index are named. Give PDF files"),
        (["none.pdf"], "There is no file 'none.pdf', and no index is named"),
        (["old.mt", "--index", "idx"], "fits file 'old.mt'. Near: 'old.md'"),
        (["--index", "nowhere"], "nowhere"),
        (["late.md", "Smoothing revisited", "--index", "idx"], "'late.md' is a file that is not"),
        (["old.md", "--index", "idx", "-o", "no/out.md"], "no"),
        (["old.md", "--index", "idx", "-o", "out.odt"], "names no format"),
        (["old.md", "--index", "idx", "--author", "Müller"], "None of the 1 papers fits author"),
        (["broken.pdf"], "None of the files could be read (broken.pdf: "),
        (["empty"], "No papers in 'empty'"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_wrong_input_is_one_sentence_before_any_model_is_asked(index, folder, words, said):
    (folder / "late.md").write_text("# Late\n\nLate smoothing gains 0.9 points.\n")
    (folder / "broken.pdf").write_bytes(b"no pdf")
    (folder / "empty").mkdir()
    result = run("summarize", *words, "--base-url", "http://127.0.0.1:9/v1", "-q")
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert said in result.stderr
    assert len([line for line in result.stderr.splitlines() if line.startswith("error: ")]) == 1


def test_work_on_something_else_is_refused(index, writer, folder):
    (folder / ".out.md.work.jsonl").write_text('{"format": 1, "job": {"kind": "review"}}\n')
    result = run("summarize", *index, *writer, "-o", "out.md")
    assert result.exit_code == 1
    assert "holds the work on something else" in result.stderr
