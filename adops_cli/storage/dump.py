"""Backups of a PostgreSQL database, made by its own `pg_dump`. Never overwrites a file, never leaves half of one."""

import os
import shutil
import subprocess
from pathlib import Path

from adops_cli.errors import AdopsError
from adops_cli.files import published
from adops_cli.storage import backup
from adops_cli.storage.engines import postgres_url
from adops_cli.storage.engines.postgres import Postgres


def make(engine: Postgres, target: Path | None = None) -> Path:
    """Dump the database as it is this moment, beside running writers; where the dump is.

    In `pg_dump`'s custom format, which `pg_restore` puts back, and which it has read before the dump gets its name.
    None as a target is `<database>-backup-<UTC time>.dump` in the current folder. Raises `ConflictError` when the
    target exists, `AdopsError` when the dump cannot be made; then there is no file.
    """
    dump, restore = _program("pg_dump"), _program("pg_restore")
    engine.connection()  # says what is wrong before a program does
    target = (target or backup.free_name(Path(f"{engine.database_name()}.dump"), ".dump")).absolute()
    url, password = postgres_url.without_password(str(engine.database))
    secret = {"PGPASSWORD": password} if password else {}  # a command line is there for all to see
    try:
        with published(target) as partial:
            _run([dump, "--format=custom", "--no-password", f"--file={partial}", f"--dbname={url}"], secret)
            _run([restore, "--list", str(partial)], {})
    except FileExistsError as error:
        raise backup.taken(target) from error
    except OSError as error:
        raise AdopsError(f"no backup could be made at {target}: {error}", "Nothing else was done") from error
    return target


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise AdopsError(
            f"the program {name} is not on this machine",
            "Install PostgreSQL's client programs, as with `apt install postgresql-client` or `brew install libpq`",
        )
    return found


def _run(command: list[str], secret: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, on the user's own database
        command, env={**os.environ, **secret}, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        words = "; ".join(line.strip() for line in done.stderr.splitlines() if line.strip())
        raise AdopsError(f"no backup could be made: {words}", "Nothing else was done")
