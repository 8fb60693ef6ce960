"""The handle `db` that all models use, and transactions on the database that it refers to.

`database.bound` sets the database. The available engines are unknown here.
"""

import contextlib
import functools
import random
import time
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar, cast

from adops_cli.errors import AdopsError
from adops_cli.storage.engines.base import CollisionError, Engine, OvertakenError

import peewee as pw  # isort: skip - after the engines, which keep it from loading drivers

_TRIES = 8
_FIRST_PAUSE = 0.01
_P = ParamSpec("_P")
_R = TypeVar("_R")


class _Handle(pw.DatabaseProxy):
    """A proxy with a helpful error if nothing is bound, instead of `Cannot use uninitialized Proxy`."""

    __slots__ = ("_Model", "_callbacks", "obj")  # the proxy sets only the attributes listed here

    def __getattr__(self, name: str) -> Any:
        return getattr(current(), name)


_handle = _Handle()
db = cast("Engine", _handle)
"""The database in use. Bound for the whole process, one at a time; each thread has its own connection to it."""


def current() -> Engine:
    """The engine that `db` currently refers to. `AdopsError` if nothing is bound."""
    engine: Engine | None = _handle.obj
    if engine is None:
        raise AdopsError("no database is bound", "Use `with database.bound():` around calls of the data API")
    return engine


@contextlib.contextmanager
def bound_to(engine: Engine) -> Iterator[None]:
    """Make `db` refer to this engine within the block. Blocks can be nested."""
    outer = _handle.obj
    _handle.initialize(engine)
    try:
        yield
    finally:
        _handle.initialize(outer)


def atomically(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a function one transaction, or a part of the transaction around it.

    The outermost one is tried again after a conflict with another transaction. So it must be repeatable: no parameter
    can be an iterator.
    """

    @functools.wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        engine = current()
        tries = 1 if engine.in_transaction() else _TRIES
        for attempt in range(tries):
            try:
                with engine.atomic():
                    return function(*args, **kwargs)
            except (CollisionError, OvertakenError):
                if attempt == tries - 1:
                    raise
                time.sleep(random.uniform(0, _FIRST_PAUSE * 2**attempt))  # noqa: S311 - so that two processes do not collide again
        raise AssertionError  # the last try returns or raises

    return run


@contextlib.contextmanager
def opened_as_is(*, create: bool = False) -> Iterator[Engine]:
    """Let the bound database be opened with any schema and, with `create`, created (readable only by its owner).

    For work on the schema itself: migrate, status, restore. The connection is closed before and after. A block within
    another has no effect.
    """
    engine = current()
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
