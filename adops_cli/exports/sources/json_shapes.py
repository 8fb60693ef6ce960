"""The shapes in which APIs and connectors wrap a record: which part of a JSON object is one, and its cells by name.

Knows the wrappers by their names (`record` of Singer, `data` of Airbyte, `metrics` beside `dimensions`), and nothing of
files and streams.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Record = dict[str, Any]
Path = tuple[str, ...]

PAGES: tuple[Path, ...] = (("results",), ("data",), ("data", "list"), ("data", "reportingDataResponse", "row"))
"""Where APIs keep their lists of records: Google and Meta, TikTok, Apple."""
_WRAPPERS = ("record", "_airbyte_data", "data")
_FETCHED = ("time_extracted", "emitted_at", "_airbyte_extracted_at", "_airbyte_emitted_at")
"""What Singer and Airbyte write beside a record: the time at which it was fetched."""
_CONTAINERS: tuple[Path, ...] = (("metrics", "dimensions"), ("metadata", "granularity"), ("metric",))
"""Names that occur together, and say nothing of what they hold: TikTok, Apple, Amazon."""
_DAYS = "granularity"
"""A list in a record, with one object for each day."""
_NO_RECORDS = frozenset(
    {"SCHEMA", "STATE", "ACTIVATE_VERSION", "BATCH", "LOG", "TRACE", "SPEC", "CATALOG", "CONTROL", "CONNECTION_STATUS"}
)
"""Types of messages between a connector's programs."""
_DEEPEST = 4
SIGNS = frozenset({"type", _DAYS, *_WRAPPERS, *(path[0] for path in PAGES), *(names[-1] for names in _CONTAINERS)})
"""A record that has none of these names is one as it is."""


def is_message(whole: Mapping[str, Any]) -> bool:
    """Whether an object is a message of Singer or Airbyte that holds no record."""
    return whole.get("type") in _NO_RECORDS and "record" not in whole


def lists(whole: Mapping[str, Any], depth: int = _DEEPEST) -> Iterator[tuple[Path, Record]]:
    """Each list of objects in an object or in the objects within it: where it is, and its first item."""
    for name, part in whole.items():
        if isinstance(part, list) and part and isinstance(part[0], dict):
            yield (name,), part[0]
        elif isinstance(part, dict) and depth:
            yield from (((name, *path), first) for path, first in lists(part, depth - 1))


def at(whole: Mapping[str, Any], path: Path) -> Any:
    """What stands at a place in an object. None if nothing does."""
    part: Any = whole
    for name in path:
        part = part.get(name) if isinstance(part, dict) else None
    return part


def unwrapped(whole: Record, score: Callable[[Record], int]) -> tuple[str | None, Record]:
    """The name of a record's stream, if a connector wrote one, and the record within its wrappers.

    The time at which it was fetched, which stands beside it, comes behind its own names.
    """
    stream, record, found = None, whole, True
    fetched: Record = {}
    while found:
        found = False
        for name in _WRAPPERS:
            inner = record.get(name)
            # `data` can also be a part of a record.
            if isinstance(inner, dict) and (name != "data" or score(inner) >= score(record)):
                fetched |= {time: record[time] for time in _FETCHED if time in record}
                stream, record, found = record.get("stream", stream), inner, True
                break
    added = {time: value for time, value in fetched.items() if time not in record}
    return stream if isinstance(stream, str) else None, record | added


def days(record: Record) -> Sequence[Record]:
    """The records within one that has a list of days; else the record itself."""
    items = record.get(_DAYS)
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        return (record,)
    return [record | {_DAYS: item} for item in items]


def flat(record: Mapping[str, Any]) -> Record:
    """The record on one level, with its final cells."""
    for names in _CONTAINERS:
        if names[-1] in record and all(isinstance(record.get(name), dict) for name in names):
            record = _without(names, record)
    cells: Record = {}
    _flatten(record, "", cells)
    return cells


def _without(containers: Sequence[str], record: Mapping[str, Any]) -> Record:
    """The record with what its containers hold on its own level. A name that is taken stays where it is."""
    merged = {name: part for name, part in record.items() if name not in containers}
    for container in containers:
        for name, part in record[container].items():
            merged[name if name not in merged else f"{container}.{name}"] = part
    return merged


def _flatten(record: Mapping[str, Any], prefix: str, cells: Record) -> None:
    for name, value in record.items():
        kind = type(value)
        if kind is str or kind is int:
            cells[prefix + name] = value
        elif kind is dict:
            _flatten(value, f"{prefix}{name}.", cells)
        elif value is None:
            cells[prefix + name] = ""
        elif kind is bool:
            cells[prefix + name] = "true" if value else "false"
        else:
            cells[prefix + name] = value
