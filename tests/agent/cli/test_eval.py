import json
import signal
import time

import pytest

from tests.agent.cli.commands import run, start
from tests.agent.cli.scripted_server import scripted_server

PROBLEMS = [("Sum of 1 to 100?", "5050"), ("Two plus two?", "4"), ("And 1 to 100?", "5050")]


PAPER = """# Smoothing revisited

Label smoothing of the teacher gains the student 0.9 points of accuracy at temperature 1.
We trained forty students of 0.27 million parameters for 200 epochs on photographs of shore animals.
The best temperature was 4 for students of 0.07 million parameters and 8 for larger students.
Showing teacher and student the same augmented image was worth 1.34 points of accuracy.
Algorithm L was 21.7 times faster than Algorithm R on a stream of 1,000,000 items.
"""


@pytest.fixture
def problems(folder):
    lines = [
        json.dumps({"question": question, "answer": f"So it is #### {answer}"})
        for question, answer in PROBLEMS
    ]
    (folder / "p.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def scores(text):
    """Return what must be the same twice of an evaluation in JSON: its rows without seconds."""
    return [
        [
            system["system"],
            [(row["example"], row["outcome"], row["measures"]) for row in system["rows"]],
        ]
        for system in json.loads(text)["systems"]
    ]


def kept_lines(folder, out):
    return sum(
        len(path.read_bytes().splitlines()) - 1 for path in folder.glob(f".{out}.work/*.jsonl")
    )


def told(result):
    """Return the text of an error without its frame."""
    return " ".join(result.stderr.replace("│", " ").split())


def test_a_table_on_stdout_and_a_report_in_the_file(problems, server):
    result = run("eval", "math", "p.jsonl", "--base-url", server, "-o", "m.md")
    assert result.exit_code == 0, result.output
    assert "accuracy" in result.stdout
    assert "0.667" in result.stdout
    assert "loop · scripted  3 of 3 examples, accuracy 0.667" in result.stderr
    assert "Written: 'm.md'." in result.stderr
    assert "0.667" in (problems / "m.md").read_text()


def test_the_same_command_asks_nothing_more(problems, server):
    words = ["eval", "math", "p.jsonl", "--base-url", server, "-o", "m.json"]
    run(*words)
    first = (problems / "m.json").read_text()
    again = run(*words)
    assert "All was answered before; `--redo` asks it anew." in again.stderr
    assert scores((problems / "m.json").read_text()) == scores(first)


def test_json_is_data_and_nothing_is_left_behind_without_a_file(problems, server):
    result = run("eval", "math", "p.jsonl", "--base-url", server, "--json", "--limit", "2", "-q")
    found = json.loads(result.stdout)
    assert [len(system["rows"]) for system in found["systems"]] == [2, 2]
    assert found["notes"] == ["2 of 3 examples, drawn with seed 0."]
    assert found["setting"]["temperature"] == "0.6"
    assert result.stderr == ""
    assert [*(problems / "cache" / "evaluations").iterdir()] == []


def test_two_models_stand_side_by_side(problems, server):
    words = ["eval", "math", "p.jsonl", "--base-url", server, "--no-baseline", "--json"]
    result = run(*words, "--model", "one", "--model", "two")
    assert [system["model"] for system in json.loads(result.stdout)["systems"]] == ["one", "two"]


def test_a_part_of_the_loop_can_be_left_out(problems, server):
    words = ["eval", "math", "p.jsonl", "--base-url", server, "--limit", "1", "--json"]
    result = run(*words, "--without", "gate,planner")
    names = [system["system"] for system in json.loads(result.stdout)["systems"]]
    assert names[-2:] == ["loop without gate", "loop without planner"]


def test_a_killed_evaluation_goes_on_to_the_same_table(problems):
    with scripted_server(delay=0.2) as address:
        words = ["eval", "math", "p.jsonl", "--base-url", address, "--workers", "1", "--model", "m"]
        whole = run(*words, "--json")
        child = start(*words, "-o", "m.json", folder=problems)
        until = time.monotonic() + 60
        while kept_lines(problems, "m.json") < 4:
            assert time.monotonic() < until
            time.sleep(0.02)
        child.kill()
        child.communicate(timeout=20)
        assert not (problems / "m.json").exists()
        resumed = run(*words, "-o", "m.json")
    assert resumed.exit_code == 0, resumed.output
    assert "answered before" in resumed.stderr
    assert scores((problems / "m.json").read_text()) == scores(whole.stdout)


def test_ctrl_c_keeps_what_is_done(problems):
    with scripted_server(delay=0.3) as address:
        words = ["eval", "math", "p.jsonl", "--base-url", address, "--workers", "1", "-o", "m.md"]
        child = start(*words, folder=problems)
        until = time.monotonic() + 60
        while kept_lines(problems, "m.md") < 1:
            assert time.monotonic() < until
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "What was answered is kept; the same command does the rest." in err
    assert "Traceback" not in err
    assert out == ""


def test_a_lost_server_ends_it_without_a_report(problems, monkeypatch):
    monkeypatch.setenv("R1AGENT_MAX_RETRIES", "0")
    words = ["eval", "math", "p.jsonl", "--model", "m", "--workers", "1", "-o", "m.json"]
    with scripted_server(status=500) as address:
        lost = run(*words, "--base-url", address)
    assert lost.exit_code == 1
    assert "the same command does the rest." in lost.stderr
    assert "failed (status 500: {}); look into its log" in lost.stderr
    assert not (problems / "m.json").exists()


def test_another_temperature_is_not_mixed_with_what_is_kept(problems, server):
    words = ["eval", "math", "p.jsonl", "--base-url", server, "-o", "m.md", "--no-baseline"]
    run(*words)
    refused = run(*words, "--temperature", "0")
    assert refused.exit_code == 1
    assert "its `temperature` was 0.6, and is 0.0 now" in refused.stderr
    assert run(*words, "--temperature", "0", "--redo").exit_code == 0


def test_an_index_of_the_settings_is_not_searched_for_mathematics(problems, server):
    (problems / "r1agent.toml").write_text('index = "none"\n')
    result = run("eval", "math", "p.jsonl", "--base-url", server, "--no-baseline")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--without", "gates"], "`--without` names 'gates'; wanted some of planner,gate,tools"),
        (["--workers", "0"], "`--workers` is '0'; wanted `auto` or a number from 1 to 256"),
        (
            ["--model", "a", "--model", "b", "--model", "c", "--base-url", "u", "--base-url", "v"],
            "There are 3 of `--model` and 2 of `--base-url`. Give as many of one as of the other",
        ),
        (["--limit", "0"], "Invalid value for '--limit'"),
        (["--repeats", "0"], "Invalid value for '--repeats'"),
        (["--temperature", "3"], "Invalid value for '--temperature'"),
    ],
)
def test_a_wrong_option_says_what_was_wanted(problems, words, said):
    result = run("eval", "math", "p.jsonl", *words)
    assert result.exit_code == 2
    assert said in told(result)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["p.jsonl", "-o", "m.pdf"], "'m.pdf' ends in '.pdf', which names no format"),
        (["p.jsonl", "-o", "m.bib"], "Name a file that ends in one of `.md`"),
        (["p.jsonl", "-o", "none/m.md"], "needs a folder 'none'"),
        (["p.jsonl", "--model", "a", "--model", "a"], "'a at auto' is named 2 times"),
        (["none.jsonl"], "none.jsonl"),
    ],
)
def test_what_cannot_be_done_is_refused_before_a_model_is_loaded(problems, words, said):
    result = run("eval", "math", *words)
    assert result.exit_code == 1
    assert said in result.stderr


