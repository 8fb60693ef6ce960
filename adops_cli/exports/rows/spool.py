"""The rows of a file on their way to sums per campaign and day, on disk: a private SQLite file without a name.

Rows go in in any order, then `finish` sorts them, then sums come out, as often as asked. Sums are exact however large;
null and null is null, null and 3 is 3. The file goes with the connection, also when the process dies. Never the
team's database.
"""

import contextlib
import functools
import json
import sqlite3
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Context, Decimal
from types import TracebackType
from typing import Self

from adops_cli.errors import AdopsError
from adops_cli.exports.export import CampaignDay
from adops_cli.measures import FIGURES

_ROW = ", ".join(("campaign", "day", *FIGURES, "metadata"))
_SETTINGS = """
    PRAGMA page_size = 16384;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -16000;
    PRAGMA temp_store = FILE;
"""
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_PLAIN = 30
"""The exponent up to which a number is written without one."""
_AT_ONCE = 1_000
"""Rows of one pair that are summed together; a pair may have millions."""
_DECODER = json.JSONDecoder(parse_float=Decimal)
_ENCODED = functools.cache(functools.partial(json.dumps, ensure_ascii=False))


class Spool:
    """Rows that are to be summed; closing it, also by leaving `with`, removes them."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_SETTINGS)
        self._db.execute(f"CREATE TABLE arrived ({_ROW})")
        self._db.execute("BEGIN")
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

    def add_many(self, rows: Iterable[CampaignDay]) -> None:
        """Take rows as they come, a campaign and day as often as it likes; a figure fits in 64 bits."""
        with _full_disk_told():
            self._db.executemany("INSERT INTO arrived VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def finish(self) -> tuple[int, int]:
        """No more rows come. How many came, and how many pairs of a campaign and a day they are."""
        with _full_disk_told():
            self._db.execute(f"CREATE TABLE sorted AS SELECT {_ROW} FROM arrived ORDER BY campaign, day")
            self._db.execute("DROP TABLE arrived")
        (rows,) = self._db.execute("SELECT COUNT(*) FROM sorted").fetchone()
        (pairs,) = self._db.execute("SELECT COUNT(*) FROM (SELECT DISTINCT campaign, day FROM sorted)").fetchone()
        self._has_repeats = rows != pairs
        return rows, pairs

    def days(self, not_additive: frozenset[str] = frozenset()) -> Iterator[CampaignDay]:
        """Every campaign and day once, summed, in the order of campaigns, then of days; after `finish`.

        Args:
            not_additive: metadata that cannot be added, left out where a pair has several rows.
        """
        rows = self._db.execute(f"SELECT {_ROW} FROM sorted ORDER BY rowid")
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
    sums: dict[str, int | Decimal] = {}
    for text in texts:
        for name, number in _DECODER.decode(text).items():
            before = sums.get(name, 0)
            is_whole = isinstance(before, int) and isinstance(number, int)
            sums[name] = before + number if is_whole else _EXACT.add(Decimal(before), number)
    written = [f"{_ENCODED(name)}:{_number_text(sums[name])}" for name in sorted(sums.keys() - not_additive)]
    return "{" + ",".join(written) + "}" if written else None


def _number_text(number: int | Decimal) -> str:
    """As JSON writes it, without zeros at the end; a very large or small one with an exponent."""
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
            f"The file's rows cannot be kept in a temporary file: {error}", "Name a directory with more room in TMPDIR"
        ) from error
