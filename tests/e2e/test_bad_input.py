"""Whatever a user gets wrong ends in one sentence and exit code 1 or 2, and loses nothing."""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import signal
import subprocess
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.agent.cli.commands import command, environment
from tests.agent.cli.scripted_server import scripted_server
from tests.indexes.made_pdfs import PARAGRAPH, lines_of, make_image_only, make_pdf
from tests.models.model_servers import body_of, completion, http_server, send


class Commands:
    """Run r1agent in a folder of its own, as a user would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = environment(
            HOME=str(folder),
            R1AGENT_CACHE_DIR=str(folder / "cache"),
            R1AGENT_RUNS_DIR=str(folder / "runs"),
            R1AGENT_MAX_RETRIES="0",
            HF_HUB_OFFLINE="1",
        )

    def run(self, *arguments, largest_file: int | None = None, **more: str) -> Ended:
        def limited() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        return Ended(
            subprocess.run(
                command(*arguments),
                cwd=self.folder,
                env=self.environment | more,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=60,
                preexec_fn=limited,
            )
        )

    def shell(self, line: str, *, folder: Path | None = None) -> Ended:
        """Run a line in a shell, which can close streams and remove folders."""
        return Ended(
            subprocess.run(
                ["bash", "-c", line],
                cwd=folder or self.folder,
                env=self.environment,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=60,
            )
        )

    def stop(self, *arguments, after: str, **more: str) -> Ended:
        """Press Ctrl-C once stderr says what the pattern `after` matches."""
        with subprocess.Popen(
            command(*arguments),
            cwd=self.folder,
            env=self.environment | more,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as child:
            told = ""
            assert child.stderr is not None
            while not re.search(after, told):
                line = child.stderr.readline()
                assert line, f"it ended before {after!r}: {told}"
                told += line
            child.send_signal(signal.SIGINT)
            out, rest = child.communicate(timeout=30)
        return Ended(subprocess.CompletedProcess(child.args, child.returncode, out, told + rest))


class Ended:
    """How a command ended."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def sentence(self, *, of_a_run: bool = False) -> str:
        """The one line on stderr; a run that had begun also says how to go on with it."""
        assert "Traceback" not in self.err
        lines = self.err.splitlines()
        if of_a_run:
            assert "What was done is kept" in lines[0]
            assert re.search(r"`r1agent ask --resume [\w-]+` goes on\.$", lines.pop(0))
        assert len(lines) == 1, self.err
        assert lines[0].startswith("error: ")
        assert lines[0].endswith((".", "?"))
        return lines[0].removeprefix("error: ")


@pytest.fixture
def r1agent(tmp_path) -> Commands:
    return Commands(tmp_path)


