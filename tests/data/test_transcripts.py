"""Transcriptions lose the spaces that their ink does not have, and nothing else."""

from __future__ import annotations

import pytest

from pentrace.data.transcripts import as_written


@pytest.mark.parametrize(
    ("transcribed", "written"),
    [
        ("Mr . Foot ' s line , he said", "Mr. Foot's line, he said"),
        ("a ( large ) majority ; no", "a (large) majority; no"),
        ('" No secret talks " - he said', '"No secret talks" - he said'),
        ("  two   spaces ", "two spaces"),
        ("don't stop - ever", "don't stop - ever"),
        ("the s t", "the s t"),
        ("", ""),
    ],
)
def test_spaces_that_the_ink_does_not_have_go(transcribed: str, written: str) -> None:
    assert as_written(transcribed) == written
    assert as_written(written) == written