def test_an_address_that_is_none_is_wrong_usage(problems):
    result = run("eval", "math", "p.jsonl", "--base-url", "nonsense")
    assert result.exit_code == 2
    assert "`--base-url` is 'nonsense'; wanted an address" in result.stderr


def test_a_task_that_needs_no_model_loads_none(folder):
    claim = {"claim": "Smoothing helps.", "evidence": "Smoothing helps the student much."}
    lines = [json.dumps(claim | {"label": label}) for label in ("SUPPORT", "REFUTE")]
    (folder / "claims.jsonl").write_text("\n".join(lines) + "\n")
    result = run("eval", "support", "claims.jsonl", "--json", "-q")
    found = json.loads(result.stdout)
    assert {system["model"] for system in found["systems"]} == {""}
    assert "models" not in found["setting"]
    assert [row["kind"] for row in found["systems"][0]["rows"]] == ["supported", "refuted"]


@pytest.mark.parametrize("task", ["faults", "injection", "support"])
def test_a_task_without_a_loop_offers_no_option_of_one(task):
    assert "--without" not in run("eval", task, "--help").stdout
    assert "--without" in run("eval", "papers", "--help").stdout


def test_the_help_of_self_tells_how_many_are_made_from_how_many_are_put():
    told = " ".join(run("eval", "self", "--help").stdout.replace("│", " ").split())
    assert "Examples made of each kind" in told
    assert "Put only so many of the examples" in told


def test_on_ones_own_papers_trust_comes_first_and_what_was_not_measured_has_no_column(folder):
    (folder / "a.md").write_text(PAPER)
    run("index", "add", "a.md", "--index", "idx", "-q")
    result = run("eval", "self", "--index", "idx", "--count", "2", "-q")
    assert result.exit_code == 0, result.output
    first, second = (line for line in result.stdout.splitlines()[:3] if line)
    assert first == "Your own papers, without labels"
    assert second.startswith("Note: Of 100 planted errors the gate finds")
    assert "caught" in result.stdout
    assert "source page cited" not in result.stdout
    assert " - " not in result.stdout
    report = json.loads(run("eval", "self", "--index", "idx", "--count", "2", "--json").stdout)
    assert "source page cited" in {metric["name"] for metric in report["metrics"]}


@pytest.mark.parametrize("task", ["math", "code"])
def test_programs_run_where_the_settings_say_or_nowhere(task, problems, server):
    (problems / "r1agent.toml").write_text('sandbox = "remote"\n')
    refused = run("eval", task, "p.jsonl", "--base-url", server)
    assert refused.exit_code == 1
    assert "no service is named. Set `sandbox_url`" in refused.stderr
