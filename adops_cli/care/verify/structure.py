"""Checks that the database file is sound and has the schema of the models. Only reads, one table at a time."""

import functools
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from adops_cli.care.verify import journal
from adops_cli.care.verify.check import findings
from adops_cli.care.verify.sums import sums
from adops_cli.database import bound
from adops_cli.errors import AdopsError
from adops_cli.storage import foreign, marked_days, other_forms, schema
from adops_cli.storage.engines.sqlite_dialect import quoted
from adops_cli.storage.engines.sqlite_url import MEMORY
from adops_cli.storage.handle import db, opened_as_is
from adops_cli.storage.models import LEDGER, TABLES

_Rows = Callable[[str], Sequence[Sequence[Any]]]
_FIRST = 5


def checks(connection: sqlite3.Connection) -> Iterator[tuple[str, Callable[[], str]]]:
    """Each check by name. It returns what it found, and raises an error if that is wrong."""

    def rows(sql: str) -> Sequence[Sequence[Any]]:
        return connection.execute(sql).fetchall()

    yield "engine", lambda: f"SQLite {sqlite3.sqlite_version}"
    yield "foreign keys on", _foreign_keys
    yield "journal mode", _journal_mode
    yield "integrity", functools.partial(_integrity, rows)
    yield "references", functools.partial(_references, connection)
    yield "schema", functools.partial(_schema, rows)
    yield "triggers", lambda: require_none(foreign.in_file(rows))
    yield "migrations", migrations
    yield "sums", sums
    yield "journal", journal.explained
    yield "books", journal.closes


def _foreign_keys() -> str:
    """Check the connection that commands use, because SQLite has this setting per connection, not in the file."""
    with db.connection_context():
        if not db.execute_sql("PRAGMA foreign_keys").fetchone()[0]:
            raise AdopsError("foreign keys are not enforced")
    return "enforced on every adops connection"


def _journal_mode() -> str:
    with db.connection_context():
        mode = db.mode()
    if mode == "wal":
        return mode
    return f"{mode}, as in a backup: `adops db migrate` sets wal, so that readers and writers need not wait"


def _integrity(rows: _Rows) -> str:
    """Check table by table, so that no read takes longer than necessary."""
    for table in _all_tables(rows):
        problem = rows(f"PRAGMA integrity_check({quoted(table)})")[0][0]
        if problem != "ok":
            raise AdopsError(" ".join(f"{table}: {problem}".split()), "Restore a backup with `adops db restore`")
    return "every page and index is sound"


def _references(connection: sqlite3.Connection) -> str:
    count = 0
    first: list[tuple[str, int, str]] = []
    for table in _all_tables(lambda sql: connection.execute(sql).fetchall()):
        for _, rowid, parent, _ in connection.execute(f"PRAGMA foreign_key_check({quoted(table)})"):
            count += 1
            if len(first) < _FIRST:
                first.append((table, rowid, parent))
    if count:
        raise AdopsError(findings(count, [_dangling(connection, *one) for one in first]))
    return "every reference is to an existing row"


def _dangling(connection: sqlite3.Connection, table: str, rowid: int, parent: str) -> str:
    has_id = any(column[1] == "id" for column in connection.execute(f"PRAGMA table_info({quoted(table)})"))
    row = connection.execute(f"SELECT id FROM {quoted(table)} WHERE rowid = ?", (rowid,)).fetchone() if has_id else None
    return f"{table} {row[0] if row else rowid} (no such row in {parent})"


def _schema(rows: _Rows) -> str:
    with bound(MEMORY, busy_timeout=1, read_only=False), opened_as_is() as reference:
        reference.create_tables([*TABLES, *LEDGER])
        for statement in (*other_forms.indexes().values(), marked_days.index()):
            reference.execute_sql(statement)
        wanted, views = _shape(lambda sql: reference.execute_sql(sql).fetchall()), foreign.our_views(reference)
    found = {str(name): str(sql) for name, sql in rows("SELECT name, sql FROM sqlite_master WHERE type = 'view'")}
    return require_alike(*with_views(wanted, views, _shape(rows), found))


def with_views(
    wanted: set[str], views: Mapping[str, str], found: set[str], found_views: Mapping[str, str]
) -> tuple[set[str], set[str]]:
    """Two schemas as lines of text, with their views, which are given with their definitions."""
    altered = {name for name, text in found_views.items() if views.get(name, text) != text}
    lines = {f"view {name}{' as somebody has altered it' * (name in altered)}" for name in found_views}
    return wanted | {f"view {name}" for name in views}, found | lines


def require_alike(wanted: set[str], found: set[str]) -> str:
    """Describe a schema, given as lines of text. Raises an error if a part of the models is missing."""
    if missing := sorted(wanted - found):
        raise AdopsError(f"missing or different: {'; '.join(missing)}")
    extra = sorted(found - wanted)
    return "equal to the models" + (f"; in addition: {'; '.join(extra)}" if extra else "")


def require_none(triggers: Sequence[str]) -> str:
    """Describe the absence of foreign triggers. Raises an error that names them."""
    if triggers:
        raise AdopsError(foreign.what(triggers), "If you do not know them, drop them with `adops db shell`")
    return "none but adops's own"


def _shape(rows: _Rows) -> set[str]:
    """Each column, key and index of our tables as a line of text."""
    shape: set[str] = set()
    for table in (model._meta.table_name for model in (*TABLES, *LEDGER)):
        for _, name, kind, not_null, _, primary in rows(f"PRAGMA table_info('{table}')"):
            null = "" if not not_null else " NOT NULL"
            shape.add(f"column {table}.{name} {kind.upper()}{null}{' PRIMARY KEY' if primary else ''}")
        for _, _, parent, column, _, _, on_delete, _ in rows(f"PRAGMA foreign_key_list('{table}')"):
            shape.add(f"key {table}.{column} to {parent} ON DELETE {on_delete}")
        for _, index, unique, _, partial in rows(f"PRAGMA index_list('{table}')"):
            columns = ", ".join(str(part[2]) for part in rows(f"PRAGMA index_info({quoted(index)})"))
            shape.add(f"{'partial ' * partial}{'unique ' * unique}index {table} ({columns})")
    return shape


def migrations() -> str:
    """Check that all migrations are applied, and unchanged since."""
    found = schema.status()
    if wrong := [migration for migration in found if migration.state != "applied"]:
        raise AdopsError("; ".join(f"{migration.name} is {migration.state}" for migration in wrong))
    return f"all applied and unchanged; the newest is {found[-1].name}"


def _all_tables(rows: _Rows) -> Sequence[str]:
    listed = rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    return [str(name) for (name,) in listed]
