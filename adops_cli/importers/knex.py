"""Taking over a database of the Node system: its rows into our tables, in the same file, all of them or none.

The tables are read twice inside one transaction: first to see whether everything fits, before a byte is written; then,
after a backup, into our schema. What knex keeps of its own migrations stays, and so does any table we do not know.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import peewee as pw

from adops_cli import backup, schema
from adops_cli.data import bulk
from adops_cli.database import HISTORY, MEMORY, Sqlite, db, opened_as_is
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.importers import rejects
from adops_cli.importers.rejects import Rejected
from adops_cli.legacy import Record, read_record
from adops_cli.models import TABLES, Campaign, Metrics, Table, fields_of

KNEX_HISTORY = "knex_migrations"


class OnBadRow(StrEnum):
    """What to do with a row that does not fit; without a word the take-over stops."""

    DETACH = "detach"
    """Empty a reference that names nothing and an external id that another campaign has; anything else stops."""
    REJECT = "reject"
    """Leave the row out, and keep it in a file."""


@dataclass(frozen=True)
class BadRow:
    """A row that does not fit, and what became of it."""

    table: str
    id: Any
    column: str | None
    value: Any
    reason: str
    fate: str
    """`stops`, `detached` or `rejected`."""


@dataclass
class TableReport:
    """What became of one table."""

    table: str
    read: int = 0
    taken: int = 0
    normalised: int = 0
    """Rows with a value in another form than ours, such as a time in epoch milliseconds."""
    detached: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class TakeOver:
    """What a take-over did, or would do."""

    knex_state: str
    """The newest migration that knex had applied."""
    tables: Sequence[TableReport]
    bad: Sequence[BadRow]

    @property
    def stops(self) -> int:
        """How many rows keep it from being done."""
        return sum(row.fate == "stops" for row in self.bad)


@dataclass(frozen=True)
class Migrated:
    """What `adops db migrate` did, or would do: the migrations, the backup, and the take-over if it was one."""

    applied: Sequence[str]
    backup: Path | None = None
    take_over: TakeOver | None = None

    def require_done(self) -> None:
        """`AdopsError` when rows kept the take-over from being done."""
        if self.take_over and self.take_over.stops:
            raise AdopsError(
                f"the take-over stopped, and {db.obj.path} is as it was: {self.take_over.stops} of its rows do not fit",
                "Mend them there, or use --on-bad-row detach, or --on-bad-row reject --rejects FILE",
            )


def is_knex() -> bool:
    """Whether the bound database is one of the Node system that was not taken over yet."""
    with opened_as_is() as engine:
        return engine.database != MEMORY and engine.path.is_file() and _is_knex(engine)


def plan(to: str | None = None, *, on_bad_row: OnBadRow | None = None) -> Migrated:
    """What `migrate` would do. Reads only, and leaves the file's bytes as they are."""
    if not is_knex():
        return Migrated(schema.plan(to))
    _require_all(to)
    with opened_as_is() as engine:
        reader = _Reader(engine, on_bad_row)
        reader.read_all()
        return Migrated(schema.pending(engine), take_over=reader.report())


def migrate(to: str | None = None, *, on_bad_row: OnBadRow | None = None, rejects_file: Path | None = None) -> Migrated:
    """Bring the bound database to our schema, whatever it is: new, ours and older, or of the Node system.

    Args:
        to: the last migration to apply; None is all. A take-over applies all.
        on_bad_row: what to do with rows of the Node system that do not fit.
        rejects_file: where rejected rows are kept, importable by `import-json` once mended; needed to reject.

    Rows that stop a take-over are in the report, and then nothing was written. Errors as for `schema.migrate`.
    """
    if (rejects_file is None) is (on_bad_row is OnBadRow.REJECT):
        raise BadRequestError("--on-bad-row reject and --rejects FILE belong together", "Give both or neither")
    if not is_knex():
        done = schema.migrate(to)
        return Migrated(done.names, done.backup)
    _require_all(to)
    with rejects.kept_in(rejects_file) as keep, schema.session() as engine:
        if not _is_knex(engine):  # another process took it over while this one waited for the lock
            done = schema.apply(engine)
            return Migrated(done.names, done.backup)
        with engine.atomic():
            reader = _Reader(engine, on_bad_row)
            reader.read_all()
            found = reader.report()
            if found.stops:
                return Migrated([], take_over=found)
            keep(reader.rejected)
            copy = backup.make(engine)
            applied = _rebuild(engine, on_bad_row)
        engine.journal_mode = "wal"
    return Migrated(applied, copy, found)


