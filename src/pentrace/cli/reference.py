"""Writes docs/cli.md, the command reference, from the commands' own help: `make docs`."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from typer.main import get_command

from pentrace.cli.app import app, run


def reference() -> str:
    """The reference as Markdown: the help of each command, as the terminal shows it at 80 columns."""
    parts = [
        "# Commands\n\nWritten by `make docs` from the help of the commands; a test fails when it is stale.\n"
    ]
    for command in commands():
        parts.append(f"## {' '.join(['pentrace', *command])}\n\n```\n{help_of(command)}\n```\n")
    return "\n".join(parts)


def commands() -> Iterator[list[str]]:
    """The words of every command, groups before their members."""
    groups: list[tuple[list[str], object]] = [([], get_command(app))]
    while groups:
        words, command = groups.pop(0)
        yield words
        members = getattr(command, "commands", {})
        groups[:0] = [([*words, name], member) for name, member in members.items()]


def help_of(command: list[str]) -> str:
    """What `pentrace COMMAND --help` prints."""
    output = io.StringIO()
    columns = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        with contextlib.redirect_stdout(output):
            run([*command, "--help"])
    finally:
        os.environ.pop("COLUMNS")
        if columns is not None:
            os.environ["COLUMNS"] = columns
    return output.getvalue().strip()


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
