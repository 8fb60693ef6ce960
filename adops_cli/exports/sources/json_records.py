"""JSON and NDJSON as rows of cells: finds the records, the names in them, and the records' values.

Reads a list of records; an object with such a list under `data`, `results` or another name, as APIs return it; a list
of such objects, as in the pages of Google's searchStream; and NDJSON of records or of pages. Objects within a record
become dotted names (`metrics.costMicros`), lists stay lists, null becomes "", true and false become text.

The first row, on line 0, holds the names of the columns: all names in any record, in order of first appearance. Finding
them takes a pass over the file. A row's line is the physical line on which its record begins. Knows no name's meaning.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.sources.encoding import Encoding
from adops_cli.exports.sources.json_stream import VALUE_LIMIT, BrokenJsonError, JsonStream
from adops_cli.exports.sources.source import InputFile

Score = Callable[[Sequence[str]], int]
Record = dict[str, Any]

_LISTS = ("results", "data")
_HEAD = 4096
_BEGINNING = re.compile(r"[ \t\r\n]*(?:\{\s*(?:\"|\}?\s*\Z)|\[\s*(?:\{\s*(?:[\"}]|\Z)|\]?\s*\Z))")
"""The beginning of a text that is meant as JSON. A report's title such as `[DE] Campaigns` is not."""
_NAMES_LIMIT = 16_384
_HINT = "Export it again as a list of records, or as CSV"


class _NoRecordsError(ValueError):
    """The text is JSON, but without records."""


def is_json(source: InputFile, encoding: Encoding) -> bool:
    """Whether the text begins like JSON of records."""
    with source.text(encoding) as file:
        return bool(_BEGINNING.match(file.read(_HEAD)))


def names(source: InputFile, encoding: Encoding, score: Score) -> tuple[str, ...]:
    """Read all records once for the names in them. Without a record, there are no names.

    Raises:
        RefusedError: broken JSON is unreadable, JSON without records is unrecognised.
    """
    found: dict[str, None] = {}
    with _refusals(source.name), source.text(encoding) as file:
        finder = _Finder(JsonStream(file), score)
        for record in finder.records():
            flat = _flat(record)
            if not found.keys() >= flat.keys():
                found.update(dict.fromkeys(flat))
                if len(found) > _NAMES_LIMIT:
                    raise _NoRecordsError(f"it has more than {_NAMES_LIMIT} different names")
    return tuple(found)


def rows(
    source: InputFile, encoding: Encoding, score: Score, columns: Sequence[str]
) -> Iterator[tuple[int, list[Any]]]:
    """The names, then one row for each record."""
    yield 0, list(columns)
    with _refusals(source.name), source.text(encoding) as file:
        finder = _Finder(JsonStream(file), score)
        for record in finder.records():
            yield finder.line, list(map(_flat(record).get, columns, repeat("")))


class _Finder:
    """Goes through a JSON text and finds the records, by the same rule each time.

    A list under `results` or `data` is a list of records, and the object around it a page. The first object can reveal
    another such name: the name of a list with a first record that scores higher than the object itself.
    """

    def __init__(self, stream: JsonStream, score: Score) -> None:
        self._stream = stream
        self._score = score
        self._lists: tuple[str, ...] = _LISTS
        self._is_first = True
        self._has_pages = False
        self.line = 1
        """The line on which the latest record begins."""

    def records(self) -> Iterator[Record]:
        """Every record, in the order of the text."""
        stream = self._stream
        while first := stream.peek():
            if first == "[":
                for _ in stream.items():
                    yield from self._in_object()
            else:
                yield from self._in_object()

    def _in_object(self) -> Iterator[Record]:
        stream = self._stream
        first, self.line, start = stream.peek(), stream.line, stream.position
        if first != "{":
            stream.value()
            raise _NoRecordsError(f"the value in line {self.line} is not an object")
        whole = stream.small_value()
        if whole is None:
            yield from self._in_large_object()
            return
        if self._is_first:
            self._learn(whole)
        for name in self._lists:
            if name in whole and _may_be_records(whole[name]):
                stream.back(start)  # for the lines of the records in it
                yield from self._in_large_object((name,))
                return
        if not self._has_pages or self._score(list(_flat(whole))):  # the last page can lack a list
            yield whole

    def _learn(self, whole: Record) -> None:
        self._is_first = False
        lists = {name: part[0] for name, part in whole.items() if _may_be_records(part) and part}
        best = max(lists, key=lambda name: self._score(list(_flat(lists[name]))), default=None)
        if best and self._score(list(_flat(lists[best]))) > self._score(list(_flat(whole))):
            self._lists = (*_LISTS, best)

    def _in_large_object(self, lists: Sequence[str] = ()) -> Iterator[Record]:
        """The same for an object that is too large to be held in memory, unless it turns out to be a record."""
        stream, fields, is_page, line = self._stream, Record(), False, self.line
        end = stream.position + VALUE_LIMIT
        for name in stream.members():
            if is_page or stream.peek() != "[":
                fields[name] = stream.value()
            else:
                kept: list[Any] = []
                is_page = name in (lists or self._lists)
                for _ in stream.items():
                    stream.peek()
                    self.line = stream.line
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
            self.line = line
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
    """The record on one level, with its final cells."""
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
        raise RefusedError(Refusal.UNRECOGNISED, f"{name} is JSON, but not an ads report: {error}", _HINT) from error
