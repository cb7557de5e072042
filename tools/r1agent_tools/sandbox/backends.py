"""Open the sandbox that a setting names; another one is never taken in its place."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal, cast, get_args

from r1agent_tools.sandbox.protocol import Sandbox

Backend = Literal["local", "docker", "remote", "external"]
"""`local`: confined processes; `docker`: containers; `remote`: a service; `external`: this machine
is itself disposable."""

_HOMES: dict[Backend, tuple[str, str]] = {
    "local": ("local", "LocalSandbox"),
    "docker": ("docker", "DockerSandbox"),
    "remote": ("remote", "RemoteSandbox"),
    "external": ("external", "ExternalSandbox"),
}


def open_sandbox(backend: Backend = "local", **settings: Any) -> Sandbox:
    """Return the sandbox of this kind; it starts at the first run.

    Args:
        backend: Which kind.
        **settings: The arguments of its class: `LocalSandbox`, `DockerSandbox`, `RemoteSandbox`
            or `ExternalSandbox`. One that the class does not have is a TypeError.

    Raises:
        ValueError: There is no such kind.
    """
    if backend not in get_args(Backend):
        kinds = ", ".join(repr(kind) for kind in get_args(Backend))
        raise ValueError(f"The sandbox {backend!r} is not known. Choose one of {kinds}.")
    module, name = _HOMES[backend]
    build: Callable[..., object] = getattr(import_module(f"{__package__}.{module}"), name)
    return cast(Sandbox, build(**settings))
