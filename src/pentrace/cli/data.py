"""`pentrace data`: commands for data sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pentrace.cli import options
from pentrace.cli.text import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterator


def check(
    data: Annotated[
        list[Path], typer.Argument(metavar="DATA...", help="Parquet files of lines, or folders of them.")
    ],
    skip: Annotated[
        Path | None,
        typer.Option(metavar="LIST", help="Leave out the lines named in this file, one a row."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="LIST", help="Write the lines found to a list for --skip."),
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
    from pentrace.engine.recogniser import Recogniser

    skipped = frozenset() if skip is None else read_list(skip)
    report = find(data, skipped, Recogniser.load() if read else None)
    if out is not None:
        write_list(out, report.findings)
    if as_json:
        print(json.dumps(report._asdict() | {"findings": [found._asdict() for found in report.findings]}))
        return
    for line_id, what in report.findings:
        print(printable(f"{line_id}: {'; '.join(what)}"))
    print(f"{counted(len(report.findings), 'line')} of {report.lines:,} reported")


def recogniser(
    data: Annotated[
        list[Path],
        typer.Argument(metavar="DATA...", help="Parquet files of lines with texts, or folders of them."),
    ],
    val: Annotated[
        list[Path],
        typer.Option("--val", metavar="DATA", help="Lines that are read after each pass; repeat for more."),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The recogniser, a .safetensors file.")
    ],
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
    from pentrace.training.train_recogniser import Pass, train_recogniser

    def report(done: Pass) -> None:
        words = (
            f"pass {done.number} of {passes}: loss {done.loss:.3f}, {done.error_rate:.1%} of characters wrong"
        )
        print(f"{words}, {done.minutes:.1f} minutes", flush=True)

    names = [path.stem for path in data]
    train_recogniser(
        data,
        val,
        out,
        engine=Writer().engine,
        provenance={"name": ", ".join(names), "splits": names, "terms": terms, "citation": citation},
        passes=passes,
        seed=seed,
        resume=resume,
        report=report,
    )


def align(
    data: Annotated[
        list[Path],
        typer.Argument(metavar="DATA...", help="Parquet files of lines with texts, or folders of them."),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The alignments, a .parquet file.")
    ],
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
    from pentrace.engine.recogniser import Recogniser

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
