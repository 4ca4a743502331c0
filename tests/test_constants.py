"""spec/constants.json: numbers that Python and the page must share. web/test has the page's half."""

from __future__ import annotations

import json
from pathlib import Path

from pentrace.atlas import atlas, presets
from pentrace.checkpoint import architecture, checkpoint, hand, hand_changes, tensor_file
from pentrace.engine import arguments, mixture, neaten
from pentrace.engine.hand import learn, learner, legible
from pentrace.engine.text import letters, spelling, takes
from pentrace.engine.text import written as text
from pentrace.ink import ink
from pentrace.measure import effects, samples
from pentrace.pictures import cell_colours, futures


def test_the_constants_are_those_of_the_specification(repository: Path) -> None:
    setup = effects.Setup()
    assert json.loads((repository / "spec/constants.json").read_text(encoding="utf-8")) == {
        "whiteboard_scale": ink.WHITEBOARD_SCALE,
        "ink": {"coordinate_limit": ink.LIMIT},
        "checkpoint": {
            "format": checkpoint.FORMAT,
            "format_version": checkpoint.FORMAT_VERSION,
            "cells": list(architecture.CELLS),
            "largest_file": checkpoint.MAX_FILE,
            "largest_header": tensor_file.MAX_HEADER,
            "deepest_metadata": checkpoint.MAX_DEPTH,
            "largest": architecture.SIZES,
            "largest_alphabet": architecture.MAX_ALPHABET,
            "text": {key: list(sizes) for key, sizes in architecture.TEXT_SIZES.items()},
        },
        "hand": {
            "format": hand.FORMAT,
            "version": hand.FORMAT_VERSION,
            "largest_file": hand.MAX_FILE,
            "rank": hand_changes.RANK,
            "passes": learn.PASSES,
            "window": learn.WINDOW,
            "rate": learn.RATE,
            "drop": learn.DROP,
            "text_drop": learn.TEXT_DROP,
            "code_unit": learner.CODE_UNIT,
            "text_added_unit": learner.TEXT_ADDED_UNIT,
            "jitter": learner.JITTER,
            "batch": learn.BATCH,
            "least_points": learn.LEAST_POINTS,
            "most_points": learn.MOST_POINTS,
            "work": learn.WORK,
            "held_from": learn.HELD_FROM,
            "scored": learn.SCORED,
            "largest_offset": learn.LARGEST,
            "most_ink": hand.MOST_INK,
            "legible": {
                "shares": list(legible.SHARES),
                "untried": legible.UNTRIED,
                "texts": list(legible.TEXTS),
                "takes": legible.TAKES,
                "worst": legible.WORST,
                "loss": legible.LOSS,
            },
        },
        "atlas": {"format": atlas.FORMAT, "version": atlas.VERSION},
        "takes": {
            "least": takes.LEAST,
            "longest": takes.LONGEST,
            "sure": takes.SURE,
            "rounds": takes.ROUNDS,
            "round_streams": takes.ROUND_STREAMS,
        },
        "letters": {
            "shape": letters.SHAPE,
            "place": letters.PLACE,
            "pace": letters.PACE,
            "lift": letters.LIFT,
        },
        "engine": {"bytes_of_a_call": arguments.CALL_BYTES, "longest_text": arguments.MAX_TEXT},
        "text": {
            "longest_line": text.LONGEST_LINE,
            "most_characters": text.MOST_CHARACTERS,
            "cap": text.CAP,
            "line_step": text.LINE_STEP,
            "level_width": text.LEVEL_WIDTH,
            "variation": text.VARIATION,
            "hand_stream": text.HAND_STREAM,
            "same": spelling.SAME,
            "instead": spelling.INSTEAD,
        },
        "futures": {
            "lift_radius": futures.LIFT_RADIUS,
            "likely": mixture._LIKELY,
            "branch": mixture._BRANCH,
            "near": mixture._NEAR,
        },
        "cells": {
            "levels": cell_colours.LEVELS,
            "robust": cell_colours._ROBUST,
            "log": cell_colours._LOG,
            "steps": list(cell_colours._STEPS),
        },
        "neaten": {"hand": neaten.HAND, "return": neaten.RETURN},
        "collapse": {
            "window": samples._WINDOW,
            "narrow": samples._NARROW,
            "straight": samples._STRAIGHT,
            "far": samples._FAR,
            "dots": samples._DOTS,
            "dot_points": samples._DOT_POINTS,
        },
        "effects": {
            "samples": setup.samples,
            "steps": setup.steps,
            "variation": setup.variation,
            "draws": effects.DRAWS,
            "inks": effects._INKS,
            "neighbours": effects._NEIGHBOURS,
            "top_cells": presets.TOP,
        },
    }
