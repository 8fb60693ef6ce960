"""Small exports written in a test, and the results of reading them."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli.exports.export import Export, ReadOptions, RefusedError
from adops_cli.exports.read import read_export

Read = Callable[..., Export]


@contextmanager
def reading(folder: Path) -> Iterator[Read]:
    """`read(lines…, currency="EUR")`: reads the lines as a file. All exports are closed at the end."""
    opened: list[Export] = []

    def read(*lines: str, suffix: str = ".csv", **options: Any) -> Export:
        path = folder / f"export{suffix}"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
        opened.append(read_export(path, ReadOptions(**options)))
        return opened[-1]

    yield read
    for export in opened:
        with closing(export):
            pass


def refusal(read: Read, *lines: str, **options: Any) -> RefusedError:
    """How a file is refused."""
    with pytest.raises(RefusedError) as caught:
        read(*lines, **options)
    return caught.value


def rejected(export: Export) -> list[tuple[int, str | None, str]]:
    return [(row.line, row.column, str(row.why)) for row in export.rejected]


def metadata(export: Export) -> list[str | None]:
    """The metadata of every day."""
    return [day[-1] for day in export.days()]


def spend(export: Export) -> Decimal | None:
    return export.totals.spend
