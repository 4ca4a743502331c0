"""Learning a hand from some lines, in learn.wasm: the same bits as in the page (spec/hand.md).

Letter key: P numbers that are learned, n lines, H hidden.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint.hand import Hand, learned_tensors
from pentrace.data.score import CLIP, RAW_NATS
from pentrace.engine.wasm import LEARN_WASM, FloatArray, Wasm
from pentrace.errors import HandError

if TYPE_CHECKING:
    from pentrace.checkpoint import Checkpoint
