"""JSON and NDJSON as rows of cells: where the records are, the names they have, and the records themselves.

Read are a list of records; an object that holds one under `data`, `results` or another name, as the APIs answer; a
list of such objects, the pages of Google's searchStream; and NDJSON of records or of pages. Objects within a record
become dotted names (`metrics.costMicros`), lists stay lists, null is "", true and false are text.

The first row, on line 0, names the columns: all that any record has, in the order of first appearance. To know it
takes a pass over the file. A row's line is the physical one in NDJSON (that of the page, where a line is a page), and
in a document the record's number, from 1. Knows no name's meaning.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from adops_cli.importers.exports.encoding import Encoding
from adops_cli.importers.exports.export import Refusal, RefusedError
from adops_cli.importers.exports.jsonstream import VALUE_LIMIT, BrokenJsonError, JsonStream
from adops_cli.importers.exports.source import Source

Score = Callable[[Sequence[str]], int]
Record = dict[str, Any]

_LISTS = ("results", "data")
_HEAD = 4096
_BEGINNING = re.compile(r"[ \t\r\n]*(?:\{\s*(?:\"|\}?\s*\Z)|\[\s*(?:\{\s*(?:[\"}]|\Z)|\]?\s*\Z))")
"""Of a text that is meant as JSON; a report's title such as `[DE] Campaigns` is not."""
_NAMES_LIMIT = 16_384
_HINT = "Export it again as a list of records, or as CSV"


class _NoRecordsError(ValueError):
    """The text is JSON, but not of records."""


@dataclass(frozen=True)
class Survey:
    """What a first pass over the records found out."""

    names: tuple[str, ...]
    is_ndjson: bool


def is_json(source: Source, encoding: Encoding) -> bool:
    """Whether the text begins like JSON of records."""
    with source.text(encoding) as file:
        return bool(_BEGINNING.match(file.read(_HEAD)))


def survey(source: Source, encoding: Encoding, score: Score) -> Survey:
    """Read all the records once, for their names.

    Raises:
        RefusedError: broken JSON is unreadable, JSON without records is unrecognised.
    """
    names: dict[str, None] = {}
    with _refusals(source.name), source.text(encoding) as file:
        finder = _Finder(JsonStream(file), score)
        for record in finder.records():
            flat = _flat(record)
            if not names.keys() >= flat.keys():
                names.update(dict.fromkeys(flat))
                if len(names) > _NAMES_LIMIT:
                    raise _NoRecordsError(f"more than {_NAMES_LIMIT} different names are no columns")
        if not names:
            raise _NoRecordsError("there is no record in it")
    return Survey(tuple(names), is_ndjson=finder.values > 1)


def rows(source: Source, encoding: Encoding, score: Score, found: Survey) -> Iterator[tuple[int, list[Any]]]:
    """The names, then a row for each record."""
    yield 0, list(found.names)
    with _refusals(source.name), source.text(encoding) as file:
        finder = _Finder(JsonStream(file), score)
        for number, record in enumerate(finder.records(), start=1):
            cells = list(map(_flat(record).get, found.names, repeat("")))
            yield (finder.line if found.is_ndjson else number), cells


class _Finder:
    """Goes through a JSON text and finds the records, by the same rule each time.

    A list under `results` or `data` is one of records, and the object around it a page. The first object may show
    another such name: the one whose list's first record scores higher than the object itself.
    """

    def __init__(self, stream: JsonStream, score: Score) -> None:
        self._stream = stream
        self._score = score
        self._lists: tuple[str, ...] = _LISTS
        self._is_first = True
        self._has_pages = False
        self.values = 0
        """Values at the outermost level, so far; more than one is NDJSON."""
        self.line = 1
        """Where the last of them begins."""

    def records(self) -> Iterator[Record]:
        """Every record, in the order of the text."""
        stream = self._stream
        while first := stream.peek():
            self.values += 1
            self.line = stream.line
            if first == "[":
                for _ in stream.items():
                    yield from self._in_object()
            else:
                yield from self._in_object()

    def _in_object(self) -> Iterator[Record]:
        if self._stream.peek() != "{":
            line = self._stream.line
            self._stream.value()
            raise _NoRecordsError(f"the value in line {line} is no object")
        whole = self._stream.small_value()
        if whole is None:
            yield from self._in_large_object()
            return
        if self._is_first:
            self._learn(whole)
        for name in self._lists:
            if name in whole and _may_be_records(whole[name]):
                self._has_pages = True
                yield from map(_as_record, whole[name])
                return
        if not self._has_pages or self._score(list(_flat(whole))):  # the last page may have no list
            yield whole

    def _learn(self, whole: Record) -> None:
        self._is_first = False
        lists = {name: part[0] for name, part in whole.items() if _may_be_records(part) and part}
        best = max(lists, key=lambda name: self._score(list(_flat(lists[name]))), default=None)
        if best and self._score(list(_flat(lists[best]))) > self._score(list(_flat(whole))):
            self._lists = (*_LISTS, best)

    def _in_large_object(self) -> Iterator[Record]:
        """The same for an object that is not to be held in memory, unless it turns out to be a record."""
        stream, fields, is_page = self._stream, Record(), False
        end = stream.position + VALUE_LIMIT
        for name in stream.members():
            if is_page or stream.peek() != "[":
                fields[name] = stream.value()
            else:
                kept: list[Any] = []
                is_page = name in self._lists
                for _ in stream.items():
                    item = stream.value()
                    is_page = is_page or (self._is_first and not kept and self._is_better(name, item, fields))
                    if is_page:
                        yield _as_record(item)
                    else:
                        kept.append(item)
                        _check_size(stream, end)
                fields[name] = kept
            if is_page:
                fields.clear()
            else:
                _check_size(stream, end)
        self._is_first = False
        self._has_pages |= is_page
        if not is_page:
            yield fields

    def _is_better(self, name: str, item: object, fields: Record) -> bool:
        if isinstance(item, dict) and self._score(list(_flat(item))) > self._score(list(_flat(fields))):
            self._lists = (*_LISTS, name)
            return True
        return False


def _check_size(stream: JsonStream, end: int) -> None:
    if stream.position > end:
        raise BrokenJsonError(f"the record before line {stream.line} has more than {VALUE_LIMIT >> 20} MB")


def _may_be_records(part: object) -> bool:
    return isinstance(part, list) and all(isinstance(item, dict) for item in part[:1])


def _as_record(item: object) -> Record:
    if not isinstance(item, dict):
        raise _NoRecordsError("not every item of its list is an object")
    return item


def _flat(record: Mapping[str, Any]) -> Record:
    """The record on one level, its cells as they go out."""
    flat: Record = {}
    _flatten(record, "", flat)
    return flat


def _flatten(record: Mapping[str, Any], prefix: str, flat: Record) -> None:
    for name, value in record.items():
        kind = type(value)
        if kind is str or kind is int:
            flat[prefix + name] = value
        elif kind is dict:
            _flatten(value, f"{prefix}{name}.", flat)
        elif value is None:
            flat[prefix + name] = ""
        elif kind is bool:
            flat[prefix + name] = "true" if value else "false"
        else:
            flat[prefix + name] = value


@contextlib.contextmanager
def _refusals(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenJsonError as error:
        raise RefusedError(Refusal.UNREADABLE, f"{name} is broken JSON: {error}", "Download it again") from error
    except _NoRecordsError as error:
        raise RefusedError(Refusal.UNRECOGNISED, f"{name} is JSON, but not of an ads report: {error}", _HINT) from error
