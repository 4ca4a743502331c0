"""Atlases: what the cells of a checkpoint follow, and in which order to show them."""

from pentrace.atlas.atlas import DEFAULT_ATLAS, Atlas, Followed, Moment, beside, decode, encode

__all__ = ["DEFAULT_ATLAS", "Atlas", "Followed", "Moment", "beside", "decode", "encode"]
