"""`pentrace import`: published data as a data set, published weights as a checkpoint."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli.common import options
from pentrace.cli.common.text import counted, print_json, printable

MOST_PROBLEMS = 20
"""Largest number of problems shown: a broken distribution would fill the screen."""


def iam(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The distribution, unpacked.")],
    out: Annotated[Path, options.out_option("The folder to write.", "OUT/")],
    as_json: options.Json = False,
) -> None:
    r"""Turn the official distribution of IAM-OnDB into a data set: Parquet, split by split.

    DIR holds lineStrokes/, ascii/ and the four lists of task t1 (trainset.txt, testset_v.txt, testset_t.txt,
    testset_f.txt). Everything that cannot be imported is named at the end.

    \b
    Examples:
      pentrace import iam iamondb/ -o data/
      pentrace import iam iamondb/ -o data/ --json > summary.json
    """
    from pentrace.data.iam import import_iam

    summary = import_iam(folder, out)
    if as_json:
        files = [str(shard) for shard in summary.shards]
        print_json({"lines": summary.lines, "files": files, "problems": summary.problems}, indent=2)
        return
    for problem in summary.problems[:MOST_PROBLEMS]:
        print(printable(f"{problem.name}: {problem.what}"), file=sys.stderr)
    if len(summary.problems) > MOST_PROBLEMS:
        print(f"... and {len(summary.problems) - MOST_PROBLEMS:,} more; --json has them all", file=sys.stderr)
    lines = ", ".join(f"{split} {count:,}" for split, count in summary.lines.items())
    problems = f"; {counted(len(summary.problems), 'problem')}, named above" if summary.problems else ""
    print(f"{out}: {counted(sum(summary.lines.values()), 'line')} ({lines}){problems}")


def distill(
    file: Annotated[
        Path, typer.Argument(metavar="b64_weights.json", help="The article's published weights.")
    ],
    out: Annotated[Path, options.out_option("The checkpoint to write.")],
) -> None:
    r"""Turn the weights that the 2016 article published into a checkpoint.

    \b
    Examples:
      pentrace import distill b64_weights.json -o distill.safetensors
      pentrace serve -c distill.safetensors
    """
    from pentrace.checkpoint import save
    from pentrace.checkpoint.article_weights import import_distill
    from pentrace.errors import CheckpointError
    from pentrace.files import keep_inputs

    keep_inputs(out, [file], CheckpointError)
    checkpoint = import_distill(file)
    save(checkpoint, out)
    print(f"{out}: {checkpoint.name}; {checkpoint.data['terms']}")
