import json
import signal
import threading
import time

import pytest

from tests.agent.cli.commands import run
from tests.agent.cli.scripted_server import scripted_server

PAPERS = {
    "raised.md": "# Smoothing of teachers\n\nAda Miller\n\nPublished 12 March 2015.\n\n"
    "Label smoothing of the teacher raised the accuracy of the student by 0.6 points.\n",
    "lowered.md": "# Smoothing revisited\n\nBo Chen\n\nPublished 3 May 2021.\n\n"
    "Label smoothing of the teacher lowered the accuracy of the student by 0.6 points.\n",
    "hostile.md": "# Smoothing <img src=x onerror=alert(1)> [here](http://a.example)\n\n"
    "Eve Moss\n\nPublished 4 May 2022.\n\n"
    "Label smoothing of the teacher took the student 90 minutes.\n",
}
RAISED = "Label smoothing of the teacher raised the accuracy of the student by 0.6 points"
QUESTION = "What did label smoothing of the teacher do to the accuracy of the student?"
SCRIPT = {"answer": f"{RAISED} [1]."}
WORK = ".review.work.jsonl"


@pytest.fixture
def index(folder):
    for name, text in PAPERS.items():
        (folder / name).write_text(text)
    assert run("index", "add", *PAPERS, "--index", "idx", "-q").exit_code == 0
    return "idx"


@pytest.fixture
def base_url():
    with scripted_server(SCRIPT) as address:
        yield address


def words(index, base_url, *more, out="review.md"):
    where = ["--index", index, "--base-url", base_url, "--model", "scripted-1b"]
    given = ["--question", QUESTION]
    return ["review", "Label smoothing", "-o", out, *given, *where, *more]


def test_a_review_is_written_and_the_same_command_writes_it_again(folder, index, base_url):
    result = run(*words(index, base_url))
    assert result.exit_code == 0, result.output
    text = (folder / "review.md").read_text()
    assert text.startswith("# Label smoothing\n")
    assert f"## 1 {QUESTION}" in text
    assert f"{RAISED}.[^1]" in text
    assert "## Bibliography" in text
    assert f"1 {QUESTION}  3 papers, 4 to ask" in result.stderr
    assert "✓ 1 What did label smoothing" in result.stderr
    assert "1 section: " in result.stderr
    before = (folder / WORK).read_bytes()
    again = run(*words(index, base_url))
    assert again.exit_code == 0
    assert (folder / "review.md").read_text() == text
    assert (folder / WORK).read_bytes() == before


def test_another_format_needs_no_model(folder, index, base_url):
    run(*words(index, base_url))
    result = run(*words(index, "http://127.0.0.1:9", out="review.html"))
    assert result.exit_code == 0, result.output
    assert "<html" in (folder / "review.html").read_text()


def test_the_outline_is_shown_and_nothing_asked(folder, index, base_url):
    result = run(*words(index, base_url, "--outline"))
    assert result.exit_code == 0, result.output
    assert f"1 {QUESTION}" in result.stdout
    assert "  - Smoothing revisited" in result.stdout
    assert "questions to ask: leave `--outline` out." in result.stdout
    assert not (folder / "review.md").exists()
    assert len((folder / WORK).read_text().splitlines()) == 1


MARKUP = {
    "review.md": ("<script>", "<img", "<b>", "](javascript", "](http://a.example"),
    "review.html": ("<script>", "<img", "<b>", 'href="javascript', 'href="http://a.example'),
}


def test_an_empty_topic_is_refused_before_anything_is_loaded(folder, index):
    result = run("review", " ", "-o", "r.md", "--index", index)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "error: The topic is empty. Name one in words, or ask a question.\n"


@pytest.mark.parametrize("out", MARKUP)
def test_a_hostile_title_or_heading_adds_no_markup(folder, index, base_url, out):
    topic = "Label [smoothing](javascript:x) <script>"
    asked = ["--question", "What took the student 90 minutes? <b>now</b> [x](javascript:x)"]
    where = ["--index", index, "--base-url", base_url, "--model", "scripted-1b"]
    result = run("review", topic, "-o", out, *asked, *where, "--outline")
    assert "<img src=x onerror=alert(1)>" in result.stdout  # the title is among the papers
    assert run("review", topic, "-o", out, *asked, *where).exit_code in (0, 3)
    text = (folder / out).read_text()
    assert "javascript:x" in text.replace("\\", "")
    assert not [markup for markup in MARKUP[out] if markup in text]


def test_only_papers_within_the_filter_are_reviewed(folder, index, base_url):
    result = run(*words(index, base_url, "--year", "-2016"))
    assert result.exit_code == 0, result.output
    text = (folder / "review.md").read_text()
    assert "A review of 1 paper with year -2016" in text
    assert "lowered.md" not in text
    other = run(*words(index, base_url))
    assert other.exit_code == 1
    assert "keeps a review with the filter 'year -2016', not ''" in other.stderr


def test_the_review_is_also_data(index, base_url):
    result = run(*words(index, base_url, "--json"))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["title"] == "Label smoothing"


def test_bad_input_is_one_sentence_before_a_model_is_loaded(folder, index, base_url):
    run(*words(index, base_url, "--outline"))
    assert "There is no section 4" in run(*words(index, base_url, "--redo", "4")).stderr
    other = run("review", "Crabs", "-o", "review.md", "--index", index)
    assert other.exit_code == 1
    assert "begin this one anew with `--no-resume`" in other.stderr
    assert "No format 'odt'" in run(*words(index, base_url, "--format", "odt")).stderr
    assert "needs a folder" in run(*words(index, base_url, out="none/review.md")).stderr
    assert "index" in run("review", "Crabs", "-o", "crabs.md", "--base-url", base_url).stderr


def test_a_lost_server_ends_it_and_the_same_command_goes_on(folder, index):
    with scripted_server(status=500) as address:
        result = run(*words(index, address, "--workers", "1"))
    assert result.exit_code == 1
    assert "What was answered is kept; the same command asks the rest." in result.stderr
    assert "error: The model server at" in result.stderr
    assert not (folder / "review.md").exists()
    with scripted_server(SCRIPT) as address:
        assert run(*words(index, address)).exit_code == 0


def test_ctrl_c_keeps_what_is_answered(folder, index):
    def interrupt():
        while not (kept.exists() and len(kept.read_bytes().splitlines()) > 1):
            time.sleep(0.01)
        signal.raise_signal(signal.SIGINT)

    kept = folder / WORK
    with scripted_server(SCRIPT, delay=0.3) as address:
        waiting = threading.Thread(target=interrupt, daemon=True)
        waiting.start()
        result = run(*words(index, address, "--workers", "1"))
        waiting.join()
    assert result.exit_code == 130
    assert "Stopped. What was answered is kept; the same command asks the rest." in result.stderr
    assert not (folder / "review.md").exists()
    answered = len(kept.read_bytes().splitlines())
    with scripted_server(SCRIPT) as address:
        assert run(*words(index, address)).exit_code == 0
    assert len(kept.read_bytes().splitlines()) > answered
    assert (folder / "review.md").exists()
