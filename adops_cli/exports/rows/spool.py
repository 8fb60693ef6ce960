"""Sums the rows of a file by campaign and day, on disk: in a private SQLite file without a name.

Rows go in in any order, `finish` sorts them, and the sums can then be read repeatedly. Sums are exact at any size; null
plus null is null, null plus 3 is 3. The file disappears with the connection, even if the process dies. Never touches
the team's database.
"""

import contextlib
import functools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import chain
from types import TracebackType
from typing import Any, Self

from adops_cli.errors import AdopsError
from adops_cli.exports.columns import extras
from adops_cli.exports.export import CampaignDay
from adops_cli.measures import FIGURES

_ROW = ", ".join(("campaign", "day", *FIGURES, "metadata"))
_ENDS = "SELECT campaign, MIN(rowid), MAX(rowid) FROM sorted GROUP BY campaign"
_SETTINGS = """
    PRAGMA page_size = 16384;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -16000;
    PRAGMA temp_store = FILE;
"""
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_PLAIN = 30
"""Numbers with an exponent up to this are written without it."""
_PORTION = 50
"""How many rows are one statement, which takes two thirds of the time of as many statements."""
_MOST_PARAMETERS = 900
"""Of a statement, in any version of SQLite."""
_AT_ONCE = 1_000
"""How many rows of one pair are summed together. A pair can have millions."""
_DECODER = json.JSONDecoder(parse_float=Decimal)
_ENCODED = functools.cache(functools.partial(json.dumps, ensure_ascii=False))


