"""The options that change cells, and the writer that runs under them: shared by every command that runs the model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pentrace.cli import options
from pentrace.errors import InterventionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pentrace.interventions import Intervention
    from pentrace.writer import Writer

Clamp = Annotated[
    list[str] | None,
    typer.Option(
        "--clamp",
        metavar="CELLS=VALUE",
        help="Hold cells at a value while the model runs, such as 12,40-60=0; h:12=0 holds what a cell puts out, "
        "1.c:12=0 a cell of layer 1. Repeat it for more.",
    ),
]
Scale = Annotated[
    list[str] | None,
    typer.Option("--scale", metavar="CELLS=FACTOR", help="Multiply cells after every step, such as h:12=2."),
]
Shift = Annotated[
    list[str] | None,
    typer.Option("--shift", metavar="CELLS=AMOUNT", help="Add to cells after every step."),
]

_CHANGE = re.compile(r"(?:(?:(\d)\.)?([ch]):)?([^=]+)=([^=]+)")


def writer(
    checkpoint: Path | None, clamp: list[str] | None, scale: list[str] | None, shift: list[str] | None
) -> Writer:
    """A writer under what the options ask for."""
    from pentrace.writer import Writer

    plain = Writer(checkpoint or options.default_checkpoint())
    made = intervention(clamp, scale, shift)
    return plain.with_intervention(made) if made.changes else plain


def intervention(clamp: list[str] | None, scale: list[str] | None, shift: list[str] | None) -> Intervention:
    """What the options ask for: clamps first, then scales, then shifts, each kind in the order given."""
    from pentrace.interventions import Intervention

    whole = Intervention()
    kinds: tuple[tuple[str, Callable[..., Intervention]], ...] = (
        ("--clamp", Intervention.clamp),
        ("--scale", Intervention.scale),
        ("--shift", Intervention.shift),
    )
    for (option, make), texts in zip(kinds, (clamp, scale, shift), strict=True):
        for text in texts or ():
            match = _CHANGE.fullmatch(text)
            if match is None:
                raise InterventionError(f"{option}: expected CELLS=NUMBER such as 12,40-60=0, found {text!r}")
            layer, of, cells, number = match.groups()
            try:
                value = float(number)
            except ValueError:
                raise InterventionError(f"{option}: expected a number after =, found {number!r}") from None
            whole = whole.then(make(cells, value, of="h" if of == "h" else "c", layer=int(layer or 0)))
    return whole
