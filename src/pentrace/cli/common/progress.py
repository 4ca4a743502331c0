"""Progress of tasks in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from rich.console import Console
from rich.progress import Progress, TaskID


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each task: call what this gives with the task, how much of it is done, and the total."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def report(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=of)
            progress.update(tasks[what], completed=done)

        yield report


@contextmanager
def bar(what: str, total: int) -> Iterator[Callable[..., None]]:
    """A bar for one task: call what this gives with how much of it is done, or with nothing after each part."""
    parts = count(1)
    with bars() as report:
        report(what, 0, total)
        yield lambda done=None: report(what, next(parts) if done is None else done, total)
