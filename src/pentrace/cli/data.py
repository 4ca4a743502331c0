"""`pentrace data`: commands for data sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pentrace.cli.common import options
from pentrace.cli.common.text import counted, print_json, printable

if TYPE_CHECKING:
    from collections.abc import Iterator


TextLines = Annotated[
    list[Path],
    typer.Argument(metavar="DATA...", help="Parquet files of lines with texts, or folders of them."),
]


def check(
    data: options.Lines,
    skip: Annotated[
        Path | None,
        typer.Option(metavar="LIST", help="Leave out the lines named in this file, one a row."),
    ] = None,
    out: Annotated[
        Path | None, options.out_option("Write the lines found to a list for --skip.", "LIST")
    ] = None,
    read: Annotated[
        bool,
        typer.Option("--read", help="Let the recogniser look for each text in its ink; takes some minutes."),
    ] = False,
    as_json: options.Json = False,
) -> None:
    r"""Find lines of a data set that a model should not learn from.

    Reported are lines without text, with # in it (a crossed-out word), with no ink
    but a dot, with times that run backwards, and with far more or fewer points a
    character than the median line, since their text is probably wrong. With --read
    also lines in whose ink the recogniser does not find their text.

    \b
    Examples:
      pentrace data check train.parquet
      pentrace data check data/ --read -o skip.txt
      pentrace data check data/ --skip skip.txt --json | jq .lines
    """
    from pentrace.data.check import check as find
    from pentrace.data.check import read_list, write_list
    from pentrace.engine.text.recogniser import Recogniser
    from pentrace.errors import DataError
    from pentrace.files import keep_inputs

    if out is not None:
        keep_inputs(out, [*data, skip], DataError)
    skipped = frozenset() if skip is None else read_list(skip)
    report = find(data, skipped, Recogniser.load() if read else None)
    if out is not None:
        write_list(out, report.findings)
    if as_json:
        print_json(report)
        return
    for line_id, what in report.findings:
        print(printable(f"{line_id}: {'; '.join(what)}"))
    print(f"{counted(len(report.findings), 'line')} of {report.lines:,} reported")


def recogniser(
    data: TextLines,
    val: Annotated[
        list[Path],
        typer.Option("--val", metavar="DATA", help="Lines that are read after each pass; repeat for more."),
    ],
    out: Annotated[Path, options.out_option("The recogniser, a .safetensors file.")],
    passes: Annotated[int, typer.Option(metavar="N", min=1, max=1000, help="Passes over the data.")] = 24,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of weights, order and augmentation.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Continue a training that was stopped.")] = False,
    terms: options.Terms = options.IAM_TERMS,
    citation: options.Citation = options.IAM_CITATION,
) -> None:
    r"""Train a small recogniser of handwriting, which aligns ink with its text.

    It reads lines along the path of the pen. It is written after every pass, and
    FILE.state beside it holds what --resume needs.

    \b
    Examples:
      pentrace data recogniser train.parquet --val val1.parquet -o rec.safetensors
      pentrace data recogniser train/ --val val/ -o rec.safetensors --resume
    """
    from pentrace import Writer
    from pentrace.errors import DataError
    from pentrace.files import keep_inputs
    from pentrace.training.train_recogniser import Pass, train_recogniser

    keep_inputs(out, [*data, *val], DataError)

    def report(done: Pass) -> None:
        words = (
            f"pass {done.number} of {passes}: loss {done.loss:.3f}, {done.error_rate:.1%} of characters wrong"
        )
        print(f"{words}, {done.minutes:.1f} minutes", flush=True)

    train_recogniser(
        data,
        val,
        out,
        engine=Writer().engine,
        provenance=options.provenance(data, None, terms, citation),
        passes=passes,
        seed=seed,
        resume=resume,
        report=report,
    )


def align(
    data: TextLines,
    out: Annotated[Path, options.out_option("The alignments, a .parquet file.")],
    recogniser: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A recogniser made by `pentrace data recogniser`.  [default: the one included]",
        ),
    ] = None,
) -> None:
    r"""Find which points of each line write which character of its text.

    `pentrace train --alignment` learns from the result. Lines that cannot be aligned
    are named.

    \b
    Examples:
      pentrace data align train.parquet -o al.parquet
      pentrace data align train.parquet --recogniser rec.safetensors -o al.parquet
    """
    from pentrace.data.alignment import Alignment, write_alignments
    from pentrace.data.alignment import align as align_lines
    from pentrace.data.dataset import read_lines
    from pentrace.engine.text.recogniser import Recogniser
    from pentrace.errors import DataError
    from pentrace.files import keep_inputs

    keep_inputs(out, [*data, recogniser], DataError)
    model, aligned, problems = Recogniser.load(recogniser), 0, 0

    def found() -> Iterator[Alignment]:
        nonlocal aligned, problems
        for one in align_lines(read_lines(data, columns=("text",)), model):
            if isinstance(one, Alignment):
                aligned += 1
                yield one
            else:
                problems += 1
                print(printable(one))

    write_alignments(found(), out)
    print(f"{out}: {counted(aligned, 'line')} aligned, {problems:,} left out")
