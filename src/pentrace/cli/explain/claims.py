"""`pentrace explain claims`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pentrace.cli.common import options
from pentrace.cli.common.progress import bars
from pentrace.cli.common.text import counted
from pentrace.cli.explain.hands import Lines

if TYPE_CHECKING:
    from pentrace.explain.claims import Table


def claims(
    data: options.Lines,
    out: Annotated[Path, options.out_option("The table, a .md file; the figures go to .json beside it.")],
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
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Measure only what the .json does not have yet."),
    ] = False,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Measure the claims of the 2016 article and of our page, each with a control, and write a table.

    Several experiments run at a time, one on each core. The .json is written after each figure, so that a run which was
    stopped can go on with --resume.

    \b
    Examples:
      pentrace explain claims val1.parquet -o claims.md
      pentrace explain claims val1.parquet --article weights.json -o claims.md
    """
    from pentrace.checkpoint import load
    from pentrace.checkpoint.article_weights import import_distill
    from pentrace.errors import FormatError
    from pentrace.explain.claim_studies import measure
    from pentrace.explain.claims import Table, page
    from pentrace.files import write

    if out.suffix != ".md":
        raise FormatError(f"{out}: expected a name that ends in .md")
    checkpoints = {} if article is None else {"the article's": import_distill(article)}
    checkpoints["ours"] = load(checkpoint or options.default_checkpoint())
    models = {name: each.sha256 for name, each in checkpoints.items()}
    found = Table(lines, pages, models, {name: {} for name in models})
    kept = out.with_suffix(".json")
    if resume:
        found = same_table(kept, found)
    with bars() as report:
        missing = found.missing
        report("claims", 0, missing)

        def keep() -> None:
            write(kept, found.dumps().encode(), FormatError)
            report("claims", missing - found.missing, missing)

        measure(found, checkpoints, data, threads=options.threads(), keep=keep)
    write(kept, found.dumps().encode(), FormatError)
    write(out, page(found.figures).encode(), FormatError)
    print(f"{out}: {counted(max(map(len, found.figures.values())), 'claim')}")


def same_table(path: Path, wanted: Table) -> Table:
    """The figures that a file has already, if they are of the same models, lines and pages."""
    from pentrace.errors import FormatError
    from pentrace.explain.claims import Table

    try:
        found = Table.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FormatError(f"{path}: expected figures of an earlier run; leave out --resume") from None
    of = (found.lines, found.pages, found.models)
    if of != (wanted.lines, wanted.pages, wanted.models) or list(found.figures) != list(wanted.models):
        raise FormatError(
            f"{path}: expected figures of these models, of {wanted.lines} lines and {wanted.pages} pages, found others;"
            " leave out --resume"
        )
    return found
