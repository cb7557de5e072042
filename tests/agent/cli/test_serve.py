import json
import os
import shlex
import signal
import stat
import subprocess
from pathlib import Path

import psutil
import pytest

from r1agent.models import probe
from r1agent.serving.running import list_running, record
from tests.agent.cli.commands import command, environment, run
from tests.agent.cli.scripted_server import scripted_server
from tests.serving.fake_vllm import make_python, started_with
from tests.serving.made_machine import make_driver, make_weights, use_driver


def plan(*arguments):
    return run("serve", "--dry-run", *arguments)


def test_a_dry_run_prints_the_command_alone_and_its_sums_beside_it():
    result = plan("--cards", "2x80", "--vllm-python", "/opt/vllm/bin/python")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    words = shlex.split(line)
    assert words[0] == "env"
    assert words[words.index("/opt/vllm/bin/python") + 1] == "-m"
    assert words[words.index("--tensor-parallel-size") + 1] == "2"
    assert "VLLM_NO_USAGE_STATS=1" in words
    assert "tokens of context" in result.stderr
    assert "KV cache" in result.stderr


def test_the_printed_command_names_no_key(monkeypatch):
    monkeypatch.setenv("R1AGENT_API_KEY", "hidden-key")
    result = plan("--cards", "24", "--json")
    assert "hidden-key" not in result.output


def test_a_dry_run_for_machines_is_one_object():
    result = plan("r1-distill-qwen-7b", "--cards", "24", "--precision", "bf16", "--json")
    told = json.loads(result.stdout)
    assert (told["model"], told["precision"]) == ("r1-distill-qwen-7b", "bf16")
    assert told["command"][told["command"].index("--served-model-name") + 1] == told["model"]
    assert told["cards"][0]["total_bytes"] == 24_000_000_000
    assert told["environment"]["VLLM_NO_USAGE_STATS"] == "1"
    assert result.stderr == ""


def test_the_name_of_a_model_at_another_server_is_not_what_is_served(monkeypatch):
    monkeypatch.setenv("R1AGENT_MODEL", "some/model")
    assert plan("--cards", "24", "--json").exit_code == 1
    monkeypatch.setenv("R1AGENT_BASE_URL", "https://models.example/v1")
    assert json.loads(plan("--cards", "24", "--json").stdout)["model"] != "some/model"


def test_quiet_leaves_the_sums_out():
    result = plan("--cards", "24", "--quiet")
    assert result.stderr == ""
    assert result.stdout.startswith("env ")


def test_options_after_two_dashes_are_for_vllm_and_come_last():
    result = plan("--cards", "24", "--", "--enforce-eager", "--max-num-seqs", "4")
    assert result.stdout.strip().endswith("--enforce-eager --max-num-seqs 4")
    named = plan("r1-distill-qwen-7b", "--cards", "24", "--", "--enforce-eager")
    assert "--served-model-name r1-distill-qwen-7b" in named.stdout
    assert named.stdout.strip().endswith("--enforce-eager")


def test_several_machines_are_spread_over_by_ray():
    words = shlex.split(plan("deepseek-r1", "--cards", "8x141", "--nodes", "2").stdout)
    assert words[words.index("--pipeline-parallel-size") + 1] == "2"
    assert words[words.index("--tensor-parallel-size") + 1] == "8"
    assert words[words.index("--distributed-executor-backend") + 1] == "ray"


def test_what_is_kept_free_is_not_given_to_vllm():
    shares = [
        float(word[word.index("--gpu-memory-utilization") + 1])
        for kept in ("0", "8")
        for word in [shlex.split(plan("--cards", "24", "--reserve-gb", kept).stdout)]
    ]
    assert shares[1] < shares[0] - 0.2


def test_older_cards_can_be_planned_for():
    new, old = (
        json.loads(plan("r1-distill-qwen-32b", "--cards", cards, "--json").stdout)
        for cards in ("48", "48@8.0")
    )
    assert new["precision"] == "fp8"
    assert old["precision"] != "fp8"


def test_a_dry_run_takes_the_cards_of_this_machine(tmp_path, monkeypatch):
    use_driver(monkeypatch, make_driver(tmp_path / "driver", 80, 80))
    python = make_python(tmp_path)
    told = json.loads(plan("--vllm-python", python, "--json").stdout)
    assert [card["name"] for card in told["cards"]] == ["Made Card", "Made Card"]
    assert told["command"][0] == str(python)


def test_a_dry_run_without_vllm_says_what_running_it_would_take(tmp_path, monkeypatch):
    use_driver(monkeypatch, make_driver(tmp_path / "driver", 24))
    result = plan("--vllm-python", make_python(tmp_path, distribution=""))
    assert result.exit_code == 0
    assert result.stdout.startswith("env ")
    assert "has no vLLM. Install it there" in result.stderr


def test_without_a_card_there_is_nothing_to_plan_for(tmp_path, monkeypatch):
    use_driver(monkeypatch, make_driver(tmp_path / "driver"))
    for distribution in ("vllm", ""):
        result = plan("--vllm-python", make_python(tmp_path, distribution=distribution))
        assert result.exit_code == 1
        assert "`--cards 2x80`" in result.stderr


@pytest.mark.parametrize("cards", ["two", "2y80", "0x80", "x80", "2x", "2x80@9", "-1", "65x8", "0"])
def test_cards_that_are_none_are_wrong_usage(cards):
    result = plan(f"--cards={cards}")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_wrong_input_is_told_in_one_sentence():
    assert "is 'fp9'; wanted 'bf16', 'fp8'" in plan("--cards", "24", "--precision", "fp9").stderr
    assert "No model is called 'nope'" in plan("nope", "--cards", "24").stderr
    assert plan("deepseek-r1", "--cards", "24").exit_code == 1
    assert plan("one", "two", "--cards", "24").exit_code == 2
    assert run("serve", "--cards", "24").exit_code == 2


