"""`pentrace train`."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from pentrace.cli.common import options
from pentrace.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pentrace.training import train as training
    from pentrace.training.validate import Validation


def train(
    data: Annotated[
        list[Path], typer.Argument(metavar="DATA", help="Parquet files, or folders of them, to train on.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="RUN/", help="The folder of the run.")],
    validation: Annotated[
        list[Path],
        typer.Option(
            "--val", metavar="DATA", help="Parquet files to choose the best checkpoint on; repeat for more."
        ),
    ],
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Settings, TOML.  [default: those in configs/teacher.toml]"),
    ] = None,
    teachers: Annotated[
        list[Path] | None,
        typer.Option(
            "--teacher", metavar="FILE", help="A checkpoint to learn from beside the data; repeat for more."
        ),
    ] = None,
    begin_from: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A checkpoint whose weights to start from."),
    ] = None,
    alignment: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A file of texts aligned with the lines; the model then learns to write a text.",
        ),
    ] = None,
    skip: Annotated[
        Path | None,
        typer.Option(metavar="LIST", help="Leave out the lines of DATA named in this file, one a row."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in RUN/.")] = False,
    name: Annotated[str, typer.Option(metavar="NAME", help="What to call the checkpoint.")] = "pentrace",
    terms: options.Terms = options.IAM_TERMS,
    citation: options.Citation = options.IAM_CITATION,
    splits: Annotated[
        list[str] | None, typer.Option("--split", metavar="NAME", help="Name of a split of the data.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Threads of the CPU.  [default: all cores]")
    ] = None,
) -> None:
    r"""Train a model; the best checkpoint is RUN/best.safetensors.

    \b
    Examples:
      pentrace train train.parquet val2.parquet --val val1.parquet -o runs/mine
      pentrace train data/ --val val/ -o runs/mine --config configs/teacher.toml
      pentrace train data/ --val val/ -o runs/mine --resume
      pentrace train data/ --val val/ -o runs/mine --teacher other.safetensors
      pentrace train mine/ --val val/ -o runs/mine --from best.safetensors
      pentrace train data/ --val val/ -o runs/text --alignment aligned.parquet
      pentrace train data/ --val val/ -o runs/mine --skip skip.txt
      accelerate launch -m pentrace train data/ --val val/ -o runs/mine
    """
    from pentrace.data.check import read_list
    from pentrace.training import train as training
    from pentrace.training.config import TrainConfig

    if threads is not None:
        training.use_threads(threads)
    signal.signal(signal.SIGTERM, _stopped)
    settings = TrainConfig() if config is None else TrainConfig.from_toml(config)
    columns = BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[figures]}", style="dim")
    with Progress(*columns, console=Console(stderr=True)) as bars:
        best = training.train(
            settings,
            data,
            validation,
            out,
            name=name,
            provenance=options.provenance(data, splits, terms, citation),
            teachers=teachers or (),
            begin_from=begin_from,
            alignment=alignment,
            skip=frozenset() if skip is None else read_list(skip),
            resume=resume,
            report=_reporter(bars),
        )
    if training.is_main_process():
        print(f"{best}: the best checkpoint")


def _stopped(*_: object) -> NoReturn:
    """On SIGTERM: from a scheduler, or from a launcher when another process has failed."""
    raise TrainingError(
        "train: stopped by a signal; the last saved state is kept, and --resume continues from it"
    )


def _reporter(bars: Progress) -> Callable[[training.Progress], None]:
    """Show a run's progress: a bar, and above it a line for each validation."""
    task = bars.add_task("train", total=None, figures="")

    def report(p: training.Progress) -> None:
        minutes, seconds = divmod(round(p.seconds_left), 60)
        hours, minutes = divmod(minutes, 60)
        figures = (
            f"step {p.step:,}/{p.steps:,}  pass {p.epoch + 1}  loss {p.loss:.3f}  best {p.best:.3f}  "
            f"{p.points_per_second:,.0f} points/s  {hours}:{minutes:02}:{seconds:02} left"
        )
        bars.update(task, total=p.steps, completed=p.step, figures=figures)
        if p.validation is not None:
            bars.print(
                f"step {p.step:>7,}  {_scores(p.validation)}  loss {p.loss:.4f}  rate {p.learning_rate:.2e}"
            )

    return report


def _scores(validation: Validation) -> str:
    score = validation.score
    words = f"score {score.nats_per_point:.4f}  position {score.position:.4f}  pen {score.pen:.4f}"
    if validation.without_text is not None and validation.advance is not None:
        without = validation.without_text.nats_per_point
        words += f"  without text {without:.4f}  advance {validation.advance:.4f}"
    return words
