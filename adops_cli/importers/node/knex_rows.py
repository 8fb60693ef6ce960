"""Reads the rows of a database of the Node system as rows of ours, and finds invalid ones.

Reads and decides; writes nothing. `take_over` uses it twice: for the report, and for the new tables.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import peewee as pw

from adops_cli.importers.rejects import RejectedRecord
from adops_cli.legacy.record import Record, read_record
from adops_cli.storage.column import as_sql
from adops_cli.storage.engines.base import KNEX_HISTORY
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import TABLES, Campaign, Metrics, references_of
from adops_cli.storage.table import Table, fields_of


@dataclass(frozen=True)
class BadRow:
    """An invalid part of a row, and what was done about it."""

    table: str
    id: Any
    column: str | None
    value: Any
    reason: str
    fate: str
    """`stops`, `detached` or `rejected`."""


@dataclass
class TableReport:
    """The counts for one table."""

    table: str
    read: int = 0
    taken: int = 0
    normalised: int = 0
    """Rows with a value in another form than ours, such as a time in epoch milliseconds."""
    detached: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class TakeOver:
    """What a take-over did or would do."""

    knex_state: str
    """The newest migration that knex has applied."""
    tables: Sequence[TableReport]
    bad: Sequence[BadRow]

    @property
    def stops(self) -> int:
        """How many rows stop the take-over."""
        return len({(row.table, row.id) for row in self.bad if row.fate == "stops"})


@dataclass
class Reader:
    """Reads the old tables row by row, parents first, and remembers what later rows need."""

    engine: Sqlite
    detach: bool = False
    """Clear references to unknown rows, and external ids that are taken, if the column can be empty."""
    reject: bool = False
    """Leave out invalid rows. Otherwise they stop the take-over."""
    prefix: str = "main."
    """Where the old tables are: a schema, and the prefix of their names."""
    tables: list[TableReport] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    rejected: list[RejectedRecord] = field(default_factory=list)
    _ids: dict[type[pw.Model], set[Any]] = field(default_factory=dict)
    _keys: set[tuple[Any, ...]] = field(default_factory=set)

    def read_all(self) -> TakeOver:
        """Read everything, only for the report."""
        for model in TABLES:
            for _ in self.rows(model):
                pass
        newest = self.engine.execute_sql(f"SELECT name FROM {KNEX_HISTORY} ORDER BY id DESC LIMIT 1").fetchone()
        return TakeOver(newest[0] if newest else "no migration", self.tables, self.bad)

    def rows(self, model: type[Table]) -> Iterator[Mapping[str, Any]]:
        """The valid rows, as fields of our table."""
        name = model._meta.table_name
        report = TableReport(name)
        self.tables.append(report)
        ids = self._ids[model] = set()
        for position, raw in enumerate(self._raw(name), start=1):
            report.read += 1
            record = self._record(model, raw, position, report)
            if record is not None:
                ids.add(record.values["id"])
                report.taken += 1
                report.normalised += bool(record.normalised)
                self._tell_lost_ids(record, report)
                yield record.values

    def _raw(self, name: str) -> Iterator[dict[str, Any]]:
        schema_name, _, prefix = self.prefix.partition(".")
        master = "sqlite_temp_master" if schema_name == "temp" else "sqlite_master"
        if not self.engine.execute_sql(f"SELECT 1 FROM {master} WHERE name = ?", (f"{prefix}{name}",)).fetchone():
            return
        cursor = self.engine.execute_sql(f'SELECT * FROM {schema_name}."{prefix}{name}" ORDER BY rowid')
        columns = [column[0] for column in cursor.description]
        with self.engine.text_as_it_is():
            for row in cursor:
                yield dict(zip(columns, row, strict=True))

    def _record(self, model: type[Table], raw: dict[str, Any], position: int, report: TableReport) -> Record | None:
        """The row as one of ours. None if it is invalid, which is recorded."""
        try:
            record = read_record(model, raw, json_columns_are_text=True)
            _require_no_loss(record)
        except ValueError as error:
            self._misfit(model, raw, position, report, [(None, str(error))])
            return None
        problems = [*self._dangling(model, record), *self._repeated(model, record)]
        problems = [problem for problem in problems if not self._detached(model, record, *problem, report)]
        if not problems or not self.reject:
            self._keys.update(filter(None, [_unique_key(model, record.values)]))
        if problems:
            self._misfit(model, raw, position, report, problems)
            return None
        return record

    def _dangling(self, model: type[Table], record: Record) -> Iterator[tuple[str, str]]:
        for name, column in references_of(model).items():
            value = record.values.get(name)
            if value is not None and value not in self._ids[column.rel_model]:
                yield name, f"{column.column_name} refers to an unknown {column.rel_model.__name__.lower()}: {value!r}"

    def _repeated(self, model: type[Table], record: Record) -> Iterator[tuple[str, str]]:
        if record.values["id"] in self._ids[model]:
            yield "id", f"id {record.values['id']!r} occurs twice"
        key = _unique_key(model, record.values)
        if key in self._keys and model is Campaign:
            yield "external_id", f"externalId {record.values['external_id']!r} occurs twice on {key[1]}"
        elif key in self._keys:
            yield "date", f"campaign {key[1]!r} has {key[2]} twice"

    def _detached(self, model: type[Table], record: Record, name: str, reason: str, report: TableReport) -> bool:
        """Clear the column, if this is wanted and possible. Its value is kept in the report and in metadata."""
        fields = fields_of(model)
        if not self.detach or not fields[name].null:
            return False
        metadata = record.values.get("metadata")
        key, value = str(fields[name].column_name), record.values[name]
        if "metadata" in fields and isinstance(metadata, dict | None):
            kept = (metadata or {}).get("detached")
            detached = {**(kept if isinstance(kept, dict) else {}), key: value}
            record.values["metadata"] = {**(metadata or {}), "detached": detached}
        record.values[name] = None
        report.detached += 1
        self.bad.append(BadRow(report.table, record.values["id"], key, value, reason, "detached"))
        return True

    def _tell_lost_ids(self, record: Record, report: TableReport) -> None:
        for key, value in record.lost_ids.items():
            reason = f"{key} has lost digits and is no id; its value is kept in metadata"
            self.bad.append(BadRow(report.table, record.values["id"], key, value, reason, "detached"))
        report.detached += bool(record.lost_ids)

    def _misfit(
        self,
        model: type[Table],
        raw: dict[str, Any],
        position: int,
        report: TableReport,
        problems: Sequence[tuple[str | None, str]],
    ) -> None:
        id = raw.get("id")
        for name, reason in problems:
            column = str(fields_of(model)[name].column_name) if name else None
            fate = "rejected" if self.reject else "stops"
            value = raw.get(column) if column else None
            self.bad.append(BadRow(report.table, as_sql(id), column, as_sql(value), reason, fate))
        if self.reject:
            report.rejected += 1
            reasons = "; ".join(reason for _, reason in problems)
            self.rejected.append(RejectedRecord(f"{report.table}.json", position, id, reasons, raw))
        else:
            self._ids[model].add(id)  # rows that refer to it are not at fault


def _require_no_loss(record: Record) -> None:
    if record.values.get("id") is None:
        raise ValueError("id is missing")
    for key, value in record.left_out.items():
        if value is not None:
            raise ValueError(f"column {key} is unknown, and the table has no metadata to keep its value in")


def _unique_key(model: type[Table], values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    if model is Campaign and values.get("external_id") is not None:
        return Campaign, values["platform"], values["external_id"]
    if model is Metrics:
        return Metrics, values["campaign_id"], values["date"]
    return None
