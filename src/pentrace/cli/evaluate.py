"""`pentrace evaluate`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from pentrace.cli.common import options
from pentrace.cli.common.progress import bar
from pentrace.cli.common.text import print_json, show, table

if TYPE_CHECKING:
    from rich.table import Table

    from pentrace.checkpoint import Checkpoint
    from pentrace.data.score import Score
    from pentrace.measure.samples import Comparison


def evaluate(
    checkpoint: Annotated[
        Path,
        typer.Argument(
            metavar="CHECKPOINT", help="A checkpoint, or the folder of a run of `pentrace train`."
        ),
    ],
    data: options.Data,
    use_float: Annotated[
        bool, typer.Option("--float", help="Score through PyTorch in float32 instead of the engine.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Write the score into the checkpoint's metadata.")
    ] = False,
    samples: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Instead of the score, compare N samples with the ink of DATA."
        ),
    ] = None,
    floor: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="OTHER",
            help="With --samples or --read-back: compare this real ink with DATA too; repeat for more.",
        ),
    ] = None,
    read_back: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Instead of the score, write N texts of DATA and say how well a recogniser reads them.",
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --samples: draw the distributions (.svg, .png or .pdf)."),
    ] = None,
    steps: options.Steps = 1500,
    variation: options.TextVariation = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="With --samples: the first of N seeds.")] = 0,
    candidates: options.Candidates = 8,
    hand: Annotated[
        Path | None,
        typer.Option("--hand", metavar="HAND", help="A learned hand (`pentrace learn`) of CHECKPOINT."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    r"""Score a checkpoint on lines of writing: nats a point in raw whiteboard units, less is better.

    The score is the mean of -log p over points, for position and pen. A line's first point is its origin; offsets are
    clipped to +-500 raw units, and the first 600 of each line count. In the score on the grid no component can be
    narrower than the whole units that a whiteboard reports, so a spike on a frequent value gains nothing.

    For the folder of a run, scores its weights before and after packing to int8.

    With --read-back, look at what it writes of the texts of DATA, each in another hand: how well a recogniser that was
    not trained here reads it, beside the ink of people, and how much the hands differ (standard deviations between
    lines: slant in degrees, the others of logarithms). Features of strokes are compared as with --samples.

    With --samples, evaluates what the model writes instead: how many samples collapse (a straight line, dots, a
    scribble on one spot), and how far each feature of their strokes is from that of real ink, 0 (alike) to 1.

    \b
    Examples:
      pentrace evaluate best.safetensors val1.parquet
      pentrace evaluate best.safetensors val1.parquet --float
      pentrace evaluate runs/mine val1.parquet
      pentrace evaluate best.safetensors val1.parquet --json | jq .nats_per_point
      pentrace evaluate best.safetensors train/ --samples 20 --floor val/
      pentrace evaluate best.safetensors mine.parquet --hand mine.hand.safetensors
      pentrace evaluate text.safetensors val1.parquet --read-back 300
    """
    from pentrace.checkpoint import load, save
    from pentrace.checkpoint.hand import load as load_hand
    from pentrace.data.dataset import count_lines
    from pentrace.measure.evaluate import evaluate as score_of

    variation = options.chosen_variation(variation, read_back is not None)
    if read_back is not None:
        if use_float or record or samples is not None or hand is not None or checkpoint.is_dir():
            raise typer.BadParameter(
                "--read-back wants a checkpoint and no --float, --record, --samples or --hand"
            )
        _read_back(load(checkpoint), data, floor or [], read_back, variation, seed, candidates, as_json)
        return
    if record and samples is not None:
        raise typer.BadParameter("--record writes a score, which --samples does not measure")
    if checkpoint.is_dir():
        if use_float or record or samples is not None or hand is not None:
            raise typer.BadParameter(
                "--float, --record, --samples and --hand want a checkpoint, not the folder of a run"
            )
        _compare_packing(checkpoint, data, as_json)
        return
    loaded = load(checkpoint)
    if hand is not None:
        if record or use_float:
            raise typer.BadParameter(
                "--hand: expected no --record or --float; a hand changes the packed numbers only"
            )
        loaded = load_hand(hand).apply(loaded)
    if samples is None:
        with bar("lines", count_lines(data)) as advance:
            score = score_of(loaded, data, use_float=use_float, report=advance)
        if record:
            measured = {"data": ", ".join(source.stem for source in data), **score.to_dict()}
            save(replace(loaded, score=measured), checkpoint)
        if as_json:
            through = "float" if use_float else "engine"
            print_json({"checkpoint": str(checkpoint), "through": through, **score.to_dict()})
        else:
            show(_score_table(score))
        return
    from pentrace.measure.samples import compare_samples

    if plot is not None:
        from pentrace.pictures import plots

        plots.check_name(plot, [*data, *(floor or [])])

    found = compare_samples(
        loaded, data, floor or [], samples=samples, steps=steps, variation=variation, seed=seed
    )
    if plot is not None:
        plots.distributions(found.sampled, found.real, found.floor, plot)
    if as_json:
        print_json({"checkpoint": str(checkpoint), **found.to_dict()})
    else:
        show(_comparison_table(found))


def _read_back(
    loaded: Checkpoint,
    data: list[Path],
    floor: list[Path],
    count: int,
    variation: float,
    seed: int,
    candidates: int,
    as_json: bool,
) -> None:
    from pentrace import Writer
    from pentrace.measure.read_back import distances, read_back, write_texts
    from pentrace.measure.samples import compare, features_of

    with bar("lines", 3 * count) as advance:
        report = lambda _: advance()  # noqa: E731
        written, real = write_texts(
            Writer(loaded),
            data,
            count,
            variation=variation,
            seed=seed,
            candidates=candidates,
            report=report,
        )
        found, people = read_back(written, report), read_back(real, report)
    far = distances(written, real)
    floors = (
        {one.feature: one.distance for one in compare(features_of(floor), features_of(data))} if floor else {}
    )
    if as_json:
        settings = {"variation": variation, "candidates": candidates}
        both = {"written": found.to_dict(), "people": people.to_dict()}
        print_json({**settings, **both, "distances": far, "floor": floors})
        return
    rows = [
        ("lines", f"{found.lines:,}", f"{people.lines:,}"),
        ("characters read wrongly", f"{found.error_rate:.1%}", f"{people.error_rate:.1%}"),
        ("lines cut off", f"{found.unfinished:,}", ""),
        ("letters dropped", f"{found.dropped:,}", ""),
        ("characters lingered on", f"{found.lingered:,}", ""),
        *(
            (f"spread of {name}", f"{found.spread[name]:.3f}", f"{people.spread[name]:.3f}")
            for name in found.spread
        ),
        *(
            (f"distance of {name}", f"{distance:.3f}", f"{floors[name]:.3f}" if floors else "")
            for name, distance in far.items()
        ),
    ]
    show(table(("", "written", "people"), rows))


def _compare_packing(run: Path, data: list[Path], as_json: bool) -> None:
    from pentrace.data.dataset import count_lines
    from pentrace.measure.evaluate import packing

    with bar("lines", 2 * count_lines(data)) as advance:
        found = packing(run, data, report=advance)
    if as_json:
        scores = {"float": found.unpacked.to_dict(), "packed": found.packed.to_dict(), "cost": found.cost}
        print_json({"run": str(run), **scores})
        return
    titles = {"nats_per_point": "score", "position": "position", "pen": "pen", "on_grid": "on the grid"}
    rows = []
    for name, title in titles.items():
        unpacked, packed = (float(getattr(score, name)) for score in (found.unpacked, found.packed))
        rows.append((title, f"{unpacked:.4f}", f"{packed:.4f}", f"{packed - unpacked:+.4f}"))
    rows.append(("lines", f"{found.unpacked.lines:,}", f"{found.packed.lines:,}", ""))
    show(table(("", "float", "packed", "packing costs"), rows))


def _score_table(score: Score) -> Table:
    """A score as a table."""
    rows = (
        ("score", Text(f"{score.nats_per_point:.4f}", style="bold"), "nats a point, raw units"),
        ("position", f"{score.position:.4f}"),
        ("pen", f"{score.pen:.4f}"),
        ("on the grid", f"{score.on_grid:.4f}", "no finer than whole raw units"),
        ("a line", f"{score.nats_per_line:.1f}", "nats"),
        ("lines", f"{score.lines:,}"),
        ("points", f"{score.points:,}"),
    )
    found = table(("", "number", "unit"), rows, left=("unit",))
    found.show_header = False
    return found


def _comparison_table(found: Comparison) -> Table:
    """Distances as a table, with the collapsed samples below it."""
    floors = {d.feature: f"{d.distance:.3f}" for d in found.floor_distances}
    columns = ("", "distance", "median", "median, real", "floor" if floors else "")
    rows = (
        (d.feature, f"{d.distance:.3f}", f"{d.median:.2f}", f"{d.median_real:.2f}", floors.get(d.feature, ""))
        for d in found.distances
    )
    shown = table(columns, rows)
    collapsed = "".join(f"\nseed {seed}: {why}" for seed, why in found.collapsed.items())
    shown.caption = f"{len(found.collapsed)} of {found.samples} samples collapse{collapsed}"
    return shown
