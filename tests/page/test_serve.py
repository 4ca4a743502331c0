"""The local app: what it hands out, to whom, and what it never hands out."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from pentrace.errors import PageError
from pentrace.page import site
from pentrace.page.serve import address_of, host_check, host_name, listen, make_app

SECRET = b"the secret of this machine"
SCRIPT = b"export const ink = 1;\n" * 200


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Client:
    """Sends a path as it stands: a client library would tidy it up."""

    port: int

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    def raw(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built page with secrets around it: beside its folder, and behind links inside."""
    root = tmp_path_factory.mktemp("installed")
    static = root / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_bytes(b"<!doctype html><html><head><title>pentrace</title></head></html>")
    (static / "engine.wasm").write_bytes(b"\0asm\1\0\0\0" + bytes(2000))
    (static / "assets/page-abc123.js").write_bytes(SCRIPT)
    (root / "secret.txt").write_bytes(SECRET)
    (root / "more").mkdir()
    (root / "more/secret.txt").write_bytes(SECRET)
    (static / "link.txt").symlink_to(root / "secret.txt")
    (static / "linked").symlink_to(root / "more")
    return static


@pytest.fixture(scope="module")
def files(folder: Path, tiny_checkpoint: Path) -> dict[str, bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "STATIC", folder)
        return site.page_files([tiny_checkpoint])


