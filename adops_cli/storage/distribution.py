"""The statements that distribute the tables over the nodes of Citus, and those that take them back to one server.

Citus takes no key without the column by which it distributes, no triggers, and no foreign key to a table that is not
yet distributed. A table with an identity column is not taken back by Citus itself: its rows are copied.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from adops_cli.storage import foreign
from adops_cli.storage.engines import citus
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.models import LEDGER, TABLES

BY_CAMPAIGN = ("metrics", "import_changes")
"""The tables that are distributed by their `campaignId`."""
NAMES = tuple(model._meta.table_name for model in (*TABLES, *LEDGER))
ON_EVERY_NODE = tuple(name for name in NAMES if name not in BY_CAMPAIGN)
_OF_SUMS = ("campaign_totals", "period_totals", "stale_months", "rollup_changes")
"""These stay where they are, and empty. So does the history of the migrations, by which adops knows the coordinator."""
_PLAIN = "adops_plain_"
_OURS = "c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.relname = ANY(%s)"
_TRIGGERS = f"""
    SELECT format('DROP TRIGGER %%I ON %%I', t.tgname, c.relname)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND {_OURS} ORDER BY 1
"""
_REFERENCES = f"""
    SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', c.relname, k.conname),
        format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', c.relname, k.conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f' AND {_OURS} ORDER BY 1
"""
_INDEXES = f"""
    SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_class x ON x.oid = i.indexrelid WHERE NOT i.indisprimary AND x.relname <> c.relname || '_id' AND {_OURS}
    ORDER BY 1
"""
_RIGHTS = f"""
    SELECT format('ALTER TABLE %%I OWNER TO %%I', c.relname, pg_get_userbyid(c.relowner)) FROM pg_class c WHERE {_OURS}
    UNION ALL
    SELECT format('GRANT %%s ON %%I TO %%s', string_agg(a.privilege_type, ', ' ORDER BY 1), c.relname,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
    FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee <> c.relowner AND {_OURS} GROUP BY c.relname, a.grantee
"""
_LAST_NUMBER = "SELECT pg_sequence_last_value(to_regclass(pg_get_serial_sequence(%s, 'id')))"
_IN_CATALOG = (
    f"SELECT 1 FROM {citus.CATALOG} WHERE logicalrelid = to_regclass(%s) AND (partmethod <> 'n' OR colocationid <> 0)"
)
BEFORE = (
    *(f"SET LOCAL {name} = '{value}'" for name, value in citus.SESSION.items()),
    f"LOCK TABLE {', '.join(NAMES)} IN ACCESS EXCLUSIVE MODE",
)
"""Run first, in the same transaction. Citus itself locks one table after another."""


def is_in_catalog(engine: Postgres) -> bool:
    """Whether Citus has distributed the figures, in whatever way. Only for a server with Citus."""
    return engine.execute_sql(_IN_CATALOG, ("metrics",)).fetchone() is not None


def steps(engine: Postgres) -> Iterator[str]:
    """The statements that distribute the tables. One at a time, since Citus takes no two in one."""
    references = _rows(engine, _REFERENCES, NAMES)
    numbers = [_set_number(engine, table) for table in BY_CAMPAIGN]
    yield from (sql for (sql,) in _rows(engine, _TRIGGERS, NAMES))
    yield f"TRUNCATE {', '.join(_OF_SUMS)}"
    yield from (drop for drop, _ in references)
    for table in BY_CAMPAIGN if engine.distributed != citus.BY_CAMPAIGN else ():
        yield f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey"
        yield f'ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY ("campaignId", "id")'
        yield f'CREATE INDEX {table}_id ON {table} ("id")'
    # Before the others: what these refer to would make Citus take them as they are, and begin their numbers at 1.
    yield "SELECT create_distributed_table('metrics', 'campaignId')"
    yield "SELECT create_distributed_table('import_changes', 'campaignId', colocate_with => 'metrics')"
    yield from (f"SELECT create_reference_table('{table}')" for table in ON_EVERY_NODE)
    yield from (f"SELECT truncate_local_data_after_distributing_table('{table}')" for table in NAMES)
    yield from (add for _, add in references)
    yield from numbers
    yield from citus.orders_for_role(engine)


def steps_back(engine: Postgres) -> Iterator[str]:
    """The statements that make plain tables of them again, of a restored dump, too. Triggers come afterwards."""
    references, indexes = _rows(engine, _REFERENCES, NAMES), _rows(engine, _INDEXES, BY_CAMPAIGN)
    views = foreign.our_views(engine)  # no table is dropped while there is a view of it
    rights = _rows(engine, _RIGHTS, (*BY_CAMPAIGN, *views))
    numbers = [_set_number(engine, table) for table in BY_CAMPAIGN]
    yield f"DROP VIEW IF EXISTS {', '.join(views)}"
    yield from (drop for drop, _ in references)
    for table in BY_CAMPAIGN:
        plain = f"{_PLAIN}{table}"
        yield f"CREATE TABLE {plain} (LIKE {table} INCLUDING ALL EXCLUDING INDEXES)"
        yield f"INSERT INTO {plain} SELECT * FROM {table}"
        yield f"DROP TABLE {table}"
        yield f"ALTER TABLE {plain} RENAME TO {table}"
        yield f"ALTER SEQUENCE {plain}_id_seq RENAME TO {table}_id_seq"
        yield f'ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY ("id")'
    yield from (sql for (sql,) in indexes)
    if citus.version(engine) and engine.execute_sql(_IN_CATALOG, (ON_EVERY_NODE[0],)).fetchone():
        yield from (f"SELECT undistribute_table('{table}')" for table in ON_EVERY_NODE)
    yield from (add for _, add in references)
    yield from views.values()
    yield from (sql for (sql,) in rights)
    yield from numbers


def as_distributed(shape: set[str]) -> set[str]:
    """The schema in lines, as `db verify` has it, with the keys of a distributed database."""
    keys = {f"unique index {table} (id)": table for table in BY_CAMPAIGN}
    others = {f'unique index {table} ("campaignId", id)' for table in BY_CAMPAIGN}
    return (shape - keys.keys()) | others | {f"index {table} (id)" for table in BY_CAMPAIGN}


def _rows(engine: Postgres, query: str, tables: Sequence[str]) -> Sequence[Any]:
    found: Sequence[Any] = engine.execute_sql(query, [list(tables)] * query.count(_OURS)).fetchall()
    return found


def _set_number(engine: Postgres, table: str) -> str:
    """Go on after the last number, which no row may have any more: an undo can bring a deleted row back."""
    last = engine.execute_sql(_LAST_NUMBER, (table,)).fetchone()[0]
    highest = f'(SELECT max("id") FROM {table})'
    number = highest if last is None else f"GREATEST({last}, {highest})"
    return f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {number})"
