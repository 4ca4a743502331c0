"""The host of engine.wasm and what is built on it: writing, traces, interventions, neatening."""

from pentrace.engine.engine import Engine, Prepared, State, tensor_number

__all__ = ["Engine", "Prepared", "State", "tensor_number"]
