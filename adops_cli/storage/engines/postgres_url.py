"""The URL of a PostgreSQL database: how libpq reads it, and why it cannot be reached. Never shows a password."""

import os
import re
from typing import Any
from urllib.parse import quote, unquote, urlencode

from adops_cli import settings
from adops_cli.errors import AdopsError, BadRequestError, BusyError, DatabaseUnusableError
from adops_cli.storage.engines.postgres_errors import driver, one_line


def parts(url: str) -> dict[str, Any]:
    """The URL as libpq reads it, by parameter. `BadRequestError` if it is not valid."""
    psycopg, name = driver(), settings.without_password(url)
    try:
        given: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.Error as error:
        words = settings.without_password_of(url, one_line(error))
        # Not from the error, which quotes the URL: `--debug` would show it.
        raise BadRequestError(f"{name} is not a database URL: {words}") from None
    meant = re.match(r"\w+://[^/@:]*:(.*)@", url.split("?", maxsplit=1)[0])
    if meant and unquote(meant[1]) != given.get("password", ""):
        # libpq ends the password at the first of them, and would show the rest as a part of the host.
        raise BadRequestError(
            f"{name} is not a database URL: its user, password or name contains an @ or a /",
            "Write @ as %40 and / as %2F in them",
        )
    return given


def without_password(url: str, *, read_only: bool = False) -> tuple[str, str | None]:
    """The connection string for PostgreSQL's own programs, and the password, which must not be in it."""
    conninfo = driver().conninfo
    given = conninfo.conninfo_to_dict(url)
    password = given.pop("password", None)
    if read_only:
        others = given.get("options") or os.environ.get("PGOPTIONS", "")
        given["options"] = f"{others} -cdefault_transaction_read_only=on".strip()
    return conninfo.make_conninfo(**given), password


def with_parts(url: str, **others: str) -> str:
    """The URL of the same database with other parameters for the connection."""
    conninfo = driver().conninfo
    given = {name: str(value) for name, value in conninfo.conninfo_to_dict(url).items()} | others
    return f"postgresql:///?{urlencode(given, quote_via=quote)}"


def unreachable(name: str, error: Exception) -> AdopsError:
    """The error for a failed connection, with what to do next."""
    words = one_line(error)
    if re.search("too many|connection slots", words):
        return BusyError(f"{name} accepts no more connections: {words}", "Try again")
    hint = None
    if re.search(r'database "[^"]*" does not exist', words):
        hint = "Create it, for example with `createdb`, then run `adops db migrate`"
    elif "password" in words:
        hint = "Give the password in ~/.pgpass, in PGPASSWORD or in the URL"
    return DatabaseUnusableError(f"{name} cannot be reached: {words}", hint)
