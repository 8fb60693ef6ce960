"""Queries for many ids: few enough at a time for any engine's limit on parameters, or all of them in a single one."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import peewee as pw

from adops_cli.storage.handle import current

IDS_PER_QUERY = 400


def chunked_in(query: Any, column: Any, ids: Iterable[Any]) -> Iterator[Any]:
    """The query (a select, update or delete), each time restricted to some of the ids, in their order."""
    for some in pw.chunked(ids, IDS_PER_QUERY):
        yield query.where(column.in_(some))


def as_stored(id: Any) -> Any:
    """An id that was read from the database, as a parameter. The column would refuse what others may have written."""
    raw = pw.Value(id, converter=False)
    return raw.cast("TEXT") if isinstance(id, bytes) else raw  # bytes are text that is not UTF-8


def among(column: Any, ids: Sequence[str]) -> Any:
    """The condition that a column holds one of these ids, however many there are: they are one parameter."""
    if isinstance(current(), pw.PostgresqlDatabase):
        return column == pw.fn.ANY(pw.Value(as_parameter(ids), converter=False, unpack=False))
    return column.in_(pw.SQL("(SELECT value FROM json_each(?))", [as_parameter(ids)]))


def as_parameter(ids: Sequence[str]) -> Any:
    """That parameter."""
    return list(ids) if isinstance(current(), pw.PostgresqlDatabase) else json.dumps(list(ids))
