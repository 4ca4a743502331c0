"""`pentrace data`: commands for data sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli import options
from pentrace.cli.text import counted, printable


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
    as_json: options.Json = False,
) -> None:
    r"""Find lines of a data set that a model should not learn from.

    Reported are lines without text, with # in it (a crossed-out word), with no ink
    but a dot, with times that run backwards, and with far more or fewer points a
    character than the median line, whose text hardly fits the ink.

    \b
    Examples:
      pentrace data check train.parquet
      pentrace data check data/ -o skip.txt
      pentrace data check data/ --skip skip.txt --json | jq .lines
    """
    from pentrace.data.check import check as find
    from pentrace.data.check import read_list, write_list

    report = find(data, frozenset() if skip is None else read_list(skip))
    if out is not None:
        write_list(out, report.findings)
    if as_json:
        print(json.dumps(report._asdict() | {"findings": [found._asdict() for found in report.findings]}))
        return
    for line_id, what in report.findings:
        print(printable(f"{line_id}: {'; '.join(what)}"))
    print(f"{counted(len(report.findings), 'line')} of {report.lines:,} reported")
