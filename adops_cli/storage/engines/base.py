"""The interface of an engine: what the layers above can use with SQLite, PostgreSQL and JSON mode.

Adds to Peewee's `Database` everything that differs between the engines. Knows only one of our tables, the history of
peewee-migrate.
"""

import abc
import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from adops_cli import settings
from adops_cli.errors import BusyError, ConflictError, DatabaseUnusableError, option
from adops_cli.storage.engines import without_drivers  # noqa: F401 - comes before Peewee
from adops_cli.storage.engines.client import Client
from adops_cli.storage.engines.loading import Loading
from adops_cli.storage.engines.own_sql import Answer

import peewee as pw  # isort: skip

MIGRATION_FILE = re.compile(r"\d{3}_[^.]+\.py")
"""The file names that peewee-migrate recognises."""
HISTORY = "migratehistory"
DEMO = ".demo/ad-ops.db"
"""Where `make demo` puts its database, seen from the checkout."""
KNEX_HISTORY = "knex_migrations"


class CollisionError(BusyError):
    """This transaction was cancelled after a conflict with another one. It can be tried again from the start."""


class OvertakenError(ConflictError):
    """The database refused a row that had been checked, because another process was faster. Checking again shows it."""


class Engine(pw.Database, abc.ABC):
    """A database that raises our own errors.

    A missing database is an error, and so is one with another schema than that of this adops, except within
    `handle.opened_as_is`, which sets `any_schema` and, if the database can be created, `create`.
    """

    any_schema = False
    create = False
    timeout: float
    """Seconds to wait for a lock held by another process."""
    connect_seconds = 10.0
    """Seconds to wait for a server to take a connection."""
    timezone = "UTC"
    """Where a day ends, for windows such as `7d`."""
    stored = False
    """Whether a transaction that can write has been committed."""
    unfit: Sequence[str] = ()
    """What is wrong with records that cannot be read. Only used for the files of JSON mode."""
    read_only = False
    """Whether every write is refused."""
    freshness = ""
    """How old the data of a standby is, or that there was none, if one was asked for."""
    in_a_file = False  # which is copied before its schema is changed
    row_id_ending = ""
    """DDL after PRIMARY KEY that keeps automatic numbers from being used twice."""
    has_ledger = True
    """Whether changes of figures are recorded. The files of JSON mode have no place for it."""
    keeps_types = True
    """Whether a column holds only values of its type. In a file, other programs can write any value into any column."""

    # What it is.

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The name of the database in errors: a path, or a URL without its password."""

    @abc.abstractmethod
    def exists(self) -> bool:
        """Whether there is something to open: a file that is not empty, or an adops schema on the server."""

    @abc.abstractmethod
    def must_be_made(self) -> bool:
        """Whether opening it would create it, as with a missing file."""

    def replaced(self) -> bool:
        """Whether the open database is not the one of its name any more. A server's cannot be exchanged unnoticed."""
        return False

    @property
    def distributed(self) -> str:
        """How its rows are spread over several servers. Empty if they are not."""
        return ""

    def require_database(self) -> None:
        """Refuse an operation that needs a database. JSON mode has none."""

    def require_ledger(self) -> None:
        """Refuse an operation that needs the ledger of imports. JSON mode has none."""

    def require_writable(self) -> None:
        """Refuse an operation that writes, before it begins, on a database that is opened read-only."""
        if self.read_only:
            raise opened_read_only(self.name)

    @abc.abstractmethod
    def require_file(self) -> None:
        """Refuse an operation that needs a database in a file."""

    def require_current(self, applied: Collection[str], *, knex: bool) -> None:
        """Refuse a database that lacks migrations of this adops, or has others."""
        if unknown := unknown_migrations(applied):
            raise newer_than_this(self.name, unknown)
        pending = len(set(known_migrations()) - set(applied))
        if not pending:
            return
        if knex:
            what = "is a database of the old Node system"
            hint = "Take it over with `adops db migrate`, which backs it up first"
        elif not applied:
            what, hint = "has no adops tables yet", "Create them with `adops db migrate`"
        else:
            what = f"lacks {pending} migration{'s' if pending > 1 else ''} of this adops"
            hint = "Run `adops db migrate`, which backs up a file first"
        raise DatabaseUnusableError(f"{self.name} {what}", hint)

    # Statements and transactions.

    @abc.abstractmethod
    def translated_errors(self) -> AbstractContextManager[None]:
        """Turn errors of the driver and Peewee into our own, which state what is wrong and what to do next."""

    @abc.abstractmethod
    def snapshot(self) -> AbstractContextManager[Any]:
        """A transaction that only reads, as of one moment, and does not block writers."""

    @contextlib.contextmanager
    def text_as_it_is(self) -> Iterator[None]:
        """Pass on values that the driver cannot read as bytes or text, instead of failing the query."""
        yield

    @abc.abstractmethod
    def stream(self, sql: str, given: Sequence[Any] = ()) -> Iterator[Sequence[Any]]:
        """The rows of a query, fetched as they are needed. Needs a transaction."""

    @abc.abstractmethod
    def asked(self, text: str, given: Mapping[str, str], seconds: float) -> AbstractContextManager[Answer]:
        """The answer to one statement of the user's own, which is kept from doing anything but reading.

        With the values of its parameters, and how long the database may work on it; 0 is for ever. `BadRequestError`
        for a statement that is refused or wrong, and `AdopsError` for one that takes too long.
        """

    @abc.abstractmethod
    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one statement for each row of parameters. Return how many rows were changed."""

    @abc.abstractmethod
    def load_rows(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, conflict: str, numbered: bool
    ) -> int:
        """Insert rows as fast as the driver allows, within a transaction. Return how many were inserted or changed.

        Args:
            table: the table.
            columns: the columns that the rows have values for, in order.
            rows: the values in their stored form.
            conflict: SQL for what to do with a row whose key is taken; empty means an error.
            numbered: whether the first column is an automatic number, generated for a row with None.
        """

    @abc.abstractmethod
    def loading(self, table: str, columns: Sequence[str], *, conflict: str) -> AbstractContextManager[Loading]:
        """Load many rows, some at a time while the caller makes the next ones, within a transaction."""

    @abc.abstractmethod
    def serialise_imports(self) -> None:
        """Keep other imports from starting before this transaction ends. They wait, and then see its changes."""

    # Migrating.

    @abc.abstractmethod
    def migrating(self, *, create: bool) -> AbstractContextManager[None]:
        """Keep other processes from migrating the same database. The lock is released when its process ends.

        Args:
            create: whether a missing database will be created.
        """

    def before_migrating(self) -> None:
        """Prepare the connection for a change of the schema, before any transaction."""

    def after_migrating(self) -> None:
        """Prepare the database for normal work."""

    def dangling_references(self, *, committed: bool = False) -> Sequence[tuple[str, Any, str]]:  # noqa: ARG002
        """Rows that refer to an unknown row, if the engine does not check references during a migration.

        Each with its table, its row and the table it refers to. With `committed`, as they are outside this transaction.
        """
        return ()

    # Maintenance.

    @abc.abstractmethod
    def product(self) -> str:
        """The engine and its version."""

    @abc.abstractmethod
    def mode(self) -> str | None:
        """The journal mode; None if it is left to the server."""

    @abc.abstractmethod
    def size(self) -> int:
        """Size of the database itself in bytes."""

    @abc.abstractmethod
    def bytes_on_disk(self) -> int:
        """Bytes of a file and its write-ahead log, or as reported by the server."""

    @abc.abstractmethod
    def optimize(self, tables: Sequence[str]) -> None:
        """Update the statistics of the query planner, and release free space."""

    @abc.abstractmethod
    def client(self) -> AbstractContextManager[Client]:
        """The database's own terminal program, which can be run within the block."""

    # The dialect.

    @abc.abstractmethod
    def stored_number(self, amount: Decimal) -> int | float | Decimal:
        """An amount as a DECIMAL column stores it."""

    @abc.abstractmethod
    def stored_day(self, day: date) -> str | date:
        """A day as its column stores it."""

    @abc.abstractmethod
    def as_sqlite_form(self, field: Any) -> Any:
        """A column in the form of a SQLite file: numbers as int or float, days, times and JSON as text."""

    @abc.abstractmethod
    def locked_for_update(self, query: Any) -> Any:
        """A query for rows to be changed, which locks them until this transaction ends."""

    @abc.abstractmethod
    def week_start(self, day: Any) -> Any:
        """The Monday of a day's week."""

    @abc.abstractmethod
    def month(self, day: Any) -> Any:
        """The month of a day as YYYY-MM."""

    @abc.abstractmethod
    def text_under(self, field: Any, key: str) -> Any:
        """The text under a key of a JSON object; null if it is not text."""

    @abc.abstractmethod
    def exact_sum(self, field: Any) -> tuple[list[Any], Callable[..., int | None]]:
        """A sum that neither rounds nor overflows, in units or millionths: its columns, and how to combine them."""


