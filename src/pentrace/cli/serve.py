"""`pentrace serve`."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import webbrowser
from typing import Annotated

import typer

from pentrace.cli.common import options, output


def serve(
    checkpoint: options.Checkpoints = None,
    host: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Name or address to listen on. 0.0.0.0 is every address of this machine: others can open the page.",
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="0 for any free port.")] = 8000,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
) -> None:
    r"""Open the page: write, and the model continues.

    Serves the page, only to this machine unless --host says otherwise. All computation happens in the browser. Ctrl-C
    ends it.

    \b
    Examples:
      pentrace serve
      pentrace serve --port 0 --no-open
      pentrace serve -c runs/mine/best.safetensors -c runs/other/best.safetensors
    """
    from pentrace.page import serve as app
    from pentrace.page.site import page_files

    checkpoints = options.of_the_page(checkpoint)
    files = page_files(checkpoints, output.warn)
    bound = app.listen(host, port)
    address = app.address_of(bound, host)
    others = app.who_else(bound)

    def started() -> None:
        print(f"pentrace is at {address}  (Ctrl-C ends it)", flush=True)
        if others is not None:
            output.warn(others)
        if not no_open and has_screen():
            # In a thread, since a browser may start slowly.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    with bound, contextlib.suppress(KeyboardInterrupt):
        app.run(app.make_app(files, host), bound, started)


def has_screen() -> bool:
    """Whether a browser would open a window: without one, a text browser would take the terminal."""
    return sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
