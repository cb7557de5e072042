"""The far end of a piped session: one worker and its limits, inside a container or machine.

The host trusts nothing that this process says: whoever breaks out of the worker can speak in its
place. It starts with one thread and keeps it, so that the worker it forks dies with it.
"""

import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from r1agent_tools.sandbox import kernel, seccomp
from r1agent_tools.sandbox.errors import SandboxProtocolError, SandboxUnavailableError
from r1agent_tools.sandbox.frames import Frame, read_frame, write_frame
from r1agent_tools.sandbox.launch import ENVIRONMENT, Zygote
from r1agent_tools.sandbox.limits import KernelLimits, Limits
from r1agent_tools.sandbox.notebook import Notebook
from r1agent_tools.sandbox.session import LocalSession, WorkerSettings
from r1agent_tools.sandbox.wire import encode_result
from r1agent_tools.sandbox.worker import RESULTS
from r1agent_tools.sandbox.worker import serve as serve_cells
from r1agent_tools.sandbox.zygote import arrange_descriptors, end_process

_PIECE_CHARACTERS = 1024 * 1024


def supervise(start: dict[str, Any]) -> None:
    """Open one session, report it, and serve the host until it hangs up.

    Args:
        start: `limits` of the session, the `folder` in which its own folder is made, and what
            its `environment` has besides the usual.
    """
    requests, replies = _take_pipes()
    os.environ.clear()  # what the worker inherits; a container may hold a proxy's password
    os.environ.update(ENVIRONMENT | start["environment"])
    tempfile.tempdir = os.path.abspath(start["folder"])  # noqa: PTH100 - no link is followed
    try:
        session = LocalSession(Forks(), _settings(start))
    except SandboxUnavailableError as error:
        _send(replies, {"refused": str(error)})
        return
    try:
        with tempfile.TemporaryDirectory(prefix="r1agent-canary-") as folder:
            attempts = session.self_test(f"{folder}/canary")
        active = {**session.isolation, "python": sys.version.split()[0]}
        _send(replies, {"ready": active, "attempts": attempts})
        while (request := read_frame(requests)) is not None:
            _send(replies, {**_serve(session, request, requests, replies), "id": request["id"]})
    finally:
        session.close()


class Forks(Zygote):
    """Forks workers out of this very process, which has one thread and runs no program."""

    def __init__(self) -> None:
        """Hide this process from its workers."""
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)

    @property
    def alive(self) -> bool:
        """Always true: it is this process."""
        return True

    def open_worker(self, request: dict[str, Any], fds: list[int]) -> int:
        """Fork a worker with these four descriptors and return its process id."""
        process_id = os.fork()
        if process_id == 0:
            _become_worker(request, fds)
        return process_id

    def end_worker(self, process_id: int) -> int:
        """Kill a worker and return its exit status, negative for a signal."""
        return end_process(process_id)

    def close(self) -> None:
        """Do nothing: this process ends when the host hangs up."""


def protect(kernel_limits: KernelLimits) -> dict[str, object]:
    """Limit this process and filter its system calls, for good; return what is active.

    Files stay open to it as they are: they are the container's affair, or the machine's.

    Raises:
        OSError: The kernel refused a part of it; the caller must end the process.
    """
    _limit(kernel_limits)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    return {"limits": True, "seccomp": seccomp.install_filter(), "no_new_privileges": True}


def _limit(limits: KernelLimits) -> None:
    """Set the limits that gVisor has too; what the others bound, the filter refuses here."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    values = {
        resource.RLIMIT_AS: pages * resource.getpagesize() + limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_CORE: 1,  # 0 would still feed a core handler behind a pipe
        resource.RLIMIT_MEMLOCK: 0,
    }
    # One second between the two, so that the kernel's signal says which limit it was.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    for kind, value in values.items():
        _, hard = resource.getrlimit(kind)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))


def _take_pipes() -> tuple[int, int]:
    """Move the host's pipes away from 0 and 1, so that nothing printed gets among the frames."""
    requests, replies = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.dup2(2, 1)
    os.close(empty)
    return requests, replies


def _settings(start: dict[str, Any]) -> WorkerSettings:
    """Ask for a worker that applies no layer of its own: `protect` comes before it."""
    return WorkerSettings(limits=Limits(**start["limits"]), readable=[], user=None, confined=False)


def _become_worker(request: dict[str, Any], fds: list[int]) -> NoReturn:
    """Serve the session in the forked process; never return into the supervisor's loop."""
    status = 1
    try:
        os.setsid()
        arrange_descriptors(fds)
        _work(request)
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())  # into the session's stderr, where the host shows it
        raise
    finally:
        os._exit(status)


def _work(request: dict[str, Any]) -> None:
    """Confine this process, report it, then serve until the supervisor hangs up."""
    os.chdir(request["folder"])
    try:
        active = protect(KernelLimits(**request["limits"]))
    except (OSError, ValueError) as error:  # setrlimit has both
        write_frame(RESULTS, {"refused": f"{type(error).__name__}: {error}"})
        return
    write_frame(RESULTS, {"ready": active})
    serve_cells(Notebook(characters=request["characters"]))


def _serve(session: LocalSession, request: Frame, requests: int, replies: int) -> Frame:
    if request["op"] == "run":
        return {"result": encode_result(session.run(request["code"]))}

    def ask_host(question: Frame) -> Frame:
        _send(replies, {"ask": question, "id": request["id"]})
        answer = read_frame(requests)
        if answer is None:
            raise SandboxProtocolError("the host hung up during a call")
        request["id"] = answer["id"]
        return dict(answer["reply"])

    answer_call = ask_host if request["may_ask"] else None
    return {"answer": session.exchange(request["request"], answer_call=answer_call)}


def _send(fd: int, reply: Frame) -> None:
    """Write a reply in pieces: with its artifacts it can be larger than a frame."""
    for piece in _pieces(json.dumps(reply)):
        write_frame(fd, piece)


def _pieces(text: str) -> Iterator[Frame]:
    for start in range(0, len(text), _PIECE_CHARACTERS):
        end = start + _PIECE_CHARACTERS
        yield {"piece": text[start:end], "last": end >= len(text)}
