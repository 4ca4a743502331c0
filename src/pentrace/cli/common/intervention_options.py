"""The options that change cells, shared by every command that runs the model, and the writer they ask for."""

from __future__ import annotations

import functools
import inspect
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_type_hints

import typer

from pentrace.cli.common import options
from pentrace.errors import InterventionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pentrace.atlas import Atlas
    from pentrace.checkpoint import Checkpoint
    from pentrace.engine.interventions import Intervention
    from pentrace.engine.writer import Writer

Clamp = Annotated[
    list[str] | None,
    typer.Option(
        "--clamp",
        metavar="CELLS=VALUE",
        help="Hold cell states at a value while the model runs, such as 12,40-60=0. h:12=0 holds a hidden state, "
        "1.c:12=0 a cell of layer 1. CELLS may also be a feature of the atlas, for the ten cells that follow it best, "
        "or 'cluster 3'. Repeat for more.",
    ),
]
Scale = Annotated[
    list[str] | None,
    typer.Option("--scale", metavar="CELLS=FACTOR", help="Multiply cells after every step, such as h:12=2."),
]
Shift = Annotated[
    list[str] | None,
    typer.Option("--shift", metavar="CELLS=AMOUNT", help="Add to cells after every step."),
]

Preset = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        help="A measured change of the atlas, such as no-lift; `pentrace change --presets` lists them.",
    ),
]

_CHANGE = re.compile(r"(?:(?:(\d)\.)?([ch]):)?([^=]+)=([^=]+)")
_NUMBERS = re.compile(r"[\d\s,-]+")
_CLUSTER = re.compile(r"cluster\s+(\d+)")


class Changes(NamedTuple):
    """The values of the options; None if not given."""

    clamp: Clamp = None
    scale: Scale = None
    shift: Shift = None
    preset: Preset = None


NO_CHANGES = Changes()


def with_changes(command: Callable[..., None]) -> Callable[..., None]:
    """Replaces the parameter `changes` of a command by the options of Changes."""
    own = inspect.signature(command, eval_str=True)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    added = [
        inspect.Parameter(name, kind, default=None, annotation=hint)
        for name, hint in get_type_hints(Changes, include_extras=True).items()
    ]
    parameters = itertools.chain.from_iterable(
        added if name == "changes" else [parameter] for name, parameter in own.parameters.items()
    )

    @functools.wraps(command)
    def run(**given: Any) -> None:
        command(changes=Changes(*(given.pop(name) for name in Changes._fields)), **given)

    run.__signature__ = own.replace(parameters=list(parameters))  # type: ignore[attr-defined]
    return run


def writer(path: Path | None, changes: Changes, hand: Path | None) -> Writer:
    """A writer of a checkpoint (see options.checkpoint_of) in a hand, with the changes that the options ask for."""
    from pentrace.engine.writer import Writer

    path = options.checkpoint_of(path, hand)
    plain = Writer(path, hand=hand)
    made = intervention(changes, path, plain.base)
    return plain.with_intervention(made) if made.changes else plain


def intervention(changes: Changes, path: Path, checkpoint: Checkpoint) -> Intervention:
    """The intervention that the options ask for: the preset, then clamps, scales and shifts in the order given."""
    from pentrace.engine.interventions import Intervention

    hidden = checkpoint.architecture.hidden
    whole = Intervention()
    if changes.preset is not None:
        whole = _preset(changes.preset, atlas(path, checkpoint), hidden)
    for kind in ("clamp", "scale", "shift"):
        make: Callable[..., Intervention] = getattr(Intervention, kind)
        for text in getattr(changes, kind) or ():
            match = _CHANGE.fullmatch(text)
            if match is None:
                raise InterventionError(f"--{kind}: expected CELLS=NUMBER such as 12,40-60=0, found {text!r}")
            layer, of, cells, number = match.groups()
            try:
                value = float(number)
            except ValueError:
                raise InterventionError(f"--{kind}: expected a number after =, found {number!r}") from None
            cells = cells.strip()
            parts: list[tuple[int, str | list[int]]] = [(int(layer or 0), cells)]
            if not _NUMBERS.fullmatch(cells):
                layers = itertools.groupby(cell_numbers(cells, path, checkpoint), lambda cell: cell // hidden)
                parts = [(at, [cell % hidden for cell in inside]) for at, inside in layers]
            for at, each in parts:
                whole = whole.then(make(each, value, of="h" if of == "h" else "c", layer=at))
    return whole


def cell_numbers(text: str, path: Path, checkpoint: Checkpoint) -> list[int]:
    """Cells by number through all layers, or by a name in the atlas beside a checkpoint's file, layer by layer."""
    from pentrace.atlas.presets import TOP
    from pentrace.engine.interventions import cells_of

    if _NUMBERS.fullmatch(text):
        return list(cells_of(text))
    known = atlas(path, checkpoint)
    if cluster := _CLUSTER.fullmatch(text):
        numbers: list[int] = known.cluster(int(cluster[1])).tolist()
        if not numbers:
            last = len(known.about["clusters"]) - 1
            raise InterventionError(f"cells: expected cluster 0 to {last}, found {text}")
    elif text in known.features:
        numbers = [found.cell for found in known.cells_for(text, TOP)]
    else:
        names = "; ".join(known.features)
        raise InterventionError(
            f"cells: expected numbers such as 12,40-60, cluster N, or one of {names}, found {text!r}"
        )
    return sorted(numbers, key=lambda cell: cell // checkpoint.architecture.hidden)


def _preset(name: str, known: Atlas, hidden: int) -> Intervention:
    from pentrace.atlas.presets import from_record

    effects = {effect["name"]: effect for effect in known.effects}
    if name not in effects:
        expected = f"one of {', '.join(effects)}" if effects else "none, as the atlas has no measured changes"
        raise InterventionError(f"--preset: expected {expected}, found {name}")
    return from_record(effects[name], hidden)


def atlas(path: Path, checkpoint: Checkpoint) -> Atlas:
    """The atlas beside the file of a checkpoint."""
    from pentrace.atlas import Atlas, beside

    file = beside(path)
    if not file.is_file():
        raise InterventionError(
            f"{file}: not found, so cells have no names; use numbers, or make an atlas with `pentrace atlas`"
        )
    found = Atlas.load(file)
    found.check(checkpoint, path.name)
    return found
