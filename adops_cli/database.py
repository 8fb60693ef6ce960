"""The entry point: `bound(url)` decides which database the handle `db` refers to.

Owns the choice of the engine for a URL, and of JSON mode instead. The engines are in `storage.engines`.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from adops_cli import settings
from adops_cli.errors import BadRequestError
from adops_cli.storage.engines.base import Engine
from adops_cli.storage.engines.sqlite import MEMORY, Sqlite
from adops_cli.storage.handle import atomically, bound_to, db, opened_as_is

__all__ = ["atomically", "bound", "db", "opened_as_is", "sqlite_path"]


def sqlite_path(url: str) -> str:
    """The file named by a path, `sqlite:///relative.db` or `sqlite:////absolute.db`."""
    if "://" not in url:
        return MEMORY if url == MEMORY else os.path.expanduser(url)  # noqa: PTH111 - it is passed on as text
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadRequestError(f"{settings.without_password(url)} is not a database URL: {error}") from error
    if parts.scheme != "sqlite" or parts.netloc or len(parts.path) <= 1:
        raise BadRequestError(
            f"{settings.without_password(url)} is not a database URL",
            "Give a path, sqlite:///relative.db, sqlite:////absolute.db or postgresql://USER@HOST/NAME",
        )
    return unquote(parts.path[1:])


@contextlib.contextmanager
def bound(
    url: str | None = None, *, busy_timeout: float | None = None, timezone: str | None = None
) -> Iterator[Engine]:
    """Make `db`, and with it every model, refer to this database within the block. The first query connects.

    Args:
        url: a path or URL; None is the database in the settings, or the folder of JSON files if the settings have
            `use_database = false`.
        busy_timeout: seconds to wait for a lock; None is the setting.
        timezone: where a day ends, for windows such as `7d`; None is the setting.

    Blocks can be nested. The connection is always closed when the block ends.
    """
    engine = _engine(url, busy_timeout)
    engine.timezone = settings.load().timezone if timezone is None else timezone
    with bound_to(engine):
        try:
            with engine.translated_errors():
                yield engine
        finally:
            engine.close()


def _engine(url: str | None, busy_timeout: float | None) -> Engine:
    if url is not None and busy_timeout is not None:
        return _engine_of(url, busy_timeout)
    configured = settings.load()
    wait = configured.busy_timeout if busy_timeout is None else busy_timeout
    if url is None and configured.json_mode:
        from adops_cli.legacy.json_mode import JsonFolder  # noqa: PLC0415 - not needed to work on a database

        return JsonFolder(Path(configured.json_dir).expanduser().absolute(), busy_timeout=wait)
    return _engine_of(configured.database_url if url is None else url, wait)


def _engine_of(url: str, busy_timeout: float) -> Engine:
    if url.startswith(("postgresql://", "postgres://")):
        from adops_cli.storage.engines.postgres import Postgres  # noqa: PLC0415 - not needed to work on a file

        return Postgres(url, busy_timeout=busy_timeout)
    return Sqlite(sqlite_path(url), busy_timeout=busy_timeout)
