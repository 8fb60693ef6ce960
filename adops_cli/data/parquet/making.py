"""Makes the files of an export: those of tables, and those of daily rows, of which each has a platform and a month."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase, digits
from typing import Any, NamedTuple

from adops_cli import files
from adops_cli.data import finality
from adops_cli.data.access import crud
from adops_cli.data.access.jsonparts import text_under
from adops_cli.data.parquet import days
from adops_cli.data.parquet.days import Owners
from adops_cli.data.parquet.folder import Entry, Folder
from adops_cli.data.proof import Proof, proof
from adops_cli.render import Column, Kind, Section, parquet
from adops_cli.storage.fields import Day, Json, Money, UtcDateTime
from adops_cli.storage.models import Campaign, Project
from adops_cli.storage.table import Table, columns_of
from adops_cli.values import attribute

TABLES: Mapping[str, tuple[type[Table], Sequence[str]]] = {
    "campaigns.parquet": (Campaign, ("account", "currency")),
    "projects.parquet": (Project, ()),
}
"""The files beside the figures: a table, and keys of its metadata that get columns of their own."""
_KINDS: Mapping[type, Kind] = {Money: Kind.MONEY, Day: Kind.DAY, UtcDateTime: Kind.INSTANT, Json: Kind.JSON}
_STORED = frozenset({Kind.MONEY, Kind.QUANTITY})
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""What the folder of rows without a platform is called, since Hive."""
_PLAIN = frozenset(f"{ascii_lowercase}{digits}-_.~")

Told = Callable[[Proof, str], Sequence[Section]]
"""What is said of the figures of a file, which has a title."""


class Part(NamedTuple):
    """The daily rows of a platform in a month."""

    month: Any
    platform: str | None

    @property
    def name(self) -> str:
        """The file, from the folder of the export."""
        return f"metrics/platform={_value(self.platform)}/month={_value(str(self.month))}/metrics.parquet"

    @property
    def title(self) -> str:
        """What is in it."""
        return f"Daily figures of {self.platform or 'no platform'} in {self.month}"


def _value(text: str | None) -> str:
    """A value as the name of a folder on any disk, of which some take capitals for small letters."""
    if not text:
        return _NO_VALUE
    return "".join(sign if sign in _PLAIN else "".join(f"%{byte:02X}" for byte in _bytes(sign)) for sign in text)


def _bytes(sign: str) -> bytes:
    return sign.encode(errors="backslashreplace")


def values_of(name: str) -> Sequence[Sequence[Any]]:
    """The values of each column of a table's file, by id. A row that cannot be read is left out, with a warning."""
    model, keys = TABLES[name]
    rows: Sequence[Any] = crud.select(model, {}, sort="id")
    stored = [[getattr(row, attribute(key)) for row in rows] for key in columns_of(model)]
    return [*stored, *([text_under(row.metadata, key) for row in rows] for key in keys)]


@dataclass(frozen=True)
class Maker:
    """Makes files in a working folder, and puts each into the folder of the export."""

    target: Folder
    working: Path
    told: Told = lambda _proof, _title: ()
    final_after: int = finality.FINAL_AFTER

    def table(self, name: str, values: Sequence[Sequence[Any]], fingerprint: str) -> None:
        """The file of a table."""
        model, keys = TABLES[name]
        kinds = {key: _KINDS.get(type(field), Kind.TEXT) for key, field in columns_of(model).items()}
        columns = [*(Column(key, "", kind) for key, kind in kinds.items()), *(Column(key, "") for key in keys)]
        about = parquet.proof_of(name.removesuffix(".parquet").capitalize(), ())
        file = files.new_file(self.working / name)
        with parquet.writing(file, columns, _types(columns), about) as add:
            add(values)
        self.target.put(file, name, Entry(fingerprint, rows=len(values[0])))

    def month(self, parts: Mapping[Part, str], of: Owners, progress: Callable[[int], None]) -> None:
        """The files of one month, each with its fingerprint. One without a row that can be read is not made."""
        with ExitStack() as opened:
            making = {part.platform: _Days(self, part, opened) for part in parts}
            for platform, rows, currencies in days.of_month(next(iter(parts)).month, of):
                if platform in making:
                    making[platform].add(rows, currencies)
                    progress(len(rows))
            for one in making.values():
                one.write()
        for (part, fingerprint), one in zip(parts.items(), making.values(), strict=True):
            if one.rows:
                entry = Entry(fingerprint, one.rows, one.left_out, batches=one.batches)
                self.target.put(one.file, part.name, entry)
            else:
                self.target.remove(part.name)


class _Days:
    """A file of daily rows that is being made. It is begun with the first rows that can be read."""

    def __init__(self, maker: Maker, part: Part, opened: ExitStack) -> None:
        self.rows = self.left_out = 0
        self.batches: Sequence[str] = ()
        self.file = maker.working / f"{secrets.token_hex(8)}.parquet"
        self._maker, self._part, self._opened = maker, part, opened
        self._waiting: list[days.Row] = []
        self._currencies: list[str | None] = []
        self._add: Callable[[Sequence[Sequence[Any]]], None] | None = None

    def add(self, rows: Sequence[days.Row], currencies: Sequence[str | None]) -> None:
        """Write these rows when there are enough for a row group."""
        self._waiting += rows
        self._currencies += currencies
        if len(self._waiting) >= parquet.AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write the rows that wait."""
        values, left_out = days.values(self._waiting, self._currencies)
        self._waiting, self._currencies = [], []
        self.left_out += left_out
        if values[0]:
            self._add = self._add or self._begin()
            self._add(values)
            self.rows += len(values[0])

    def _begin(self) -> Callable[[Sequence[Sequence[Any]]], None]:
        first, last = days.ends(self._part.month)
        known = proof(first, last, platform=self._part.platform, final_after=self._maker.final_after)
        self.batches = [batch.id for batch in known.batches]
        about = parquet.proof_of(self._part.title, self._maker.told(known, self._part.title))
        writing = parquet.writing(files.new_file(self.file), days.COLUMNS, _types(days.COLUMNS), about)
        return self._opened.enter_context(writing)


def _types(columns: Sequence[Column]) -> Sequence[Any]:
    """Amounts that are stored have fewer digits than sums of them, and ratios can have many."""
    stored = {"digits": parquet.STORED_DIGITS}
    return [parquet.type_of(one.kind, **(stored if one.kind in _STORED else {})) for one in columns]
