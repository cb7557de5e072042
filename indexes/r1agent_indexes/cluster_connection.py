"""A Ray cluster as seen from here: how it is reached, its nodes, and which of them live."""

import logging
import os
import socket
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import Future
from importlib.metadata import version
from typing import Any

from r1agent_indexes.errors import ClusterError

_REACHED_WITHIN = 5.0
_ANSWERED_WITHIN = 30.0


def connect(address: str) -> bool:
    """Connect to a cluster; return whether that was done here, and so has to be undone here.

    Args:
        address: `auto` for the cluster of this machine, `HOST:PORT`, or `ray://HOST:PORT`.

    Raises:
        ClusterError: Ray is not installed, or no cluster can be used at that address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # no telemetry; read at the first import
    os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", ".")  # a lost node would print on stdout
    try:
        import ray
    except ModuleNotFoundError as error:
        raise ClusterError(
            "Ray is not installed. Install it with `pip install 'r1agent[cluster]'`, in the "
            "version that the cluster runs."
        ) from error
    if ray.is_initialized():
        return False
    from ray.exceptions import RayError

    try:
        _require_listening(os.environ.get("RAY_ADDRESS", address) if address == "auto" else address)
        _within(_ANSWERED_WITHIN, lambda: _open(address))
    except (ImportError, OSError, RayError, RuntimeError, ValueError) as error:
        raise ClusterError(
            f"No Ray cluster can be used at {address!r} ({reason_of(error)}). Give `auto` for the "
            "cluster of this machine, `HOST:6379` on a node, or `ray://HOST:10001` elsewhere; "
            "`ray start --head` starts one."
        ) from error
    return True


def nodes() -> list[dict[str, Any]]:
    """Return what Ray says about each node, dead ones too."""
    import ray

    look_up: Any = ray.nodes  # has no annotations
    found: list[dict[str, Any]] = look_up()
    return found


def is_alive(name: str) -> bool:
    """Tell whether a node lives; none does where the cluster itself does not answer."""
    import ray
    from ray.exceptions import RayError

    if not ray.is_initialized():  # any other call would then start a cluster of its own
        return False
    try:
        return any(node["NodeID"] == name and node["Alive"] for node in nodes())
    except (RayError, ConnectionError, RuntimeError):
        return False


def require_same_version(found: str) -> None:
    """Raise `ClusterError` where a node has another r1agent than this machine."""
    wanted = version("r1agent")
    if found != wanted:
        raise ClusterError(f"a node has r1agent {found}, this machine {wanted}")


def reason_of(error: Exception) -> str:
    """Return the kind and the first line of an error; those of Ray go on for pages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:200]


def _open(address: str) -> None:
    """Connect, without what Ray says about itself and its coming versions."""
    import ray

    logger = logging.getLogger("ray")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ray.init(address=address, log_to_driver=False, configure_logging=False)
    finally:
        logger.setLevel(level)


def _within(seconds: float, work: Callable[[], None]) -> None:
    """Do something in a thread and wait no longer than this, since Ray waits for minutes."""
    done: Future[None] = Future()

    def attempt() -> None:
        try:
            work()
            done.set_result(None)
        except Exception as error:  # noqa: BLE001  (raised again by the caller's `result`)
            done.set_exception(error)

    threading.Thread(target=attempt, daemon=True).start()
    try:
        done.result(seconds)
    except TimeoutError as error:
        raise ConnectionError(f"no answer within {seconds:.0f} seconds") from error


def _require_listening(address: str) -> None:
    """Fail within seconds where Ray itself would try for minutes."""
    host, colon, port = address.removeprefix("ray://").partition("/")[0].rpartition(":")
    if address == "auto" or not colon or not port.isdigit():
        return  # Ray knows where to look, or says what is wrong with it
    socket.create_connection((host.strip("[]"), int(port)), timeout=_REACHED_WITHIN).close()
