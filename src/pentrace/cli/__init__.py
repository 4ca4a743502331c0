"""The command line: one file a command, and the only place that prints or exits."""

from __future__ import annotations


def main(arguments: list[str] | None = None) -> int:
    """Runs `pentrace ARGUMENTS`; returns the exit status: 0 done, 1 failed, 2 used wrongly, 130 interrupted."""
    from pentrace.cli.app import run

    return run(arguments)
