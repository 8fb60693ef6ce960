"""JSON and NDJSON as rows of cells: finds the records, the names in them, and the records' values.

Reads a list of records; an object with such a list under `data`, `results` or another name, at any depth, as APIs
return it; a list of such objects, as in the pages of Google's searchStream; and NDJSON of records or of pages. Takes a
record out of what a connector wraps it in. Objects within a record become dotted names (`metrics.costMicros`), lists
stay lists, null becomes "", true and false become text.

The first row, on line 0, holds the names of the columns: all names in any record, in order of first appearance. Finding
them takes a pass over the file. A row's line is the physical line on which its record begins. Records of several
streams repeat each other's figures, so only the stream that scores highest is read. Knows no name's meaning.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.sources import json_shapes
from adops_cli.exports.sources.encoding import Encoding
from adops_cli.exports.sources.json_shapes import Path, Record, flat
from adops_cli.exports.sources.json_stream import VALUE_LIMIT, BrokenJsonError, JsonStream
from adops_cli.exports.sources.source import InputFile

Score = Callable[[Sequence[str]], int]

_HEAD = 4096
_BEGINNING = re.compile(r"[ \t\r\n]*(?:\{\s*(?:\"|\}?\s*\Z)|\[\s*(?:\{\s*(?:[\"}]|\Z)|\]?\s*\Z))")
"""The beginning of a text that is meant as JSON. A report's title such as `[DE] Campaigns` is not."""
_NAMES_LIMIT = 16_384
_SHAPES_LIMIT = 1_000
"""How many sets of names are remembered with their scores."""
_HINT = "Export it again as a list of records, or as CSV"


class _NoRecordsError(ValueError):
    """The text is JSON, but without records."""


@dataclass
class Names:
    """The names in the records of a file."""

    columns: tuple[str, ...]
    stream: str | None = None
    """The connector's stream that is read."""
    others: dict[str, int] = field(default_factory=dict)
    """The other streams, with the number of their records."""
    lists: dict[str, int] = field(default_factory=dict)
    """The lists of records beside the one that is read, with their numbers."""

    @property
    def notices(self) -> list[str]:
        """One sentence on the streams, and one on the lists that are not read."""
        said = []
        if self.others:
            others = _counted(self.others)
            said.append(f"only the stream {self.stream} was read; import the others from files of their own: {others}")
        if self.lists:
            said.append(
                f"other lists of records were not read; import them from files of their own: {_counted(self.lists)}"
            )
        return said


def _counted(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count:,} record{'' if count == 1 else 's'})" for name, count in found.items())


def is_json(source: InputFile, encoding: Encoding) -> bool:
    """Whether the text begins like JSON of records."""
    with source.text(encoding) as file:
        return bool(_BEGINNING.match(file.read(_HEAD)))


def names(source: InputFile, encoding: Encoding, score: Score) -> Names:
    """Read all records once for the names in them. Without a record, there are no names.

    Raises:
        RefusedError: broken JSON is unreadable, JSON without records is unrecognised.
    """
    streams: dict[str | None, dict[str, None]] = {}
    counts: dict[str | None, int] = {}
    with _refusals(source.name), source.text(encoding) as file:
        finder = _Finder(JsonStream(file), score)
        for record in finder.records():
            found = streams.setdefault(finder.stream, {})
            counts[finder.stream] = counts.get(finder.stream, 0) + 1
            if not found.keys() >= record.keys():
                found.update(dict.fromkeys(record))
                if len(found) > _NAMES_LIMIT:
                    raise _NoRecordsError(f"it has more than {_NAMES_LIMIT} different names")
    if not streams:
        return Names(())
    lists = finder.passed_over
    # Of streams that score the same, the one with the fewest names: a breakdown adds some.
    best = max(streams, key=lambda stream: (score(list(streams[stream])), -len(streams[stream])))
    others = {stream or "without a name": count for stream, count in counts.items() if stream != best}
    return Names(tuple(streams[best]), best, others, lists)


def rows(source: InputFile, encoding: Encoding, score: Score, found: Names) -> Iterator[tuple[int, list[Any]]]:
    """The names, then one row for each record of the chosen stream."""
    yield 0, list(found.columns)
    with _refusals(source.name), source.text(encoding) as file:
        finder = _Finder(JsonStream(file), score)
        for record in finder.records():
            if finder.stream == found.stream:
                yield finder.line, list(map(record.get, found.columns, repeat("")))


