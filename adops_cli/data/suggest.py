"""What is suggested to whoever types: shell completion's ids and words with a prefix, and words like a mistyped one.

Completion reads along an index, without delay. Nothing is written. Errors are left to the caller.
"""

import bisect
from collections.abc import Iterable, Sequence
from typing import Any

import peewee as pw

from adops_cli.storage.fields import Json
from adops_cli.storage.models import Project, table_named
from adops_cli.storage.table import fields_of

LIMIT = 50
_NEARBY = 2_500
"""How many words before and after a mistyped one are compared with it: each takes some microseconds."""
_LAST = "\U0010ffff"


def ids(table: str, prefix: str) -> Sequence[tuple[str, str | None]]:
    """The first ids of a table with this prefix, each with the row's name if there is one. No deleted projects."""
    model: Any = table_named(table)
    conditions = [Project.deleted_at.is_null()] if model is Project else []
    named = [model.name] if "name" in fields_of(model) else [pw.Value(None)]
    query = model.select(model.id, *named).where(model.id >= prefix, model.id < prefix + _LAST, *conditions)
    return list(query.order_by(model.id).limit(LIMIT).tuples())


def words(table: str, name: str, prefix: str) -> Sequence[str]:
    """The first distinct values with this prefix in an indexed text field, with one step along the index for each."""
    model: Any = table_named(table)
    field = fields_of(model)[name]
    found: list[str] = []
    query = model.select(field).where(field >= prefix, field < prefix + _LAST).order_by(field).limit(1)
    while len(found) < LIMIT and (row := query.tuples().first()):
        found.append(row[0])
        query = model.select(field).where(field > row[0], field < prefix + _LAST).order_by(field).limit(1)
    return found


def similar(wanted: str, known: Iterable[str]) -> list[str]:
    """The known words that may have been meant: those that contain the typed text, or else those that look alike."""
    import difflib  # noqa: PLC0415 - only an error needs it

    ordered = sorted(known)
    if containing := [word for word in ordered if wanted.strip() and wanted in word]:
        return containing
    place = bisect.bisect_left(ordered, wanted)
    nearby = ordered[max(place - _NEARBY, 0) : place + _NEARBY]
    return difflib.get_close_matches(wanted, nearby, n=3, cutoff=0.5)


def sortable(table: str) -> Sequence[str]:
    """The fields by which a list can be sorted."""
    return [name for name, field in fields_of(table_named(table)).items() if not isinstance(field, Json)]
