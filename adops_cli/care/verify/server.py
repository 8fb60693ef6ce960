"""Checks that a PostgreSQL database has the schema of the models, and that its keys are valid. Only reads."""

from collections.abc import Callable, Iterator
from typing import Any

from adops_cli.care.verify import journal
from adops_cli.care.verify.structure import migrations, require_alike, require_none, with_views
from adops_cli.care.verify.sums import sums
from adops_cli.errors import AdopsError, DatabaseUnusableError
from adops_cli.storage import distribution, foreign, marked_days
from adops_cli.storage.engines import citus
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.models import LEDGER, TABLES

_NAMES = [model._meta.table_name for model in (*TABLES, *LEDGER)]
_OURS = "c.relname = ANY(%s) AND c.relnamespace = {schema}"
_HERE = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
_SHAPES = (
    # Columns with their types, their collation if it is not the database's, and how values are generated.
    """
    SELECT format('column %%s.%%s %%s%%s%%s%%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
        CASE WHEN l.collname <> 'default' THEN ' COLLATE ' || l.collname ELSE '' END,
        CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
        CASE WHEN a.attidentity <> '' THEN ' IDENTITY' ELSE '' END)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation l ON l.oid = a.attcollation
    WHERE a.attnum > 0 AND NOT a.attisdropped AND {ours}
    """,
    # References, and what happens to them when the row they refer to is deleted.
    """
    SELECT format('key %%s.%%s to %%s %%s', c.relname, a.attname, p.relname, k.confdeltype)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(k.conkey)
    WHERE k.contype = 'f' AND {ours}
    """,
    # Indexes, including those of primary keys and unique keys.
    """
    SELECT format('%%s%%sindex %%s (%%s)', CASE WHEN i.indpred IS NOT NULL THEN 'partial ' ELSE '' END,
        CASE WHEN i.indisunique THEN 'unique ' ELSE '' END, c.relname,
        (SELECT string_agg(pg_get_indexdef(i.indexrelid, k, true), ', ' ORDER BY k)
         FROM generate_series(1, i.indnkeyatts::int) AS k))
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    WHERE i.indisvalid AND m.amname = 'btree' AND {ours}
    """,
)


def require_primary(engine: Postgres) -> None:
    """Refuse a standby, on which not even a temporary table can be made."""
    if engine.execute_sql("SELECT pg_is_in_recovery()").fetchone()[0]:
        raise DatabaseUnusableError(
            f"{engine.name} is a standby, on which nothing can be tried",
            "Verify the primary, of which the standby is a copy",
        )


def checks(engine: Postgres) -> Iterator[tuple[str, Callable[[], str]]]:
    """Each check by name. It returns what it found, and raises an error if that is wrong."""
    yield "engine", engine.product
    if citus.version(engine):
        yield "cluster", lambda: _cluster(engine)
    yield "references", lambda: _references(engine)
    yield "schema", lambda: _schema(engine)
    yield "triggers", lambda: require_none(foreign.on_server(engine, _NAMES))
    yield "migrations", migrations
    yield "sums", sums
    yield "journal", journal.explained
    yield "books", journal.closes


def _cluster(engine: Postgres) -> str:
    if missing := citus.missing_settings(engine):
        raise AdopsError(missing)
    return "the settings of the role hold on every node"


def _references(engine: Postgres) -> str:
    """PostgreSQL enforces each reference once its constraint has been validated."""
    unwatched = engine.execute_sql(
        "SELECT k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
        f"WHERE k.contype = 'f' AND NOT k.convalidated AND {_ours(_HERE)}",
        (_NAMES,),
    ).fetchall()
    if unwatched:
        raise AdopsError(f"not validated: {', '.join(sorted(name for (name,) in unwatched))}")
    return "every reference is to an existing row"


def _schema(engine: Postgres) -> str:
    found, found_views = _shape(engine, _HERE), _views(engine, _HERE)
    with engine.atomic("ISOLATION LEVEL READ COMMITTED READ WRITE") as transaction:
        # Temporary tables need no special permission, and disappear with the transaction.
        engine.execute_sql("SET LOCAL search_path = pg_temp")
        engine.create_tables([*TABLES, *LEDGER])
        for statement in (marked_days.index(), *foreign.our_views(engine).values()):
            engine.execute_sql(statement)
        wanted, views = _shape(engine, "pg_my_temp_schema()"), _views(engine, "pg_my_temp_schema()")
        transaction.rollback()
    if engine.distributed == citus.BY_CAMPAIGN:
        wanted = distribution.as_distributed(wanted)
    return require_alike(*with_views(wanted, views, found, found_views))


def _views(engine: Postgres, schema: str) -> dict[str, str]:
    """All views, each with its definition."""
    query = "SELECT relname, pg_get_viewdef(oid) FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = "
    return dict(engine.execute_sql(query + schema).fetchall())


def _shape(engine: Postgres, schema: str) -> set[str]:
    """Each column, key and index of our tables as a line of text."""
    queries = [query.format(ours=_ours(schema)) for query in _SHAPES]
    return {line for query in queries for (line,) in _rows(engine, query)}


def _rows(engine: Postgres, query: str) -> Any:
    return engine.execute_sql(query, (_NAMES,)).fetchall()


def _ours(schema: str) -> str:
    return _OURS.format(schema=schema)
