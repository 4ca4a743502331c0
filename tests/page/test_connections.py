"""Connections to the local app that are broken, slow or ask for a WebSocket; and who can reach it."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from pentrace.cli import main
from pentrace.errors import PageError
from pentrace.page import protocol, serve
from pentrace.page.site import HEADERS
from tests.waiting import wait

FILES = {"index.html": b"<!doctype html>", "checkpoints/large.safetensors": bytes(2**24)}


@pytest.fixture(scope="module")
def server() -> Iterator[uvicorn.Server]:
    """A server that closes what stalls for 0.4 s."""
    with pytest.MonkeyPatch.context() as patch, serve.listen("127.0.0.1", 0) as bound:
        patch.setattr(protocol, "CHECK_SECONDS", 0.4)
        server = uvicorn.Server(serve.config(serve.make_app(FILES)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        wait(lambda: server.started, "the server to start")
        yield server
        server.should_exit = True
        thread.join()


@pytest.fixture
def port(server: uvicorn.Server) -> int:
    number: int = server.servers[0].sockets[0].getsockname()[1]
    return number


def ask(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\0"]
)
def test_the_answer_to_a_broken_request_has_the_security_headers(port: int, request_: bytes) -> None:
    head, _, body = ask(port, request_ + b"\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert body == b"Invalid HTTP request received.\n"
    for name, value in HEADERS.items():
        assert f"\r\n{name}: {value}\r\n".lower() in head.decode().lower() + "\r\n"


def test_a_websocket_attempt_gets_an_ordinary_answer_and_no_warning(
    port: int, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    request = (
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with caplog.at_level(logging.DEBUG):
        answer = ask(port, request)
        ask(port, b"nonsense\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert capfd.readouterr() == ("", "")
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n"])
def test_a_request_that_never_ends_is_closed(port: int, begun: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(begun)
        connection.setblocking(False)
        began = time.monotonic()

        def closed() -> bool:
            try:
                if begun:
                    connection.sendall(b"X: 1\r\n")  # a byte now and then does not count as progress
                return connection.recv(10) == b""
            except BlockingIOError:
                return False
            except OSError:
                return True

        wait(closed, "the connection to be closed")
        assert time.monotonic() - began > 0.3


def test_an_answer_that_nobody_takes_is_dropped(server: uvicorn.Server, port: int) -> None:
    open_ones = server.server_state.connections
    wait(lambda: not open_ones, "the connections of other tests to close")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /checkpoints/large.safetensors HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait(lambda: open_ones, "the connection to open")
        wait(lambda: not open_ones, "the connection to be dropped")


def test_a_slow_reader_gets_it_all(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        request = (
            b"GET /checkpoints/large.safetensors HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        connection.sendall(request)
        taken = b""
        while data := connection.recv(2**20):
            taken += data
            time.sleep(0.05)
    assert taken.endswith(bytes(2**24))


@pytest.mark.parametrize("host", ["a..b", "", "\0", "x" * 70, "[", "1.2.3.4.5"])
def test_a_host_that_cannot_be_says_so(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PageError, match="expected a name or an address of this machine, found neither"):
        serve.listen(host, 0)


def test_an_address_in_brackets_is_one() -> None:
    try:
        bound = serve.listen("[::1]", 0)
    except PageError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    with bound:
        assert serve.address_of(bound, "[::1]") == f"http://[::1]:{bound.getsockname()[1]}/"
        assert serve.who_else(bound) is None
    assert serve.host_check("[::1]")("::1")


def test_who_else_can_reach_the_page_is_said() -> None:
    with serve.listen("127.0.0.1", 0) as bound:
        assert serve.who_else(bound) is None
    with serve.listen("0.0.0.0", 0) as bound:
        assert serve.who_else(bound) == (
            "Every machine that reaches this one can open the page and download the checkpoints it shows. "
            "There is no password and no encryption; leave out --host to serve this machine only."
        )


def test_the_command_names_a_host_that_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--no-open", "--port", "0", "--host", "a..b"]) == 1
    assert capsys.readouterr().err == (
        "pentrace: --host a..b: expected a name or an address of this machine, found neither\n"
    )