class _Finder:
    """Goes through a JSON text and finds the records, by the same rule each time.

    A list under `results` or `data` is a list of records, and the object around it a page, unless the object itself
    scores higher than the first item. The first object can reveal another such place.
    """

    def __init__(self, stream: JsonStream, score: Score) -> None:
        self._stream = stream
        self._score = score
        self._scores: dict[tuple[str, ...], int] = {}
        self._pages = json_shapes.PAGES
        self._signs = json_shapes.SIGNS
        self._is_first = True
        self._has_pages = False
        self._lists = 0
        """How many lists of records were read."""
        self.passed_over: dict[str, int] = {}
        """Lists beside those, with the number of their records."""
        self.stream: str | None = None
        """The connector's stream of the latest record."""
        self.line = 1
        """The line on which the latest record begins."""

    def records(self) -> Iterator[Record]:
        """Every record on one level, in the order of the text."""
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
        elif self._signs.isdisjoint(whole) and not self._is_first and not self._has_pages:
            self.stream = None
            yield flat(whole)
        elif not json_shapes.is_message(whole):
            if self._is_first:
                self._learn(whole)
            path = next((path for path in self._pages if self._is_page(whole, path)), None)
            if path is not None:
                stream.back(start)  # for the lines of the records in it
                yield from self._in_page([path])
            elif not self._has_pages or self._score_of(whole):  # the last page can lack a list
                yield from self._unwrapped(whole)

    def _learn(self, whole: Record) -> None:
        self._is_first = False
        lists = dict(json_shapes.lists(whole))
        best = max(lists, key=lambda path: self._score_of(lists[path]), default=None)
        if best and self._score_of(lists[best]) > self._score_of(whole):
            self._add_page(best)

    def _add_page(self, path: Path) -> None:
        self._pages, self._signs = (*json_shapes.PAGES, path), json_shapes.SIGNS | {path[0]}

    def _is_page(self, whole: Record, path: Path) -> bool:
        part = json_shapes.at(whole, path)
        if not isinstance(part, list) or not all(isinstance(item, dict) for item in part[:1]):
            return False
        own = self._score_of(whole)
        return not own or (bool(part) and self._score_of(part[0]) >= own)

    def _unwrapped(self, whole: object) -> Iterator[Record]:
        if not isinstance(whole, dict):
            raise _NoRecordsError("not every item of its list is an object")
        self.stream, record = json_shapes.unwrapped(whole, self._score_of)
        yield from map(flat, json_shapes.days(record))

    def _score_of(self, record: Record) -> int:
        names = tuple(flat(record))
        if names not in self._scores:
            if len(self._scores) >= _SHAPES_LIMIT:
                self._scores.clear()
            self._scores[names] = self._score(names)
        return self._scores[names]

    def _in_page(self, paths: Sequence[Path]) -> Iterator[Record]:
        """The records at these places in the next object, which is a page."""
        stream = self._stream
        self._is_first, self._has_pages = False, True
        for name in stream.members():
            inner = [path[1:] for path in paths if path[0] == name]
            if () in inner and stream.peek() == "[":
                yield from self._in_items()
            elif any(inner) and stream.peek() == "{":
                yield from self._in_page([path for path in inner if path])
            else:
                self._pass_over(name, stream.value())

    def _pass_over(self, name: str, value: Any) -> None:
        """Note a list of records that is not read."""
        if isinstance(value, list) and value and isinstance(value[0], dict) and self._score_of(value[0]):
            self.passed_over[name] = self.passed_over.get(name, 0) + len(value)

    def _in_items(self) -> Iterator[Record]:
        self._lists += 1
        for _ in self._stream.items():
            self._stream.peek()
            self.line = self._stream.line
            yield from self._unwrapped(self._stream.value())

    def _in_large_object(self) -> Iterator[Record]:
        """The same for an object that is too large to be held in memory, unless it turns out to be a record."""
        stream, fields, is_page, line = self._stream, Record(), False, self.line
        end = stream.position + VALUE_LIMIT
        for name in stream.members():
            inner = [path[1:] for path in self._pages if path[0] == name and len(path) > 1]
            if inner and stream.peek() == "{":
                is_page, before = True, self._lists
                yield from self._in_page(inner)
                if self._lists == before:
                    raise _NoRecordsError(f"what stands under {name!r} is too large for a record, and no list of them")
            elif is_page or stream.peek() != "[":
                fields[name] = stream.value()
            else:
                kept: list[Any] = []
                is_page = (name,) in self._pages
                for _ in stream.items():
                    stream.peek()
                    self.line = stream.line
                    item = stream.value()
                    is_page = is_page or (self._is_first and not kept and self._is_better(name, item, fields))
                    if is_page:
                        yield from self._unwrapped(item)
                    else:
                        kept.append(item)
                        _check_size(stream, end)
                fields[name] = kept
            if is_page:
                for passed, value in fields.items():
                    self._pass_over(passed, value)
                fields.clear()
            else:
                _check_size(stream, end)
        self._is_first = False
        self._has_pages |= is_page
        if not is_page:
            self.line = line
            yield from self._unwrapped(fields)

    def _is_better(self, name: str, item: object, fields: Record) -> bool:
        if isinstance(item, dict) and self._score_of(item) > self._score_of(fields):
            self._add_page((name,))
            return True
        return False


def _check_size(stream: JsonStream, end: int) -> None:
    if stream.position > end:
        raise BrokenJsonError(f"the record before line {stream.line} has more than {VALUE_LIMIT >> 20} MB")


@contextlib.contextmanager
def _refusals(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenJsonError as error:
        raise RefusedError(Refusal.UNREADABLE, f"{name} is broken JSON: {error}", "Download it again") from error
    except _NoRecordsError as error:
        raise RefusedError(Refusal.UNRECOGNISED, f"{name} is JSON, but not an ads report: {error}", _HINT) from error
