"""`pentrace mix`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli.common import options, output
from pentrace.errors import HandError


def mix(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="HAND", help="Hands of one checkpoint, 1 to 16; - is standard input."),
    ],
    out: Annotated[Path, options.out_option("The mix: a .hand.safetensors file; - is standard output.")],
    shares: Annotated[
        list[float] | None,
        typer.Option(
            "--share",
            metavar="SHARE",
            help="The share of a hand, -2 to 2; once for each hand, in their order.  [default: equal shares of 1]",
        ),
    ] = None,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Mix hands, each at a share, to a new hand.

    Shares that add up to 1 lie between the hands. One hand at a share of 0.5 lies half-way between the plain model and
    that hand; a share above 1 exaggerates it. The result is a file as `pentrace learn` makes it.

    \b
    Examples:
      pentrace mix a.hand.safetensors b.hand.safetensors -o ab.hand.safetensors
      pentrace mix *.hand.safetensors --share .8 --share .2 -o c.hand.safetensors
      pentrace mix a.hand.safetensors --share 1.3 -o more.hand.safetensors
    """
    from pentrace.checkpoint import hand as hands
    from pentrace.checkpoint import load
    from pentrace.checkpoint.mix import mix as mixed
    from pentrace.engine.writer import included_base

    place = output.hand_target(out, [*files, checkpoint])
    chosen = shares if shares is not None else [1 / len(files)] * len(files)
    if len(chosen) != len(files):
        raise HandError(f"--share: expected one for each of {len(files)} hands, found {len(chosen)}")
    loaded = [output.read_hand(file) for file in files]
    made = mixed(load(checkpoint or included_base(loaded[0])), loaded, chosen)
    said = ", ".join(f"{file.name} {share:g}" for file, share in zip(files, chosen, strict=True))
    with output.written(place, f"a mix of {said}") as path:
        hands.save(made, path)
