"""Serve a sandbox of this machine to `RemoteSandbox`s of this machine, over HTTP on loopback.

Run it as `python -m r1agent_tools.sandbox.serve`. It is a reference for services of your own, and
a way to keep the sandbox under another user. `remote.py` says what is asked and answered.
"""

import argparse
import hmac
import json
import os
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from r1agent_tools.sandbox.errors import SandboxProtocolError, SandboxUnavailableError
from r1agent_tools.sandbox.frames import MAXIMUM_BYTES, Frame
from r1agent_tools.sandbox.local import LocalSandbox
from r1agent_tools.sandbox.protocol import Sandbox
from r1agent_tools.sandbox.served import RefusedError, ServedSessions
from r1agent_tools.sandbox.wire import parse_reply

TOKEN_VARIABLE = "R1AGENT_SANDBOX_TOKEN"  # noqa: S105 - a name, not a secret

_LOOPBACK = "127.0.0.1"
_LONGEST_BODY = 2 * MAXIMUM_BYTES


def main() -> None:
    """Serve until Ctrl-C; the token comes from the environment."""
    parser = argparse.ArgumentParser(prog="python -m r1agent_tools.sandbox.serve")
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    port = parser.parse_args().port
    token = os.environ.get(TOKEN_VARIABLE)
    if not token:
        sys.exit(f"No token is set. Put a long random one into `{TOKEN_VARIABLE}`, here and there.")
    with LocalSandbox() as sandbox, SandboxServer(sandbox, token=token, port=port) as server:
        sys.stdout.write(f"Serving at {server.url}\n")
        sys.stdout.flush()
        server.wait()


class SandboxServer:
    """A service for one sandbox, on this machine's loopback only."""

    def __init__(self, sandbox: Sandbox, *, token: str, port: int = 0) -> None:
        """Bind the port; serving starts with `with`.

        Raises:
            ValueError: There is no token: any user of this machine could run programs.
        """
        if not token:
            raise ValueError("`token` is empty. Give a long random one.")
        self._sessions = ServedSessions(sandbox)
        handler = partial(_Handler, sandbox=sandbox, sessions=self._sessions, token=token)
        self._server = ThreadingHTTPServer((_LOOPBACK, port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """The address to give to `RemoteSandbox`."""
        return f"http://{_LOOPBACK}:{self._server.server_address[1]}"

    def wait(self) -> None:
        """Return when serving has ended, or on Ctrl-C."""
        try:
            self._thread.join()
        except KeyboardInterrupt:
            return

    def __enter__(self) -> Self:
        """Start to serve, in a thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving and end every session."""
        self._server.shutdown()
        self._server.server_close()
        self._sessions.close()


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True
    wbufsize = -1  # status, headers and body leave together

    def __init__(
        self, *connection: Any, sandbox: Sandbox, sessions: ServedSessions, token: str
    ) -> None:
        self._sandbox = sandbox
        self._sessions = sessions
        self._token = token.encode()
        super().__init__(*connection)

    def do_GET(self) -> None:
        """Answer what protects."""
        self._answer()

    def do_POST(self) -> None:
        """Open a session or use one."""
        self._answer()

    def do_DELETE(self) -> None:
        """End a session."""
        self._answer()

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep quiet: a session's name is a secret, and addresses hold it."""

    def _answer(self) -> None:
        try:
            status, reply = 200, self._route(self._read_body())
        except RefusedError as error:
            status, reply = error.status, {"error": str(error)}
        except SandboxProtocolError as error:
            status, reply = 400, {"error": str(error)}
        except SandboxUnavailableError as error:
            status, reply = 503, {"error": str(error)}
        body = json.dumps(reply).encode("ascii")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _route(self, body: Frame) -> Frame:
        match (self.command, self.path.strip("/").split("/")):
            case ("GET", ["isolation"]):
                return {"isolation": dict(self._sandbox.isolation)}
            case ("POST", ["sessions"]):
                return self._sessions.start()
            case ("POST", ["sessions", name, ("run" | "exchange") as part]):
                return self._sessions.find(name).serve(part, body)
            case ("DELETE", ["sessions", name]):
                self._sessions.end(name)
                return {}
        raise RefusedError(404, "There is nothing at this address.")

    def _read_body(self) -> Frame:
        """Return the request's object, read only from who knows the token."""
        sent = self.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            raise RefusedError(413, f"Found no length up to {_LONGEST_BODY} bytes.")
        if not hmac.compare_digest(sent, self._token):
            self.close_connection = True
            raise RefusedError(401, "The token is missing or wrong.")
        return parse_reply(self.rfile.read(int(length)) or b"{}")


if __name__ == "__main__":
    main()
