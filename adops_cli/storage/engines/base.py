"""The face of an engine: what every floor above may ask of SQLite and PostgreSQL alike, and of JSON mode.

Adds to Peewee's `Database` what the two have in different dialects. Knows no table of ours beyond the one that
peewee-migrate keeps its history in.
"""

import abc
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from adops_cli import settings
from adops_cli.errors import BusyError, ConflictError, DatabaseUnusableError
from adops_cli.storage.engines import without_drivers  # noqa: F401 - comes before Peewee

import peewee as pw  # isort: skip

MIGRATION_FILE = re.compile(r"\d{3}_[^.]+\.py")
"""The file names that peewee-migrate sees."""
HISTORY = "migratehistory"
DEMO = ".demo/ad-ops.db"
"""Where `make demo` puts its database, seen from the checkout."""
KNEX_HISTORY = "knex_migrations"


class CollisionError(BusyError):
    """Two transactions met, and this one gave way; it may be tried again from its beginning."""


class OvertakenError(ConflictError):
    """The database refused a row that had been checked: somebody was faster, and who looks again sees the row."""


@dataclass(frozen=True)
class Client:
    """The database's own program for the terminal."""

    program: str
    how_to_get: str
    database: str
    """Its first argument."""
    secrets: Mapping[str, str]
    """What it is told by its environment, since a command line is there for all to see."""


