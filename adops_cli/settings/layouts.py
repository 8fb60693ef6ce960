"""The layouts of files that the user has saved, in a file of their own beside the settings: `layouts.toml`.

Each is known by the fingerprint of a file's header, and has the options with which such a file is read. What these
mean is not known here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli.errors import BadRequestError, ConflictError, NotFoundError
from adops_cli.settings.files import content_of, user_file, write_private

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class SavedLayout:
    """How files with one header are read."""

    name: str
    header: str
    """The fingerprint of the header."""
    columns: Sequence[str]
    """The header as it is written."""
    options: Mapping[str, Any]
    """The names of options of `metrics import` -> their values; `map` is a mapping itself."""


def file() -> Path:
    """The file of the user's layouts, which need not exist."""
    return user_file().with_name("layouts.toml")


def every() -> list[SavedLayout]:
    """All layouts, by name. `BadRequestError` for a file that cannot be read."""
    return sorted(map(_layout, _parsed().items()), key=lambda one: one.name)


def find(name: str) -> SavedLayout:
    """The layout with this name. `NotFoundError` if there is none."""
    found = next((one for one in every() if one.name == name), None)
    if found is None:
        raise NotFoundError(f"there is no layout {name!r}", "Use `adops layouts list` to see the layouts")
    return found


def put(layout: SavedLayout) -> bool:
    """Save a layout, in place of one with its name. Return whether there was one.

    Raises `BadRequestError` for a name that cannot be one, and `ConflictError` if another layout is for this header.
    """
    if not _NAME.fullmatch(layout.name):
        raise BadRequestError(
            f"a layout cannot be called {layout.name!r}", "Use letters, digits, dots, dashes and underscores"
        )
    known = every()
    other = next((one for one in known if one.header == layout.header and one.name != layout.name), None)
    if other is not None:
        raise ConflictError(
            f"the layout {other.name!r} is for this header already",
            f"Save it under that name, or use `adops layouts delete {other.name}` first",
        )
    _write([*(one for one in known if one.name != layout.name), layout])
    return any(one.name == layout.name for one in known)


def remove(name: str) -> None:
    """Delete a layout. `NotFoundError` if there is none with this name."""
    find(name)
    _write([one for one in every() if one.name != name])


def _parsed() -> Mapping[str, Any]:
    content = content_of(file())
    if not content:
        return {}
    import tomllib  # noqa: PLC0415 - most users have no such file

    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRequestError(f"{file()} is not valid TOML: {error}") from error


def _layout(item: tuple[str, Any]) -> SavedLayout:
    name, found = item
    try:
        return SavedLayout(name, str(found["header"]), [*map(str, found["columns"])], dict(found["options"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequestError(
            f"{file()}: the layout {name!r} is not complete", "Save it again, or remove it"
        ) from error


def _write(layouts: Sequence[SavedLayout]) -> None:
    import tomlkit  # noqa: PLC0415 - only `layouts save` and `layouts delete` write it

    tables = {one.name: {"header": one.header, "columns": [*one.columns], "options": one.options} for one in layouts}
    written = tomlkit.dumps({name: tables[name] for name in sorted(tables)}).encode()
    write_private(file(), written)
