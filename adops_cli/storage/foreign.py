"""Another's code in a database: triggers and rules, which act at every write. Ours are known by what they do.

What ours do stands in the migrations alone: they are run here with a migrator that keeps the statements and runs none.
A name proves nothing, since anybody can use it.
"""

import re
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from adops_cli.errors import DatabaseUnusableError, option
from adops_cli.storage.engines.base import HISTORY, Engine, known_migrations
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.engines.sqlite_url import MEMORY
from adops_cli.storage.router import functions_of

if TYPE_CHECKING:
    from adops_cli.storage.engines.postgres import Postgres

_HEAD = re.compile(r"\s*CREATE\s+TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?", re.IGNORECASE)
"""What SQLite writes anew."""
_VIEW = re.compile(r'CREATE VIEW "(\w+)"')
_BODY = re.compile(r"(\$\w*\$)(.*?)\1", re.DOTALL)
"""The source of a function in a statement."""
_TRIGGERS = """
    SELECT t.tgname, c.relname, p.prosrc
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND c.relname = ANY(%s) ORDER BY 1, 2
"""
_RULES = """
    SELECT rulename, tablename FROM pg_rules
    WHERE schemaname = current_schema() AND tablename = ANY(%s) ORDER BY 1, 2
"""


def in_file(rows: Callable[[str], Sequence[Sequence[Any]]]) -> list[str]:
    """The foreign triggers in a SQLite file, each with its table, from what `rows` returns for a query."""
    triggers = rows("SELECT name, tbl_name, sql FROM sqlite_master WHERE lower(type) = 'trigger' ORDER BY name")
    ours = {_bare(sql) for sql in _of_migrations(Sqlite(MEMORY, busy_timeout=0))} if triggers else set()
    return [f"{name} on {table}" for name, table, sql in triggers if _bare(str(sql)) not in ours]


def refuse_in_copy(engine: Engine) -> None:
    """Raise a `DatabaseUnusableError` for foreign triggers in a file that was put in place of the database by a copy.

    Backups are not in WAL mode, and `db migrate` sets it, so whoever migrates a file has opened it before. Triggers in
    a database that is in use are its owner's.
    """
    if not isinstance(engine, Sqlite) or engine.mode() == "wal" or HISTORY not in engine.get_tables():
        return
    if triggers := in_file(lambda sql: engine.execute_sql(sql).fetchall()):
        raise DatabaseUnusableError(
            f"{engine.name} is a copy that adops has not opened before, and has {what(triggers)}",
            f"If you know them, keep them with {option('keep_foreign')} of `adops db migrate`",
        )


def what(triggers: Sequence[str]) -> str:
    """The foreign triggers, for an error."""
    return f"triggers that are not adops's own, and run at every write: {', '.join(triggers)}"


def on_server(engine: "Postgres", tables: Collection[str]) -> list[str]:
    """The foreign triggers and rules of these tables, each with its table."""
    triggers = engine.execute_sql(_TRIGGERS, (list(tables),)).fetchall()
    rules = engine.execute_sql(_RULES, (list(tables),)).fetchall()
    bodies = [body for sql in _of_migrations(engine) for _, body in _BODY.findall(sql)] if triggers else []
    ours = set(map(_even, bodies))
    foreign = [f"{name} on {table}" for name, table, source in triggers if _even(source) not in ours]
    return foreign + [f"rule {name} on {table}" for name, table in rules]


def our_views(engine: Engine) -> dict[str, str]:
    """The views that the migrations make for an engine, each with its statement."""
    statements = _of_migrations(engine)
    return {found[1]: sql for sql in statements if (found := _VIEW.match(sql))}


def _bare(sql: str) -> str:
    return _even(_HEAD.sub("", sql, count=1)).rstrip("; ")


def _even(text: str) -> str:
    return " ".join(text.split())


class _Keeper:
    """A migrator that keeps the statements of migrations, and does nothing."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def sql(self, statement: str, *_values: Any) -> None:
        self.statements.append(statement)

    def __getattr__(self, _operation: str) -> Callable[..., Any]:
        return lambda *given, **_options: given[0] if given else None


def _of_migrations(engine: Engine) -> list[str]:
    """The statements that the migrations run for an engine. It is only asked for its kind."""
    keeper = _Keeper()
    for name in known_migrations():
        migrate, _ = functions_of(name)
        migrate(keeper, engine)
    return keeper.statements
