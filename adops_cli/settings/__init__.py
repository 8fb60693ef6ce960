"""The settings of a command, and the source of each value: flag > variable > ./adops.toml > user's file > default.

Owns their order, the two files, which it reads and changes, and the folders shipped with the package. Never opens a
database.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli.errors import BadRequestError
from adops_cli.settings import trust
from adops_cli.settings.files import (
    PROJECT_FILE,
    content_of,
    found_in,
    put,
    remove,
    start_file,
    trust_project_file,
    user_file,
)
from adops_cli.settings.known import KNOWN, checked, is_server
from adops_cli.settings.passwords import (
    FORMS,
    is_secret,
    require_path_or_url,
    without_password,
    without_password_of,
    without_passwords_in,
)

__all__ = [
    "FORMS",
    "NAMES",
    "Settings",
    "is_secret",
    "is_server",
    "listed",
    "load",
    "put",
    "remove",
    "require_path_or_url",
    "shipped",
    "start_file",
    "trust_project_file",
    "user_file",
    "without_password",
    "without_password_of",
    "without_passwords_in",
]

NAMES = tuple(KNOWN)
_OLD_VARIABLE = "USE_DATABASE"
"""The Node system's own variable. It is used unless `ADOPS_USE_DATABASE` is set."""


@dataclass(frozen=True)
class Settings:
    """The settings of one process. `origins` names the source of each value; `default` if it is not set."""

    database_url: str
    """A path, `sqlite:///…` or `postgresql://…`."""
    busy_timeout: float
    """Seconds to wait for a lock held by another process."""
    timezone: str
    """IANA name of the time zone in which a day ends."""
    read_only: bool
    """Whether every write to the database is refused."""
    read_from: str
    """`any` server that the URL names, or a `standby`, which also refuses every write."""
    debug: bool
    """Whether to print tracebacks."""
    use_database: bool
    """False: work on the JSON files of the Node system instead."""
    json_dir: str
    """The folder of these files."""
    file_mode: str
    """Who can read the files that are written: `private` is their owner alone, `umask` whom the umask lets."""
    expect: Mapping[str, Any]
    """What accounts are expected to report, by platform: `expect.expectation` reads it."""
    books: Mapping[str, Any]
    """The table `[books]`: how books are closed."""
    alerts: Mapping[str, Any]
    """The table `[alerts]`: the rules of `alerts run`."""
    origins: Mapping[str, str]
    trusted: bool
    """False: the database is a server that the file of the current folder names, and the user has not trusted it."""

    @property
    def final_after(self) -> int:
        """The age in days at which a day is final, where nothing is known of the lag of its figures."""
        return int(self.books["final_after"].removesuffix("d"))

    @property
    def json_mode(self) -> bool:
        """Whether to work on the JSON files. A database named on the command line overrides the other settings."""
        return not self.use_database and self.origins["database_url"] != "flag"

    @property
    def database(self) -> str | None:
        """The database to open; None in JSON mode. `BadRequestError` for a server that the user has not trusted."""
        if self.json_mode:
            return None
        if not self.trusted:
            raise BadRequestError(
                f"{Path(PROJECT_FILE).absolute()} names a server, {without_password(self.database_url)}, and you have "
                "not trusted this file as it is now",
                "If your passwords may be sent there, run `adops config trust`",
            )
        return self.database_url


def load(flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process. `flags` are the options of the command line; others than settings do not matter.

    Raises `BadRequestError` for a file that cannot be read, an unknown key and an invalid value.
    """
    values = {name: (default, "default") for name, (default, _, _) in KNOWN.items()}
    user, project = user_file(), Path(PROJECT_FILE)
    content = content_of(project)
    for source, found in (
        (str(user), found_in(user, content_of(user))),
        (str(project), found_in(project, content)),
        ("environment", _from_environment()),
        ("flag", {name: value for name, value in (flags or {}).items() if name in KNOWN and value is not None}),
    ):
        for name, value in found.items():
            origin = _variable(name) if source == "environment" else source
            values[name] = (checked(name, value, origin), origin)
    database, origin = values["database_url"]
    return Settings(
        **{name: value for name, (value, _) in values.items()},
        origins={name: origin for name, (_, origin) in values.items()},
        trusted=not (origin == str(project) and is_server(database)) or trust.is_remembered(project, content),
    )


def listed(settings: Settings) -> list[dict[str, Any]]:
    """Each setting with its `value`, without a password, and its `origin`."""
    values = {name: getattr(settings, name) for name in KNOWN}
    shown = {name: without_password(value) if isinstance(value, str) else value for name, value in values.items()}
    return [{"name": name, "value": value, "origin": settings.origins[name]} for name, value in shown.items()]


def _from_environment() -> dict[str, str]:
    found = {name: os.environ.get(_variable(name), "") for name in KNOWN}
    return {name: value for name, value in found.items() if value}


def _variable(name: str) -> str:
    ours = f"ADOPS_{name.upper()}"
    return _OLD_VARIABLE if name == "use_database" and not os.environ.get(ours) else ours


def shipped(name: str) -> Path:
    """A folder of the project that is shipped inside the wheel: `migrations` or `fixtures`."""
    package = Path(__file__).resolve().parent.parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
