"""The handle `db` that every model hangs on, and `bound(url)`, which says what database it is.

Owns which engine a URL means, and what holds for a transaction on either. The engines themselves are in `engines`.
"""

import contextlib
import functools
import importlib
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit

from adops_cli import settings
from adops_cli.engines.base import CollisionError, OvertakenError
from adops_cli.engines.sqlite import MEMORY, Sqlite
from adops_cli.errors import AdopsError, BadRequestError

import peewee as pw  # isort: skip - after the engines, which keep it from loading drivers

_TRIES = 8
_FIRST_PAUSE = 0.01
_P = ParamSpec("_P")
_R = TypeVar("_R")


class _Handle(pw.DatabaseProxy):
    """A proxy that says what to do when nothing is bound, instead of `Cannot use uninitialized Proxy`."""

    __slots__ = ("_Model", "_callbacks", "obj")  # the proxy sets only what the class lists

    def __getattr__(self, name: str) -> Any:
        if self.obj is None:
            raise AdopsError("no database is bound", "Use `with database.bound():` around calls of the data API")
        return getattr(self.obj, name)


db = _Handle()
"""The database in use; bound process-wide, one at a time (each thread has its own connection to it)."""


def atomically(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a function be one transaction, or a part of the one around it.

    The outermost is tried again when another transaction was in the way or faster, so that it must be able to begin
    anew: no parameter may be an iterator.
    """

    @functools.wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        tries = 1 if db.in_transaction() else _TRIES
        for attempt in range(tries):
            try:
                with db.atomic():
                    return function(*args, **kwargs)
            except (CollisionError, OvertakenError):
                if attempt == tries - 1:
                    raise
                time.sleep(random.uniform(0, _FIRST_PAUSE * 2**attempt))  # noqa: S311 - so that two do not meet again
        raise AssertionError  # the last try returns or raises

    return run


@contextlib.contextmanager
def opened_as_is(*, create: bool = False) -> Iterator[Any]:
    """Let the bound database be opened whatever its schema is, and made (readable by its owner alone) on `create`.

    For what works on the schema itself: migrate, status, restore. The connection is closed before and after; a block
    inside another changes nothing.
    """
    engine = db.obj or db.connection()  # the second only raises, saying that nothing is bound
    if engine.any_schema:
        yield engine
        return
    engine.require_database()
    engine.close()
    engine.any_schema, engine.create = True, create
    try:
        yield engine
    finally:
        engine.close()
        engine.any_schema = engine.create = False


def sqlite_path(url: str) -> str:
    """The file that a path, `sqlite:///relative.db` or `sqlite:////absolute.db` names."""
    if "://" not in url:
        return MEMORY if url == MEMORY else os.path.expanduser(url)  # noqa: PTH111 - it is handed on as text
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadRequestError(f"{settings.without_password(url)} is no database URL: {error}") from error
    if parts.scheme != "sqlite" or parts.netloc or len(parts.path) <= 1:
        raise BadRequestError(
            f"{settings.without_password(url)} is no database URL",
            "Give a path, sqlite:///relative.db, sqlite:////absolute.db or postgresql://USER@HOST/NAME",
        )
    return unquote(parts.path[1:])


@contextlib.contextmanager
def bound(url: str | None = None, *, busy_timeout: float | None = None) -> Iterator[Any]:
    """Let `db`, and with it every model, mean this database inside the block; the first query connects.

    Args:
        url: a path or URL; None is the database of the settings, or the folder of JSON files where they say
            `use_database = false`.
        busy_timeout: seconds to wait for a lock; None is the setting.

    Blocks nest; the connection closes on every way out.
    """
    inner, outer = _engine(url, busy_timeout), db.obj
    db.initialize(inner)
    try:
        with inner.ours():
            yield inner
    finally:
        inner.close()
        db.initialize(outer)


def _engine(url: str | None, busy_timeout: float | None) -> Any:
    if url is not None and busy_timeout is not None:
        return _engine_of(url, busy_timeout)
    configured = settings.load()
    wait = configured.busy_timeout if busy_timeout is None else busy_timeout
    if url is None and configured.json_mode:
        # Its tables hang on this module, so that it cannot be imported here by name.
        store = importlib.import_module("adops_cli.jsonstore")
        return store.JsonFolder(Path(configured.json_dir).expanduser().absolute(), busy_timeout=wait)
    return _engine_of(configured.database_url if url is None else url, wait)


def _engine_of(url: str, busy_timeout: float) -> Any:
    if url.startswith(("postgresql://", "postgres://")):
        from adops_cli.engines.postgres import Postgres  # noqa: PLC0415 - who works on a file needs none of it

        return Postgres(url, busy_timeout=busy_timeout)
    return Sqlite(sqlite_path(url), busy_timeout=busy_timeout)
