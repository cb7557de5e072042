import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from r1agent.cli.app import app
from r1agent.doctor import (
    check_disk,
    check_faiss,
    check_index,
    check_sandbox,
    check_server,
    check_weights,
    run_checks,
)
from r1agent.settings import load_settings


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
    check = check_server(load_settings(base_url="http://127.0.0.1:9/v1"))
    assert check.status == "missing"
    assert check.do == "Start the server, or correct `base_url`."


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
