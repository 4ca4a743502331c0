"""`pentrace explain`: commands that say why the model does what it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pentrace.cli.common import options, output
from pentrace.cli.common.text import counted, print_json, show, span, table
from pentrace.errors import InkError

if TYPE_CHECKING:
    from pentrace.engine.ink_reader import Readable
    from pentrace.engine.writer import Writer
    from pentrace.explain.votes import Silenced, Votes

InkArgument = Annotated[
    Path | None, typer.Argument(metavar="[INK]", help="The ink to read; - is standard input.")
]
Text = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help='What the ink says; "" reads it alone. Without an INK: a text from which the model writes a line.',
    ),
]
Hand = Annotated[int | None, typer.Option(metavar="N", min=0, help="The hand in which the text is written.")]
Step = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, help="The offset that is predicted.  [default: the clearest fork]"),
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Of random cells, draws and the text's line.")]
Top = Annotated[int, typer.Option(metavar="N", min=1, help="Rows of a list.")]


def votes(
    ink: InkArgument = None,
    text: Text = None,
    hand: Hand = None,
    step: Step = None,
    components: Annotated[
        str | None,
        typer.Option(
            metavar="A,B", help="Two components of the mixture.  [default: those of the two likeliest ways]"
        ),
    ] = None,
    cells: Annotated[
        int, typer.Option(metavar="N", min=1, help="Cells to silence, those that vote most for way a.")
    ] = 10,
    other: Annotated[
        bool, typer.Option("--other", help="Silence those that vote most for way b instead.")
    ] = False,
    draws: Annotated[int, typer.Option(metavar="N", min=0, max=999, help="Draws of random cells.")] = 19,
    top: Top = 10,
    seed: Seed = 0,
    checkpoint: options.Checkpoint = None,
    as_json: options.Json = False,
) -> None:
    r"""Show what each cell adds to the odds between two ways on.

    Each cell of the top layer adds its hidden state times the difference of two rows of the read-out. These votes and
    the biases add up to the log-odds exactly. Then the cells that vote most for the likelier way are silenced, and as
    many others that are drawn at random.

    \b
    Examples:
      pentrace explain votes mine.json
      pentrace explain votes mine.json --step 84 --cells 20
      pentrace explain votes --text "hello" --hand 7 --json
    """
    from pentrace.explain.votes import silence
    from pentrace.explain.votes import votes as votes_of

    writer, source = opened(ink, text, hand, seed, checkpoint)
    chosen = clearest_fork(writer, source) if step is None else step
    pair = (None, None) if components is None else options.pair_of("--components", components, "3,19")
    found = votes_of(writer, source, chosen, *pair)
    silent = silence(writer, source, found, cells, other=other, draws=draws, seed=seed) if chosen else None
    if as_json:
        print_json(votes_object(found, silent))
        return
    rows = [
        (str(cell), f"{found.weight[cell]:+.3f}", f"{found.width[cell]:+.3f}")
        for cell in found.ranked()[:top]
    ]
    rest = found.ranked()[top:]
    rows += [
        (
            counted(len(rest), "other cell"),
            f"{found.weight[rest].sum():+.3f}",
            f"{found.width[rest].sum():+.3f}",
        ),
        ("biases", f"{found.weight_bias:+.3f}", f"{found.width_bias:+.3f}"),
        ("together", f"{found.log_odds:+.3f}", f"{found.width.sum() + found.width_bias:+.3f}"),
    ]
    shown = table(("cell", "weight", "width"), rows)
    show(shown, votes_caption(found, silent))


def votes_caption(found: Votes, silent: Silenced | None) -> str:
    """What the numbers of the votes mean, in a few lines."""
    ways = ", ".join(f"component {branch.components[0]}: {branch.weight:.0%}" for branch in found.branches)
    lines = [
        f"step {found.step}: ways on by their first {ways}",
        f"weight: nats of log(pi {found.a} / pi {found.b}); width: of the density at their middles, which also has "
        f"{found.correlation:+.3f} of the correlations and {found.others:+.3f} of other components: "
        f"together {found.log_density:+.3f}",
    ]
    if silent is not None:
        lines.append(
            f"share of way {found.a}: {silent.before:.0%}; {counted(len(silent.cells), 'cell')} silenced at this step "
            f"{silent.at_step:.0%} (random cells {span(silent.random_at_step, '.0%', 'none drawn')}), from the first "
            f"step {silent.always:.0%} (random cells {span(silent.random_always, '.0%', 'none drawn')})"
        )
    return "\n".join(lines)


def votes_object(found: Votes, silent: Silenced | None) -> dict[str, Any]:
    """Votes as JSON has them."""
    facts = dict(vars(found))
    components = [facts.pop("a"), facts.pop("b")]
    return {
        "step": facts.pop("step"),
        "components": components,
        **facts,
        "log_odds": found.log_odds,
        "log_density": found.log_density,
        "ranked": found.ranked(),
        "silenced": silent,
    }


def inputs(
    ink: InkArgument = None,
    text: Text = None,
    hand: Hand = None,
    step: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="The offset that is predicted.  [default: the last]"),
    ] = None,
    seed: Seed = 0,
    checkpoint: options.Checkpoint = None,
    as_json: options.Json = False,
) -> None:
    r"""Show what pen, memory, characters and hand add to the gates of a step.

    The parts add up to what enters each gate exactly. The prediction of the next offset is also made again without
    each input: the divergence says how different it is then.

    \b
    Examples:
      pentrace explain inputs mine.json --step 84
      pentrace explain inputs --text "hello" --hand 7 --step 60
    """
    from pentrace.explain.inputs import inputs as inputs_of
    from pentrace.explain.inputs import without
    from pentrace.explain.reading import Reading

    writer, source = opened(ink, text, hand, seed, checkpoint)
    chosen = len(Reading(writer, source)) if step is None else step
    found, absent = inputs_of(writer, source, chosen), without(writer, source, chosen)
    if as_json:
        facts = {"characters": found.characters, "parts": found.parts, "code": found.code}
        print_json({"step": chosen, **facts, "without": absent})
        return
    rows = []
    for name, strength in found.strength().items():
        label = f"{name} {found.characters[name]!r}" if name in found.characters else name
        after = ("", "")
        if (one := absent.get(name)) is not None:
            after = (f"{one.divergence:.3f}", f"{one.share[0]:.0%} to {one.share[1]:.0%}")
        rows.append((label, *(f"{value:.2f}" for value in strength), *after))
    shown = table(("", "i", "f", "g", "o", "without it", "likeliest way"), rows)
    caption = (
        f"step {chosen}: root mean square over the cells of what each input adds to a gate\n"
        "without it: divergence of the next offset's prediction, in nats; and the share of the likeliest way"
    )
    show(shown, caption)


def opened(
    ink: Path | None, text: str | None, hand: int | None, seed: int, checkpoint: Path | None
) -> tuple[Writer, Readable]:
    """The writer, and what it is to explain: a file of ink, or a line that it writes from a text."""
    from pentrace.engine.writer import Writer

    writer = Writer(options.of_text(checkpoint, text) or options.default_checkpoint())
    return writer, source_of(writer, ink, text, hand, seed)


def source_of(writer: Writer, ink: Path | None, text: str | None, hand: int | None, seed: int) -> Readable:
    """A file of ink as it is read, or a line that the model writes from a text."""
    from pentrace.explain.reading import write_line

    if ink is not None:
        return writer.reading(output.read_ink(ink), text, hand=hand)
    if text is None:
        raise typer.BadParameter("expected an INK or --text TEXT, found neither")
    return write_line(writer, output.read_text(text), hand=hand, seed=seed)


def clearest_fork(writer: Writer, source: Readable) -> int:
    """The fork whose two likeliest ways are most nearly equally likely."""
    from pentrace.explain.votes import fork_gaps

    gaps = fork_gaps(writer, source)
    if not gaps:
        raise InkError("ink: expected a fork, found none in it; name a step and two components")
    return min(gaps, key=gaps.__getitem__)
