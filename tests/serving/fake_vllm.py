"""A Python that has a vLLM: answers what it is asked about packages, and serves like vLLM.

`make_python` writes it; the rest of this file is what it runs.
"""

from __future__ import annotations

import http.server
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

LOADING = """\
(APIServer pid=7) INFO 11-22 11:57:53 [api_utils.py:347]  ▄▄ ▄█ █     █     █ ▀▄▀ █  version 0.32.0
(Worker pid=9) INFO 11-22 12:02:24 [cpu_model_runner.py:68] Starting to load model /weights...
Loading safetensors checkpoint shards:  50% Completed | 1/2 [00:09<00:09,  9.18s/it]
"""


def make_python(
    folder: Path,
    *,
    distribution: str = "vllm",
    version: str = "0.32.0",
    log: str = LOADING,
    seconds: float = 0.0,
    exit_code: int | None = None,
    killed_by: int | None = None,
    stubborn: bool = False,
    taken: int = 0,
    serves: str = "",
) -> Path:
    """Write an executable `python` into `folder` and return its path.

    Args:
        distribution: The package it has; empty: none.
        version: Of that package.
        log: What the server prints first.
        seconds: Until it answers, or ends.
        exit_code: With what it ends instead of answering.
        killed_by: The signal that ends it instead.
        stubborn: Neither the server nor its child heeds a request to end, and the child has
            left the group.
        taken: How many starts find their port taken.
        serves: The model that it lists, whatever it is told to serve.
    """
    behaviour = {
        "log": log,
        "seconds": seconds,
        "exit_code": exit_code,
        "killed_by": killed_by,
        "stubborn": stubborn,
        "taken": taken,
        "serves": serves,
        "folder": str(folder),
    }
    (folder / "behaviour.json").write_text(json.dumps(behaviour))
    found = {distribution: version} if distribution else {}
    python = folder / "python"
    python.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        "if sys.argv[1] == '-c':\n"
        f"    print({json.dumps(json.dumps(found))})\n"
        "    sys.exit()\n"
        f"os.execv({sys.executable!r}, [{sys.executable!r}, {__file__!r}, "
        f"{str(folder / 'behaviour.json')!r}, *sys.argv[1:]])\n"
    )
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return python


def child_of(folder: Path) -> int:
    """Return the process id of the child that the server of `folder` started last."""
    return int((folder / "child.pid").read_text())


def started_with(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return the arguments and the environment of the server of `folder`."""
    arguments, environment = json.loads((folder / "started.json").read_text())
    return arguments, environment


def main() -> int:
    """Behave as told; the port and the name are among the arguments, as vLLM wants them."""
    behaviour = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(behaviour["folder"])
    (folder / "started.json").write_text(json.dumps([sys.argv[2:], dict(os.environ)]))
    _start_child(folder, behaviour["stubborn"])
    _say(behaviour["log"])
    if _is_taken(folder, behaviour["taken"]):
        _say("Traceback (most recent call last):\nOSError: [Errno 98] Address already in use")
        return 1
    time.sleep(behaviour["seconds"])
    if behaviour["killed_by"]:
        os.kill(os.getpid(), behaviour["killed_by"])
    if behaviour["exit_code"] is not None:
        return int(behaviour["exit_code"])
    address = (_option("--host"), int(_option("--port")))
    http.server.ThreadingHTTPServer(address, _Handler).serve_forever()
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _start_child(folder: Path, stubborn: bool) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " if stubborn else ""
    child = subprocess.Popen(
        [sys.executable, "-c", f"{deaf}import time; print(flush=True); time.sleep(300)"],
        start_new_session=stubborn,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()  # from now on it is deaf
    if stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (folder / "unfinished").write_text(str(child.pid))
    (folder / "unfinished").rename(folder / "child.pid")


def _is_taken(folder: Path, times: int) -> bool:
    with (folder / "starts").open("a+") as starts:
        starts.write("x")
        return starts.tell() <= times


def _option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/health":
            return self._send(200, {})
        if self.path == "/version":
            return self._send(200, {"version": "0.32.0"})
        if not self._knows_key():
            return self._send(401, {"error": "Unauthorized"})
        serves = json.loads(Path(sys.argv[1]).read_text())["serves"]
        model = {
            "id": serves or _option("--served-model-name"),
            "object": "model",
            "owned_by": "vllm",
        }
        return self._send(200, {"object": "list", "data": [model]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if not self._knows_key():
            return self._send(401, {"error": "Unauthorized"})
        message = {"role": "assistant", "content": "Paris.", "reasoning": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
        name = _option("--served-model-name")
        about = {"id": "1", "object": "chat.completion", "created": 0, "model": name}
        return self._send(200, about | {"choices": [choice], "usage": usage})

    def log_message(self, *args: Any) -> None:
        _say("(APIServer pid=7) INFO: 127.0.0.1 asked")

    def _knows_key(self) -> bool:
        return self.headers["Authorization"] == f"Bearer {os.environ['VLLM_API_KEY']}"

    def _send(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    sys.exit(main())
