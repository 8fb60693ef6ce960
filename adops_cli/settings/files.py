"""The two settings files, the user's own and that of the current folder: where they are, and how they are changed.

A file of the current folder can be anybody's. So only a regular file is read, and a server that it names is only used
if the user trusts the file.
"""

import os
import stat
from pathlib import Path
from typing import Any

from adops_cli.errors import AdopsError, BadRequestError, ConflictError
from adops_cli.settings import trust
from adops_cli.settings.known import KNOWN, PATHS, canonical, checked, is_server, key_in, name_of
from adops_cli.settings.passwords import require_path_or_url

PROJECT_FILE = "adops.toml"


def user_file() -> Path:
    """The user's own settings file, which need not exist."""
    from platformdirs import user_config_path  # noqa: PLC0415 - keeps `import adops_cli` light

    return user_config_path("adops") / "config.toml"


def content_of(file: Path) -> bytes:
    """The bytes of a file; none if there is no file. `BadRequestError` if it cannot be read or is no regular file."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe without a writer must not wait
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise BadRequestError(f"{file} cannot be read: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise BadRequestError(f"{file} is not a regular file", "Remove it, or put a file of settings there")
        with os.fdopen(handle, "rb", closefd=False) as opened:
            return opened.read()
    finally:
        os.close(handle)


def found_in(file: Path, content: bytes) -> dict[str, Any]:
    """The settings in a file, unchecked, by their names. `BadRequestError` for what is no TOML or no setting."""
    if not content:
        return {}
    import tomllib  # noqa: PLC0415 - most users have no file, and the parser takes a tenth of the start-up time

    try:
        parsed = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRequestError(f"{file} is not valid TOML: {error}") from error
    found = {}
    for key, value in parsed.items():
        name = canonical(key)
        if name not in KNOWN:
            raise BadRequestError(f"{file} has an unknown key {key!r}", f"The keys are {', '.join(KNOWN)}")
        found[name] = _beside(file, value) if name in PATHS else value
    return found


def _beside(file: Path, database: Any) -> Any:
    """Resolve a relative path in a file from that file's folder, wherever the command is run."""
    if isinstance(database, str) and "://" not in database and file.is_absolute():
        return str(file.parent / Path(database).expanduser())
    return database


def put(name: str, written: str, *, local: bool = False) -> tuple[Path, Any]:
    """Set a value in the user's file, or in `./adops.toml` with `local`. Return the file and the value.

    Creates the file if it is missing, readable by its owner alone, and leaves its other lines as they are. A relative
    path is meant from the current folder. A server that is set is trusted. Raises `BadRequestError` for an unknown
    name, an invalid value and an invalid file.
    """
    file, name = _file(local=local), name_of(name)
    value = checked(name, written, "config set")
    if name == "timezone":
        _require_timezone(value)
    if name == "database_url":
        require_path_or_url(value)
    if name in PATHS and not local and "://" not in value and value != ":memory:":
        value = str(Path(value).expanduser().absolute())
    document, trusted = _document(file)
    document[key_in(document, name)] = value
    _write(file, document.as_string(), trusted=trusted or name == "database_url")
    return file, value


def _require_timezone(name: str) -> None:
    from adops_cli.periods import zone  # noqa: PLC0415 - --help needs none

    try:
        zone(name)
    except BadRequestError as error:
        raise BadRequestError(f"config set: {error.message}", error.hint) from error


def remove(name: str, *, local: bool = False) -> tuple[Path, bool]:
    """Remove a value from one of the two files. Return the file, and whether it had the value. Errors as for `put`."""
    file, name = _file(local=local), name_of(name)
    document, trusted = _document(file)
    key = key_in(document, name)
    if key not in document:
        return file, False
    del document[key]
    _write(file, document.as_string(), trusted=trusted)
    return file, True


def start_file(*, local: bool = False) -> Path:
    """Write a file that names all settings with their defaults, as comments. `ConflictError` if there is one."""
    import json  # noqa: PLC0415 - --help needs none

    file = _file(local=local)
    if file.exists():
        raise ConflictError(f"{file} already exists", "Use `adops config set NAME VALUE` to change it")
    lines = ["# Settings of adops. Remove the # before a setting to change it."]
    for name, (default, _, meaning) in KNOWN.items():
        table = default if isinstance(default, dict) else {name: default}
        lines += ["", f"# {meaning}", *([f"# [{name}]"] if table is default else [])]
        lines += [f"# {key} = {json.dumps(value)}" for key, value in table.items()]
    _write(file, "\n".join(lines) + "\n", trusted=False)
    return file


def trust_project_file() -> tuple[Path, Any]:
    """Trust `./adops.toml` as it is now. Return its full path, and the database that it names, if any.

    Raises `BadRequestError` if there is no such file, or it is invalid.
    """
    file = Path(PROJECT_FILE)
    content = content_of(file)
    if not content:
        raise BadRequestError(f"there is no file {file.absolute()} with settings", "Run this in the folder of the file")
    database = found_in(file, content).get("database_url")
    trust.remember(file, content)
    return file.absolute(), database


def _file(*, local: bool) -> Path:
    return Path(PROJECT_FILE) if local else user_file()


def _document(file: Path) -> tuple[Any, bool]:
    """The file to change, with its comments, and whether the database that it names may be used."""
    import tomlkit  # noqa: PLC0415 - only `config` changes files

    content = content_of(file)
    database = found_in(file, content).get("database_url")  # reports what is wrong with the file
    trusted = not is_server(database) or trust.is_remembered(file, content)
    return tomlkit.parse(content.decode("utf-8-sig")), trusted


def _write(file: Path, text: str, *, trusted: bool) -> None:
    """Write the file, whose server, if it names one, is trusted from now on, or is not."""
    content = text.encode()
    if trusted and file == Path(PROJECT_FILE) and is_server(found_in(file, content).get("database_url")):
        trust.remember(file, content)
    write_private(file, content)


def write_private(file: Path, content: bytes) -> None:
    """Write a file wholly or leave it as it is, and make its folder if that is missing. A new one is its owner's."""
    from adops_cli.files import working_folder  # noqa: PLC0415 - only a change of the settings needs it

    target = file.resolve()  # such files are often links
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with working_folder("settings", target.parent) as folder:
            written = folder / target.name
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
            with os.fdopen(os.open(written, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            written.chmod(mode)
            written.replace(target)
    except OSError as error:
        raise AdopsError(
            f"{file} cannot be written: {error.strerror}", "Check the permissions of its folder"
        ) from error
