"""The host's part of the self-test: a first session that must be refused what is forbidden."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from r1agent_tools.sandbox.errors import SandboxUnavailableError
from r1agent_tools.sandbox.launch import Zygote
from r1agent_tools.sandbox.self_test import ALLOWED, EXPECTED, EXPECTED_IN_NAMESPACES, REFUSED
from r1agent_tools.sandbox.session import LocalSession, WorkerSettings


def witness(zygote: Zygote, settings: WorkerSettings) -> dict[str, object]:
    """Let a first worker try what is forbidden; return what protects the sessions to come.

    Raises:
        SandboxUnavailableError: An attempt had another outcome than it must have.
    """
    session = LocalSession(zygote, settings)
    try:
        report = {"backend": "local", "namespaces": zygote.namespaces, **session.isolation}
        if not settings.confined:
            return report
        # Here the file is in sight in namespaces too, so that Landlock must refuse it.
        with _canary(zygote.folder) as canary:
            found = session.self_test(canary)
        expected = dict(EXPECTED)
        if zygote.namespaces != "none":
            expected |= EXPECTED_IN_NAMESPACES
            found |= _look_out(session, zygote.process_id)
    finally:
        session.close()
    wrong = [f"{name}: {found.get(name)}" for name in expected if found.get(name) != expected[name]]
    if wrong:
        raise SandboxUnavailableError(
            f"The sandbox's self-test failed, so that it will not run programs: {'; '.join(wrong)}."
            " Run `r1agent doctor`, and report this kernel's version."
        )
    refused = sum(outcome == REFUSED for outcome in expected.values())
    return {**report, "self_test": f"{refused} refusals witnessed"}


def _look_out(session: LocalSession, process_id: int) -> dict[str, str]:
    """Let the worker look for a file and a process of the host, which Landlock would let it."""
    with _canary(None) as canary:
        paths = (canary, f"/proc/{max(process_id, os.getpid())}")
        return {
            name: _sees(session, path)
            for name, path in zip(EXPECTED_IN_NAMESPACES, paths, strict=True)
        }


def _sees(session: LocalSession, path: str) -> str:
    result = session.run(f"import os\nos.path.exists({path!r})")
    outcomes = {"True": ALLOWED, "False": REFUSED}
    return outcomes.get(result.value or "", f"failed otherwise ({result.exception})")


@contextmanager
def _canary(folder: str | None) -> Iterator[str]:
    """Make a file that the sandbox must refuse, and not the file's own mode."""
    with tempfile.NamedTemporaryFile(prefix="r1agent-canary-", dir=folder) as canary:
        os.chmod(canary.name, 0o644)  # noqa: PTH101
        yield os.path.realpath(canary.name)
