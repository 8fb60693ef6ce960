"""A statement of the user's own on PostgreSQL. The server itself keeps it from doing anything but reading.

It is declared as a cursor, which can only be a SELECT, VALUES or WITH, by the extended protocol, which takes only one
statement, in a transaction that is read-only and always rolled back. A superuser works with the rights of
`pg_read_all_data`, so that the server's files and settings are out of reach. What can still be done by calling a
function is refused by the catalog: functions that PostgreSQL takes for volatile, and those of other people, also where
a view calls them.
"""

import contextlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.storage.engines.own_sql import (
    Answer,
    Patience,
    missing,
    refused,
    require_read,
    require_used,
    two_statements,
)
from adops_cli.storage.engines.postgres_errors import READ_ONLY, driver, one_line
from adops_cli.storage.engines.postgres_loaders import lenient
from adops_cli.storage.engines.postgres_text import Statement, read

_AT_ONCE = 1_000
"""Rows."""
_CURSOR = "adops_sql"
_DECLARED = len(f'DECLARE "{_CURSOR}" NO SCROLL CURSOR FOR ')
"""How many characters stand before the statement."""
_HARMLESS = (
    *(
        "system",
        "bernoulli",
        "random",
        "random_normal",
        "clock_timestamp",
        "timeofday",
        "gen_random_uuid",
        "uuidv4",
        "uuidv7",
    ),
    *("pg_relation_size", "pg_table_size", "pg_indexes_size", "pg_total_relation_size", "pg_database_size"),
)
"""Functions that are volatile since their value changes, and change nothing themselves."""
_SETTINGS = """
    SELECT set_config('statement_timeout', %s, true), set_config('standard_conforming_strings', 'on', true)
"""
_TRUSTED = "pg_get_userbyid(p.proowner) = current_user OR (SELECT rolsuper FROM pg_roles r WHERE r.oid = p.proowner)"
_REFUSED_FUNCTIONS = f"""
    WITH RECURSIVE views(oid) AS (
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'v' AND c.relname = ANY(%(names)s) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        UNION
        SELECT c.oid FROM views JOIN pg_rewrite w ON w.ev_class = views.oid
        CROSS JOIN regexp_matches(w.ev_action::text, ':relid ([0-9]+)', 'g') AS found
        JOIN pg_class c ON c.oid = found[1]::oid AND c.relkind = 'v'
    ), called(oid) AS (
        SELECT oid FROM pg_proc WHERE proname = ANY(%(functions)s)
        UNION
        SELECT found[1]::oid FROM views JOIN pg_rewrite w ON w.ev_class = views.oid
        CROSS JOIN regexp_matches(w.ev_action::text, ':(?:funcid|opfuncid|aggfnoid|winfnoid) ([0-9]+)', 'g') AS found
    )
    SELECT CASE WHEN {_TRUSTED} THEN p.proname ELSE p.proname || ' of ' || pg_get_userbyid(p.proowner) END
    FROM called JOIN pg_proc p ON p.oid = called.oid
    WHERE (p.provolatile = 'v' AND p.proname <> ALL(%(harmless)s)) OR NOT ({_TRUSTED}) ORDER BY 1 LIMIT 1
"""
_WITHOUT_RIGHTS = """
    SELECT set_config('role', 'pg_read_all_data', true), set_config('row_security', 'off', true)
    FROM pg_roles WHERE rolname = current_user AND rolsuper
    AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_read_all_data')
"""
"""Without `row_security`, rows that a policy would leave out end the statement, instead of being left out unnoticed."""
_WRONG = ("0A", "21", "22", "25", "2F", "34", "38", "39", "3D", "3F", "42", "54")
"""How the codes of errors begin that are the statement's own."""
_STOPPED, _NO_TABLE = "57014", "42P01"


@contextlib.contextmanager
def asked(engine: Any, text: str, given: Mapping[str, str], seconds: float) -> Iterator[Answer]:
    """The answer to one statement. See `Engine.asked`."""
    require_read(text)
    statement, patience = read(text), Patience(seconds)
    if unknown := [name for name in statement.parameters if name not in given]:
        raise missing(unknown[0])
    require_used(list(given), statement.parameters)
    values = [given[name] for name in statement.parameters]
    with engine.snapshot() as transaction, lenient(engine.connection()):
        _prepare(engine, statement, seconds)
        with (
            _errors(engine, statement, patience),
            contextlib.closing(_answered(engine.connection(), statement, values, patience)) as answered,
        ):
            yield Answer([str(name) for name in next(answered)], answered)
        transaction.rollback()


def _prepare(engine: Any, statement: Statement, seconds: float) -> None:
    """Refuse what the server would do, and have it refuse the rest."""
    names = {"names": statement.names, "functions": statement.functions, "harmless": list(_HARMLESS)}
    if found := engine.execute_sql(_REFUSED_FUNCTIONS, names).fetchone():
        raise refused(f"the function {found[0]}")
    if not engine.distributed:  # the nodes of Citus let in the user alone
        engine.execute_sql(_WITHOUT_RIGHTS)
    engine.execute_sql(_SETTINGS, (str(max(1, round(seconds * 1000)) if seconds else 0),))


def _answered(
    connection: Any, statement: Statement, values: Sequence[str], patience: Patience
) -> Generator[Sequence[Any], None, None]:
    """The names of the columns, then the rows."""
    with driver().RawServerCursor(connection, _CURSOR, scrollable=False) as cursor:
        with patience.working():
            cursor.execute(statement.query, values)
        if not statement.explain:
            yield [column.name for column in cursor.description]
            while some := _some(cursor, patience):
                yield from some
            return
    with driver().RawCursor(connection) as cursor:  # of what is a cursor, and so only reads
        with patience.working():
            cursor.execute(f"{statement.explain}{statement.query}", values)
        yield [column.name for column in cursor.description]
        yield from cursor


def _some(cursor: Any, patience: Patience) -> Sequence[Any]:
    if patience.is_over:  # which the server, with its own for each fetch, does not know
        raise patience.error()
    with patience.working():
        some: Sequence[Any] = cursor.fetchmany(_AT_ONCE)
        return some


@contextlib.contextmanager
def _errors(engine: Any, statement: Statement, patience: Patience) -> Iterator[None]:
    """Translate the errors of a statement; all others are the engine's business."""
    with engine.translated_errors():
        try:
            yield
        except driver().Error as error:
            if (told := _told(error, statement, patience)) is None:
                raise
            raise told from error


def _told(error: Any, statement: Statement, patience: Patience) -> AdopsError | None:
    state, words = error.sqlstate or "", error.diag.message_primary or one_line(error)
    if state == _STOPPED and patience.is_over:
        return patience.error()
    if "multiple commands" in words:
        return two_statements()
    if "data-modifying" in words or state == READ_ONLY:
        return refused("the statement")
    if not state.startswith(_WRONG):
        return None
    position = int(error.diag.statement_position or 0) - 1 - _DECLARED
    where = f" ({statement.place(position)})" if position >= 0 else ""
    hint = "information_schema.tables lists what is there" if state == _NO_TABLE else error.diag.message_hint
    return BadRequestError(f"the statement fails: {words}{where}", hint)
