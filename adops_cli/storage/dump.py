"""Backs up a PostgreSQL database with its own `pg_dump`. Never overwrites a file, never leaves an incomplete one."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from adops_cli.errors import AdopsError, words_of
from adops_cli.files import published
from adops_cli.storage import backup
from adops_cli.storage.engines import postgres_url
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.engines.sqlite_file import BACKUP


def make(engine: Postgres, target: Path | None = None) -> Path:
    """Dump the database as of this moment, while other processes write. Return the path of the dump.

    The dump is in `pg_dump`'s custom format for `pg_restore`, which must be able to read it before it gets its name.
    None as the target is `<database>-backup-<UTC time>.dump` in the current folder. Raises `ConflictError` if the
    target exists, and `AdopsError` if the dump cannot be made; then no file is left.
    """
    dump, restore = _program("pg_dump"), _program("pg_restore")
    engine.connection()  # reports problems with the connection before a program does
    target = (target or backup.free_name(Path(f"{engine.database_name()}.dump"), ".dump")).absolute()
    try:
        with published(target, BACKUP) as partial, engine.for_program() as (url, variables):
            _run([dump, "--format=custom", "--no-password", f"--file={partial}", f"--dbname={url}"], variables)
            _run([restore, "--list", str(partial)], {})
    except FileExistsError as error:
        raise backup.taken(target) from error
    except OSError as error:
        raise AdopsError(f"the backup {target} could not be made: {words_of(error)}", "Nothing was changed") from error
    return target


def restore(file: Path, url: str) -> None:
    """Restore a dump into an empty database, with `pg_restore`. `AdopsError` if any of it cannot be restored."""
    with postgres_url.for_program(url) as (to, variables):
        done = _done(
            [_program("pg_restore"), "--no-owner", "--no-privileges", "--no-password", f"--dbname={to}", str(file)],
            variables,
        )
    errors = [line for line in done.stderr.splitlines() if "error:" in line and not _UNKNOWN_SETTING.search(line)]
    if done.returncode and (errors or not _UNKNOWN_SETTING.search(done.stderr)):
        raise AdopsError(f"the backup {file} could not be restored: {'; '.join(errors) or done.stderr.strip()}")


_UNKNOWN_SETTING = re.compile("unrecognized configuration parameter")
"""What a server says to a newer program about a setting of the session, which does not matter."""


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise AdopsError(
            f"the program {name} is not installed",
            "Install PostgreSQL's clients, for example with `apt install postgresql-client` or `brew install libpq`",
        )
    return found


def _run(command: list[str], variables: Mapping[str, str]) -> None:
    done = _done(command, variables)
    if done.returncode:
        words = "; ".join(line.strip() for line in done.stderr.splitlines() if line.strip())
        raise AdopsError(f"the backup could not be made: {words}", "Nothing was changed")


def _done(command: list[str], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a program of PostgreSQL's, on the user's own database
        command, env={**os.environ, **variables}, capture_output=True, text=True, errors="replace", check=False
    )