@pytest.fixture(scope="module")
def client(files: dict[str, bytes]) -> Iterator[Client]:
    """A client of a server on a real socket."""
    bound = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(make_app(files), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Client(bound.getsockname()[1])
    server.should_exit = True
    thread.join()
    bound.close()


def test_the_page_its_engine_and_its_checkpoints_are_served(client: Client, tiny_checkpoint: Path) -> None:
    for path in ("/", "/index.html"):
        page = client.get(path)
        assert page.status == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert b"<title>pentrace</title>" in page.body
    engine = client.get("/engine.wasm")
    assert engine.headers["content-type"] == "application/wasm"
    assert engine.body.startswith(b"\0asm")
    index = json.loads(client.get("/checkpoints/index.json").body)
    assert index == [{"name": "tiny", "file": "tiny.safetensors", "default": True}]
    assert client.get("/checkpoints/tiny.safetensors").body == tiny_checkpoint.read_bytes()
    script = client.get("/assets/page-abc123.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.body == SCRIPT


@pytest.mark.parametrize(
    "path",
    [
        "/secret.txt",
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/....//secret.txt",
        "/assets/%c0%ae%c0%ae/%c0%ae%c0%ae/secret.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/file:///etc/passwd",
        "/link.txt",
        "/linked/secret.txt",
        "/index.html%00",
        "/secret.txt%00.js",
        "/checkpoints/../../secret.txt",
        "/checkpoints/%2e%2e/%2e%2e/secret.txt",
        "/checkpoints/",
        "/checkpoints",
        "/assets/",
        "/assets",
        "/engine.wasm/",
        "/INDEX.HTML",
        "/__init__.py",
        "/../serve.py",
        "/~root",
        "/index.html;.js",
    ],
)
def test_nothing_else_can_be_fetched(client: Client, folder: Path, path: str) -> None:
    answer = client.get(path)
    assert answer.status == 404
    assert answer.body == b"There is nothing at this address.\n"


def test_an_absolute_path_to_a_file_that_is_there_finds_nothing(client: Client, folder: Path) -> None:
    for path in (f"/{folder.parent}/secret.txt", f"{folder.parent}/secret.txt", f"{folder}/index.html"):
        assert client.get(path).status == 404


def test_a_request_line_with_a_foreign_address_gets_no_foreign_page(client: Client) -> None:
    answer = client.raw(
        b"GET http://evil.example/secret.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    assert b" 404 " in answer.splitlines()[0] or b" 400 " in answer.splitlines()[0]
    assert SECRET not in answer


def test_every_answer_carries_the_headers_of_safety(client: Client) -> None:
    answers = [
        client.get("/"),
        client.get("/engine.wasm"),
        client.get("/assets/page-abc123.js"),
        client.get("/nothing"),
        client.get("/", method="POST"),
        client.get("/", Host="evil.example"),
    ]
    assert [answer.status for answer in answers] == [200, 200, 200, 404, 405, 400]
    for answer in answers:
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
        assert policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe-inline" not in str(policy)
        assert "'unsafe-eval'" not in str(policy)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]:8000"])
def test_loopback_names_are_answered(client: Client, host: str) -> None:
    assert client.get("/", Host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example#localhost",
        "localhost@evil.example",
        "192.168.1.20:8000",
        "0.0.0.0",
        "",
        "[::1",
        "::1",
    ],
)
def test_other_names_are_refused(client: Client, host: str) -> None:
    answer = client.get("/", Host=host)
    assert answer.status == 400
    assert b"pentrace</title>" not in answer.body


def test_a_request_without_a_host_or_with_two_is_refused(client: Client) -> None:
    for lines in (b"", b"Host: localhost\r\nHost: evil.example\r\n"):
        for version in (b"1.0", b"1.1"):
            answer = client.raw(b"GET / HTTP/" + version + b"\r\n" + lines + b"Connection: close\r\n\r\n")
            assert b" 400 " in answer.splitlines()[0]
            assert b"</title>" not in answer


def test_who_is_answered_follows_the_host_option() -> None:
    named = host_check("Mybox.local")
    assert named("mybox.local")
    assert named("localhost")
    assert not named("otherbox.local")
    assert not named("192.168.1.20")
    # An address cannot be rebound, so where the app listens on all of them any will do; foreign names will not.
    everywhere = host_check("0.0.0.0")
    assert everywhere("192.168.1.20")
    assert everywhere("fe80::1")
    assert everywhere(socket.gethostname().lower())
    assert not everywhere("evil.example")
    assert host_check("[::]")("::1")


def test_the_name_of_a_host_header() -> None:
    cases = {
        "localhost": "localhost",
        "LocalHost:80": "localhost",
        "[::1]:80": "::1",
        "[FE80::1]": "fe80::1",
        "1.2.3.4:5": "1.2.3.4",
        "a:b": "a:b",
    }
    assert {header: host_name(header) for header in cases} == cases


def test_only_reading_is_allowed(client: Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert client.get("/", method=method).status == 405
    head = client.get("/", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) > 0


def test_a_known_file_is_not_sent_again(client: Client) -> None:
    first = client.get("/engine.wasm")
    again = client.get("/engine.wasm", If_None_Match=f'"other", {first.headers["etag"]}')
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get("/engine.wasm", If_None_Match='"other"').status == 200


def test_hashed_files_are_kept_and_others_checked(client: Client) -> None:
    assert (
        client.get("/assets/page-abc123.js").headers["cache-control"] == "public, max-age=31536000, immutable"
    )
    for path in ("/", "/engine.wasm", "/checkpoints/index.json", "/checkpoints/tiny.safetensors"):
        assert client.get(path).headers["cache-control"] == "no-cache"


def test_what_packs_well_is_sent_packed(client: Client) -> None:
    packed = client.get("/assets/page-abc123.js", Accept_Encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == SCRIPT
    assert len(packed.body) < len(SCRIPT) / 10
    plain = client.get("/assets/page-abc123.js", Accept_Encoding="br")
    assert "content-encoding" not in plain.headers
    assert plain.body == SCRIPT
    known = client.get("/assets/page-abc123.js", Accept_Encoding="gzip", If_None_Match=packed.headers["etag"])
    assert known.status == 304


def test_what_does_not_pack_is_sent_as_it_is(client: Client, tiny_checkpoint: Path) -> None:
    answer = client.get("/checkpoints/tiny.safetensors", Accept_Encoding="gzip")
    assert "content-encoding" not in answer.headers
    assert answer.body == tiny_checkpoint.read_bytes()


def test_a_port_in_use_says_what_to_do() -> None:
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PageError) as caught:
            listen("127.0.0.1", port)
    assert (
        str(caught.value) == f"port {port} is in use; choose another with --port, or a free one with --port 0"
    )


def test_a_host_of_another_machine_says_so() -> None:
    with pytest.raises(PageError, match=r"--host 192\.0\.2\.1: expected an address of this machine"):
        listen("192.0.2.1", 0)
    with pytest.raises(PageError, match=r"--host no\.such\.host\.invalid: expected a name or an address"):
        listen("no.such.host.invalid", 0)


def test_the_address_to_open() -> None:
    for host, shown in {"127.0.0.1": "127.0.0.1", "0.0.0.0": "localhost"}.items():
        with listen(host, 0) as bound:
            assert address_of(bound, host) == f"http://{shown}:{bound.getsockname()[1]}/"
