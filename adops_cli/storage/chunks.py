"""Queries for many ids, with few enough at a time for any engine's limit on parameters."""

from collections.abc import Iterable, Iterator
from typing import Any

import peewee as pw

IDS_PER_QUERY = 400


def chunked_in(query: Any, column: Any, ids: Iterable[Any]) -> Iterator[Any]:
    """The query (a select, update or delete), each time restricted to some of the ids, in their order."""
    for some in pw.chunked(ids, IDS_PER_QUERY):
        yield query.where(column.in_(some))
