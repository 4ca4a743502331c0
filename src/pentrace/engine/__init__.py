"""The host of engine.wasm and what is built on it: writing, traces, interventions, neatening."""

from pentrace.engine.engine import Engine
from pentrace.engine.host import State, tensor_number
from pentrace.engine.prepare import Prepared
from pentrace.engine.sampler import Line

__all__ = ["Engine", "Line", "Prepared", "State", "tensor_number"]
