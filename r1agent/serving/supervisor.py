"""The process between r1agent and vLLM: when either of them ends, so does all of vLLM.

Run as a file, so that it starts without importing r1agent: `supervisor.py OWNER GRACE COMMAND…`,
with the process id of its owner and the seconds that vLLM has to end by itself. It prints the
process id of vLLM; what vLLM prints goes to standard error, which is the log.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time

import psutil

_EVERY = 0.2
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Run vLLM until it ends, its owner ends, or a signal asks for it; leave no process."""
    owner, grace, command = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    asked: list[int] = []
    for stop in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(stop, lambda number, _: asked.append(number))
    _call_kernel(_PR_SET_CHILD_SUBREAPER, 1)  # what vLLM leaves behind becomes a child of ours
    server = _start(command)
    with contextlib.suppress(BrokenPipeError):  # the owner has died already
        sys.stdout.write(f"{server.pid}\n")
        sys.stdout.flush()
    while server.poll() is None and os.getppid() == owner and not asked:
        time.sleep(_EVERY)
    _end(server, grace)
    code = server.returncode
    return code if code >= 0 else 128 - code


def _start(command: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - a fixed argument list, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        start_new_session=True,
        preexec_fn=lambda: _call_kernel(_PR_SET_PDEATHSIG, signal.SIGTERM),  # one thread: safe
    )


def _end(server: "subprocess.Popen[bytes]", grace: float) -> None:
    """Ask vLLM's first process to end, which ends the others; then end what is left."""
    below = psutil.Process().children(recursive=True)
    if server.poll() is None:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(grace)
    _send(signal.SIGTERM, below, wait=2)
    _send(signal.SIGKILL, below, wait=5)
    server.wait()


def _send(number: signal.Signals, known: list[psutil.Process], wait: float) -> None:
    left = {*known, *psutil.Process().children(recursive=True)}
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):  # it also compares the time of its start
            process.send_signal(number)
    psutil.wait_procs(left, timeout=wait)


def _call_kernel(option: int, value: int) -> None:
    with contextlib.suppress(AttributeError, OSError):  # Linux has `prctl`; others do without
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
