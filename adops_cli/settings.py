"""The settings of a command, and the source of each value: flag > variable > ./adops.toml > user's file > default.

Owns the names of the settings, the places of the two files and the folders shipped with the package. Never opens a
database.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli.errors import BadRequestError

PROJECT_FILE = "adops.toml"
DEFAULT_DATABASE = "./database/data/ad-ops.db"
"""The place given in the guide."""
DEFAULT_JSON_DIR = "./database"
"""The place of the Node system's files."""


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


_KNOWN: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "database_url": (DEFAULT_DATABASE, _text),
    "busy_timeout": (5.0, _seconds),
    "timezone": ("UTC", _text),
    "read_only": (False, _switch),
    "debug": (False, _switch),
    "use_database": (True, _switch),
    "json_dir": (DEFAULT_JSON_DIR, _text),
}
_ALIASES = {"database": "database_url"}
"""In a file, the database can also have the name of the flag."""
_PATHS = ("database_url", "json_dir")
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
    debug: bool
    """Whether to print tracebacks."""
    use_database: bool
    """False: work on the JSON files of the Node system instead."""
    json_dir: str
    """The folder of these files."""
    origins: Mapping[str, str]

    @property
    def json_mode(self) -> bool:
        """Whether to work on the JSON files. A database named on the command line overrides the other settings."""
        return not self.use_database and self.origins["database_url"] != "flag"


def load(flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process. `flags` are the values on the command line, None if not given.

    Raises `BadRequestError` for a file that cannot be read, an unknown key and an invalid value.
    """
    values = {name: (default, "default") for name, (default, _) in _KNOWN.items()}
    for source, found in (
        *((str(path), _from_file(path)) for path in (user_file(), Path(PROJECT_FILE))),
        ("environment", _from_environment()),
        ("flag", {name: value for name, value in (flags or {}).items() if value is not None}),
    ):
        for name, value in found.items():
            origin = _variable(name) if source == "environment" else source
            values[name] = (_checked(name, value, origin), origin)
    return Settings(
        **{name: value for name, (value, _) in values.items()},
        origins={name: origin for name, (_, origin) in values.items()},
    )


def listed(settings: Settings) -> list[dict[str, Any]]:
    """Each setting with its `value`, without a password, and its `origin`."""
    values = {name: getattr(settings, name) for name in _KNOWN}
    values["database_url"] = without_password(settings.database_url)
    return [{"name": name, "value": value, "origin": settings.origins[name]} for name, value in values.items()]


def user_file() -> Path:
    """The user's own settings file, which need not exist."""
    from platformdirs import user_config_path  # noqa: PLC0415 - keeps `import adops_cli` light

    return user_config_path("adops") / "config.toml"


def _checked(name: str, value: Any, origin: str) -> Any:
    try:
        return _KNOWN[name][1](value)
    except ValueError as error:
        raise BadRequestError(f"{name} ({origin}) {error}") from error


def _from_environment() -> dict[str, str]:
    found = {name: os.environ.get(_variable(name), "") for name in _KNOWN}
    return {name: value for name, value in found.items() if value}


def _variable(name: str) -> str:
    ours = f"ADOPS_{name.upper()}"
    return _OLD_VARIABLE if name == "use_database" and not os.environ.get(ours) else ours


def _from_file(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise BadRequestError(f"{path} cannot be read: {error.strerror}") from error
    import tomllib  # noqa: PLC0415 - most users have no file, and the parser takes a tenth of the start-up time

    try:
        parsed = tomllib.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRequestError(f"{path} is not valid TOML: {error}") from error
    found = {}
    for key, value in parsed.items():
        name = _ALIASES.get(key, key)
        if name not in _KNOWN:
            raise BadRequestError(f"{path} has an unknown key {key!r}", f"The keys are {', '.join(_KNOWN)}")
        found[name] = _beside(path, value) if name in _PATHS else value
    return found


def _beside(file: Path, database: Any) -> Any:
    """Resolve a relative path in a file from that file's folder, wherever the command is run."""
    if isinstance(database, str) and "://" not in database and file.is_absolute():
        return str(file.parent / Path(database).expanduser())
    return database


_PASSWORDS = (re.compile(r"(?<=://)([^/@:]*:)(.*)(?=@)"), re.compile(r"(?i)\b((?:ssl)?password=)([^&\s]*)"))


def without_password(url: str) -> str:
    """The URL without its password: `postgresql://user:***@host/name`."""
    for pattern in _PASSWORDS:
        url = pattern.sub(r"\1***", url)
    return url


def without_password_of(url: str, words: str) -> str:
    """The message of another program about the URL or a part of it, without the URL's password."""
    secrets = [secret for pattern in _PASSWORDS for _, secret in pattern.findall(url) if secret]
    for secret in secrets:
        words = words.replace(secret, "***")
    return words


def shipped(name: str) -> Path:
    """A folder of the project that is shipped inside the wheel: `migrations` or `fixtures`."""
    package = Path(__file__).resolve().parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
