"""The door: `bound(url)` says what database the handle `db` means.

Owns which engine a URL means, and that JSON mode takes the place of one. The engines are in `storage.engines`.
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
def bound(url: str | None = None, *, busy_timeout: float | None = None) -> Iterator[Engine]:
    """Let `db`, and with it every model, mean this database inside the block; the first query connects.

    Args:
        url: a path or URL; None is the database of the settings, or the folder of JSON files where they say
            `use_database = false`.
        busy_timeout: seconds to wait for a lock; None is the setting.

    Blocks nest; the connection closes on every way out.
    """
    engine = _engine(url, busy_timeout)
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
        from adops_cli.legacy.json_mode import JsonFolder  # noqa: PLC0415 - who works on a database needs none of it

        return JsonFolder(Path(configured.json_dir).expanduser().absolute(), busy_timeout=wait)
    return _engine_of(configured.database_url if url is None else url, wait)


def _engine_of(url: str, busy_timeout: float) -> Engine:
    if url.startswith(("postgresql://", "postgres://")):
        from adops_cli.storage.engines.postgres import Postgres  # noqa: PLC0415 - who works on a file needs none of it

        return Postgres(url, busy_timeout=busy_timeout)
    return Sqlite(sqlite_path(url), busy_timeout=busy_timeout)
