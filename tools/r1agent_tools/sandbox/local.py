"""A sandbox on this machine: confined processes forked from one trusted helper."""

import os
import threading
import warnings
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from r1agent_tools.sandbox.bubblewrap import Bubblewrap, choose_namespaces
from r1agent_tools.sandbox.capabilities import can_switch_user, random_private_user
from r1agent_tools.sandbox.errors import SandboxUnavailableError
from r1agent_tools.sandbox.launch import Zygote, ZygoteSettings
from r1agent_tools.sandbox.layers import missing_layers
from r1agent_tools.sandbox.limits import Limits
from r1agent_tools.sandbox.readable import (
    data_folder,
    everyone_can_read,
    readable_paths,
    visible_paths,
)
from r1agent_tools.sandbox.result import ExecutionResult
from r1agent_tools.sandbox.session import LocalSession, WorkerSettings
from r1agent_tools.sandbox.witness import witness


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
        data: str | Path | None = None,
        namespaces: bool | None = None,
        unsafe: bool = False,
    ) -> None:
        """Store the settings.

        Args:
            limits: Bounds of each session.
            extra_readable: Files and folders that programs may read besides the libraries.
            preload: Modules to import once, so that each session has them at no cost.
            data: A folder of the user's that programs may read at its own path, which they
                find in the environment variable `DATA`. Started by root, programs are other
                users, and can read what everyone may read.
            namespaces: Whether programs also get a file tree, process numbers and a network of
                their own, by bubblewrap: None where that works, False for never, True to refuse
                machines where it does not. `isolation["namespaces"]` says what is active.
            unsafe: Run without confinement; warned about and named in every result.

        Raises:
            SandboxUnavailableError: The data folder cannot be used.
        """
        self._limits = limits or Limits()
        self._extra_readable = extra_readable
        self._preload = list(preload)
        self._data = None if data is None else data_folder(data)
        self._namespaces = namespaces
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
        if self._stop is not None:  # the helper was killed: what it left goes too
            self._stop()
        helper, settings = self._make_settings()
        zygote = Zygote(helper)
        stop = weakref.finalize(self, zygote.close)
        try:
            self._isolation = witness(zygote, settings)
        except BaseException:
            stop()
            raise
        self._zygote, self._settings, self._stop = zygote, settings, stop
        return zygote, settings

    def _make_settings(self) -> tuple[ZygoteSettings, WorkerSettings]:
        environment = {} if self._data is None else {"DATA": self._data}
        if self._unsafe:
            warnings.warn(
                "Python runs without a sandbox: programs can read and change all your files.",
                UnsafeSandboxWarning,
                stacklevel=5,
            )
            helper = ZygoteSettings(preload=self._preload, environment=environment)
            return helper, WorkerSettings(self._limits, [], None, confined=False)
        _refuse_without_layers()
        extra = [*self._extra_readable, *([] if self._data is None else [self._data])]
        readable = readable_paths(extra)
        bubblewrap = choose_namespaces(self._namespaces)
        user = _user_for(readable, bubblewrap)
        helper = ZygoteSettings(
            preload=self._preload,
            visible=visible_paths(extra),
            environment=environment,
            bubblewrap=bubblewrap,
            switches_user=user is not None,
        )
        return helper, WorkerSettings(self._limits, readable, user, confined=True)


def _refuse_without_layers() -> None:
    missing = missing_layers()
    if not missing:
        return
    reasons = " ".join(f"{layer.name}: found {layer.found}. {layer.do}" for layer in missing)
    raise SandboxUnavailableError(
        f"The Python sandbox cannot run on this machine. {reasons} "
        "To run Python without protection, ask for it with `unsafe=True` (`--unsafe-python`)."
    )


def _user_for(readable: list[str], bubblewrap: Bubblewrap | None) -> int | None:
    """Choose a private user id where we may switch and the interpreter stays readable."""
    if not can_switch_user() or (bubblewrap is not None and bubblewrap.user_namespace):
        return None
    libraries = [path for path in readable if os.path.exists(path)]  # noqa: PTH110
    # In namespaces the folders above are new ones, which everyone may pass through.
    parents = bubblewrap is None
    if all(everyone_can_read(path, parents=parents) for path in libraries):
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
