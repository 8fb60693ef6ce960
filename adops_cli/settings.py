"""The settings of a command, and the source of each value: flag > variable > ./adops.toml > user's file > default.

Owns the names of the settings, the two files, which it reads and changes, and the folders shipped with the package.
Never opens a database.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli.errors import AdopsError, BadRequestError, ConflictError

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


def _file_mode(value: Any) -> str:
    if value not in FILE_MODES:
        raise ValueError(f"must be {' or '.join(FILE_MODES)}, not {value!r}")
    return str(value)


FILE_MODES = ("private", "umask")
_KNOWN: dict[str, tuple[Any, Callable[[Any], Any], str]] = {
    "database_url": (DEFAULT_DATABASE, _text, "A path, sqlite:///… or postgresql://…"),
    "busy_timeout": (5.0, _seconds, "Seconds to wait for a lock held by another process."),
    "timezone": ("UTC", _text, "The time zone in which a day ends."),
    "read_only": (False, _switch, "Whether every write to the database is refused."),
    "debug": (False, _switch, "Whether to print a traceback with each error."),
    "use_database": (True, _switch, "false: work on the JSON files of the Node system instead."),
    "json_dir": (DEFAULT_JSON_DIR, _text, "The folder of these files."),
    "file_mode": ("private", _file_mode, "umask: let the umask decide who can read the files that adops writes."),
}
"""By name: the default, the check, and what it is."""
NAMES = tuple(_KNOWN)
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
    file_mode: str
    """Who can read the files that are written: `private` is their owner alone, `umask` whom the umask lets."""
    origins: Mapping[str, str]

    @property
    def json_mode(self) -> bool:
        """Whether to work on the JSON files. A database named on the command line overrides the other settings."""
        return not self.use_database and self.origins["database_url"] != "flag"


def load(flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process. `flags` are the options of the command line; others than settings do not matter.

    Raises `BadRequestError` for a file that cannot be read, an unknown key and an invalid value.
    """
    values = {name: (default, "default") for name, (default, _, _) in _KNOWN.items()}
    for source, found in (
        *((str(path), _from_file(path)) for path in (user_file(), Path(PROJECT_FILE))),
        ("environment", _from_environment()),
        ("flag", {name: value for name, value in (flags or {}).items() if name in _KNOWN and value is not None}),
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


def put(name: str, written: str, *, local: bool = False) -> tuple[Path, Any]:
    """Set a value in the user's file, or in `./adops.toml` with `local`. Return the file and the value.

    Creates the file if it is missing, readable by its owner alone, and leaves its other lines as they are. A relative
    path is meant from the current folder. Raises `BadRequestError` for an unknown name, an invalid value and an invalid
    file.
    """
    file, name = _file(local=local), _name(name)
    value = _checked(name, written, "config set")
    if name == "timezone":
        _require_timezone(value)
    if name in _PATHS and not local and "://" not in value and value != ":memory:":
        value = str(Path(value).expanduser().absolute())
    document = _document(file)
    document[_key_in(document, name)] = value
    _write(file, document.as_string())
    return file, value


def _require_timezone(name: str) -> None:
    from adops_cli.periods import zone  # noqa: PLC0415 - --help needs none

    try:
        zone(name)
    except BadRequestError as error:
        raise BadRequestError(f"config set: {error.message}", error.hint) from error


def remove(name: str, *, local: bool = False) -> tuple[Path, bool]:
    """Remove a value from one of the two files. Return the file, and whether it had the value. Errors as for `put`."""
    file, name = _file(local=local), _name(name)
    document = _document(file)
    key = _key_in(document, name)
    if key not in document:
        return file, False
    del document[key]
    _write(file, document.as_string())
    return file, True


def start_file(*, local: bool = False) -> Path:
    """Write a file that names all settings with their defaults, as comments. `ConflictError` if there is one."""
    import json  # noqa: PLC0415 - --help needs none

    file = _file(local=local)
    if file.exists():
        raise ConflictError(f"{file} already exists", "Use `adops config set NAME VALUE` to change it")
    lines = ["# Settings of adops. Remove the # before a setting to change it."]
    for name, (default, _, meaning) in _KNOWN.items():
        lines += ["", f"# {meaning}", f"# {name} = {json.dumps(default)}"]
    _write(file, "\n".join(lines) + "\n")
    return file


def _file(*, local: bool) -> Path:
    return Path(PROJECT_FILE) if local else user_file()


def _name(given: str) -> str:
    name = _ALIASES.get(given, given)
    if name not in _KNOWN:
        raise BadRequestError(f"there is no setting {given!r}", f"The settings are {', '.join(_KNOWN)}")
    return name


def _key_in(document: Mapping[str, Any], name: str) -> str:
    """The key under which a file has a setting: its name or the alias."""
    return next((key for key in document if _ALIASES.get(key, key) == name), name)


def _document(file: Path) -> Any:
    """The file to change, with its comments."""
    import tomlkit  # noqa: PLC0415 - only `config` changes files

    _from_file(file)  # reports what is wrong with it
    return tomlkit.parse(file.read_text("utf-8-sig")) if file.exists() else tomlkit.document()


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise AdopsError(
            f"{file} cannot be written: {error.strerror}", "Check the permissions of its folder"
        ) from error


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
