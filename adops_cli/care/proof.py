"""Proves that a backup can be restored: restores it to a temporary place, and verifies what comes out.

Touches neither the bound database nor the backup.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from adops_cli.care import on_server, restore, verify
from adops_cli.care.verify import Check
from adops_cli.database import bound
from adops_cli.errors import AdopsError
from adops_cli.files import working_folder
from adops_cli.storage import dump, schema
from adops_cli.storage.engines import postgres_url
from adops_cli.storage.engines.base import Engine
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.handle import current


def prove(backup: Path) -> Iterator[Check]:
    """Yield each check of the restored backup, those of `verify.run` without the trials, which are about this machine.

    A backup of an older adops is migrated after it was restored. Raises the errors of restoring and migrating.
    """
    engine = current()
    with _RESTORED[type(engine)](engine, backup):
        schema.migrate()
        # The settings of a role are for the database itself, and not for a copy of it.
        yield from (check for check in verify.run(trials=False) if check.check != "cluster")


@contextlib.contextmanager
def _in_a_file(engine: Sqlite, backup: Path) -> Iterator[None]:
    with working_folder("proof", backup.parent) as folder, _bound(engine, str(folder / "restored.db")):
        restore.restore(backup)
        yield


@contextlib.contextmanager
def _on_the_server(engine: Postgres, backup: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        try:
            name = stack.enter_context(on_server.temporary(engine, "DATABASE", "proof"))
        except AdopsError as error:
            raise AdopsError(f"{backup} cannot be proved: {error.message}", error.hint) from error
        url = postgres_url.with_parts(str(engine.database), dbname=name)
        dump.restore(backup, url)
        stack.enter_context(_bound(engine, url))
        yield


def _bound(engine: Engine, url: str) -> AbstractContextManager[Engine]:
    return bound(url, busy_timeout=engine.timeout, timezone=engine.timezone, read_only=False)


_RESTORED: dict[type, Callable[[Any, Path], AbstractContextManager[None]]] = {
    Sqlite: _in_a_file,
    Postgres: _on_the_server,
}
