"""The public interface to a model: write, continue an ink, sample its futures, trace it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, SupportsIndex, cast

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint import Checkpoint, load
from pentrace.checkpoint import hand as hands
from pentrace.counts import whole
from pentrace.engine.host import State
from pentrace.engine.ink_reader import InkReader, Readable, as_points, whole_steps
from pentrace.engine.interventions import Intervention
from pentrace.engine.neaten import neatened
from pentrace.engine.sampler import Line
from pentrace.engine.text import letters, takes
from pentrace.engine.text.letters import Draws
from pentrace.engine.text.moves import checked, moved
from pentrace.engine.text.prime import Prime, fitting, read_primes
from pentrace.engine.text.written import (
    CAP,
    HAND_STREAM,
    LINE_STEP,
    LONGEST_LINE,
    VARIATION,
    WrittenText,
    laid_out,
    lines_of,
)
from pentrace.engine.traits import changed
from pentrace.errors import EngineError, HandError, InkError, TextError
from pentrace.ink import MAX_POINTS, Ink, concatenate
from pentrace.link import link
from pentrace.link.address import FIRST, PAGE

FloatArray = npt.NDArray[np.float32]
DEFAULT_CHECKPOINT = Path(__file__).parents[1] / "weights/default.safetensors"
TEXT_CHECKPOINT = DEFAULT_CHECKPOINT.with_name("text.safetensors")
"""A checkpoint that knows text."""


class _Best(NamedTuple):
    """The take of a line that was chosen, where its random numbers come from, and what is wrong with it, or ""."""

    take: Line
    draws: Draws
    note: str


class Writer(InkReader):
    """A checkpoint that writes.

    Ink without a scale (from a mouse, a pen, an SVG) is first prepared by the engine: resampled and scaled to what the
    model was trained on. Ink with a scale is used as it is. The same checkpoint, ink, seed and settings give the same
    bits here and in the page.

    Threads may share a writer: a lock lets one compute at a time. Threads that are to compute at the same time need a
    writer each. A writer can be pickled and copied; that makes a new engine of the same checkpoint and intervention.

    Args:
        checkpoint: a checkpoint, the path of one, or None for the one that the hand was learned on, or else the default
            one.
        hand: a hand that was learned on it (pentrace.learn), or the path of one; the writer then writes in it.

    Raises:
        CheckpointError: the file is not a checkpoint.
        HandError: the file is not a hand, or one of another checkpoint.
        EngineError: the engine cannot run it.
    """

    def __init__(
        self,
        checkpoint: Checkpoint | str | os.PathLike[str] | None = None,
        *,
        hand: hands.Hand | str | os.PathLike[str] | None = None,
    ) -> None:
        if hand is not None and not isinstance(hand, hands.Hand):
            hand = hands.load(hand)
        if checkpoint is None:
            checkpoint = DEFAULT_CHECKPOINT if hand is None else included_base(hand)
        if not isinstance(checkpoint, Checkpoint):
            checkpoint = load(checkpoint)
        self.base = checkpoint
        """The checkpoint without the hand: the one that an atlas belongs to."""
        self.hand = hand
        if hand is not None:
            checkpoint = hand.apply(checkpoint)
        super().__init__(checkpoint)
        self.intervention = Intervention()

    def __reduce__(
        self,
    ) -> tuple[
        Callable[[Checkpoint, hands.Hand | None, Intervention], Writer],
        tuple[Checkpoint, hands.Hand | None, Intervention],
    ]:
        return _writer, (self.base, self.hand, self.intervention)

    def with_intervention(self, intervention: Intervention) -> Writer:
        """A writer with the same checkpoint that applies an intervention after every step.

        This writer does not change. If it has an intervention itself, that is applied first.

        Raises:
            InterventionError: the model has no such cell or layer.
        """
        return _writer(self.base, self.hand, self.intervention.then(intervention))

    def write(
        self,
        steps: SupportsIndex = 600,
        *,
        seed: SupportsIndex = 0,
        variation: float = 0.6,
        prime: Ink | None = None,
    ) -> Ink:
        """A sample of `steps` offsets, in the hand of `prime` if that is given (the result does not include it).

        Args:
            steps: number of offsets, at least 1.
            seed: 0 to 2^64 - 1.
            variation: temperature T >= 0; 1 is the model's own distribution, less is neater.
            prime: an ink to read first.

        Raises:
            EngineError: a setting out of range.
        """
        state, origin = self.engine.start(), 0
        if prime is not None:
            read = self.read(prime)
            state, origin = self.state(read), len(read.offsets)
        sample = self.engine.sample(state, whole_steps(steps), seed=seed, origin=origin, variation=variation)
        return Ink.from_offsets(sample, self.checkpoint.units_per_raw_unit)

    def write_text(
        self,
        text: str,
        *,
        hand: int | npt.ArrayLike | None = None,
        traits: Mapping[str, float] | None = None,
        seed: SupportsIndex = 0,
        variation: float = VARIATION,
        candidates: SupportsIndex = 8,
        prime: Readable | Sequence[Readable] | None = None,
        prime_text: str | Sequence[str] = "",
        replace: bool = False,
        columns: SupportsIndex = LONGEST_LINE,
        line_height: float | None = None,
        moves: Sequence[Sequence[int]] = (),
    ) -> WrittenText:
        """A text in handwriting. Long lines are split at words, and every line is written in the same hand.

        Empty lines between others stay free. Curly quotes, dashes and the like are written as a hand writes them.

        Args:
            text: at most 10,000 characters that the model knows.
            hand: the number of one of the checkpoint's hands, a hand code [D], or None for that of the prime or of the
                writer's learned hand, or else for one that the seed chooses.
            traits: traits of the hand that are turned up or down, by -2 to 2: slant (to the right), size, width,
                spacing (between words), joins and pace; 1 is about a standard deviation of people. Only with the
                included checkpoint and hands of it.
            seed: 0 to 2^64 - 1.
            variation: temperature T >= 0; 1 is the model's own distribution, less is neater.
            candidates: takes of each line, 1 to 64. The recogniser chooses the most legible one; where that one is
                still hard to read, as many are drawn again, twice at most (spec/recogniser.md). After a prime, so many
                candidates of each character, of which the one goes on that is most like the writer's (spec/text.md).
                With 1 there is nothing to choose.
            prime: a line of ink in whose hand to write (the result does not include it), or several by one writer: the
                model reads the one that is easiest to read, and writes in the letters of all. None for the lines that
                the learned hand keeps, if it does; [], with [] for prime_text, for none.
            prime_text: what the prime says, or what each of them says.
            replace: write something else for characters that the model does not know, such as (at) for @, or leave
                them out, instead of raising TextError. `text` of the result says what was written.
            columns: the most characters of a line, 1 to 64.
            line_height: millimetres from line to line on paper, 1 to 200, for files that have a size; None for 14.
            moves: (line, at, to, hold) each, in the order in which they are made: after `at` offsets of a line the
                pointer is put at character `to` and held there for `hold` offsets (pentrace.engine.text.moves.Move).

        Raises:
            TextError: the text has a character that the model does not know, the checkpoint knows no text, the
                prime's text does not fit it, a trait is not known, or a move does not fit its line.
            EngineError: a setting out of range.
        """
        known = self.checkpoint.architecture.text
        columns = whole("columns", columns, 1, LONGEST_LINE, TextError)
        if line_height is not None and not 1 <= line_height <= 200:
            raise TextError(f"line_height: expected 1 to 200 millimetres, found {line_height:g}")
        lines = lines_of(text, known, replace=replace, columns=columns)
        candidates = whole("candidates", candidates, 1, takes.MOST, EngineError)
        read = self._prime(prime, prime_text, hand is None)
        if hand is None and read is None and self.hand is None and known is not None and known.hands:
            hand = int(self.engine.random(1, seed=seed, stream=HAND_STREAM)[0] * known.hands)
        if traits:
            hand = changed(self.base.sha256, self.engine.hand_code(hand), traits)
        filled = [line for line in lines if line]
        all_moves = checked(moves, filled)
        written, notes = [], []
        for number, line in enumerate(filled):
            state = read.start(self.engine, line, hand) if read else self.engine.start(line, hand)
            best = self._best_take(state, line, number, candidates, seed, variation, read)
            take = best.take
            for move in (each for each in all_moves if each.line == number):
                take = moved(self.engine, state.copy(), take, move, best.draws, read.place if read else 0)
            written.append(read.rest(take) if read else take)
            if best.note:
                notes.append(f"line {number + 1}: {best.note}")
        unit = self.checkpoint.units_per_raw_unit
        mm = None if line_height is None else line_height * unit / LINE_STEP
        return laid_out(lines, written, unit, notes, mm)

    def _prime(
        self, prime: Readable | Sequence[Readable] | None, said: str | Sequence[str], kept: bool
    ) -> Prime | None:
        """What is read before a line. kept: whether that may be the lines that the hand keeps."""
        known = self.checkpoint.architecture.text
        if prime is None:
            if said:
                raise TextError("prime_text: expected a prime that says it, found none")
            if not kept or self.hand is None or not self.hand.ink:
                return None
            offsets = [self.read(ink).offsets for ink in self.hand.ink]
            return fitting(offsets, self.hand.texts, known, self._recogniser)
        one = isinstance(said, str)
        inks = cast("Sequence[Readable]", [prime] if one else prime)
        texts = [said] if isinstance(said, str) else said
        if not inks and not texts:
            return None
        return read_primes([self.read(ink).offsets for ink in inks], texts, known, self._recogniser)

    def _best_take(
        self,
        state: State,
        line: str,
        number: int,
        candidates: int,
        seed: SupportsIndex,
        variation: float,
        prime: Prime | None,
    ) -> _Best:
        """The take of a line that is chosen, as it was drawn after the prime."""
        drawn: list[Line] = []
        written: list[Line] = []
        scores: list[float] = []
        draws: list[Draws] = []
        for first in takes.streams(number, candidates):
            if prime and candidates > 1:
                own = Draws(seed, first, variation)
                more = [letters.write(self.engine, state, prime.before(line), prime.letters, candidates, own)]
            else:
                more = self.engine.takes(
                    state, candidates, cap=CAP, seed=seed, first=first, variation=variation
                )
            drawn += more
            draws += [Draws(seed, first + k, variation) for k in range(len(more))]
            of_line = [prime.rest(take) for take in more] if prime else more
            written += of_line
            scores += takes.scores(self._recogniser, line, of_line) if candidates > 1 else [0.0]
            choice = takes.choose(line, written, scores)
            if not choice.unsure:
                break
        return _Best(drawn[choice.chosen], draws[choice.chosen], choice.note)

    def continue_(
        self,
        ink: Ink,
        steps: SupportsIndex = 300,
        *,
        seed: SupportsIndex = 0,
        variation: float = 0.6,
        stream: SupportsIndex = 0,
    ) -> Ink:
        """The ink and what the model writes after its last point, in the ink's units; time is dropped.

        `stream` chooses one of the futures of the seed.
        """
        steps = whole_steps(steps, MAX_POINTS - len(ink))
        prepared = self.read(ink)
        state, origin = self.state(prepared), len(prepared.offsets)
        sample = self.engine.sample(
            state, steps, seed=seed, stream=stream, origin=origin, variation=variation
        )
        x, y = map(float, ink.points[-1])
        added = Ink.from_offsets(sample, prepared.scale, (x, y))
        return concatenate(
            [
                Ink(ink.points, ink.pen_up, scale=ink.scale),
                Ink(added.points[1:], added.pen_up[1:], scale=ink.scale),
            ]
        )

    def neaten(self, ink: Ink, *, share: float = 0.8) -> Ink:
        """The ink redrawn as a mix of its own movements and the model's, in its own units; time is dropped.

        No random numbers are used: the same ink and share always give the same result (spec/neaten.md).

        Args:
            ink: pen lifts and the starts of strokes stay where they are.
            share: of the model, 0 to 1; 0 gives the prepared ink.

        Raises:
            InkError: a share out of range.
        """
        if not 0 <= share <= 1:
            raise InkError(f"share: expected 0 to 1, found {share:g}")
        own = self.read(ink)
        neat = neatened(self.engine, own.offsets, share, own.first_lifted)
        written = as_points(ink, own._replace(offsets=neat))
        return Ink(written.points, written.pen_up, scale=ink.scale)

    def link(
        self,
        ink: Ink | None = None,
        *,
        figure: str = FIRST,
        page: str = PAGE,
        **settings: bool | int | float | str | Iterable[int],
    ) -> str:
        """The link that opens the page at a figure, with an ink and settings; see pentrace.link.link.

        The page must offer this writer's checkpoint (`pentrace serve -c FILE`); the default one it has.

        Raises:
            PageError: no such figure, or a setting that no address can hold.
            InkError: the ink is too long for a link.
        """
        own = self.checkpoint.sha256 == load(DEFAULT_CHECKPOINT).sha256
        return link(ink, figure, checkpoint="" if own else self.checkpoint.name, page=page, **settings)


def included_base(hand: hands.Hand) -> Path:
    """Which of the included checkpoints a hand was learned on. Raises HandError for none of them."""
    for path in (DEFAULT_CHECKPOINT, TEXT_CHECKPOINT):
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == hand.base:
            return path
    raise HandError(
        f"hand: expected one of an included checkpoint, found one of another ({hand.base[:12]}); "
        "name the checkpoint that it was learned on (-c FILE)"
    )


def _writer(checkpoint: Checkpoint, hand: hands.Hand | None, intervention: Intervention) -> Writer:
    """A writer in a hand and under an intervention."""
    a = checkpoint.architecture
    settings = intervention.settings(a.layers, a.hidden)
    writer = Writer(checkpoint, hand=hand)
    writer.intervention = intervention
    for layer, table in enumerate(settings):
        writer.engine.intervene(layer, table)
    return writer
