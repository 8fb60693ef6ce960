"""What both engines share: how they are called in errors, and that a database must be of this adops's schema.

Knows no table of ours beyond the one that peewee-migrate keeps its history in.
"""

import contextlib
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adops_cli import settings
from adops_cli.errors import BusyError, ConflictError, DatabaseUnusableError


def _import_without_drivers() -> None:
    """Import Peewee without the drivers that it would look for: psycopg alone takes longer to load than all the rest.

    The PostgreSQL engine imports its driver itself, when it connects.
    """
    absent = {name: None for name in ("psycopg", "psycopg2", "psycopg2cffi") if name not in sys.modules}
    sys.modules.update(absent)  # type: ignore[arg-type]  # None is how Python says that there is no such module
    try:
        import peewee  # noqa: F401, PLC0415
    finally:
        for name in absent:
            del sys.modules[name]


_import_without_drivers()

MIGRATION_FILE = re.compile(r"\d{3}_[^.]+\.py")
"""The file names that peewee-migrate sees."""
HISTORY = "migratehistory"
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


class Engine:
    """What an engine offers beyond Peewee's `Database`, which it extends.

    A database that is not there is an error, and so is one that is not of this adops's schema, except inside
    `handle.opened_as_is`, which sets `any_schema`, and `create` where it may be made.
    """

    any_schema = False
    create = False
    copies = False
    """Whether many rows are loaded by COPY."""
    timeout: float
    """Seconds to wait for another process's lock."""
    unfit: Sequence[str] = ()
    """What is wrong with data that could not be read at all: nothing, but for the files of JSON mode."""

    @property
    def name(self) -> str:
        """What errors call the database: a path, or a URL without its password."""
        raise NotImplementedError

    def require_database(self) -> None:
        """Refuse what can only be done to a database; said in JSON mode, where there is none."""

    def require_ledger(self) -> None:
        """Refuse where no ledger of imports can be kept; said in JSON mode."""

    keeps_types = True
    """Whether a column holds values of its type alone; a file lets other programs write anything anywhere."""

    @contextlib.contextmanager
    def text_as_it_is(self) -> Iterator[None]:
        """Let what the driver cannot make a value of come as it is, bytes or text, instead of failing the query."""
        yield

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


def is_knex(tables: Collection[str]) -> bool:
    """Whether a database with these tables is one of the Node system that was not taken over yet."""
    return KNEX_HISTORY in tables and HISTORY not in tables


def known_migrations() -> list[str]:
    """The migrations of this adops, oldest first, without importing the machinery that runs them."""
    return sorted(file.stem for file in settings.shipped("migrations").iterdir() if MIGRATION_FILE.fullmatch(file.name))


def unknown_migrations(applied: Collection[str]) -> list[str]:
    """The applied migrations that this adops does not have: what makes a database newer than it."""
    return sorted(set(applied) - set(known_migrations()))


def newer_than_this(name: object, unknown: Sequence[str]) -> DatabaseUnusableError:
    """The refusal to touch a database that a newer adops has migrated."""
    return DatabaseUnusableError(
        f"{name} is newer than this adops, which does not know its migration {unknown[-1]}", "Upgrade adops"
    )
