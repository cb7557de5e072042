"""A supervised command leaves no process, however it or what it started resists."""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from r1agent.serving.supervised import Supervised, run_supervised
from tests.serving.fake_vllm import child_of, make_python


def run(folder: Path, *command: str, grace: float = 15.0) -> Supervised:
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        return run_supervised(command, environment=os.environ, log=log, grace=grace)
    finally:
        os.close(log)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans to the supervisor")
def test_what_does_not_want_to_end_is_killed_wherever_it_hides(tmp_path: Path) -> None:
    python = make_python(tmp_path, stubborn=True, seconds=300)
    running = run(tmp_path, str(python), "serve", grace=0.5)
    while not (tmp_path / "child.pid").exists():
        assert running.wait(0.1) is None
    child = child_of(tmp_path)
    assert os.getsid(child) != os.getsid(running.pid or 0)
    running.stop()
    assert not psutil.pid_exists(child)
    assert not psutil.pid_exists(running.pid or 0)


@pytest.mark.parametrize(("code", "exit_code"), [("exit(3)", 3), ("os.kill(os.getpid(), 9)", 137)])
def test_the_exit_code_is_that_of_the_command(tmp_path: Path, code: str, exit_code: int) -> None:
    running = run(tmp_path, sys.executable, "-c", f"import os; {code}")
    assert running.wait(30) == exit_code
    running.stop()


def test_what_the_command_prints_is_in_the_log(tmp_path: Path) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr)"
    running = run(tmp_path, sys.executable, "-u", "-c", code)
    running.wait(30)
    running.stop()
    assert sorted((tmp_path / "log").read_text().split()) == ["err", "out"]


def test_a_command_that_is_not_there_has_no_process_id(tmp_path: Path) -> None:
    running = run(tmp_path, str(tmp_path / "nowhere"))
    assert running.pid is None
    assert running.wait(30) == 1
    assert "FileNotFoundError" in (tmp_path / "log").read_text()
    running.stop()


def test_a_command_that_nothing_refers_to_any_more_is_stopped(tmp_path: Path) -> None:
    running = run(tmp_path, sys.executable, "-c", "import time; time.sleep(300)")
    pid = running.pid or 0
    assert psutil.pid_exists(pid)
    del running
    gc.collect()
    assert not psutil.pid_exists(pid)


def test_stopping_is_quick_and_may_be_repeated(tmp_path: Path) -> None:
    running = run(tmp_path, sys.executable, "-c", "import time; time.sleep(300)")
    began = time.monotonic()
    running.stop()
    running.stop()
    assert time.monotonic() - began < 10
