"""Tables of one moment's work, which stand before those of the database of the same name, and leave nothing behind."""

import contextlib
from collections.abc import Iterator

from adops_cli.errors import BadRequestError
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.handle import current


@contextlib.contextmanager
def snapshot(table: str) -> Iterator[str]:
    """A transaction as of one moment, in which temporary tables and views can be made, and are dropped at its end.

    Gives the schema of a table, by which it is still named once a view has its name. `BadRequestError` on a standby,
    which cannot make any.
    """
    engine = current()
    if not isinstance(engine, Postgres):
        with engine.snapshot() as transaction:
            yield "main"
            transaction.rollback()
        return
    if engine.execute_sql("SELECT pg_is_in_recovery()").fetchone()[0]:
        raise BadRequestError("a standby cannot tell what was known before", "Ask the primary")
    with engine.between_imports(), engine.atomic("ISOLATION LEVEL REPEATABLE READ READ WRITE") as transaction:
        of_table = "SELECT quote_ident(nspname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace"
        yield str(engine.execute_sql(f"{of_table} WHERE c.oid = to_regclass(%s)", (table,)).fetchone()[0])
        transaction.rollback()


@contextlib.contextmanager
def making() -> Iterator[None]:
    """Within the block, such tables can be made on a file that is opened read-only, too: they are not in that file."""
    engine = current()
    if isinstance(engine, Postgres) or not engine.read_only:
        yield
        return
    engine.execute_sql("PRAGMA query_only = 0")
    try:
        yield
    finally:
        engine.execute_sql("PRAGMA query_only = 1")
