"""The names of the settings, and for each its default, its check, and what it is. Reads nothing."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from adops_cli.errors import BadRequestError

DEFAULT_DATABASE = "./database/data/ad-ops.db"
"""The place given in the guide."""
DEFAULT_JSON_DIR = "./database"
"""The place of the Node system's files."""
_BOOKS = {"final_after": "30d"}
"""The table `[books]`, and the default of each of its keys."""
_ALERTS = ("rules", "off")
"""The keys of the table `[alerts]`."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    if not value.strip():
        raise ValueError("is empty")
    return value


def _seconds(value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"must be a number of seconds, not {value!r}") from error
    if isinstance(value, bool) or not 0 <= seconds <= 86_400:  # noqa: PLR2004 - a day
        raise ValueError(f"must be a number of seconds up to 86400, not {value!r}")
    return seconds


def _switch(value: Any) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(str(value).lower())
    if known is None:
        raise ValueError(f"must be true or false, not {value!r}")
    return known


def _one_of(*words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in words:
            raise ValueError(f"must be {' or '.join(words)}, not {value!r}")
        return str(value)

    return check


def _expected(value: Any) -> dict[str, Any]:
    from adops_cli.settings import expect  # noqa: PLC0415 - most files have no such table, and its values are slow to load

    return expect.table(value)


def _books(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("must be a table: write it into a settings file, as [books]")
    if unknown := value.keys() - _BOOKS:
        raise ValueError(f"has an unknown key {min(unknown)!r}; the keys are {', '.join(_BOOKS)}")
    found = {**_BOOKS, **value}
    if not re.fullmatch(r"\d{1,4}d", str(found["final_after"]), re.ASCII):
        raise ValueError(f"must have days such as 30d as final_after, not {found['final_after']!r}")
    return found


def _alerts(value: Any) -> dict[str, list[str]]:
    """The table `[alerts]`. Whether its rules can be read, is asked where they are run."""
    if not isinstance(value, dict):
        raise ValueError("must be a table: write it into a settings file, as [alerts]")
    if unknown := value.keys() - _ALERTS:
        raise ValueError(f"has an unknown key {min(unknown)!r}; the keys are {', '.join(_ALERTS)}")
    for key, found in value.items():
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise ValueError(f"must have a list of texts as {key}, not {found!r}")
    return value


KNOWN: dict[str, tuple[Any, Callable[[Any], Any], str]] = {
    "database_url": (DEFAULT_DATABASE, _text, "A path, sqlite:///… or postgresql://…"),
    "busy_timeout": (5.0, _seconds, "Seconds to wait for a lock held by another process."),
    "timezone": ("UTC", _text, "The time zone in which a day ends."),
    "read_only": (False, _switch, "Whether every write to the database is refused."),
    "read_from": ("any", _one_of("any", "standby"), "standby: read from a standby server, and refuse every write."),
    "debug": (False, _switch, "Whether to print a traceback with each error."),
    "use_database": (True, _switch, "false: work on the JSON files of the Node system instead."),
    "json_dir": (DEFAULT_JSON_DIR, _text, "The folder of these files."),
    "file_mode": (
        "private",
        _one_of("private", "umask"),
        "umask: let the umask decide who can read the files that adops writes.",
    ),
    "expect": ({}, _expected, "What the accounts of each platform are expected to report; a table."),
    "books": (_BOOKS, _books, "final_after: the age of a day that is final, where nothing is known of its lag."),
    "alerts": ({}, _alerts, "rules: thresholds that `alerts run` looks at. off: ready-made rules that it leaves out."),
}
"""By name: the default, the check, and what it is."""
_ALIASES = {"database": "database_url"}
"""In a file, the database can also have the name of the flag."""
PATHS = ("database_url", "json_dir")


def name_of(given: str) -> str:
    """The name of a setting that may be given by its alias. `BadRequestError` if there is none."""
    name = canonical(given)
    if name not in KNOWN:
        raise BadRequestError(f"there is no setting {given!r}", f"The settings are {', '.join(KNOWN)}")
    return name


def canonical(key: str) -> str:
    """The name for which a key may be the alias."""
    return _ALIASES.get(key, key)


def key_in(document: Mapping[str, Any], name: str) -> str:
    """The key under which a file has a setting: its name or the alias."""
    return next((key for key in document if canonical(key) == name), name)


def checked(name: str, value: Any, origin: str) -> Any:
    """The value in its type. `BadRequestError` if it is invalid."""
    try:
        return KNOWN[name][1](value)
    except ValueError as error:
        raise BadRequestError(f"{name} ({origin}) {error}") from error


def is_server(database: Any) -> bool:
    """Whether a database is one on a server, to which the user's passwords may be sent."""
    return isinstance(database, str) and database.startswith(("postgresql://", "postgres://"))
