"""Sums of rows that share campaign and day, made outside of memory: in a temporary database of SQLite's own.

Exact whatever the size. Knows numbers only, no campaign and no platform.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from decimal import Decimal

from adops_cli.importers.exports.export import Day
from adops_cli.values import json_text

_FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue")
_MILLION = 1_000_000
_SUM = ", ".join(f"sum({name})" for name in _FIGURES)
# In two parts where the sum is too large for an integer of SQLite's.
_PARTS = ", ".join(f"sum({name} / {_MILLION}), sum({name} % {_MILLION})" for name in _FIGURES)
_GROUPED = "SELECT campaign, day, {sums}, count(*), group_concat(metadata, char(10)) FROM given GROUP BY campaign, day"


class Spool:
    """Rows, taken in any order and given back summed, in order; its file is gone when it is closed, or its process."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)  # a file that has no name, and dies with its owner
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("PRAGMA cache_size = -16000")
        self._file.execute(f"CREATE TABLE given (campaign, day, {', '.join(_FIGURES)}, metadata)")
        self._file.execute("BEGIN")
        self._rows = 0
        self._in_parts = False

    def add_many(self, rows: Iterable[Day]) -> None:
        """Take rows, each for itself."""
        self._rows += self._file.executemany("INSERT INTO given VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows).rowcount

    def finish(self) -> tuple[int, int]:
        """Sum up; how many rows there were, and how many pairs of campaign and day."""
        try:
            self._sum(_SUM)
        except sqlite3.OperationalError as error:
            if "overflow" not in str(error):
                raise
            self._in_parts = True
            self._sum(_PARTS)
        self._file.execute("DROP TABLE given")
        (pairs,) = self._file.execute("SELECT count(*) FROM summed").fetchone()
        return self._rows, int(pairs)

    def _sum(self, sums: str) -> None:
        self._file.execute("DROP TABLE IF EXISTS summed")
        self._file.execute(f"CREATE TABLE summed AS {_GROUPED.format(sums=sums)}")

    def days(self, not_additive: frozenset[str] = frozenset()) -> Iterator[Day]:
        """Each pair once, in the order of campaigns and days; as often as asked.

        Null and null are null, null and 3 are 3. Further figures of several rows are added too, but for those that
        cannot be: these are left out.
        """
        for row in self._file.execute("SELECT * FROM summed ORDER BY rowid"):
            *found, rows, metadata = row
            if self._in_parts:
                found[2:] = [_together(*found[at : at + 2]) for at in range(2, len(found), 2)]
            if rows > 1 and metadata is not None:
                metadata = _added(metadata.split("\n"), not_additive)
            yield (*found, metadata)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def _together(large: int | None, small: int | None) -> int | None:
    return None if large is None or small is None else large * _MILLION + small


def _added(texts: list[str], not_additive: frozenset[str]) -> str | None:
    """The further figures of several rows, number by number."""
    sums: dict[str, Decimal] = {}
    for text in texts:
        for key, value in json.loads(text, parse_float=Decimal, parse_int=Decimal).items():
            if key not in not_additive:
                sums[key] = sums.get(key, Decimal(0)) + value
    plain = {key: int(sums[key]) if sums[key] == int(sums[key]) else float(sums[key]) for key in sorted(sums)}
    return json_text(plain) if plain else None