def test_without_vllm_nothing_starts(tmp_path):
    result = run("serve", "--vllm-python", make_python(tmp_path, distribution=""))
    assert result.exit_code == 1
    assert "has no vLLM. Install it there" in result.stderr


def test_a_vllm_for_cards_does_not_start_without_one(tmp_path, monkeypatch):
    use_driver(monkeypatch, make_driver(tmp_path / "driver"))
    result = run("serve", "--vllm-python", make_python(tmp_path))
    assert result.exit_code == 1
    assert "this machine has none" in result.stderr
    assert not (tmp_path / "started.json").exists()


class Serving:
    """`r1agent serve` in a process of its own, over made cards and a made vLLM."""

    def __init__(self, folder: Path, *arguments: str, **behaviour: object) -> None:
        python = make_python(folder, **behaviour)
        driver = make_driver(folder / "driver", 24)
        weights = make_weights(folder / "weights" / "made-1b")
        paths = os.pathsep.join([str(driver), environment()["PYTHONPATH"]])
        self.process = subprocess.Popen(
            command("serve", weights, "--vllm-python", python, *arguments),
            cwd=folder,
            env=environment(PYTHONPATH=paths),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )

    def end(self, number: int | None = None) -> tuple[int, str, str]:
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@pytest.fixture
def serving(folder):
    """Start `r1agent serve`; what still runs at the end is ended."""
    started = []

    def start(*arguments: str, **behaviour: object) -> Serving:
        started.append(Serving(folder, *arguments, **behaviour))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_server_is_found_until_it_is_stopped_and_leaves_nothing(serving, number, folder):
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip(f"{number.name} is ignored here (`nohup`), and by what is started here")
    served = serving()
    address = served.process.stdout.readline().strip()
    (running,) = list_running()
    key = running.api_key.get_secret_value()
    assert (running.base_url, running.model_name) == (address, "made-1b")
    assert running.about == "16 bits, on vLLM 0.32.0"
    assert probe(address, key).models == ("made-1b",)
    assert probe(address).reachable is False

    arguments, _ = started_with(folder)
    (record,) = (folder / ".local/state/r1agent/servers").glob("*.json")
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    code, out, err = served.end(number)
    assert (code, out) == (0, "")
    assert key not in err + " ".join(arguments)
    assert str(record) in err
    assert err.rstrip().endswith("Stopped.")
    assert list_running() == []
    assert not record.exists()
    assert not psutil.pid_exists(running.pid)


def test_ask_finds_a_server_that_runs_and_says_what_answers():
    with scripted_server() as address:
        about = "4 bits, on vLLM 0.32.0"
        record(address, api_key="key", model_name="scripted", pid=os.getpid(), about=about)
        result = run("ask", "What is the sum of the whole numbers from 1 to 100?", "--json")
    assert result.exit_code == 0, result.output
    assert f"Answering with scripted, {about} at {address[7:-3]}." in result.stderr
    audit = json.loads(result.stdout)["audit"]
    assert (audit["model"], audit["engine"]) == ("scripted", about)


def test_a_server_for_machines_is_told_as_json(serving):
    served = serving("--json", "--quiet")
    lines = []
    while not lines or lines[-1] != "}\n":
        lines.append(served.process.stdout.readline())
    told = json.loads("".join(lines))
    assert told["model"] == "made-1b"
    assert json.loads(Path(told["key_file"]).read_text())["base_url"] == told["base_url"]
    code, _, err = served.end(signal.SIGINT)
    assert code == 0
    assert "Ready" not in err


def test_a_server_that_others_reach_says_so_and_is_asked_from_here(serving):
    served = serving("--host", "0.0.0.0")
    address = served.process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    key = list_running()[0].api_key.get_secret_value()
    assert probe(address, key).reachable
    _, _, err = served.end(signal.SIGINT)
    assert "Open to" in err


def test_ctrl_c_while_it_loads_leaves_nothing_and_exits_with_130(serving, folder):
    served = serving(seconds=60.0)
    while "loading weights" not in served.process.stderr.readline():
        assert served.process.poll() is None
    code, out, _ = served.end(signal.SIGINT)
    assert (code, out) == (130, "")
    assert not psutil.pid_exists(int((folder / "child.pid").read_text()))
    assert list_running() == []


def test_a_server_that_does_not_start_says_why(serving):
    log = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.\n"
    code, out, err = serving(log=f"ERROR 11-22 11:57:53 [core.py:1] {log}", exit_code=1).end()
    assert (code, out) == (1, "")
    assert "CUDA out of memory" in err
    assert "Traceback" not in err


def test_a_server_that_dies_later_says_why_and_exits_with_1(serving):
    served = serving()
    served.process.stdout.readline()
    (running,) = list_running()
    os.kill(running.pid, signal.SIGKILL)
    code, _, err = served.end()
    assert code == 1
    assert "Its log is" in err
    assert list_running() == []


def test_a_port_that_is_taken_is_told_before_anything_starts(serving, folder):
    served = serving()
    port = served.process.stdout.readline().strip().removesuffix("/v1").rpartition(":")[2]
    second = Serving(folder, "--port", port)
    code, _, err = second.end()
    assert code == 1
    assert f"port {port}" in err


def test_several_machines_need_a_cluster_of_them(serving):
    code, _, err = serving("--nodes", "2").end()
    assert code == 1
    assert "Look at `ray status`" in err
