"""The local app: serves the built page and the given checkpoints, and nothing else, on loopback.

All files are read once, into a table by address (site.page_files). A request is a look-up in this table: no file path
is ever made from what a client sends.
"""

from __future__ import annotations

import errno
import hashlib
import ipaddress
import os
import socket
from collections.abc import Callable, Mapping

import uvicorn
from starlette.applications import Starlette
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pentrace.errors import PageError
from pentrace.page.protocol import Protocol
from pentrace.page.site import CHECK, HASHED, HEADERS, KEEP

TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/vnd.microsoft.icon",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "safetensors": "application/octet-stream",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "wasm": "application/wasm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

# gzip saves only a tenth of packed weights, which is not worth the wait on loopback.
NOT_PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/octet-stream")


def make_app(files: Mapping[str, bytes], host: str = "127.0.0.1") -> ASGIApp:
    """The app that serves files (see site.page_files) to clients that address it by an allowed host name."""
    table = {address: (content, headers_of(address, content)) for address, content in files.items()}
    table[""] = table["index.html"]

    async def answer(request: Request) -> Response:
        found = table.get(request.path_params["address"])
        if found is None:
            return PlainTextResponse("There is nothing at this address.\n", 404)
        content, headers = found
        known = {tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")}
        if headers["ETag"] in known:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers)

    app = Starlette(routes=[Route("/{address:path}", answer, methods=["GET"])])
    packing = GZipMiddleware(app, exclude_content_types=NOT_PACKED)
    return Guard(packing, host_check(host))


def headers_of(address: str, content: bytes) -> dict[str, str]:
    """The headers of a file. The ETag is weak, since the file may be sent compressed or not."""
    return {
        "Content-Type": TYPES.get(address.rpartition(".")[2], "application/octet-stream"),
        "Cache-Control": KEEP if address.startswith(HASHED) else CHECK,
        "ETag": f'W/"{hashlib.sha256(content).hexdigest()[:32]}"',
    }


def host_check(host: str) -> Callable[[str], bool]:
    """A check whether a name is allowed in the Host header, when the app listens on `host`.

    Another site can point its own name at this machine (DNS rebinding) and would then read what is served here, but
    the Host header has its name. An address cannot be rebound, so if the app listens on all addresses (0.0.0.0 or ::),
    every address is allowed.
    """
    host = without_brackets(host).lower()
    names = LOOPBACK | {host}
    everywhere = is_address(host) and ipaddress.ip_address(host).is_unspecified
    if everywhere:
        names |= {socket.gethostname().lower()}
    return lambda name: name in names or (everywhere and is_address(name))


def without_brackets(host: str) -> str:
    """An IPv6 address as it is, where it was given as addresses in URLs have it: [::1]."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def is_address(name: str) -> bool:
    """Whether a name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def host_name(header: str) -> str:
    """The name in a Host header, without port and brackets, in lower case."""
    name, colon, port = header.strip().lower().rpartition(":")
    if not colon or not port.isdigit():
        name = header.strip().lower()
    return without_brackets(name)


class Guard:
    """Refuses requests for other hosts, and adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, allowed: Callable[[str], bool]) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI)."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        app = self.app
        if scope["type"] == "http":
            hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
            if len(hosts) != 1 or not self.allowed(host_name(hosts[0])):
                app = PlainTextResponse("This app does not answer to the name in the Host header.\n", 400)
        await app(scope, receive, send_with_headers)


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 takes a free one. Raises PageError with what to do instead."""
    host = without_brackets(host)
    try:
        if not host:
            raise ValueError("empty")
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except (OSError, ValueError) as error:  # also UnicodeError, for names that DNS cannot have
        raise PageError(
            f"--host {host}: expected a name or an address of this machine, found neither"
        ) from error
    try:
        # On POSIX this only skips the wait after a restart; elsewhere it would share a port that is in use.
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise PageError(bind_failure(host, port, error)) from error
    return bound


def bind_failure(host: str, port: int, error: OSError) -> str:
    """Why the address cannot be used, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use; choose another with --port, or a free one with --port 0"
    if error.errno == errno.EACCES:
        return f"port {port} is not allowed to this user; choose one from 1024 on with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"--host {host}: expected an address of this machine, found that of another"
    return f"{host}:{port} cannot be used ({error.strerror or type(error).__name__})"


def address_of(bound: socket.socket, host: str) -> str:
    """The address to open in a browser on this machine."""
    port = bound.getsockname()[1]
    host = without_brackets(host)
    if is_address(host) and ipaddress.ip_address(host).is_unspecified:
        host = "localhost"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def who_else(bound: socket.socket) -> str | None:
    """Who can open the page besides this machine, in a sentence; None where nobody can."""
    found = ipaddress.ip_address(bound.getsockname()[0].partition("%")[0])
    if found.is_loopback:
        return None
    return (
        f"Every machine that reaches {'this one' if found.is_unspecified else found} can open the page and download "
        "the checkpoints it shows. There is no password and no encryption; leave out --host to serve this machine only."
    )


def config(app: ASGIApp) -> uvicorn.Config:
    """How uvicorn serves the app."""
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def run(app: ASGIApp, bound: socket.socket, started: Callable[[], None]) -> None:
    """Serves on a bound socket until interrupted; calls `started` when it is ready."""

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

    Server(config(app)).run(sockets=[bound])
