"""A port for a server that is about to start."""

from __future__ import annotations

import socket

from r1agent.errors import ModelServerError


def reserve(host: str, port: int | None) -> socket.socket:
    """Bind `port`, or a free one, for as long as the socket is open.

    It does not listen, so a server may bind the same port beside it (both allow for that) and
    listen there, while nobody else is given the port as a free one.

    Raises:
        ModelServerError: The port is taken, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port or 0))
    except OSError as error:
        held.close()
        raise ModelServerError(
            f"No server can listen on {f'port {port}' if port else 'a port'} of {host!r} "
            f"({error.strerror or error}). Name an address of this machine, and a port that is "
            "free; without `--port` a free one is taken."
        ) from None
    return held


def base_url(host: str, port: int) -> str:
    """Return the address by which a client on this machine reaches a server."""
    reached = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reached}]:{port}/v1" if ":" in reached else f"http://{reached}:{port}/v1"
