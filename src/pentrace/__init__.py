"""pentrace: write, and a small neural network writes on in your hand.

    from pentrace import Writer

    ink = Writer().write(steps=600, seed=7)

The names below are loaded when they are first used, so that `import pentrace` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pentrace.atlas import Atlas
    from pentrace.checkpoint import Checkpoint
    from pentrace.checkpoint.hand import Hand
    from pentrace.checkpoint.mix import mix
    from pentrace.engine.hand.learn import learn
    from pentrace.engine.interventions import Intervention
    from pentrace.engine.trace import Trace
    from pentrace.engine.writer import TEXT_CHECKPOINT, Writer
    from pentrace.errors import PentraceError
    from pentrace.ink import Ink

__version__ = "0.1.0"

__all__ = [
    "TEXT_CHECKPOINT",
    "Atlas",
    "Checkpoint",
    "Hand",
    "Ink",
    "Intervention",
    "PentraceError",
    "Trace",
    "Writer",
    "__version__",
    "learn",
    "mix",
]

_MODULES = {
    "Atlas": "atlas",
    "Checkpoint": "checkpoint",
    "Hand": "checkpoint.hand",
    "Ink": "ink",
    "Intervention": "engine.interventions",
    "PentraceError": "errors",
    "TEXT_CHECKPOINT": "engine.writer",
    "Trace": "engine.trace",
    "Writer": "engine.writer",
    "learn": "engine.hand.learn",
    "mix": "checkpoint.mix",
}


if not TYPE_CHECKING:  # so that a type checker still finds a misspelt name

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module 'pentrace' has no attribute {name!r}")
        value: object = getattr(import_module(f"pentrace.{_MODULES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