def _is_knex(engine: Sqlite) -> bool:
    tables = engine.get_tables()
    ours = HISTORY in tables and engine.execute_sql(f"SELECT count(*) FROM {HISTORY}").fetchone()[0]
    return KNEX_HISTORY in tables and not ours


def _require_all(to: str | None) -> None:
    if to is not None:
        raise BadRequestError("a database of the Node system is taken over by all migrations", "Leave out --to")


def _rebuild(engine: Sqlite, on_bad_row: OnBadRow | None) -> Sequence[str]:
    """Put our tables in the place of the old ones, inside the transaction of the caller."""
    triggers, last_id = _triggers(engine), _last_id(engine)
    dangling_elsewhere = {row for row in _dangling(engine) if row[0] not in _MODELS}
    for name in _old_tables(engine):
        engine.execute_sql(f'CREATE TEMP TABLE "old_{name}" AS SELECT * FROM main."{name}" ORDER BY rowid')
        engine.execute_sql(f'DROP TABLE main."{name}"')
    applied = schema.apply(engine, part_of_take_over=True).names
    reader = _Reader(engine, on_bad_row, prefix="temp.old_")
    for model in TABLES:
        bulk.insert(model, reader.rows(model))
    _never_reuse_ids(engine, last_id)
    for sql in triggers:
        engine.execute_sql(sql)
    if dangling := _dangling(engine) - dangling_elsewhere:
        table, row, parent, _ = min(dangling, key=str)
        raise AdopsError(f"row {row} of {table} would refer to nothing in {parent}", "Nothing was changed")
    return applied


def _dangling(engine: Sqlite) -> set[tuple[Any, ...]]:
    """The references to nothing: table, rowid, the table they refer to, and which of its keys."""
    return set(engine.execute_sql("PRAGMA main.foreign_key_check").fetchall())


def _last_id(engine: Sqlite) -> int:
    """The highest id that a row of metrics ever had, also of rows that are gone."""
    if not engine.table_exists("sqlite_sequence"):
        return 0
    return int(engine.execute_sql("SELECT max(seq) FROM sqlite_sequence WHERE name = 'metrics'").fetchone()[0] or 0)


def _never_reuse_ids(engine: Sqlite, last_id: int) -> None:
    engine.execute_sql("DELETE FROM sqlite_sequence WHERE name = 'metrics'")
    engine.execute_sql(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'metrics', max(?, coalesce(max(id), 0)) FROM metrics",
        (last_id,),
    )


def _old_tables(engine: Sqlite) -> list[str]:
    there = engine.get_tables()
    return [model._meta.table_name for model in TABLES if model._meta.table_name in there]


def _triggers(engine: Sqlite) -> list[str]:
    """The SQL of triggers on the old tables, which go when their tables go."""
    marks = ", ".join("?" for _ in TABLES)
    names = [model._meta.table_name for model in TABLES]
    query = f"SELECT sql FROM main.sqlite_master WHERE type = 'trigger' AND tbl_name IN ({marks}) ORDER BY rowid"
    return [sql for (sql,) in engine.execute_sql(query, names).fetchall()]


