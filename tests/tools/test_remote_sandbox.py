import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import httpx2
import pytest

from r1agent_tools import Limits, RemoteSandbox, SandboxUnavailableError
from r1agent_tools.sandbox.serve import SandboxServer

TOKEN = "hunter2-hunter2"
LIMITS = Limits(wall_seconds=0.2, artifacts_mb=1, output_characters=1000)
SESSION = {"session": "abc", "isolation": {"backend": "local", "confined": True}}
Answer = Callable[[str], tuple[int, bytes]]
"""From `POST /sessions` to a status and a body."""


@pytest.fixture
def server(sandbox) -> Iterator[SandboxServer]:
    with SandboxServer(sandbox, token=TOKEN) as started:
        yield started


@contextlib.contextmanager
def hostile(answer: Callable[[socket.socket, str], None]) -> Iterator[tuple[str, list[str]]]:
    """Serve every connection with `answer`, one request each; yield the address and a log."""
    asked: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    request = _read_request(connection)
                    asked.append(request)
                    answer(connection, request)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def _read_request(connection: socket.socket) -> str:
    """Return the request's first line, with its headers and body read away."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    wanted = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < wanted:
        body += connection.recv(65536)
    return head.split(b" HTTP")[0].decode()


def respond(connection: socket.socket, body: bytes, *, status: int = 200) -> None:
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    connection.sendall(head.encode() + body)


def after_start(reply: bytes | Callable[[socket.socket], None], *, status: int = 200):
    """Give a session to who asks for one, and `reply` to every other request."""

    def answer(connection: socket.socket, request: str) -> None:
        if request == "POST /sessions":
            respond(connection, json.dumps(SESSION).encode())
        elif request.startswith("DELETE"):
            respond(connection, b"{}")
        elif callable(reply):
            reply(connection)
        else:
            respond(connection, reply, status=status)

    return answer


def remote(url: str) -> RemoteSandbox:
    return RemoteSandbox(url, token=TOKEN, limits=LIMITS)


def test_the_isolation_says_whose_words_it_is(server):
    with remote(server.url) as sandbox:
        isolation = sandbox.run("1").isolation
    assert isolation["backend"] == "remote"
    assert isolation["url"] == server.url
    assert isolation["service_backend"] == "local"
    assert isolation["confined"] is True


def test_a_wrong_token_gets_no_session(server):
    with (
        RemoteSandbox(server.url, token="guess") as sandbox,
        pytest.raises(SandboxUnavailableError, match="answered 401: The token is missing or wrong"),
    ):
        sandbox.run("1")


def test_a_service_that_is_not_there_is_named():
    with pytest.raises(SandboxUnavailableError, match=r"at 'http://127.0.0.1:9' .*no connection"):
        remote("http://127.0.0.1:9").run("1")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://sandbox.example", "others on the way"),
        ("https://user:hunter2@sandbox.example", "holds a user, a password"),
        ("https://sandbox.example/?key=hunter2", "holds a user, a password"),
        ("ftp://sandbox.example", "no address"),
        ("sandbox.example", "no address"),
    ],
)
def test_an_address_that_would_give_secrets_away_is_refused(url, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        RemoteSandbox(url, token=TOKEN)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("token", ["hunter2\r\nX: y", "hunter2\u20ac"])
def test_a_token_that_cannot_be_sent_is_refused_without_showing_it(token):
    with pytest.raises(ValueError, match="no printable ASCII") as caught:
        RemoteSandbox("https://sandbox.example", token=token)
    assert "hunter2" not in str(caught.value)


def test_code_with_half_a_character_is_an_error_of_the_program(server):
    with remote(server.url) as sandbox:
        assert sandbox.run("x = '\ud800'").exception.startswith("UnicodeEncodeError")
        assert sandbox.run("1 + 1").value == "2"


def test_the_token_is_shown_nowhere(caplog):
    caplog.set_level("DEBUG")
    body = json.dumps({"error": f"not with {TOKEN}"}).encode()
    with (
        hostile(lambda connection, _: respond(connection, body, status=403)) as (url, _),
        remote(url) as sandbox,
        pytest.raises(SandboxUnavailableError) as caught,
    ):
        sandbox.run("1")
    seen = [str(caught.value), repr(caught.value.__cause__), repr(vars(sandbox)), caplog.text]
    assert "answered 403" in seen[0]
    assert not any(TOKEN in text for text in seen)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (b"", "no result"),
        (b"[]", "a JSON list"),
        (b"[" * 200_000, "RecursionError"),
        (b'{"result": ' + b"[" * 200_000, "RecursionError"),
        (b'{"result": "\xff"}', "UnicodeDecodeError"),
        (b'{"result": {"stdout": 1}}', "not text"),
        (b'{"result": {"limit_hit": "patience"}}', "a limit that does not exist"),
        (b'{"result": {"memory_mb": 1e999}}', "no memory"),
        (b'{"result": {"memory_mb": ' + b"9" * 5000 + b"}}", "not JSON"),
        (b'{"result": {"artifacts": {}}}', "no list of artifacts"),
        (b'{"answer": null}', "no result"),
        (b" " * 20_000_000, "longer than"),
    ],
)
def test_a_hostile_reply_ends_the_session_and_no_more(reply, said):
    with hostile(after_start(reply)) as (url, _), remote(url) as sandbox:
        result = sandbox.run("1")
    assert said in result.exception
    assert result.session_ended
    assert not result.ok


def test_a_lie_about_the_length_ends_the_session():
    def lie(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}")

    with hostile(after_start(lie)) as (url, _), remote(url) as sandbox:
        result = sandbox.run("1")
    assert "broke off (RemoteProtocolError)" in result.exception
    assert result.session_ended


def test_a_reply_that_never_ends_is_left():
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"1\r\n \r\n")
            time.sleep(0.05)

    started = time.monotonic()
    with hostile(after_start(endless)) as (url, _), remote(url) as sandbox:
        result = sandbox.run("1")
    assert result.limit_hit == "wall_seconds"
    assert time.monotonic() - started < 8


def test_a_service_that_says_nothing_is_left():
    released = threading.Event()
    started = time.monotonic()
    with hostile(after_start(lambda connection: released.wait(5))) as (url, _):
        sandbox = remote(url)
        result = sandbox.run("1")
        released.set()
        sandbox.close()
    assert result.limit_hit == "wall_seconds"
    assert time.monotonic() - started < 12


def test_a_program_is_not_sent_twice():
    busy = after_start(b'{"error": "oops"}', status=503)
    with hostile(busy) as (url, asked), remote(url) as sandbox:
        result = sandbox.run("1")
    assert "answered 503: oops" in result.exception
    assert sum(request.endswith("/run") for request in asked) == 1


def test_the_end_of_a_session_is_sent_again_where_the_service_is_busy():
    def answer(connection: socket.socket, request: str) -> None:
        if request.startswith("DELETE"):
            respond(connection, b"{}", status=503 if asked.count(request) < 2 else 200)
        else:
            after_start(b"{}")(connection, request)

    with hostile(answer) as (url, asked):
        remote(url).new_session().close()
    assert asked.count("DELETE /sessions/abc") == 2


def test_a_redirect_is_not_followed():
    def answer(connection: socket.socket, request: str) -> None:
        connection.sendall(
            b"HTTP/1.1 307 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n"
            b"Connection: close\r\n\r\n"
        )

    with hostile(answer) as (url, asked), pytest.raises(SandboxUnavailableError):
        remote(url).run("1")
    assert asked == ["POST /sessions"]


@pytest.mark.parametrize("name", ["", "../isolation", "a/b", "a?b", "x" * 101, 5])
def test_a_session_of_a_strange_name_is_refused(name):
    body = json.dumps({**SESSION, "session": name}).encode()
    with (
        hostile(lambda connection, _: respond(connection, body)) as (url, _),
        pytest.raises(SandboxUnavailableError, match="named no session"),
    ):
        remote(url).run("1")


def test_a_service_cannot_say_that_it_is_another_backend():
    layers = {
        "backend": "docker",
        "url": "https://trusted.example",
        "deep": {"a": 1},
        "x": "y" * 999,
    }

    def answer(connection: socket.socket, request: str) -> None:
        respond(connection, json.dumps({"session": "abc", "isolation": layers}).encode())

    with hostile(answer) as (url, _), remote(url) as sandbox:
        isolation = dict(sandbox.isolation)
    assert isolation == {
        "backend": "remote",
        "url": url,
        "service_backend": "docker",
        "x": "y" * 200,
    }


def test_endless_questions_of_a_service_end_with_the_time():
    with hostile(after_start(b'{"ask": {"call": "f"}}')) as (url, _):
        session = remote(url).new_session()
        started = time.monotonic()
        assert session.exchange({"op": "test"}, answer_call=lambda question: {}) is None
    assert time.monotonic() - started < 8


def test_a_question_where_none_was_allowed_ends_the_session():
    with hostile(after_start(b'{"ask": {"call": "f"}}')) as (url, _):
        session = remote(url).new_session()
        assert session.exchange({"op": "call"}) is None
        assert session.run("1").exception == "the session has ended"


def test_an_answer_call_that_fails_here_ends_the_session_there(server):
    with remote(server.url) as sandbox:
        session = sandbox.new_session()
        session.run("x = 1")
        test = {"tests": "assert f(1)", "test": "line 1", "names": ["f"], "values": []}
        request = {"op": "test", **test}

        def fail(question: dict[str, object]) -> dict[str, object]:
            raise KeyError("bug")

        with pytest.raises(KeyError, match="bug"):
            session.exchange(request, answer_call=fail)
        assert session.run("x").exception == "the session has ended"


def ask(server: SandboxServer, method: str, path: str, body: object = None, token: str = TOKEN):
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.request(method, server.url + path, json=body, headers=headers, trust_env=False)


def test_the_server_tells_its_isolation_to_who_has_the_token(server, sandbox):
    assert ask(server, "GET", "/isolation").json() == {"isolation": dict(sandbox.isolation)}
    assert ask(server, "GET", "/isolation", token="guess").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/", None, 404),
        ("POST", "/sessions/none/run", {"code": "1"}, 404),
        ("DELETE", "/sessions/none", None, 200),
        ("POST", "/sessions", [1], 400),
    ],
)
def test_the_server_answers_strange_requests(server, method, path, body, status):
    assert ask(server, method, path, body).status_code == status


@pytest.mark.parametrize(
    ("part", "body"),
    [("run", {}), ("run", {"code": 5}), ("exchange", {}), ("exchange", {"reply": {}})],
)
def test_the_server_refuses_requests_that_do_not_fit(server, part, body):
    name = ask(server, "POST", "/sessions", {}).json()["session"]
    assert ask(server, "POST", f"/sessions/{name}/{part}", body).status_code == 400
    assert ask(server, "POST", f"/sessions/{name}/run", {"code": "1"}).status_code == 200
    assert ask(server, "DELETE", f"/sessions/{name}").status_code == 200
    assert ask(server, "POST", f"/sessions/{name}/run", {"code": "1"}).status_code == 404


def test_a_busy_session_of_the_server_takes_no_second_request(server):
    name = ask(server, "POST", "/sessions", {}).json()["session"]
    slow = threading.Thread(
        target=ask,
        args=(server, "POST", f"/sessions/{name}/run", {"code": "import time; time.sleep(1)"}),
    )
    slow.start()
    time.sleep(0.3)
    assert ask(server, "POST", f"/sessions/{name}/run", {"code": "1"}).status_code == 409
    slow.join()


def test_a_body_too_large_is_not_read(server):
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as connection:
        connection.sendall(b"POST /sessions HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_a_server_without_a_token_does_not_start(sandbox):
    with pytest.raises(ValueError, match="`token` is empty"):
        SandboxServer(sandbox, token="")


def test_the_command_serves_with_the_token_of_the_environment(sandbox):
    command = [sys.executable, "-m", "r1agent_tools.sandbox.serve", "--port", "0"]
    bare = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"]}
    refused = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=60)
    assert "R1AGENT_SANDBOX_TOKEN" in refused.stderr
    with subprocess.Popen(
        command, env={**bare, "R1AGENT_SANDBOX_TOKEN": TOKEN}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            url = process.stdout.readline().split()[-1]
            with remote(url) as client:
                assert client.run("40 + 2").value == "42"
        finally:
            process.terminate()
