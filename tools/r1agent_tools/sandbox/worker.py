"""The confined side of a session: take a request, do it, answer; runs inside the sandbox."""

import signal
from contextlib import suppress
from typing import Any

from r1agent_tools.sandbox.confine import Confinement, confine, limit_only
from r1agent_tools.sandbox.errors import SandboxProtocolError
from r1agent_tools.sandbox.frames import Frame, read_frame, write_frame
from r1agent_tools.sandbox.limits import KernelLimits
from r1agent_tools.sandbox.notebook import Notebook
from r1agent_tools.sandbox.self_test import attempt_forbidden
from r1agent_tools.test_process import run_test

_REQUESTS, RESULTS = 3, 4


def work(request: dict[str, Any]) -> None:
    """Confine this process as `request` says, report it, then serve until the host hangs up."""
    wanted = Confinement(
        folder=request["folder"],
        readable=request["readable"],
        user=request["user"],
        kernel_limits=KernelLimits(**request["limits"]),
    )
    try:
        active = confine(wanted) if request["confined"] else limit_only(wanted)
    except OSError as error:
        write_frame(RESULTS, {"refused": f"{error}"})
        return
    write_frame(RESULTS, {"ready": active})
    serve(Notebook(characters=request["characters"]))


def serve(notebook: Notebook) -> None:
    """Answer requests until the host hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (request := read_frame(_REQUESTS)) is not None:
        answer: Frame = {}
        with suppress(KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.default_int_handler)
            answer = _answer(notebook, request)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        write_frame(RESULTS, {**answer, "id": request["id"]})


def _answer(notebook: Notebook, request: Frame) -> Frame:
    match request["op"]:
        case "run":
            return notebook.run(request["code"])
        case "call":
            return notebook.call(request["name"], request["arguments"], request["keywords"])
        case "test":
            return run_test(request, call=_ask_host)
        case "self_test":
            return {"attempts": attempt_forbidden(request["canary"], own_folder=".")}
    raise SandboxProtocolError(f"unknown request {request['op']!r}")


def _ask_host(question: Frame) -> Frame:
    """Let the host call the judged function, which lives in another process."""
    write_frame(RESULTS, question)
    answer = read_frame(_REQUESTS)
    if answer is None:
        raise SandboxProtocolError("the host hung up during a call")
    return answer
