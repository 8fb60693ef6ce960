"""Temporary schemas and databases on a PostgreSQL server, for trials.

A lock shows that the process of one lives. One whose process is dead is dropped by the next of its kind.
"""

import contextlib
import secrets
from collections.abc import Iterator
from typing import Literal

from adops_cli.storage.engines.postgres import Postgres

_LOCK = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
_OF_USER = {
    "SCHEMA": "SELECT nspname FROM pg_namespace WHERE pg_get_userbyid(nspowner) = CURRENT_USER",
    "DATABASE": "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = CURRENT_USER",
}
_WITH_ALL = {"SCHEMA": "CASCADE", "DATABASE": "WITH (FORCE)"}


@contextlib.contextmanager
def temporary(engine: Postgres, kind: Literal["SCHEMA", "DATABASE"], purpose: str) -> Iterator[str]:
    """The name of a new schema or database, which is dropped with all that is in it. `AdopsError` if it is refused."""
    prefix = f"adops_{purpose}_"
    for (found,) in engine.execute_sql(_OF_USER[kind]).fetchall():
        if found.startswith(prefix) and engine.execute_sql(_TRY_LOCK, (found,)).fetchone()[0]:
            _drop(engine, kind, found)
    name = f"{prefix}{secrets.token_hex(8)}"
    engine.execute_sql(_LOCK, (name,))
    engine.execute_sql(f"CREATE {kind} {name}")
    try:
        yield name
    finally:
        _drop(engine, kind, name)


def _drop(engine: Postgres, kind: str, name: str) -> None:
    engine.execute_sql(f"DROP {kind} IF EXISTS {name} {_WITH_ALL[kind]}")
    engine.execute_sql(_UNLOCK, (name,))
