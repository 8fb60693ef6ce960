"""The URL of a SQLite database: the file that it names, and how that is to be opened. Opens nothing."""

import os
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from adops_cli import settings
from adops_cli.errors import BadRequestError

MEMORY = ":memory:"


@dataclass(frozen=True)
class Address:
    """What a path or URL says."""

    path: str
    read_only: bool = False
    immutable: bool = False
    """Whether nothing writes to the file, so that SQLite needs neither locks nor files beside it."""


def address(url: str) -> Address:
    """Read a path, `sqlite:///relative.db` or `sqlite:////absolute.db`, with `?mode=ro` or `?immutable=1` or both.

    Raises `BadRequestError` for anything else.
    """
    if "://" not in settings.require_path_or_url(url):
        return Address(MEMORY if url == MEMORY else os.path.expanduser(url))  # noqa: PTH111 - it is passed on as text
    shown = settings.without_password(url)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        words = settings.without_password_of(url, str(error))
        raise BadRequestError(
            f"{shown} is not a database URL: {words}"
        ) from None  # `--debug` would show the error's own
    if parts.scheme != "sqlite" or parts.netloc or len(parts.path) <= 1:
        raise BadRequestError(f"{shown} is not a database URL", settings.FORMS)
    if parts.fragment:
        raise BadRequestError(f"{shown} is not a database URL: it has a part behind #", "Write a # in a name as %23")
    given = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in given:
        if (name, value) not in (("mode", "ro"), ("immutable", "1")):
            raise BadRequestError(
                f"{shown} has a parameter {name!r} that adops does not know",
                "A SQLite URL takes ?mode=ro and ?immutable=1",
            )
    immutable = ("immutable", "1") in given
    return Address(unquote(parts.path[1:]), read_only=bool(given), immutable=immutable)


def url_of(path: str, parameter: str) -> str:
    """The URL of a file with a parameter, for a hint."""
    return f"sqlite:///{quote(path)}?{parameter}"