@dataclass
class _Reader:
    """Reads the old tables, parents first, row by row, and keeps what the rows after need to know."""

    engine: Sqlite
    on_bad_row: OnBadRow | None
    prefix: str = "main."
    tables: list[TableReport] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    _ids: dict[type[pw.Model], set[Any]] = field(default_factory=dict)
    _keys: set[tuple[Any, ...]] = field(default_factory=set)

    def report(self) -> TakeOver:
        """What was found."""
        newest = self.engine.execute_sql(f"SELECT name FROM {KNEX_HISTORY} ORDER BY id DESC LIMIT 1").fetchone()
        return TakeOver(newest[0] if newest else "no migration", self.tables, self.bad)

    def read_all(self) -> None:
        """Read everything for the report alone."""
        for model in TABLES:
            for _ in self.rows(model):
                pass

    def rows(self, model: type[Table]) -> Iterator[Mapping[str, Any]]:
        """The rows that fit, as fields of our table."""
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
                yield record.values

    def _raw(self, name: str) -> Iterator[dict[str, Any]]:
        schema_name, _, prefix = self.prefix.partition(".")
        master = "sqlite_temp_master" if schema_name == "temp" else "sqlite_master"
        if not self.engine.execute_sql(f"SELECT 1 FROM {master} WHERE name = ?", (f"{prefix}{name}",)).fetchone():
            return
        cursor = self.engine.execute_sql(f'SELECT * FROM {schema_name}."{prefix}{name}" ORDER BY rowid')
        columns = [column[0] for column in cursor.description]
        connection = self.engine.connection()
        connection.text_factory = _text_or_bytes
        try:
            for row in cursor:
                yield dict(zip(columns, row, strict=True))
        finally:
            connection.text_factory = str

    def _record(self, model: type[Table], raw: dict[str, Any], position: int, report: TableReport) -> Record | None:
        """The row as ours; None when it does not fit, which is noted."""
        try:
            record = read_record(model, raw, json_columns_are_text=True)
            _require_no_loss(record)
        except ValueError as error:
            self._misfit(raw, position, report, str(error))
            return None
        for column, reason in itertools.chain(self._dangling(model, record), self._repeated(model, record)):
            if not self._detached(model, record, column, reason, report):
                self._misfit(raw, position, report, reason, column)
                return None
        self._remember(model, record)
        return record

    def _dangling(self, model: type[Table], record: Record) -> Iterator[tuple[str, str]]:
        for name, column in fields_of(model).items():
            value = record.values.get(name)
            if (
                isinstance(column, pw.ForeignKeyField)
                and value is not None
                and value not in self._ids[column.rel_model]
            ):
                yield name, f"{column.column_name} names no {column.rel_model.__name__.lower()}: {value!r}"

    def _repeated(self, model: type[Table], record: Record) -> Iterator[tuple[str, str]]:
        if record.values["id"] in self._ids[model]:
            yield "id", f"id {record.values['id']!r} stands twice"
        key = _unique_key(model, record.values)
        if key in self._keys and model is Campaign:
            yield "external_id", f"externalId {record.values['external_id']!r} stands with {key[1]} twice"
        elif key in self._keys:
            yield "date", f"campaign {key[1]!r} has {key[2]} twice"

    def _remember(self, model: type[Table], record: Record) -> None:
        if key := _unique_key(model, record.values):
            self._keys.add(key)

    def _detached(self, model: type[Table], record: Record, name: str, reason: str, report: TableReport) -> bool:
        """Empty the column, its value kept in the report and in metadata, where that is asked for and can be done."""
        fields = fields_of(model)
        if self.on_bad_row is not OnBadRow.DETACH or not fields[name].null:
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

    def _misfit(
        self, raw: dict[str, Any], position: int, report: TableReport, reason: str, name: str | None = None
    ) -> None:
        column = name and str(fields_of(_MODELS[report.table])[name].column_name)
        fate = "rejected" if self.on_bad_row is OnBadRow.REJECT else "stops"
        self.bad.append(BadRow(report.table, raw.get("id"), column, raw.get(column or ""), reason, fate))
        if fate == "stops":
            self._ids[_MODELS[report.table]].add(raw.get("id"))  # what refers to it is no fault of its own
        else:
            report.rejected += 1
            self.rejected.append(Rejected(f"{report.table}.json", position, raw.get("id"), reason, raw))


_MODELS = {model._meta.table_name: model for model in TABLES}


def _text_or_bytes(stored: bytes) -> str | bytes:
    """Text; what is not UTF-8 stays bytes, which no column takes, so that its row is reported like any that misfits."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


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
