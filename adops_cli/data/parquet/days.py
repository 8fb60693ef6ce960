"""Daily rows as columns of Parquet files: which months there are, what tells that one has changed, and its values.

Reads rows in their stored form, some at a time. Writes no file.
"""

import hashlib
import marshal
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

import peewee as pw

from adops_cli import measures
from adops_cli.data.access import reading
from adops_cli.data.access.jsonparts import text_under
from adops_cli.data.daily_rows import FIRST, LAST, day_as_read
from adops_cli.errors import UnreadableRowError
from adops_cli.measures import FIGURES, STORED_RATIOS
from adops_cli.render import Column, Kind, cells
from adops_cli.storage import other_forms
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics
from adops_cli.storage.table import fields_of

Row = Sequence[Any]
Owners = Mapping[str, tuple[str | None, str | None]]
"""The platform and the currency of each campaign, by id. None if it cannot be read, or is unknown."""

_FIELDS = {name: field for name, field in fields_of(Metrics).items() if name not in STORED_RATIOS}
_NAMES = tuple(_FIELDS)
_CAMPAIGN = _NAMES.index("campaign_id")
_RATIOS = {name: [_NAMES.index(part) for part in measures.PARTS[name]] for name in STORED_RATIOS}
"""The places of the figures that a ratio is made of."""
COLUMNS = (
    *(Column("id", "", Kind.COUNT), Column("campaignId", ""), Column("currency", ""), Column("date", "", Kind.DAY)),
    *(Column(name, "", Kind.COUNT) for name in FIGURES[:2]),
    Column(FIGURES[2], "", Kind.QUANTITY),
    *(Column(name, "", Kind.MONEY) for name in FIGURES[3:]),
    *(Column(name, "", Kind.RATIO) for name in STORED_RATIOS),
    *(Column("metadata", ""), Column("syncedAt", "", Kind.INSTANT)),
)
"""The platform and the month are those of the folder."""
_NONE: Sequence[Sequence[Any]] = [()] * len(COLUMNS)
_FORM = b"1"
"""Of the files: with another one, all are written anew."""
_MARSHAL = 2
"""The newest form of a value that does not depend on what else refers to it."""
_HEAD = 5
"""Bytes of a list before its items: they say how many there are, which is not what counts."""
_AT_ONCE = 20_000
"""Rows in memory, and not yet by platform."""


def _json(stored: Any) -> str | None:
    """Metadata as text that is the same on every engine."""
    known = Metrics.metadata.python_value(stored)
    return None if known is None else cells.json_text(known)


_READERS = [_json if name == "metadata" else field.python_value for name, field in _FIELDS.items()]


def months() -> Sequence[Any]:
    """The beginnings of days that rows have, as YYYY-MM. Another program can have stored others, or none.

    A server can have days that are in no month, which is told in a warning.
    """
    if (day := _other_day()) is not None:
        return [month for (month,) in db.execute(Metrics.select(_month(day)).distinct().order_by(_month(day)))]
    if db.keeps_types:
        for id, stored in reading.raw_rows(Metrics.select(Metrics.id, Metrics.date).where(~_between(FIRST, LAST))):
            reading.Unread("metrics", id, f"date holds {stored}, which cannot be read").tell()
    found: list[str] = []
    while not found or found[-1] != LAST[:7]:  # along the index: a step for each month instead of one for each row
        first = next(iter(db.execute(Metrics.select(pw.fn.MIN(Metrics.date)).where(_after(found)))))
        if first[0] is None:
            break
        found.append(str(first[0])[:7])
    return found


def _after(months: Sequence[str]) -> Any:
    if not db.keeps_types:
        return _between(f"{months[-1]}-99" if months else "", "9999-99")
    return _between(f"{_next(months[-1])}-01" if months else FIRST, LAST)


def _of(month: str) -> Any:
    """The condition that a day is of a month. Of a file, it is one of text: the day can be in no calendar."""
    return _between(*map(str, ends(month))) if db.keeps_types else _between(f"{month}-00", f"{month}-99")