class Spool:
    """Rows to be summed. They are removed when the spool is closed, also by leaving `with`."""

    def __init__(self, tracked: int = 0) -> None:
        """Make an empty spool whose rows have this many further values, called t0, t1 and so on."""
        self._columns = ", ".join((_ROW, *(f"t{place}" for place in range(tracked))))
        self._width = 8 + tracked
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_SETTINGS)
        self._db.execute(f"CREATE TABLE arrived ({self._columns})")
        self._db.execute("BEGIN")
        self._portion = max(1, min(_PORTION, _MOST_PARAMETERS // self._width))
        self._many = self._insertion(self._portion)
        self._waiting: list[Sequence[Any]] = []
        self._has_repeats = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove everything."""
        self._db.close()

    def add_many(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows in any order. A campaign and day can occur repeatedly; each figure must fit in 64 bits."""
        self._waiting += rows
        whole = len(self._waiting) // self._portion * self._portion
        with _full_disk_told():
            for start in range(0, whole, self._portion):
                values = chain.from_iterable(self._waiting[start : start + self._portion])
                self._db.execute(self._many, [*values])
        del self._waiting[:whole]

    def _insertion(self, rows: int) -> str:
        row = f"({', '.join('?' * self._width)})"
        return f"INSERT INTO arrived VALUES {', '.join([row] * rows)}"

    def finish(self) -> tuple[int, int]:
        """End the input. Return how many rows there are, and how many pairs of campaign and day they have."""
        with _full_disk_told():
            self._db.executemany(self._insertion(1), self._waiting)
            self._waiting = []
            self._db.execute(
                f"CREATE TABLE sorted AS SELECT {self._columns} FROM arrived ORDER BY campaign, day, rowid"
            )
            self._db.execute("DROP TABLE arrived")
        (rows,) = self._db.execute("SELECT COUNT(*) FROM sorted").fetchone()
        (pairs,) = self._db.execute("SELECT COUNT(*) FROM (SELECT DISTINCT campaign, day FROM sorted)").fetchone()
        self._has_repeats = rows != pairs
        return rows, pairs

    def run(self, sql: str) -> None:
        """Change the table `sorted`, which has one row for each row of the file. Only after `finish`."""
        with _full_disk_told():
            self._db.execute(sql)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer to a query of the table `sorted`."""
        with _full_disk_told():
            return self._db.execute(sql).fetchall()

    def sums(self) -> list[int | None]:
        """The sum of each figure over all rows; None where no row has it."""
        sums: list[int | None] = [None] * len(FIGURES)
        for row in self._db.execute(f"SELECT {', '.join(FIGURES)} FROM sorted"):
            sums = [had if more is None else (had or 0) + more for had, more in zip(sums, row, strict=True)]
        return sums

    def spend(self) -> dict[int, int]:
        """The spend of each campaign that has any, in millionths."""
        sums: dict[int, int] = {}
        for campaign, spend in self._db.execute("SELECT campaign, spend FROM sorted WHERE spend IS NOT NULL"):
            sums[campaign] = sums.get(campaign, 0) + spend
        return sums

    def days(
        self, not_additive: frozenset[str] = frozenset(), order: Sequence[int] | None = None
    ) -> Iterator[CampaignDay]:
        """Each campaign and day once, summed, ordered by campaign, then by day. Only after `finish`.

        Args:
            not_additive: metadata that cannot be summed. It is left out if a pair has several rows.
            order: the campaigns in the order in which they are wanted, if not in that of their numbers.
        """
        rows: Iterator[CampaignDay]
        if order is None:
            rows = self._db.execute(f"SELECT {_ROW} FROM sorted ORDER BY rowid")
        else:
            ends = {campaign: ends for campaign, *ends in self.ask(_ENDS)}
            of_campaign = f"SELECT {_ROW} FROM sorted WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
            rows = chain.from_iterable(self._db.execute(of_campaign, ends[one]) for one in order if one in ends)
        return _merged(rows, not_additive) if self._has_repeats else rows


def _merged(rows: Iterable[CampaignDay], not_additive: frozenset[str]) -> Iterator[CampaignDay]:
    first: CampaignDay | None = None
    others: list[CampaignDay] = []
    for row in rows:
        if first is not None and row[1] == first[1] and row[0] == first[0]:
            others.append(row)
            if len(others) == _AT_ONCE:
                first, others = _sum([first, *others], not_additive), []
            continue
        if first is not None:
            yield _sum([first, *others], not_additive) if others else first
        first, others = row, []
    if first is not None:
        yield _sum([first, *others], not_additive) if others else first


def _sum(rows: list[CampaignDay], not_additive: frozenset[str]) -> CampaignDay:
    campaigns, days, impressions, clicks, conversions, spend, revenue, metadata = zip(*rows, strict=True)
    return (
        campaigns[0],
        days[0],
        _sum_of(impressions),
        _sum_of(clicks),
        _sum_of(conversions),
        _sum_of(spend),
        _sum_of(revenue),
        _metadata_sum([text for text in metadata if text is not None], not_additive),
    )


def _sum_of(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _metadata_sum(texts: list[str], not_additive: frozenset[str]) -> str | None:
    """Numbers summed, and of our own metadata everything else that all rows agree on."""
    sums: dict[str, int | Decimal] = {}
    others: dict[str, set[str]] = {}
    for text in texts:
        for name, value in _DECODER.decode(text).items():
            if isinstance(value, bool) or not isinstance(value, int | Decimal):
                others.setdefault(name, set()).add(extras.written(value))
                continue
            before = sums.get(name, 0)
            is_whole = isinstance(before, int) and isinstance(value, int)
            sums[name] = before + value if is_whole else _EXACT.add(Decimal(before), value)
    kept = {name: _number_text(number) for name, number in sums.items() if name not in not_additive | others.keys()}
    kept |= {name: found.pop() for name, found in others.items() if len(found) == 1 and name not in sums}
    return "{" + ",".join(f"{_ENCODED(name)}:{kept[name]}" for name in sorted(kept)) + "}" if kept else None


def _number_text(number: int | Decimal) -> str:
    """A number as JSON, without trailing zeros. A very large or small one has an exponent."""
    if isinstance(number, int):
        return str(number)
    short = number.normalize(_EXACT) if number else Decimal(0)
    return f"{short:f}" if abs(short.adjusted()) <= _PLAIN else str(short)


@contextlib.contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise AdopsError(
            f"the rows cannot be written to a temporary file: {error}", "Set TMPDIR to a directory with more space"
        ) from error
