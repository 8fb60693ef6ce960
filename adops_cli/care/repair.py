"""Rewrites values that other programs stored in another form than ours, in the one form of their column.

The meaning of a value is not decided here: its field reads it, and writes it again. A value that cannot be read, or
whose new form is another row's key, is left alone and named. Everything is one transaction, after a backup.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import peewee as pw

from adops_cli import measures
from adops_cli.care.verify import stored
from adops_cli.care.verify.form import form_of
from adops_cli.care.verify.reading import Reading, through
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.storage import schema_backup
from adops_cli.storage.column import as_sql
from adops_cli.storage.fields import key_of
from adops_cli.storage.handle import current, db
from adops_cli.storage.models import LEDGER, TABLES, Metrics
from adops_cli.storage.rollups import check, state
from adops_cli.storage.table import Table, columns_of

MENDED = "mended"
LEFT = "left"
_AT_ONCE = 200


@dataclass(frozen=True)
class Finding:
    """A value that does not have the form of its column, and what was done with it."""

    table: str
    id: Any
    column: str
    form: str
    """What is wrong with the value, in words."""
    old: Any
    """The stored value; bytes as a SQL literal."""
    new: Any
    """The new stored value; None if the old one was left alone."""
    fate: str
    """`mended` or `left`."""


@dataclass(frozen=True)
class Repaired:
    """What a repair found and did, or would do. `backup` is None if nothing was written, and for a server."""

    findings: Sequence[Finding]
    backup: Path | None = None


def repair(*, table: str | None = None, replace_undecodable: bool = False, dry_run: bool = False) -> Repaired:
    """Rewrite each value in the form of its column. Its meaning does not change.

    Args:
        table: the only table to check; None means all.
        replace_undecodable: whether bytes that are not UTF-8 become U+FFFD, the sign for a lost character; otherwise
            such values are left alone.
        dry_run: only report what would be done.

    Other processes can write while this function reads, and are blocked only while it writes. Raises `BadRequestError`
    for an unknown table and in JSON mode, because the files keep their own forms. After an error, nothing is changed.
    """
    engine = current()
    engine.require_database()
    reading = through(engine)
    with engine.text_as_it_is():
        repairs = [_Repair(reading, model, replace=replace_undecodable) for model in _models(table)]
        found = [list(of_table.look_through()) for of_table in repairs]
        months, of_sums = _wrong_sums() if table in (None, "metrics") else ([], [])
        planned = [*(finding for of_table in found for _, findings in of_table for finding in findings), *of_sums]
        if dry_run or all(finding.fate == LEFT for finding in planned):
            return Repaired(planned)
        engine.require_writable()
        backup = schema_backup.back_up(engine)
        places = [[place for place, _ in of_table] for of_table in found]
        try:
            with engine.atomic():  # nobody else can change the rows, which are checked again
                done = [one for of_table, here in zip(repairs, places, strict=True) for one in of_table.mend(here)]
        except Exception:
            if backup:
                backup.unlink()  # nothing was changed
            raise
        check.mend(months)
        return Repaired([*done, *of_sums], backup)


def _wrong_sums() -> tuple[Sequence[str], Sequence[Finding]]:
    """The months whose sums must be added up anew, and what to report of them and of missing triggers."""
    lacking = () if state.are_off() else state.missing_triggers()
    lost = [
        Finding("metrics" if "metrics" in name else "campaigns", name, "", "a missing trigger", None, None, MENDED)
        for name in sorted(lacking)
    ]
    months = [] if lost else check.wrong_months()
    form = "not what the daily rows add up to"
    return months, [*lost, *(Finding("campaign_totals", month, "", form, None, None, MENDED) for month in months)]


def _models(table: str | None) -> Sequence[type[Table]]:
    by_name = {model._meta.table_name: model for model in (*TABLES, *LEDGER)}
    if table is None:
        return list(by_name.values())
    if table not in by_name:
        raise BadRequestError(f"there is no table {table!r}", f"The tables are {', '.join(by_name)}")
    return [by_name[table]]


class _Repair:
    """The repair of one table."""

    def __init__(self, reading: Reading, model: type[Table], *, replace: bool) -> None:
        self._reading = reading
        self._model = model
        self._table = str(model._meta.table_name)
        self._columns = columns_of(model)
        self._replace = replace
        unique = [parts for parts, is_unique in model._meta.indexes if is_unique]
        self._keys = [[key_of(model._meta.fields[part]) for part in parts] for parts in unique]

    def look_through(self) -> Iterator[tuple[Any, Sequence[Finding]]]:
        """The places of the rows with a wrong value, and what would be done with each value."""
        for place, row in stored.suspects(self._reading, self._model):
            _, findings = self._examined(place, row)
            if findings:
                yield place, findings

    def mend(self, places: Sequence[Any]) -> Iterator[Finding]:
        """Mend the rows at these places as far as possible."""
        for some in pw.chunked(places, _AT_ONCE):
            for place, row in list(stored.rows_at(self._reading, self._model, some)):
                changes, findings = self._examined(place, row)
                if changes:
                    self._write(place, changes)
                yield from findings

    def _examined(self, place: Any, row: Mapping[str, Any]) -> tuple[Mapping[str, Any], Sequence[Finding]]:
        """The columns to rewrite, with their new stored values, and everything to report."""
        wrong = stored.wrong(self._model, row)
        ratios = wrong.pop(stored.RATIOS, [])  # one that is not mended depends on a wrong figure
        read = {key: self._in_our_form(key, row[key]) for keys in wrong.values() for key in keys}
        changes = {key: new for key, new in read.items() if new not in (None, row[key])}
        changes = self._without_taken_keys(place, row, changes)
        changes |= self._ratios({**row, **changes}, ratios)
        told = {*read, *changes}
        return changes, [self._finding(row, key, changes) for key in self._columns if key in told]

    def _finding(self, row: Mapping[str, Any], key: str, changes: Mapping[str, Any]) -> Finding:
        follows = self._model is Metrics and key in measures.STORED_RATIOS
        form = "not what follows from the figures" if follows else form_of(stored.field_of(self._model, key), row[key])
        id, old, new = (as_sql(value) for value in (row["id"], row[key], changes.get(key)))
        return Finding(self._table, id, key, form, old, new, MENDED if key in changes else LEFT)

    def _in_our_form(self, key: str, value: Any) -> Any:
        """A value as the column's own field writes it; None if the field cannot read it."""
        field = self._columns[key]
        if key == "id" or isinstance(field, pw.ForeignKeyField) or (isinstance(value, bytes) and not self._replace):
            return None  # others may refer to the row by it
        given = value.decode(errors="replace") if isinstance(value, bytes) else value
        try:
            return field.db_value(field.python_value(given))
        except AdopsError:
            return None

    def _ratios(self, row: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
        """The ratios of the figures of a row; empty if a figure cannot be read."""
        try:
            figures = {name: self._columns[name].python_value(row[name]) for name in measures.FIGURES} if names else {}
        except AdopsError:
            return {}
        right = measures.stored_ratios(figures)
        return {name: self._columns[name].db_value(right[name]) for name in names}

    def _without_taken_keys(self, place: Any, row: Mapping[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
        """The changes without those that would give the row the key of another row."""
        mark = self._reading.mark
        for keys in self._keys:
            if changes.keys().isdisjoint(keys):
                continue
            same = " AND ".join(f'"{key}" = {mark}' for key in keys)
            query = f'SELECT 1 FROM "{self._table}" WHERE {same} AND {self._reading.key} <> {mark}'
            if self._reading.ask(query, [*(changes.get(key, row[key]) for key in keys), place]):
                changes = {key: new for key, new in changes.items() if key not in keys}
        return changes

    def _write(self, place: Any, changes: Mapping[str, Any]) -> None:
        listed = ", ".join(f'"{key}" = {self._reading.mark}' for key in changes)
        sql = f'UPDATE "{self._table}" SET {listed} WHERE {self._reading.key} = {self._reading.mark}'
        db.execute_sql(sql, (*changes.values(), place))