class Engine(pw.Database, abc.ABC):
    """A database whose errors are ours.

    A database that is not there is an error, and so is one that is not of this adops's schema, except inside
    `handle.opened_as_is`, which sets `any_schema`, and `create` where it may be made.
    """

    any_schema = False
    create = False
    timeout: float
    """Seconds to wait for another process's lock."""
    unfit: Sequence[str] = ()
    """What is wrong with data that could not be read at all: nothing, but for the files of JSON mode."""
    in_a_file = False
    """Whether the database is a file of its own, which is copied before its schema changes."""
    row_id_ending = ""
    """What stands behind PRIMARY KEY, in DDL, to make a running number one that is never used twice."""

    # What it is.

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """What errors call the database: a path, or a URL without its password."""

    @abc.abstractmethod
    def exists(self) -> bool:
        """Whether there is something to open: a file with something in it, or a schema of adops on the server."""

    @abc.abstractmethod
    def must_be_made(self) -> bool:
        """Whether opening it would have to make it first, as with a file that is not there."""

    def require_database(self) -> None:
        """Refuse what can only be done to a database; said in JSON mode, where there is none."""

    def require_ledger(self) -> None:
        """Refuse where no ledger of imports can be kept; said in JSON mode."""

    @abc.abstractmethod
    def require_file(self) -> None:
        """Refuse what can only be done to a database in a file."""

    def require_current(self, applied: Collection[str], *, knex: bool) -> None:
        """Refuse a database that lacks migrations of this adops, or has others."""
        if unknown := unknown_migrations(applied):
            raise newer_than_this(self.name, unknown)
        pending = len(set(known_migrations()) - set(applied))
        if not pending:
            return
        if knex:
            what, hint = (
                "is a database of the old Node system",
                "Take it over with `adops db migrate`; it backs it up first",
            )
        elif not applied:
            what, hint = "has no adops tables yet", "Create them with `adops db migrate`"
        else:
            what = f"lacks {pending} migration{'s' if pending > 1 else ''} of this adops"
            hint = "Run `adops db migrate`; it backs a file up first"
        raise DatabaseUnusableError(f"{self.name} {what}", hint)

    # Statements and transactions.

    @abc.abstractmethod
    def translated_errors(self) -> AbstractContextManager[None]:
        """Turn what the driver and Peewee raise into errors that say what is wrong and what to do next."""

    @abc.abstractmethod
    def snapshot(self) -> AbstractContextManager[Any]:
        """A transaction that only reads, as of one moment, and keeps nobody from writing."""

    @abc.abstractmethod
    def stream(self, sql: str) -> Iterator[Sequence[Any]]:
        """The rows of a query, as they are asked for; inside a transaction."""

    @abc.abstractmethod
    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one statement for each row of parameters; how many rows it changed."""

    @abc.abstractmethod
    def load_rows(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, conflict: str, numbered: bool
    ) -> int:
        """Insert rows as fast as the driver allows, inside a transaction; how many were inserted or changed.

        Args:
            table: the table.
            columns: those that the rows have values for, in their order.
            rows: the values as the columns keep them.
            conflict: what becomes of a row whose key is taken, in SQL; empty means an error.
            numbered: whether the first column is a running number, made where a row has None.
        """

    @abc.abstractmethod
    def serialise_imports(self) -> None:
        """Keep other imports from beginning before this transaction ends; they wait, and then see what it did."""

    # Migrating.

    @abc.abstractmethod
    def migrating(self, *, create: bool) -> AbstractContextManager[None]:
        """Keep other processes from migrating the same database; the lock is freed when its process dies.

        Args:
            create: whether a database that is not there is about to be made.
        """

    def before_migrating(self) -> None:
        """Set the connection up for a change of the schema, before any transaction."""

    def after_migrating(self) -> None:
        """Set the database up for its daily work."""

    def dangling_references(self) -> Sequence[tuple[str, Any, str]]:
        """Rows that refer to nothing, where the engine does not watch over them while it migrates.

        Each as its table, its row and the table it refers to.
        """
        return ()

    # Its care.

    @abc.abstractmethod
    def product(self) -> str:
        """The engine and its version."""

    @abc.abstractmethod
    def mode(self) -> str | None:
        """How it keeps its journal; None where that is the server's business."""

    @abc.abstractmethod
    def size(self) -> int:
        """Bytes of the database itself."""

    @abc.abstractmethod
    def bytes_on_disk(self) -> int:
        """Bytes of a file and its write-ahead log, or what the server says."""

    @abc.abstractmethod
    def optimize(self, tables: Sequence[str]) -> None:
        """Renew the statistics that queries are planned by, and give free space back."""

    @abc.abstractmethod
    def client(self) -> Client:
        """The database's own program for the terminal."""

    # The dialect.

    @abc.abstractmethod
    def stored_number(self, amount: Decimal) -> int | float | Decimal:
        """An amount as a DECIMAL column keeps it."""

    @abc.abstractmethod
    def stored_day(self, day: date) -> str | date:
        """A day as its column keeps it."""

    @abc.abstractmethod
    def as_sqlite_form(self, field: Any) -> Any:
        """A column in the form that a SQLite file keeps: numbers as int or float, days, times and JSON as text."""

    @abc.abstractmethod
    def locked_for_update(self, query: Any) -> Any:
        """A query for rows that are about to be changed: nobody else changes them before this transaction ends."""

    @abc.abstractmethod
    def week_start(self, day: Any) -> Any:
        """The Monday of the week of a day."""

    @abc.abstractmethod
    def month(self, day: Any) -> Any:
        """The month of a day, as YYYY-MM."""

    @abc.abstractmethod
    def text_under(self, field: Any, key: str) -> Any:
        """What stands under a key of a JSON object; null where that is no text."""

    @abc.abstractmethod
    def exact_sum(self, field: Any) -> tuple[list[Any], Callable[..., int | None]]:
        """A sum that neither rounds nor overflows: the columns to select, and how to put them together.

        In units of counts, in millionths of money.
        """


def is_knex(tables: Collection[str]) -> bool:
    """Whether a database with these tables is one of the Node system that was not taken over yet."""
    return KNEX_HISTORY in tables and HISTORY not in tables


def known_migrations() -> list[str]:
    """The migrations of this adops, oldest first, without importing the machinery that runs them."""
    return sorted(file.stem for file in settings.shipped("migrations").iterdir() if MIGRATION_FILE.fullmatch(file.name))


def unknown_migrations(applied: Collection[str]) -> list[str]:
    """The applied migrations that this adops does not have: what makes a database newer than it."""
    return sorted(set(applied) - set(known_migrations()))


def no_database(name: object) -> DatabaseUnusableError:
    """The refusal to work on what is not there; where `make demo` has put its own database, it is named."""
    demo = f"; the one of `make demo` is there with `--database {DEMO}`" if Path(DEMO).is_file() else ""
    return DatabaseUnusableError(f"there is no database at {name}", f"Create it with `adops db migrate`{demo}")


def newer_than_this(name: object, unknown: Sequence[str]) -> DatabaseUnusableError:
    """The refusal to touch a database that a newer adops has migrated."""
    return DatabaseUnusableError(
        f"{name} is newer than this adops, which does not know its migration {unknown[-1]}", "Upgrade adops"
    )