@pytest.fixture(scope="module")
def odd_index(tmp_path_factory):
    """A folder with one paper and four PDFs that are none, and what indexing it said."""
    folder = tmp_path_factory.mktemp("odd")
    papers = folder / "papers"
    papers.mkdir()
    make_pdf(papers / "good.pdf", [["Label Smoothing", *lines_of(PARAGRAPH)]])
    whole = (papers / "good.pdf").read_bytes()
    (papers / "broken.pdf").write_bytes(whole[: len(whole) // 3])
    (papers / "empty.pdf").write_bytes(b"")
    make_pdf(papers / "encrypted.pdf", [["Secret", *lines_of(PARAGRAPH)]], password="key")
    make_image_only(papers / "scanned.pdf")
    return folder, Commands(folder).run("index", "add", "papers", "--index", "idx", "-q")


# ---- papers


def test_no_such_folder(r1agent):
    ended = r1agent.run("index", "add", "nowhere", "--index", "idx", "-q")
    assert ended.code == 1
    assert "nowhere" in ended.sentence()


def test_a_folder_without_papers(r1agent):
    (r1agent.folder / "photos").mkdir()
    (r1agent.folder / "photos" / "beach.jpg").write_bytes(b"\xff\xd8")
    ended = r1agent.run("index", "add", "photos", "--index", "idx", "-q")
    assert ended.code == 1
    assert "photos" in ended.sentence()


def test_each_pdf_that_cannot_be_read_gets_a_sentence_and_the_others_are_indexed(odd_index):
    folder, added = odd_index
    assert (added.code, added.err) == (0, "")
    said = dict(
        line.removeprefix("failed  ").split(": ", 1)
        for line in added.out.splitlines()
        if line.startswith("failed  ")
    )
    assert sorted(said) == ["broken.pdf", "empty.pdf", "encrypted.pdf", "scanned.pdf"]
    assert "password" in said["encrypted.pdf"]
    assert "images only" in said["scanned.pdf"]
    listed = json.loads(Commands(folder).run("index", "list", "--index", "idx", "--json").out)
    assert [paper["file"] for paper in listed["papers"]] == ["good.pdf"]
    assert sorted(Path(each["path"]).name for each in listed["failed"]) == sorted(said)


def test_an_index_of_another_embedding_model(odd_index):
    folder, _ = odd_index
    other = ("--index", "idx", "--embedding-model", "other/model", "-q")
    for words in (("search", "smoothing"), ("index", "add", "papers")):
        ended = Commands(folder).run(*words, *other)
        assert ended.code == 1
        assert "other/model" in ended.sentence()
    assert "1 paper" in Commands(folder).run("index", "check", "--index", "idx").out


def test_a_folder_that_is_no_index(r1agent):
    (r1agent.folder / "thesis").mkdir()
    (r1agent.folder / "thesis" / "draft.tex").write_text("Chapter one")
    ended = r1agent.run(
        "ask", "Why?", "--index", "thesis", "--base-url", "http://127.0.0.1:9", "-q"
    )
    assert ended.code == 1
    assert "thesis" in ended.sentence()
    assert (r1agent.folder / "thesis" / "draft.tex").read_text() == "Chapter one"


# ---- the model server


def ask(r1agent: Commands, base_url: str, *more: str) -> Ended:
    return r1agent.run(
        "ask", "What is 6 times 7?", "--base-url", base_url, "--model", "m", "-q", *more
    )


def test_an_unreachable_server(r1agent):
    ended = ask(r1agent, "http://127.0.0.1:9/v1")
    assert ended.code == 1
    assert "http://127.0.0.1:9/v1" in ended.sentence(of_a_run=True)


def web_page(request: BaseHTTPRequestHandler) -> None:
    send(request, "<html><body>Welcome</body></html>", kind="text/html")


def status(code: int):
    def answer(request: BaseHTTPRequestHandler) -> None:
        send(request, {"error": {"message": f"sorry, {code}"}}, status=code)

    return answer


def half_an_answer(request: BaseHTTPRequestHandler) -> None:
    """Promise 1,000 bytes, send some, and hang up."""
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b'{"id": "1", "choices": [{"message": {"content": "The ans')


def half_a_stream(request: BaseHTTPRequestHandler) -> None:
    """Stream one event, where streaming is asked for, and hang up."""
    if not body_of(request).get("stream"):
        half_an_answer(request)
        return
    request.send_response(200)
    request.send_header("Content-Type", "text/event-stream")
    request.end_headers()
    request.wfile.write(b'data: {"id": "1", "choices": [{"index": 0, "delta": {"con')


def other_json(request: BaseHTTPRequestHandler) -> None:
    send(request, {"result": "42"})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (web_page, "a web page"),
        (status(401), "API key"),
        (status(429), "over its limit"),
        (status(500), "sorry, 500"),
        (half_an_answer, "in the middle of its answer"),
        (half_a_stream, "in the middle of its answer"),
        (other_json, "instead of a chat completion"),
    ],
    ids=["html", "401", "429", "500", "half an answer", "half a stream", "other json"],
)
def test_a_server_that_answers_something_else(r1agent, answer, said):
    with http_server(answer) as address:
        ended = ask(r1agent, f"{address}/v1")
    assert ended.code == 1
    assert said in ended.sentence(of_a_run=True)
    assert "sk-secret" not in ended.err


