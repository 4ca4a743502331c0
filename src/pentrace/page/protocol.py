"""HTTP as uvicorn speaks it, with what an app needs that strangers can reach."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from pentrace.page.site import HEADERS

CHECK_SECONDS = 10.0
"""A connection on which nothing is finished in this time is closed."""


class Protocol(H11Protocol):
    """Closes connections that stall, and puts the security headers on the answer to a broken request too."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts to look after a new connection."""
        super().connection_made(transport)
        self._answered = 0
        self._seen: tuple[int, int] | None = None
        self._check = self.loop.call_later(CHECK_SECONDS, self._close_if_stalled)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends that."""
        self._check.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Counts answers, so that a connection in use is told from one that stalls."""
        self._answered += 1
        super().on_response_complete()

    def _close_if_stalled(self) -> None:
        unsent = self.transport.get_write_buffer_size()
        # The app may take its time; a client that sends no whole request, or does not take its answer, may not.
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        waits_for_client = unsent > 0 or cycle is None or cycle.response_complete
        if waits_for_client and self._seen == (self._answered, unsent):
            self.transport.abort()
            return
        self._seen = (self._answered, unsent) if waits_for_client else None
        self._check = self.loop.call_later(CHECK_SECONDS / 2, self._close_if_stalled)

    def send_400_response(self, msg: str) -> None:
        """Says that a request is broken, with the headers that every answer has."""
        body = f"{msg}\n".encode()
        headers = [(name.lower(), value) for name, value in HEADERS.items()]
        headers += [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
        headers += [("content-length", str(len(body)))]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event))
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: any page may try to open a WebSocket, and is answered as if it had not."""
