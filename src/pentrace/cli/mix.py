"""`pentrace mix`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli import options
from pentrace.errors import HandError


def mix(
    files: Annotated[list[Path], typer.Argument(metavar="HAND", help="Hands of one checkpoint, 1 to 16.")],
    out: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE", help="The mix: a .hand.safetensors file."),
    ],
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

    options.check_hand_name(out)
    chosen = shares if shares is not None else [1 / len(files)] * len(files)
    if len(chosen) != len(files):
        raise HandError(f"--share: expected one for each of {len(files)} hands, found {len(chosen)}")
    base = load(options.checkpoint_of(checkpoint, files[0]))
    made = mixed(base, [hands.load(file) for file in files], chosen)
    hands.save(made, out)
    said = ", ".join(f"{file.name} {share:g}" for file, share in zip(files, chosen, strict=True))
    print(f"{out}: a mix of {said}")
