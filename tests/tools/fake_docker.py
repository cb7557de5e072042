"""Stand-ins for Docker's client: one that runs the command here, others that misbehave."""

import json
import stat
import sys
import textwrap
from pathlib import Path

_CLIENT = """
import os, signal, subprocess, sys, tempfile
here = {here!r}
with open(here + "/calls", "a") as calls:
    calls.write(" ".join(sys.argv[1:4]) + "\\n")
if sys.argv[1] == "rm":
    with open(here + "/" + sys.argv[-1]) as file:
        os.killpg(int(file.read()), signal.SIGKILL)
    sys.exit()
name = next(word for word in sys.argv if word.startswith("--name="))[7:]
boot = sys.argv[sys.argv.index("image:1") + 1:]
command = [sys.executable, *({inside!r} or boot)]
with tempfile.TemporaryDirectory(dir=here) as folder:
    container = subprocess.Popen(command, cwd=folder, start_new_session=True)
    with open(here + "/" + name, "w") as file:
        file.write(str(container.pid))
    sys.exit(container.wait())
"""
_ACTOR = """
import json, os, sys, time
def take(size):
    data = b""
    while len(data) < size:
        piece = os.read(0, size - len(data))
        if not piece:
            sys.exit()
        data += piece
    return data
def read():
    return json.loads(take(int.from_bytes(take(4), "big")))
def send(frame):
    body = json.dumps(frame).encode()
    write(len(body).to_bytes(4, "big") + body)
def write(data):
    while data:
        data = data[os.write(1, data):]
def reply(message):
    send({"piece": json.dumps(message), "last": True})
read()
"""
READY = {
    "ready": {"seccomp": "on"},
    "attempts": {
        "open an internet socket": "refused",
        "open a unix socket": "refused",
        "start a process": "refused",
        "run a program": "refused",
        "signal another process": "refused",
        "write in its own folder": "allowed",
    },
}


def running_docker(folder: Path) -> str:
    """Return a client that drops Docker's flags and runs the rest here, as a process of its own."""
    return _install(folder, _CLIENT.format(here=str(folder), inside=[]))


def acting_docker(folder: Path, act: str, *, ready: object = READY) -> str:
    """Return a client whose container says it is ready and then does `act`."""
    script = f"{_ACTOR}\nreply({json.dumps(ready)})\n".replace("true", "True")
    inside = ["-c", script + textwrap.dedent(act)]
    return _install(folder, _CLIENT.format(here=str(folder), inside=inside))


def failing_docker(folder: Path, words: str, status: int) -> str:
    """Return a client that says `words` and exits."""
    return _install(folder, f"import sys\nsys.stderr.write({words!r})\nsys.exit({status})")


def _install(folder: Path, code: str) -> str:
    path = folder / "docker"
    path.write_text(f"#!{sys.executable} -I\n{code}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)
