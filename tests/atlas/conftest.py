"""Lines of writing for the tests of atlases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pentrace.data.dataset import write_shards
from tests.lines import written_lines

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 24 lines of 12 forms."""
    folder = tmp_path_factory.mktemp("lines")
    write_shards(written_lines(24, forms=12), folder)
    return folder