def is_knex(tables: Collection[str]) -> bool:
    """Whether a database with these tables belongs to the Node system and has not been taken over yet."""
    return KNEX_HISTORY in tables and HISTORY not in tables


def known_migrations() -> list[str]:
    """The migrations of this adops, oldest first, without importing the code that runs them."""
    return sorted(file.stem for file in settings.shipped("migrations").iterdir() if MIGRATION_FILE.fullmatch(file.name))


def unknown_migrations(applied: Collection[str]) -> list[str]:
    """The applied migrations that this adops does not have. They make a database newer than this adops."""
    return sorted(set(applied) - set(known_migrations()))


def no_database(name: object) -> DatabaseUnusableError:
    """The refusal to work on what is not there; where `make demo` has put its own database, it is named."""
    demo = f"; the one of `make demo` is there with `--database {DEMO}`" if Path(DEMO).is_file() else ""
    return DatabaseUnusableError(f"there is no database at {name}", f"Create it with `adops db migrate`{demo}")


def opened_read_only(name: object) -> DatabaseUnusableError:
    """The refusal to write."""
    return DatabaseUnusableError(
        f"{name} is opened read-only, and nothing was written",
        f"To write, leave out {option('read_only')} and {option('read_from')} (`adops config show --origin` shows "
        "where they are set), mode=ro and immutable=1",
    )


def newer_than_this(name: object, unknown: Sequence[str]) -> DatabaseUnusableError:
    """The error for a database that a newer adops has migrated."""
    return DatabaseUnusableError(
        f"{name} is newer than this adops, which does not know its migration {unknown[-1]}", "Upgrade adops"
    )
