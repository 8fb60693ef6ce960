"""peewee-migrate's router as we use it: it runs the migrations, and leaves order, checks and records to `schema`."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adops_cli import settings
from adops_cli.storage.engines.base import Engine

if TYPE_CHECKING:
    from peewee_migrate import Router


def router_of(engine: Engine) -> "Router":
    """peewee-migrate's router, changed to read files as UTF-8, name them in tracebacks and log nothing."""
    from peewee_migrate import Router  # noqa: PLC0415 - slow, and few commands need it

    class OurRouter(Router):
        def read(self, name: str) -> tuple[Any, Any]:
            return functions_of(name)

    logger = logging.getLogger("adops_cli.migrations")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)  # errors are raised and reported only once
    return OurRouter(engine, migrate_dir=settings.shipped("migrations"), logger=logger)


def functions_of(name: str) -> tuple[Any, Any]:
    """The functions `migrate` and `rollback` of a migration."""
    folder = settings.shipped("migrations")
    file = folder / f"{name}.py"
    scope: dict[str, Any] = {}
    with _importable(folder):
        exec(compile(file.read_bytes(), str(file), "exec"), scope)  # noqa: S102 - a migration of ours
    return scope["migrate"], scope["rollback"]


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let a migration import the files next to it, both in a checkout and in an installed package."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
