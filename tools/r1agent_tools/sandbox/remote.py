"""A sandbox at a service on the network, over a small protocol of JSON and HTTP.

A service answers these; every body is a JSON object, and a token is sent as a bearer's:

- `GET /isolation`: `{"isolation": {...}}`, the layers that protect, by name.
- `POST /sessions` with `{"limits": {...}}`: `{"session": ID, "isolation": {...}}`. The limits are
  those of `Limits`; a service may keep tighter ones of its own.
- `POST /sessions/ID/run` with `{"code": TEXT}`: `{"result": {...}}`, the fields of
  `ExecutionResult` with the data of artifacts in base64.
- `POST /sessions/ID/exchange` with `{"request": {...}, "may_ask": true}`: `{"answer": {...}}`, or
  null where the process ended or ran too long; or, while it works, `{"ask": {...}}`. The answer to
  that is posted to the same address as `{"reply": {...}}`, and answered in the same two ways.
- `DELETE /sessions/ID`: ends the session; one that has ended is no error.

An error is a status of 400 or more with `{"error": TEXT}`. `serve.py` is such a service.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from r1agent_tools.sandbox.capture import clean_text
from r1agent_tools.sandbox.errors import SandboxProtocolError, SandboxUnavailableError
from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.limits import Limits
from r1agent_tools.sandbox.service import Service, is_loopback
from r1agent_tools.sandbox.wire import most_bytes
from r1agent_tools.sandbox.wired import Channel, ChannelClosedError, WiredSandbox

_START_SECONDS = 60.0
_END_SECONDS = 10.0
_MOST_LAYERS = 50
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


class RemoteSandbox(WiredSandbox):
    """Run Python at a service; what it says of its protection is reported, and not witnessed."""

    def __init__(self, url: str, *, token: str | None = None, limits: Limits | None = None) -> None:
        """Store the settings.

        Args:
            url: Address of the service; `https`, except on this machine.
            token: Sent with each request; shown nowhere.
            limits: Bounds of each session, asked of the service and kept here too.

        Raises:
            ValueError: The address would show the token or the programs to others, or the token
                cannot be sent.
        """
        super().__init__(limits)
        if token is not None and not (token.isascii() and token.isprintable()):
            raise ValueError("`token` holds a character that is no printable ASCII. Correct it.")
        self._service = Service(_checked_url(url), token, most_bytes(self._limits))

    def close(self) -> None:
        """End all sessions and the connections to the service; a later `run` starts afresh."""
        super().close()
        self._service.close()

    def _open_channel(self) -> Channel:
        return _open_session(self._service, self._limits)


class _HttpChannel:
    """One session of a service."""

    def __init__(self, service: Service, session: str, isolation: dict[str, object]) -> None:
        self._service = service
        self._path = f"/sessions/{session}"
        self.isolation = isolation

    def ask(self, request: Frame, *, seconds: float) -> Frame:
        """Post a request to the session and return the reply."""
        body = {key: value for key, value in request.items() if key != "op"}
        part = "run" if request["op"] == "run" else "exchange"
        return self._service.request("POST", f"{self._path}/{part}", body, seconds=seconds)

    def close(self) -> None:
        """End the session; a service that is gone has ended it already."""
        _quietly(lambda: self._service.request("DELETE", self._path, seconds=_END_SECONDS))


def _open_session(service: Service, limits: Limits) -> _HttpChannel:
    try:
        reply = service.request(
            "POST", "/sessions", {"limits": asdict(limits)}, seconds=_START_SECONDS
        )
        match reply:
            case {"session": str(name), "isolation": dict(layers)} if _is_name(name):
                return _HttpChannel(service, name, _read_isolation(layers, service.url))
        raise SandboxProtocolError("it named no session and no isolation")
    except (ChannelClosedError, SandboxProtocolError) as error:
        raise SandboxUnavailableError(
            f"The sandbox `remote` at {service.url!r} gave no session: {error}. Check "
            "`sandbox_url`, the token in `R1AGENT_SANDBOX_TOKEN`, and that the service runs."
        ) from None


def _read_isolation(layers: dict[str, Any], url: str) -> dict[str, object]:
    """Keep plain values of what a service says of itself, marked as its own words."""
    said = {
        clean_text(name, 50): clean_text(value, 200) if isinstance(value, str) else value
        for name, value in list(layers.items())[:_MOST_LAYERS]
        if value is None or isinstance(value, str | bool | int | float)
    }
    return {**said, "service_backend": said.get("backend"), "backend": "remote", "url": url}


def _is_name(name: str) -> bool:
    return 0 < len(name) <= 100 and _NAME_CHARACTERS.issuperset(name)


def _quietly(call: Callable[[], object]) -> None:
    try:
        call()
    except (ChannelClosedError, SandboxProtocolError):
        return


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("`url` is no address of a service. Give one such as 'https://host/path'.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(
            "`url` holds a user, a password, a query or a fragment. Give the plain address, and "
            "the secret as `token`."
        )
    if parts.scheme == "http" and not is_loopback(url):
        raise ValueError(
            f"`url` is {url!r}, which others on the way can read and change. Use `https`; only "
            "a service on this machine may use `http`."
        )
    return url.rstrip("/")
