"""Errors for users. Each message says what is wrong, what was expected, what was found, and what to do."""


class PentraceError(Exception):
    """Base of every error that a user can cause: one clear line, no traceback needed."""


class InkWarning(UserWarning):
    """What a reader of ink could not take from a file that it has read: one clear line."""


class InkError(PentraceError):
    """An ink that cannot be used."""


class FormatError(PentraceError):
    """A file of ink that cannot be read or written."""


class DataError(PentraceError):
    """A data set that cannot be used."""


class CheckpointError(PentraceError):
    """A checkpoint that breaks a rule of spec/checkpoint.md."""


class HandError(PentraceError):
    """A hand that breaks a rule of spec/hand.md, belongs to another checkpoint, or cannot be learned."""


class AtlasError(PentraceError):
    """An atlas that breaks a rule of spec/atlas.md, or belongs to another checkpoint."""


class EngineError(PentraceError):
    """The engine refused its input, or a result was not finite."""


class TextError(PentraceError):
    """A text that cannot be written."""


class InterventionError(PentraceError):
    """An intervention that cannot be made."""


class ConfigError(PentraceError):
    """A configuration with a wrong name, type or value."""


class TrainingError(PentraceError):
    """A training run that cannot start, resume or continue."""


class PageError(PentraceError):
    """The page cannot be served or written."""


class MissingExtraError(PentraceError):
    """A part that needs packages which are not installed."""
