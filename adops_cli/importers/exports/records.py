"""JSON documents and NDJSON, as the platforms' APIs give them: records, made rows of cells by their dotted keys.

A document is a list of records, an object that holds such a list (`data`, `results`), or a list of such objects, as a
paged answer is; NDJSON has a record, or a page, on each line. Read as a stream, twice: first for the keys.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from adops_cli.importers.exports.export import Refusal, RefusedError
from adops_cli.importers.exports.tables import Rows, unreadable

_PAGES = ("data", "results", "rows")
"""Keys under which the records of a page stand."""
_LONGEST = 16 << 20
"""Characters of one line of NDJSON."""
_DEEPEST = 32
"""Levels of nesting that are made keys; what is deeper is no figure."""
_UNCLOSED = 2_000
"""Brackets in one part of the text; names may hold some of their own."""
_AGAIN = "Export it again; a download may have been broken off."


def is_one(path: Path, encoding: str) -> bool:
    """Whether the first character that is no white space begins a JSON list or object."""
    with path.open(encoding=encoding) as file:
        return _first(file) in ("[", "{")


def _first(file: io.TextIOBase) -> str:
    while chunk := file.read(1 << 12):
        if stripped := chunk.strip():
            return stripped[0]
    return ""


def opened(path: Path, encoding: str) -> Callable[[], Rows]:
    """The records of a file as rows, the header first."""
    read = _lines if _is_ndjson(path, encoding) else _document

    def records() -> Iterator[tuple[int, dict[str, Any]]]:
        for place, record in read(path, encoding):
            yield place, _flat(record)

    header: dict[str, None] = {}
    for _, record in records():
        header.update(dict.fromkeys(record))
    if not header:
        raise RefusedError(
            Refusal.UNRECOGNISED,
            "The JSON holds no records",
            "Records are a list of objects, alone or under `data` or `results`, or an object on each line.",
        )
    keys = list(header)

    def rows() -> Rows:
        yield 0, list(keys)
        for place, record in records():
            yield place, [record.get(key, "") for key in keys]

    return rows


def _is_ndjson(path: Path, encoding: str) -> bool:
    """Whether each line is an object of its own; a single line is a document, unless it is a record itself."""
    with path.open(encoding=encoding) as file:
        found: list[Any] = []
        while len(found) < 2 and (line := file.readline(_LONGEST)):  # noqa: PLR2004 - the first two say enough
            if not line.strip():
                continue
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError):
                return bool(found)  # a second line that is broken is a broken line
    return bool(found) and isinstance(found[0], dict) and (len(found) > 1 or not _page(found[0]))


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with path.open(encoding=encoding) as file:
        number = 0
        while line := file.readline(_LONGEST):
            number += 1
            if not line.strip():
                continue
            if len(line) == _LONGEST:
                raise unreadable(f"Line {number} is longer than {_LONGEST >> 20} million characters", _AGAIN)
            try:
                value = json.loads(line, parse_float=Decimal, parse_constant=_refused)
            except (ValueError, RecursionError) as error:
                raise unreadable(f"Line {number} is no JSON: {error}", _AGAIN) from error
            if not isinstance(value, dict):
                raise unreadable(f"Line {number} holds no object", _AGAIN)
            key = _page(value)
            yield from ((number, record) for record in (value[key] if key else [value]) if isinstance(record, dict))


def _refused(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON's")


def _page(value: Mapping[str, Any]) -> str | None:
    """The key under which an object holds records; None when it is a record itself."""
    return next((key for key in _PAGES if isinstance(value.get(key), list)), None)


def _document(path: Path, encoding: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import ijson  # noqa: PLC0415 - only JSON needs it
    from ijson.common import JSONError  # noqa: PLC0415 - as above

    try:
        prefix = _prefix(path, encoding)
        with path.open(encoding=encoding) as file:
            found = ijson.items(_Bytes(file), prefix) if prefix else ()
            for number, record in enumerate(found, start=1):
                if isinstance(record, dict):
                    yield number, record
    except (JSONError, UnicodeError, RecursionError) as error:
        words = " ".join(str(error).split())
        raise unreadable(f"The file is no whole JSON: {words}", _AGAIN) from error


def _prefix(path: Path, encoding: str) -> str | None:
    """Where the records of a document stand, as ijson names it: the first list of objects that is no part of one."""
    import ijson  # noqa: PLC0415 - only JSON needs it

    with path.open(encoding=encoding) as file:
        found = None
        for prefix, event, _ in ijson.parse(_Bytes(file)):
            if event == "start_map" and prefix.endswith("item"):
                parts = prefix.split(".")
                if parts == ["item"]:
                    found = "item"  # records, unless they turn out to be pages
                elif len(parts) == 2 or (parts[0] == "item" and len(parts) == 3 and parts[1] in _PAGES):  # noqa: PLR2004
                    return str(prefix)
            elif event == "end_map" and prefix == "item" and found:
                return found
    return found


class _Bytes:
    """Text as the bytes of UTF-8 that ijson reads.

    Refuses what opens far more than it closes: the time that ijson takes grows with the square of the depth.
    """

    def __init__(self, file: io.TextIOBase) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        """The next characters."""
        text = self._file.read(size)
        if text.count("[") + text.count("{") - text.count("]") - text.count("}") > _UNCLOSED:
            raise unreadable("The JSON is nested too deeply for a report", _AGAIN)
        return text.encode()


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """One level of keys: `{"metrics": {"clicks": "5"}}` is `{"metrics.clicks": "5"}`; lists stay, null is empty."""
    flat: dict[str, Any] = {}
    stack: list[tuple[str, Any, int]] = [("", record, 0)]
    while stack:
        key, value, depth = stack.pop()
        if isinstance(value, dict) and depth < _DEEPEST:
            inner = [(f"{key}.{name}" if key else str(name), part, depth + 1) for name, part in value.items()]
            stack.extend(reversed(inner))
        else:
            flat[key] = "" if value is None else value
    return flat
