"""The host of engine.wasm and what is built on it: writing, traces, interventions, neatening."""

from pentrace.engine.engine import Engine, State, tensor_number

__all__ = ["Engine", "State", "tensor_number"]
