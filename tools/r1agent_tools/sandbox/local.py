"""A sandbox on this machine: confined processes forked from one trusted helper."""

import os
import tempfile
import threading
import warnings
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from r1agent_tools.sandbox.capabilities import can_switch_user, random_private_user
from r1agent_tools.sandbox.errors import SandboxUnavailableError
from r1agent_tools.sandbox.launch import Zygote
from r1agent_tools.sandbox.layers import missing_layers
from r1agent_tools.sandbox.limits import Limits
from r1agent_tools.sandbox.readable import everyone_can_read, readable_paths
from r1agent_tools.sandbox.result import ExecutionResult
from r1agent_tools.sandbox.self_test import EXPECTED, REFUSED
from r1agent_tools.sandbox.session import LocalSession, WorkerSettings


class UnsafeSandboxWarning(UserWarning):
    """Programs run with all rights of this user, because someone asked for that."""


class LocalSandbox:
    """Run Python that nobody has to trust, on this machine.

    Nothing starts before the first `run`. Safe to use from several threads; cells of the
    sandbox's own session then run one after the other.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        extra_readable: Sequence[str | Path] = (),
        preload: Sequence[str] = (),
        unsafe: bool = False,
    ) -> None:
        """Store the settings.

        Args:
            limits: Bounds of each session.
            extra_readable: Files and folders that programs may read besides the libraries.
            preload: Modules to import once, so that each session has them at no cost.
            unsafe: Run without confinement; warned about and named in every result.
        """
        self._limits = limits or Limits()
        self._extra_readable = extra_readable
        self._preload = list(preload)
        self._unsafe = unsafe
        self._start_lock = threading.Lock()
        self._cell_lock = threading.Lock()
        self._zygote: Zygote | None = None
        self._settings: WorkerSettings | None = None
        self._session: LocalSession | None = None
        self._isolation: dict[str, object] = {}
        self._stop: weakref.finalize[[], LocalSandbox] | None = None

    @property
    def isolation(self) -> Mapping[str, object]:
        """The layers that are active, by name; starts the sandbox where it has not run yet."""
        with self._start_lock:
            self._start()
            return dict(self._isolation)

    def run(self, code: str) -> ExecutionResult:
        """Run a cell; names of earlier cells are still there unless a session ended.

        Raises:
            SandboxUnavailableError: This machine lacks a needed layer.
        """
        with self._cell_lock:
            if self._session is None or not self._session.alive:
                self._session = self.new_session()
            return self._session.run(code)

    def new_session(self) -> LocalSession:
        """Start another session, which shares nothing with the others; close it after use.

        Raises:
            SandboxUnavailableError: This machine lacks a needed layer.
        """
        with self._start_lock:
            zygote, settings = self._start()
        return _open_session(zygote, settings, self._isolation)

    def close(self) -> None:
        """End all sessions and remove their folders; a later `run` starts afresh."""
        with self._cell_lock, self._start_lock:
            if self._session is not None:
                self._session.close()
            if self._stop is not None:
                self._stop()
            self._session = self._zygote = self._settings = self._stop = None

    def __enter__(self) -> Self:
        """Return the sandbox; it starts at the first run."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the sandbox."""
        self.close()

    def _start(self) -> tuple[Zygote, WorkerSettings]:
        """Start the helper once and witness that its workers are confined."""
        if self._zygote is not None and self._settings is not None and self._zygote.alive:
            return self._zygote, self._settings
        settings = self._make_settings()
        zygote = Zygote(preload=self._preload)
        stop = weakref.finalize(self, zygote.close)
        try:
            self._isolation = _witness(zygote, settings)
        except BaseException:
            stop()
            raise
        self._zygote, self._settings, self._stop = zygote, settings, stop
        return zygote, settings

    def _make_settings(self) -> WorkerSettings:
        if self._unsafe:
            warnings.warn(
                "Python runs without a sandbox: programs can read and change all your files.",
                UnsafeSandboxWarning,
                stacklevel=5,
            )
            return WorkerSettings(self._limits, [], None, confined=False)
        _refuse_without_layers()
        readable = readable_paths(self._extra_readable)
        return WorkerSettings(self._limits, readable, _user_for(readable), confined=True)


def _refuse_without_layers() -> None:
    missing = missing_layers()
    if not missing:
        return
    reasons = " ".join(f"{layer.name}: found {layer.found}. {layer.do}" for layer in missing)
    raise SandboxUnavailableError(
        f"The Python sandbox cannot run on this machine. {reasons} "
        "To run Python without protection, ask for it with `unsafe=True` (`--unsafe-python`)."
    )


def _user_for(readable: list[str]) -> int | None:
    """Choose a private user id where we may switch and the interpreter stays readable."""
    libraries = [path for path in readable if os.path.exists(path)]  # noqa: PTH110
    if can_switch_user() and all(everyone_can_read(path) for path in libraries):
        return random_private_user()
    return None


def _open_session(
    zygote: Zygote, settings: WorkerSettings, isolation: dict[str, object]
) -> LocalSession:
    """Start a worker, under a user id of its own where user ids can be switched."""
    if settings.user is not None:
        settings = replace(settings, user=random_private_user())
    session = LocalSession(zygote, settings)
    session.isolation = {**isolation, **session.isolation}
    return session


def _witness(zygote: Zygote, settings: WorkerSettings) -> dict[str, object]:
    """Let a first worker try what is forbidden; return what protects the sessions to come.

    Raises:
        SandboxUnavailableError: An attempt had another outcome than it must have.
    """
    session = LocalSession(zygote, settings)
    try:
        report = {"backend": "local", **session.isolation}
        if not settings.confined:
            return report
        with tempfile.NamedTemporaryFile(prefix="r1agent-canary-") as canary:
            os.chmod(canary.name, 0o644)  # noqa: PTH101 - refused by the sandbox, not by its mode
            found = session.self_test(canary.name)
    finally:
        session.close()
    wrong = [f"{name}: {found.get(name)}" for name in EXPECTED if found.get(name) != EXPECTED[name]]
    if wrong:
        raise SandboxUnavailableError(
            f"The sandbox's self-test failed, so that it will not run programs: {'; '.join(wrong)}."
            " Run `r1agent doctor`, and report this kernel's version."
        )
    refused = sum(outcome == REFUSED for outcome in EXPECTED.values())
    return {**report, "self_test": f"{refused} refusals witnessed"}
