"""The host of engine.wasm and what is built on it: writing, traces, interventions, neatening."""

from pentrace.engine.engine import Engine, Line
from pentrace.engine.host import State, tensor_number

__all__ = ["Engine", "Line", "State", "tensor_number"]