def test_a_server_without_a_list_of_models_wants_a_name(r1agent):
    with http_server(web_page) as address:
        ended = r1agent.run("ask", "What is 6 times 7?", "--base-url", f"{address}/v1", "-q")
    assert ended.code == 1
    assert "--model" in ended.sentence()


def test_json_that_fits_no_schema_ends_as_a_failure_that_says_so(r1agent):
    def nonsense(request: BaseHTTPRequestHandler) -> None:
        send(request, completion('{"solved": true}'))

    with http_server(nonsense) as address:
        ended = ask(r1agent, f"{address}/v1")
    assert "Traceback" not in ended.err
    assert ended.code == 1
    assert len((ended.err + ended.out).strip()) > 0


# ---- the disk


def test_no_room_for_an_index_loses_no_paper(odd_index):
    folder, _ = odd_index
    r1agent = Commands(folder)
    (folder / "more.txt").write_text("Experiment 1 measured 4 volts.")
    ended = r1agent.run("index", "add", "more.txt", "--index", "idx", "-q", largest_file=40_000)
    assert ended.code == 1
    assert "'idx' is full" in ended.sentence()
    checked = r1agent.run("index", "check", "--index", "idx")
    assert checked.code == 0
    assert checked.out.splitlines()[0].endswith(": 1 paper, 1 page, 1 passage.")


def test_no_room_for_the_journal(r1agent):
    with scripted_server() as address:
        ended = r1agent.run("ask", "Sum 1 to 100", "--base-url", address, "-q", largest_file=64)
    assert ended.code == 1
    assert "runs" in ended.sentence()


def test_a_folder_for_runs_that_cannot_be_made(r1agent):
    (r1agent.folder / "file").write_text("not a folder")
    with scripted_server() as address:
        ended = r1agent.run(
            "ask", "Sum 1 to 100", "--base-url", address, "--runs-dir", "file", "-q"
        )
    assert ended.code == 1
    assert "file" in ended.sentence()


# ---- Ctrl-C


def test_ctrl_c_while_papers_are_read_keeps_those_that_are_done(r1agent):
    papers = r1agent.folder / "papers"
    papers.mkdir()
    for number in range(60):
        text = [f"Paper {number} found {number * 1000 + line} volts." for line in range(300)]
        (papers / f"p{number:02}.txt").write_text(" ".join(text))
    second = r"\b([2-9]|[1-5]\d) of 60 "  # the one in hand, after one that is stored
    ended = r1agent.stop("index", "add", "papers", "--index", "idx", "--plain", after=second)
    assert ended.code == 130
    assert "Traceback" not in ended.err
    assert ended.err.splitlines()[-1].startswith("Stopped; ")
    listed = json.loads(r1agent.run("index", "list", "--index", "idx", "--json").out)
    assert 1 <= len(listed["papers"]) < 60


def test_ctrl_c_while_a_question_is_answered_keeps_the_run(r1agent):
    with scripted_server(delay=5) as address:
        began = time.monotonic()
        ended = r1agent.stop(
            "ask", "Sum 1 to 100", "--base-url", address, "--plain", after="Sum 1 to 100"
        )
    assert ended.code == 130
    assert time.monotonic() - began < 30
    assert "Traceback" not in ended.err
    last = ended.err.splitlines()[-1]
    assert last.startswith("Stopped. What was done is kept: `r1agent show ")
    run = last.split("`")[1].split()[-1]
    assert "Sum 1 to 100" in r1agent.run("show", run).out


# ---- settings


def test_an_unknown_setting_in_the_file_is_named_with_its_nearest_neighbour(r1agent):
    (r1agent.folder / "r1agent.toml").write_text('base_ulr = "http://127.0.0.1:9/v1"\n')
    ended = r1agent.run("ask", "Why?", "-q")
    assert ended.code == 1
    assert "Unknown setting `base_ulr`" in ended.sentence()
    assert "Did you mean `base_url`?" in ended.sentence()


