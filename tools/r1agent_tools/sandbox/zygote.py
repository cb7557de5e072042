"""The trusted process that forks confined workers; it runs no program itself.

It is started once, with one thread and nothing of the agent's memory or environment, so that each
new session costs a fork and not the start of an interpreter.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Any, NoReturn

from r1agent_tools.sandbox import kernel
from r1agent_tools.sandbox.work_folder import remove_work_folder
from r1agent_tools.sandbox.worker import work

_MAXIMUM_REQUEST = 65536


def serve(channel_fd: int, *, preload: list[str], folder: str, holder_fd: int) -> None:
    """Answer the host's requests until it closes the channel, then end every worker.

    The channel keeps message boundaries. Requests: `open` (with four descriptors: requests,
    results, stdout, stderr) is answered by the worker itself, since the kernel tells the host
    who sent a message; `end` answers the worker's exit status.

    Args:
        channel_fd: A socket that the host holds the other end of.
        preload: Modules that every worker shall have.
        folder: Holds the folders of all workers; removed at the end.
        holder_fd: The folder around it, which cannot be reached by its path in a namespace.
    """
    _hide()
    for module in preload:
        importlib.import_module(module)
    _refuse_threads(preload)
    gc.freeze()  # forked workers then share this memory instead of copying it
    channel = socket.socket(fileno=channel_fd)
    _send(channel, {"ready": True})
    folders: dict[int, str] = {}
    while True:
        message, fds, _, _ = socket.recv_fds(channel, _MAXIMUM_REQUEST, 4)
        if not message:
            break
        request = json.loads(message)
        if request["op"] == "open":
            folders[_fork_worker(request, fds, channel)] = request["folder"]
            continue
        folders.pop(request["process"])
        _send(channel, {"status": end_process(request["process"])})
    for process_id, work_folder in folders.items():  # the host is gone: clean up in its place
        end_process(process_id)
        remove_work_folder(work_folder)
    with suppress(FileNotFoundError):
        os.rmdir(os.path.basename(folder), dir_fd=holder_fd)  # noqa: PTH119


def _hide() -> None:
    """Make this process unreadable to workers and the first to go when memory ends."""
    if sys.platform != "linux":
        return
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:  # noqa: PTH123
        score.write("1000")
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def _refuse_threads(preload: list[str]) -> None:
    """End here where a module started a thread: a fork would leave its locks held for ever."""
    if sys.platform == "linux" and len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH208
        sys.exit(
            f"one of the modules {preload} started a thread when it was imported, and only a "
            "process with a single thread can be confined; take that module out of `preload`"
        )


def _send(channel: socket.socket, answer: dict[str, Any]) -> None:
    with suppress(BrokenPipeError):  # the host ended meanwhile; the next read says so
        channel.send(json.dumps(answer).encode())


def _fork_worker(request: dict[str, Any], fds: list[int], channel: socket.socket) -> int:
    process_id = os.fork()
    if process_id == 0:
        _become_worker(request, fds, channel)
    for fd in fds:
        os.close(fd)
    return process_id


def _become_worker(request: dict[str, Any], fds: list[int], channel: socket.socket) -> NoReturn:
    """Serve one session in the forked process; never return into the zygote's loop."""
    status = 1
    try:
        _send(channel, {"process": os.getpid()})
        os.setsid()
        arrange_descriptors(fds)
        work(request)
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())  # into the session's stderr, where the host shows it
        raise
    finally:
        os._exit(status)


def arrange_descriptors(fds: list[int]) -> None:
    """Leave 0 empty input, 1 stdout, 2 stderr, 3 requests, 4 results, and nothing else."""
    import fcntl

    requests, results, stdout, stderr = [fcntl.fcntl(fd, fcntl.F_DUPFD, 64) for fd in fds]
    empty = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((empty, 0), (stdout, 1), (stderr, 2), (requests, 3), (results, 4)):
        os.dup2(source, target)
    listing = "/proc/self/fd" if sys.platform == "linux" else "/dev/fd"
    for name in os.listdir(listing):  # noqa: PTH208 - a descriptor list, not a folder
        if int(name) > 4:
            with suppress(OSError):
                os.close(int(name))


def end_process(process_id: int) -> int:
    """Kill a worker, take its exit status, and only then let its process id go."""
    os.kill(process_id, signal.SIGKILL)
    _, status = os.waitpid(process_id, 0)
    return os.waitstatus_to_exitcode(status)
