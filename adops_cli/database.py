"""The entry point: `bound(url)` decides which database the handle `db` refers to.

Owns the choice of the engine for a URL, and of JSON mode instead. The engines are in `storage.engines`.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from adops_cli import files, settings
from adops_cli.errors import BadRequestError, option
from adops_cli.storage.engines.base import Engine
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.engines.sqlite_url import address
from adops_cli.storage.handle import atomically, bound_to, db, opened_as_is

__all__ = ["atomically", "bound", "db", "opened_as_is"]


@contextlib.contextmanager
def bound(  # noqa: PLR0913 - its parameters are the settings
    url: str | None = None,
    *,
    busy_timeout: float | None = None,
    timezone: str | None = None,
    read_only: bool | None = None,
    file_mode: str | None = None,
    read_from: str | None = None,
    max_lag: float | None = None,
) -> Iterator[Engine]:
    """Make `db`, and with it every model, refer to this database within the block. The first query connects.

    Args:
        url: a path or URL; None is the database in the settings, or the folder of JSON files if the settings have
            `use_database = false`.
        busy_timeout: seconds to wait for a lock; None is the setting.
        timezone: where a day ends, for windows such as `7d`; None is the setting.
        read_only: whether to refuse every write with `DatabaseUnusableError`; None is the setting. A SQLite URL with
            `?mode=ro` or `?immutable=1` always does.
        file_mode: who can read the files that are written; None is the setting.
        read_from: `any` server that the URL names, or, if there is one, a `standby`, which refuses every write; None is
            the setting, unless `read_only` is given.
        max_lag: by how many seconds the data of a standby may be behind, before it is refused with
            `DatabaseUnusableError`; None is no limit.

    Blocks can be nested. The connection is always closed when the block ends.
    """
    if read_from is None and read_only is None:
        read_from = settings.load().read_from
    engine = _engine(url, busy_timeout, read_only)
    if read_from == "standby" or max_lag is not None:
        _choose_server(engine, standby=read_from == "standby", max_lag=max_lag)
    if timezone is None or file_mode is None:
        configured = settings.load()
        timezone, file_mode = timezone or configured.timezone, file_mode or configured.file_mode
    engine.timezone = timezone
    with bound_to(engine), files.for_others_too() if file_mode == "umask" else contextlib.nullcontext():
        try:
            with engine.translated_errors():
                yield engine
        finally:
            engine.close()


def _engine(url: str | None, busy_timeout: float | None, read_only: bool | None) -> Engine:
    if url is not None and busy_timeout is not None and read_only is not None:
        return _engine_of(url, busy_timeout, read_only=read_only)
    configured = settings.load()
    wait = configured.busy_timeout if busy_timeout is None else busy_timeout
    only_read = configured.read_only if read_only is None else read_only
    url = configured.database if url is None else url
    if url is None:
        from adops_cli.legacy.json_mode import JsonFolder  # noqa: PLC0415 - not needed to work on a database

        folder = Path(configured.json_dir).expanduser().absolute()
        return JsonFolder(folder, busy_timeout=wait, read_only=only_read)
    return _engine_of(url, wait, read_only=only_read)


def _choose_server(engine: Engine, *, standby: bool, max_lag: float | None) -> None:
    from adops_cli.storage.engines.postgres import Postgres  # noqa: PLC0415 - not needed to work on a file

    if isinstance(engine, Postgres):
        engine.read_only = engine.read_only or standby
        engine.prefers_standby, engine.max_lag = standby, max_lag
    elif standby:
        raise BadRequestError(
            f"{option('read_from')} standby needs a database on a server, and {engine.name} is none",
            f"Leave it out (`adops config show --origin` shows where it is set), or name a server with {option('url')}",
        )


def _engine_of(url: str, busy_timeout: float, *, read_only: bool) -> Engine:
    if settings.is_server(url):
        from adops_cli.storage.engines.postgres import Postgres  # noqa: PLC0415 - not needed to work on a file

        return Postgres(url, busy_timeout=busy_timeout, read_only=read_only)
    given = address(url)
    engine = Sqlite(
        given.path, busy_timeout=busy_timeout, read_only=read_only or given.read_only, immutable=given.immutable
    )
    engine.before_writing = _refuse_foreign
    return engine


def _refuse_foreign(engine: Sqlite) -> None:
    if engine.exists() and engine.mode() != "wal":
        from adops_cli.storage import foreign  # noqa: PLC0415 - almost every database is in WAL mode

        foreign.refuse_in_copy(engine)