def test_an_unknown_setting_in_the_environment_is_named_with_its_nearest_neighbour(r1agent):
    ended = r1agent.run("ask", "Why?", "-q", R1AGENT_TEMPRATURE="0.1")
    assert ended.code == 1
    assert "`R1AGENT_TEMPRATURE`" in ended.sentence()
    assert "Did you mean `R1AGENT_TEMPERATURE`?" in ended.sentence()


def test_a_value_that_cannot_be_used(r1agent):
    ended = r1agent.run("ask", "Why?", "-q", R1AGENT_TEMPERATURE="warm")
    assert ended.code == 1
    assert "`R1AGENT_TEMPERATURE` is 'warm'" in ended.sentence()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'model = "a"\nindex = kd\n', "(at line 2, column 9)"),
        (b'model = "caf\xe9"\n', "is not UTF-8 text (byte 12). Save it as UTF-8."),
        (b"[limits]\nmax_steps = 3\n", "There is a section `[limits]`"),
        (b"max_steps = 0\n", "is 0; wanted 1 or more."),
        (b"max_steps = 2.5\n", "is 2.5; wanted a whole number."),
        (b'sandbox_token = "x"\n', "`R1AGENT_SANDBOX_TOKEN`"),
    ],
)
def test_a_settings_file_that_cannot_be_used(r1agent, text, said):
    (r1agent.folder / "r1agent.toml").write_bytes(text)
    ended = r1agent.run("search", "pump", "-q")
    assert ended.code == 1
    assert said in ended.sentence()


def test_a_folder_that_was_removed(r1agent):
    gone = r1agent.folder / "gone"
    gone.mkdir()
    line = f"rmdir {gone}; exec {shlex.join(command('show'))}"
    ended = r1agent.shell(line, folder=gone)
    assert ended.code == 1
    assert "was removed" in ended.sentence()


# ---- what is typed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ask", "Why?", "--indx", "idx"], "No such option: --indx. Near it: `--index`"),
        (["serach", "pump"], "No such command 'serach'. Did you mean 'search'?"),
        (["index", "ad", "papers"], "No such command 'ad'. Did you mean 'add'?"),
        (["search"], "Missing argument 'QUERY'."),
        (["search", ""], "'QUERY': it is empty"),
        (["search", "pump", "--index", ""], "'--index': it is empty"),
        (["index", "add", "", "--index", "idx"], "'PATHS': it is empty"),
        (["search", "pump", "-k", "many"], "'-k': wanted a whole number."),
        (["search", "pump", "-k", "0"], "'-k': wanted 1 or more."),
        (["search", b"pump \xff", "--index", "idx"], "'QUERY': it is not UTF-8 text."),
        (["ask", "Why?", "--max-calls", "0"], "`--max-calls` is 0; wanted 1 or more."),
        (["ask", "Why?", "--deadline", "-1"], "`--deadline` is -1.0; wanted more than 0."),
        (["ask", "Why?", "--engine", "vlm"], "`--engine` is 'vlm'; wanted 'auto', 'vllm'"),
        (["ask", "Why?", "--base-url", "ftp://x"], "`--base-url` is 'ftp://x'; wanted an address"),
        (["ask"], "No question."),
        (["batch", "q.txt"], "Missing option '--out' / '-o'."),
    ],
)
def test_wrong_usage_is_one_sentence_that_says_where_to_read_on(r1agent, words, said):
    ended = r1agent.run(*map(os.fsdecode, words))
    assert (ended.code, ended.out) == (2, "")
    sentence = ended.err.splitlines()[-1]
    assert said in sentence
    assert re.search(r"See `r1agent[\w ]* --help`\.$", sentence)
    assert "Traceback" not in ended.err


# ---- streams


@pytest.mark.parametrize("command_line", ["ask -", "batch - -o out.jsonl", "provenance -"])
def test_stdin_that_is_closed_is_empty(r1agent, command_line):
    ended = r1agent.shell(f"exec {shlex.join(command(*command_line.split()))} <&-")
    assert ended.code in (1, 2)
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("stream", ["", "2"])
def test_an_output_that_is_closed_is_no_traceback(r1agent, stream):
    ended = r1agent.shell(f"exec {shlex.join(command('models', 'list'))} {stream}>&-")
    assert ended.code == 0
    assert ended.err == ""