def _between(first: str, last: str) -> Any:
    return Metrics.date.between(pw.Value(first, converter=str), pw.Value(last, converter=str))


def _other_day() -> Any:
    """The day in SQL if some rows have it in another form. None if its column has it."""
    return None if other_forms.present(Metrics) is None else day_as_read()


def _month(day: Any) -> Any:
    return pw.fn.substr(day, 1, 7)


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def ends(month: str) -> tuple[date, date]:
    """Its first and its last day."""
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def owners() -> Owners:
    """Those of all campaigns."""
    fields: list[Any] = [Campaign.id, Campaign.platform, Campaign.metadata]
    found = {}
    for raw in reading.raw_rows(Campaign.select(*fields)):
        known, _ = reading.read_cells(fields, raw)
        found[raw[0]] = known.get("platform") or None, text_under(known.get("metadata"), "currency")
    return found


def of_month(month: str, of: Owners) -> Iterator[tuple[str | None, Sequence[Row], Sequence[str | None]]]:
    """The rows of a month with their currencies, some of one platform at a time, by day and campaign."""
    day = _other_day()
    columns = [db.as_sqlite_form(field) for field in _FIELDS.values()]
    if day is None:
        chosen = _of(month)
    else:
        columns[_NAMES.index("date")] = day
        chosen = _month(day) == month
    query = Metrics.select(*columns).where(chosen).order_by(Metrics.date, Metrics.campaign)
    with db.text_as_it_is(), db.translated_errors():
        rows = db.stream(*query.sql())
        while some := list(islice(rows, _AT_ONCE)):
            parts: dict[str | None, tuple[list[Row], list[str | None]]] = {}
            for row in some:
                platform, currency = of.get(row[_CAMPAIGN], (None, None))
                part = parts.setdefault(platform, ([], []))
                part[0].append(row)
                part[1].append(currency)
            for platform, (found, currencies) in parts.items():
                yield platform, found, currencies


class Fingerprint:
    """What rows are, as a checksum over all of their stored values, whatever part of them comes at a time."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(_FORM, digest_size=16)

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Go on with these rows, whose values are None, numbers, text, or bytes."""
        self._hash.update(marshal.dumps(list(rows), _MARSHAL)[_HEAD:])  # three times as fast as their texts

    def __str__(self) -> str:
        return self._hash.hexdigest()


def values(rows: Sequence[Row], currencies: Sequence[str | None]) -> tuple[Sequence[Sequence[Any]], int]:
    """The values of `COLUMNS` of these rows, and how many rows were left out with a warning: they cannot be read."""
    try:
        return _values(rows, currencies) if rows else _NONE, 0
    except UnreadableRowError:
        kept = [place for place, row in enumerate(rows) if _is_readable(row)]
        read = [rows[place] for place in kept], [currencies[place] for place in kept]
        return _values(*read) if kept else _NONE, len(rows) - len(kept)


def _values(rows: Sequence[Row], currencies: Sequence[str | None]) -> Sequence[Sequence[Any]]:
    known = [_each(read, column) for read, column in zip(_READERS, zip(*rows, strict=True), strict=True)]
    id, campaign, day, *figures, metadata, synced = known
    ratios = [list(map(measures.ratio, known[above], known[below])) for above, below in _RATIOS.values()]
    return [id, campaign, currencies, day, *figures, *ratios, metadata, synced]


def _each(read: Callable[[Any], Any], column: Sequence[Any]) -> Sequence[Any]:
    """Each value of a column read, and equal ones only once."""
    found = {value: read(value) for value in set(column)}
    return [found[value] for value in column]


def _is_readable(row: Row) -> bool:
    known, wrong = reading.read_cells(list(_FIELDS.values()), row)
    if wrong:
        reading.Unread("metrics", row[0], "; ".join(wrong.values()), known).tell()
    return not wrong
