"""A managed vLLM answers when it is said to, says why it does not, and leaves no process."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from r1agent.errors import DriverError, ModelServerError
from r1agent.models import probe
from r1agent.serving.cards import Card
from r1agent.serving.environment import find_vllm
from r1agent.serving.fit import Fit
from r1agent.serving.vllm_server import VllmServer, serve_vllm
from tests.serving.fake_vllm import child_of, make_python, started_with
from tests.serving.made_machine import GB, make_weights

FIT = Fit(
    model="r1-tiny",
    repository="/weights/r1-tiny",
    revision=None,
    precision="bf16",
    context=2048,
    tensor_parallel=1,
    pipeline_parallel=1,
    memory_share=0.9,
    device="cuda",
    reasoning_parser="deepseek_r1",
    quantization=None,
    arithmetic=(),
)
OOM = """\
(EngineCore pid=9) ERROR 11-22 12:00:00 [core.py:1165] EngineCore failed to start.
(EngineCore pid=9) ERROR 11-22 12:00:00 [core.py:1165] Traceback (most recent call last):
(EngineCore pid=9) ERROR 11-22 12:00:00 [core.py:1165] torch.OutOfMemoryError: CUDA out of memory.
(APIServer pid=7) RuntimeError: Engine core initialization failed. See root cause above.
"""


def server_of(folder: Path, fake: dict[str, Any] | None = None, **settings: Any) -> VllmServer:
    python = make_python(folder, **(fake or {}))
    return VllmServer(find_vllm(python), FIT, logs=folder / "logs", **settings)


def gone(pid: int, within: float = 20) -> bool:
    return eventually(lambda: not alive(pid), within)


def alive(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def eventually(holds: Callable[[], bool], within: float = 20) -> bool:
    until = time.monotonic() + within
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@contextlib.contextmanager
def owner_process(folder: Path, code: str) -> Iterator[subprocess.Popen[str]]:
    """Run `code` in a process of its own, with `server` being a server of `folder`."""
    setup = (
        "from pathlib import Path\n"
        "from tests.serving.test_vllm_server import server_of\n"
        f"folder = Path({str(folder)!r})\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", setup + code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": "tools:indexes:."},
        start_new_session=True,
    )
    try:
        yield owner
    finally:
        owner.kill()
        owner.communicate()


def test_it_answers_within_the_block_and_leaves_nothing(tmp_path: Path) -> None:
    with server_of(tmp_path) as server:
        assert probe(server.base_url, server.api_key).models == ("r1-tiny",)
        assert server.pid is not None
        pids = [server.pid, child_of(tmp_path)]
        assert all(map(alive, pids))
        assert server.wait(0) is None
    assert not any(map(alive, pids))
    assert server.base_url == ""
    assert server.pid is None


def test_it_listens_on_this_machine_only_and_wants_the_key(tmp_path: Path) -> None:
    with server_of(tmp_path) as server:
        assert server.base_url.startswith("http://127.0.0.1:")
        assert probe(server.base_url, "another key").problem == "answered 401"


def test_the_key_is_in_no_command_line_no_log_and_no_repr(tmp_path: Path) -> None:
    with server_of(tmp_path) as server:
        arguments, environment = started_with(tmp_path)
        assert server.log_path is not None
        assert environment["VLLM_API_KEY"] == server.api_key
        assert environment["VLLM_NO_USAGE_STATS"] == "1"
        shown = [*arguments, repr(server), server.log_path.read_text()]
        for process in psutil.Process().children(recursive=True):
            shown += process.cmdline()
        assert not [text for text in shown if server.api_key in text]


def test_every_server_has_a_key_of_its_own(tmp_path: Path) -> None:
    one, other = server_of(tmp_path), server_of(tmp_path)
    assert one.api_key != other.api_key
    assert len(one.api_key) >= 32


def test_closing_twice_and_closing_what_never_ran_is_harmless(tmp_path: Path) -> None:
    server = server_of(tmp_path)
    server.close()
    server.start()
    server.close()
    server.close()
    assert not alive(child_of(tmp_path))


def test_it_can_be_started_again(tmp_path: Path) -> None:
    server = server_of(tmp_path)
    with server:
        first = server.pid
    with server:
        assert server.pid != first
        assert probe(server.base_url, server.api_key).reachable


def test_progress_tells_the_stage_at_least_every_two_seconds(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    times: list[float] = []

    def on_progress(stage: str, seconds: float) -> None:
        told.append((stage, seconds))
        times.append(time.monotonic())

    with server_of(tmp_path, {"seconds": 4}, on_progress=on_progress):
        times.append(time.monotonic())
    assert ("loading weights, shard 1 of 2") in [stage for stage, _ in told]
    assert [seconds for _, seconds in told] == sorted(seconds for _, seconds in told)
    assert max(later - sooner for sooner, later in itertools.pairwise(times)) < 2


def test_a_crash_at_the_start_ends_the_wait_at_once_and_says_why(tmp_path: Path) -> None:
    began = time.monotonic()
    with (
        pytest.raises(ModelServerError, match="The card ran out of memory") as error,
        server_of(tmp_path, {"log": OOM, "exit_code": 1}),
    ):
        pass
    assert time.monotonic() - began < 15
    assert "torch.OutOfMemoryError: CUDA out of memory." in str(error.value)
    assert "'/weights/r1-tiny'" in str(error.value)
    assert "The whole log is" in str(error.value)
    assert not alive(child_of(tmp_path))


def test_being_killed_at_the_start_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(ModelServerError, match="killed, most likely by the kernel"),
        server_of(tmp_path, {"killed_by": signal.SIGKILL}),
    ):
        pass


def test_an_unknown_crash_shows_the_last_error_and_the_log(tmp_path: Path) -> None:
    log = "Traceback (most recent call last):\nZeroDivisionError: division by zero\n"
    with (
        pytest.raises(ModelServerError, match="ended with exit code 3 ") as error,
        server_of(tmp_path, {"log": log, "exit_code": 3}),
    ):
        pass
    assert "(ZeroDivisionError: division by zero)" in str(error.value)
    assert str(next((tmp_path / "logs").iterdir())) in str(error.value)


def test_a_crash_later_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with server_of(tmp_path) as server:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        assert server.wait(20) == 128 + signal.SIGKILL
        assert server.crash().kind == "killed"
        assert not alive(child_of(tmp_path))


def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with (
        pytest.raises(ModelServerError, match=r"does not answer after \d+ s") as error,
        server_of(tmp_path, {"seconds": 60}, timeout=2),
    ):
        pass
    assert "at last: loading weights, shard 1 of 2" in str(error.value)
    assert not alive(child_of(tmp_path))


def test_a_port_that_is_taken_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ModelServerError, match=f"can listen on port {port}"),
            server_of(tmp_path, port=port),
        ):
            pass
    assert not (tmp_path / "started.json").exists()


def test_a_free_port_that_was_snatched_is_changed_for_another(tmp_path: Path) -> None:
    with server_of(tmp_path, {"taken": 2}) as server:
        assert probe(server.base_url, server.api_key).reachable
    assert (tmp_path / "starts").read_text() == "xxx"


def test_a_port_that_was_asked_for_is_not_changed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        pytest.raises(ModelServerError, match="The port is taken by another program"),
        server_of(tmp_path, {"taken": 1}, port=port),
    ):
        pass
    assert (tmp_path / "starts").read_text() == "x"


def test_a_stranger_that_answers_on_the_port_is_not_taken_for_the_server(tmp_path: Path) -> None:
    with (
        pytest.raises(ModelServerError, match="does not answer after"),
        server_of(tmp_path, {"serves": "another-model"}, timeout=3),
    ):
        pass


def test_kill_9_of_the_owner_ends_everything(tmp_path: Path) -> None:
    with owner_process(
        tmp_path, "with server_of(folder) as server:\n print(server.pid, flush=True)\n input()"
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        child = child_of(tmp_path)
        assert alive(pid)
        owner.kill()
        assert gone(pid)
        assert gone(child)


def test_kill_9_of_the_owner_during_the_start_ends_everything(tmp_path: Path) -> None:
    with owner_process(tmp_path, "server_of(folder, {'seconds': 120}).start()") as owner:
        assert eventually((tmp_path / "child.pid").exists)
        child = child_of(tmp_path)
        owner.kill()
        assert gone(child)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of such a death")
def test_kill_9_of_the_supervisor_ends_the_server(tmp_path: Path) -> None:
    with server_of(tmp_path) as server:
        assert server.pid is not None
        pid = server.pid
        os.kill(psutil.Process(pid).ppid(), signal.SIGKILL)
        assert gone(pid)
        os.kill(child_of(tmp_path), signal.SIGKILL)


def test_ctrl_c_during_the_start_stops_everything(tmp_path: Path) -> None:
    with owner_process(tmp_path, "server_of(folder, {'seconds': 120}).start()") as owner:
        assert eventually((tmp_path / "child.pid").exists)
        child = child_of(tmp_path)
        os.killpg(owner.pid, signal.SIGINT)  # as a terminal does
        assert "KeyboardInterrupt" in owner.communicate(timeout=30)[1]
        assert not alive(child)


def test_ctrl_c_that_the_program_handles_leaves_the_server_alone(tmp_path: Path) -> None:
    code = (
        "import time\n"
        "with server_of(folder) as server:\n"
        "    try:\n"
        "        print('asking', flush=True)\n"
        "        time.sleep(60)\n"
        "    except KeyboardInterrupt:\n"
        "        print(server.wait(1))\n"
    )
    with owner_process(tmp_path, code) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        os.killpg(owner.pid, signal.SIGINT)
        assert owner.communicate(timeout=60)[0] == "None\n"


def test_a_program_that_forgets_to_close_leaves_nothing(tmp_path: Path) -> None:
    code = "server = server_of(folder).start()\nprint(server.pid)"
    with owner_process(tmp_path, code) as owner:
        pid = int(owner.communicate(timeout=60)[0])
        assert owner.returncode == 0
        assert not alive(pid)
        assert not alive(child_of(tmp_path))


def test_a_fork_of_the_owner_that_ends_does_not_stop_the_server(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "server = server_of(folder).start()\n"
        "if os.fork() == 0:\n"
        "    sys.exit()\n"
        "os.wait()\n"
        "print(server.wait(1))"
    )
    with owner_process(tmp_path, code) as owner:
        assert owner.communicate(timeout=60)[0] == "None\n"


def test_the_thread_that_started_it_may_end(tmp_path: Path) -> None:
    server = server_of(tmp_path)
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()
    with contextlib.closing(server):
        assert server.wait(1.5) is None
        assert probe(server.base_url, server.api_key).reachable


def test_the_log_is_kept_for_its_owner_alone_and_old_ones_go(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for number in range(12):
        log = logs / f"vllm-2026010{number:02}-000000-8000.log"
        log.touch()
        os.utime(log, (number, number))
    (logs / "another.log").touch()
    with server_of(tmp_path) as server:
        assert server.log_path is not None
        assert stat.S_IMODE(server.log_path.stat().st_mode) == 0o600
        assert "Starting to load model" in server.log_path.read_text()
        kept = sorted(log.name for log in logs.glob("vllm-*.log"))
    assert len(kept) == 10
    assert "vllm-202601003-000000-8000.log" in kept
    assert "vllm-202601002-000000-8000.log" not in kept
    assert (logs / "another.log").exists()


def test_a_log_of_the_user_is_appended_to_and_its_past_explains_nothing(tmp_path: Path) -> None:
    log = tmp_path / "my.log"
    log.write_text(OOM)
    with (
        pytest.raises(ModelServerError, match="ended with exit code 1"),
        server_of(tmp_path, {"exit_code": 1, "log": "all well"}, log_path=log),
    ):
        pass
    assert log.read_text() == f"{OOM}all well\n"


def test_a_question_is_answered(tmp_path: Path) -> None:
    with server_of(tmp_path) as server:
        answer = httpx2.post(
            f"{server.base_url}/chat/completions",
            json={"model": server.model_name, "messages": [{"role": "user", "content": "Where?"}]},
            headers={"Authorization": f"Bearer {server.api_key}"},
            trust_env=False,
        )
    assert json.loads(answer.text)["choices"][0]["message"]["content"] == "Paris."


def test_what_fits_the_cards_is_served(tmp_path: Path) -> None:
    card = Card(0, "Made Card", 24 * GB, 24 * GB, (9, 0))
    server = serve_vllm(
        str(make_weights(tmp_path / "weights")),
        python=make_python(tmp_path),
        cards=[card],
        context=4096,
        cache=tmp_path,
        extra=["--seed", "7"],
    )
    with server:
        arguments, environment = started_with(tmp_path)
        assert probe(server.base_url, server.api_key).models == ("weights",)
        assert server.log_path is not None
        assert server.log_path.parent == tmp_path / "logs"
    assert server.fit.device == "cuda"
    assert arguments[arguments.index("--model") + 1] == str(tmp_path / "weights")
    assert arguments[arguments.index("--max-model-len") + 1] == "4096"
    assert arguments[-2:] == ["--seed", "7"]
    assert environment["HF_HUB_OFFLINE"] == "1"


def test_a_build_for_cards_without_a_card_says_so(tmp_path: Path) -> None:
    with pytest.raises(DriverError, match="has a vLLM for CUDA cards, and this machine has none"):
        serve_vllm(python=make_python(tmp_path), cards=[])
