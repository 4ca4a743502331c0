"""Checkpoints: a model's sizes and weights in one safetensors file."""

from pentrace.checkpoint.architecture import Architecture, TextArchitecture
from pentrace.checkpoint.checkpoint import MAX_FILE, Checkpoint, decode, encode, load, pack_rows, save

__all__ = [
    "MAX_FILE",
    "Architecture",
    "Checkpoint",
    "TextArchitecture",
    "decode",
    "encode",
    "load",
    "pack_rows",
    "save",
]
