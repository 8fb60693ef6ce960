"""What the tests of reading exports share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exports.reading import Read, reading


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    """`read(lines…, **options)`: a small export, read."""
    with reading(tmp_path) as read:
        yield read
