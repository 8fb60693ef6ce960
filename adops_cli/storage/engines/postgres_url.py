"""The URL of a PostgreSQL database: how libpq reads it, and why it cannot be reached. Never shows a password."""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

from adops_cli import settings
from adops_cli.errors import AdopsError, BadRequestError, BusyError, DatabaseUnusableError
from adops_cli.storage.engines.postgres_errors import driver, one_line

_SERVICE = "adops"


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


@contextlib.contextmanager
def for_program(
    url: str, *, read_only: bool = False, further: Mapping[str, str] | None = None
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The connection string for one of PostgreSQL's own programs, and the variables with which it finds the secrets.

    All users can see a command line. libpq has a variable for the password alone; other secrets are in a service file,
    which exists within the block. `further` parameters take precedence over the URL's.
    """
    given = parts(url) | dict(further or {})
    secrets = {name: given.pop(name) for name in list(given) if settings.is_secret(name)}
    variables = {"PGPASSWORD": secrets.pop("password")} if "password" in secrets else {}
    if read_only:
        others = given.get("options") or os.environ.get("PGOPTIONS", "")
        given["options"] = f"{others} -cdefault_transaction_read_only=on".strip()
    with contextlib.ExitStack() as stack:
        if secrets:
            if "service" in given or os.environ.get("PGSERVICE"):
                raise BadRequestError(
                    f"{settings.without_password(url)}: {', '.join(secrets)} cannot be handed on beside a service",
                    "Write it into the service file",
                )
            given["service"] = _SERVICE
            variables["PGSERVICEFILE"] = stack.enter_context(_service_file(secrets))
        yield driver().conninfo.make_conninfo(**given), variables


@contextlib.contextmanager
def _service_file(secrets: Mapping[str, str]) -> Iterator[str]:
    """A service file with the secrets, in a folder that only its owner can enter."""
    with tempfile.TemporaryDirectory(prefix="adops-service-") as folder:
        file = Path(folder) / "pg_service.conf"
        lines = [f"[{_SERVICE}]", *(f"{name}={secret}" for name, secret in secrets.items())]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        yield str(file)


def with_parts(url: str, **others: str) -> str:
    """The URL of the same database with other parameters for the connection."""
    conninfo = driver().conninfo
    given = {name: str(value) for name, value in conninfo.conninfo_to_dict(url).items()} | others
    return f"postgresql:///?{urlencode(given, quote_via=quote)}"


def unreachable(url: str, error: Exception) -> AdopsError:
    """The error for a failed connection, with what to do next."""
    name, words = settings.without_password(url), settings.without_password_of(url, one_line(error))
    if re.search("too many|connection slots", words):
        return BusyError(f"{name} accepts no more connections: {words}", "Try again")
    hint = None
    if re.search(r'database "[^"]*" does not exist', words):
        hint = "Create it, for example with `createdb`, then run `adops db migrate`"
    elif "password" in words:
        hint = "Give the password in ~/.pgpass, in PGPASSWORD or in the URL"
    return DatabaseUnusableError(f"{name} cannot be reached: {words}", hint)
