"""A port is held for a server that is not there yet, and for nobody else."""

from __future__ import annotations

import socket

import pytest

from r1agent.errors import ModelServerError
from r1agent.serving.address import base_url, reserve


def test_a_held_port_is_free_for_the_server_it_is_held_for() -> None:
    with reserve("127.0.0.1", None) as held, socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as vLLM does
        server.bind(held.getsockname())
        server.listen()
        with socket.create_connection(held.getsockname(), timeout=5) as client:
            assert client.getpeername() == held.getsockname()


def test_a_held_port_is_given_to_nobody_else() -> None:
    with reserve("127.0.0.1", None) as held, socket.socket() as other:
        with pytest.raises(OSError, match="in use"):
            other.bind(held.getsockname())
        others = [reserve("127.0.0.1", None) for _ in range(50)]
        assert held.getsockname() not in [one.getsockname() for one in others]
        for one in others:
            one.close()


def test_a_port_that_somebody_listens_on_cannot_be_held() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ModelServerError, match=rf"port {port} of '127\.0\.0\.1' \(Address al"):
            reserve("127.0.0.1", port)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(ModelServerError, match=r"of '192\.0\.2\.7'"):
        reserve("192.0.2.7", 8000)


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/v1"),
        ("0.0.0.0", "http://127.0.0.1:8000/v1"),
        ("::", "http://[::1]:8000/v1"),
        ("10.1.2.3", "http://10.1.2.3:8000/v1"),
    ],
)
def test_the_address_is_one_that_a_client_can_reach(host: str, reached: str) -> None:
    assert base_url(host, 8000) == reached
