"""The host of engine.wasm and what is built on it: writing, traces, interventions, neatening."""

from pentrace.engine.engine import Engine, Line
from pentrace.engine.host import State, tensor_number
from pentrace.engine.prepare import Prepared

__all__ = ["Engine", "Line", "Prepared", "State", "tensor_number"]