@pytest.mark.parametrize("words", [["--help"], ["models", "list"], ["init", "--print"]])
def test_no_room_for_the_output(r1agent, words):
    ended = r1agent.shell(f"exec {shlex.join(command(*words))} >/dev/full")
    assert ended.code == 1
    assert "No space left on device" in ended.sentence()


def test_a_reader_that_leaves_is_no_error_message(r1agent):
    ended = r1agent.shell(f"{shlex.join(command('models', 'list', '--json'))} | head -1")
    assert (ended.out, ended.err) == ("[\n", "")


def test_a_terminal_without_unicode_gets_the_rest(r1agent):
    ended = r1agent.run("models", "list", PYTHONIOENCODING="ascii")
    assert ended.code == 0
    assert "qwen2.5-coder-1.5b" in ended.out


@pytest.mark.parametrize("words", [["ask", "-"], ["batch", "-", "-o", "out.jsonl"]])
def test_stdin_that_is_not_utf_8(r1agent, words):
    line = f"printf 'caf\\351' | {shlex.join(command(*words))}"
    ended = r1agent.shell(line)
    assert ended.code == 1
    assert "on stdin is not UTF-8" in ended.sentence()


# ---- files of the wrong kind


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export", "list.json"], "'list.json' holds no answer"),
        (["export", "empty.txt"], "'empty.txt' holds no answer"),
        (["export", "folder"], "'folder' is a folder"),
        (["show", "--runs-dir", "empty.txt"], "'empty.txt' is a file"),
        (["show", "last", "--runs-dir", "empty.txt"], "'empty.txt' is a file"),
        (["search", "pump", "-q", "--index", "my papers"], "--index 'my papers'`"),
        (["search", "pump", "-q", "--index", "empty.txt"], "'empty.txt' is a file"),
        (["batch", "folder", "-o", "out.jsonl"], "'folder' cannot be read: Is a directory"),
        (["batch", "empty.txt", "-o", "out.jsonl"], "holds no question"),
        (["batch", "latin.txt", "-o", "out.jsonl"], "'latin.txt' is not UTF-8 text"),
        (["table", "folder", "-o", "out.csv"], "'folder' cannot be read: Is a directory"),
        (["table", "empty.txt", "-o", "out.csv"], "empty.txt is empty"),
        (["papers", "get", "arxiv:1503.02531", "--to", "empty.txt"], "'empty.txt' is a file"),
        (["ask", "Why?", "-o", "folder"], "'folder' is a folder"),
        (["ask", "Why?", "-o", "no/such.md"], "needs a folder 'no'"),
        (["index", "add", "folder", "--index", "idx", "-q"], "No papers in 'folder'"),
        (["index", "add", "empty.txt", "--index", "empty.txt", "-q"], "'empty.txt' is a file"),
        (["show", "broken", "--runs-dir", "runs"], "is not the journal of a run"),
    ],
)
def test_a_file_or_a_folder_of_the_wrong_kind(r1agent, words, said):
    (r1agent.folder / "folder").mkdir()
    (r1agent.folder / "runs").mkdir()
    (r1agent.folder / "runs" / "broken.jsonl").write_bytes(bytes(range(256)))
    (r1agent.folder / "list.json").write_text("[1, 2]")
    (r1agent.folder / "empty.txt").touch()
    (r1agent.folder / "latin.txt").write_bytes(b"caf\xe9\n")
    ended = r1agent.run(*words)
    assert (ended.code, ended.out) == (1, "")
    assert said in ended.sentence()


def test_a_folder_is_no_settings_file(r1agent):
    (r1agent.folder / "folder").mkdir()
    ended = r1agent.run("ask", "Why?", "-q", "--config", "folder")
    assert (ended.code, ended.out) == (2, "")
    assert "`--config` is the folder 'folder'; wanted a settings file" in ended.err
