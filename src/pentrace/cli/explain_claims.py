"""`pentrace explain claims`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pentrace.cli import options
from pentrace.cli.explain_hands import Data, Lines, counting
from pentrace.cli.text import counted

if TYPE_CHECKING:
    from pentrace.engine.writer import Writer
    from pentrace.explain.claim_samples import Measured


def claims(
    data: Data,
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE", help="The table, a .md file; the figures go to .json beside it."
        ),
    ],
    article: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The weights of the 2016 article, b64_weights.json, for figures of theirs."
        ),
    ] = None,
    lines: Lines = 20,
    pages: Annotated[
        int,
        typer.Option(
            metavar="N", min=4, help="Lines, each of another page, for patches: half as many pairs."
        ),
    ] = 48,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Measure the claims of the 2016 article and of our page, each with a control, and write a table.

    \b
    Examples:
      pentrace explain claims val1.parquet -o claims.md
      pentrace explain claims val1.parquet --article weights.json -o claims.md
    """
    from pentrace.checkpoint.article_weights import import_distill
    from pentrace.engine.writer import Writer
    from pentrace.errors import FormatError
    from pentrace.explain.claims import dumps, page
    from pentrace.files import write

    if out.suffix != ".md":
        raise FormatError(f"{out}: expected a name that ends in .md")
    writers = {} if article is None else {"the article's": Writer(import_distill(article))}
    writers["ours"] = Writer(checkpoint or options.default_checkpoint())
    found = {name: all_of(writer, data, lines, pages) for name, writer in writers.items()}
    write(out.with_suffix(".json"), dumps(found).encode(), FormatError)
    write(out, page(found).encode(), FormatError)
    print(f"{out}: {counted(max(map(len, found.values())), 'claim')}")


def all_of(writer: Writer, data: list[Path], lines: int, pages: int) -> dict[str, Measured]:
    """Every claim, measured for a model."""
    from pentrace.engine.recogniser import Recogniser
    from pentrace.explain.claim_cells import within_words
    from pentrace.explain.claims import quick, studied
    from pentrace.explain.directions import hand_directions
    from pentrace.explain.hands import lines_of_hands
    from pentrace.explain.memory import curves
    from pentrace.explain.patch import patches
    from pentrace.explain.style import style

    chosen = lines_of_hands(data, lines)
    followed = counting(len(chosen), lambda tell: style(writer, chosen, progress=tell))
    influence = counting(len(chosen), lambda tell: curves(writer, chosen, progress=tell))
    many = lines_of_hands(data, pages)
    half = len(many) // 2
    pairs = len(many) - half
    slant = {"slant": hand_directions(writer.engine, many[:half])["slant"]}
    moved = counting(
        pairs,
        lambda tell: patches(writer, many, recogniser=Recogniser.load(), directions=slant, progress=tell),
    )
    words = within_words(writer, data)
    return quick(writer) | studied(followed, influence, moved, words, len(chosen), pairs)
