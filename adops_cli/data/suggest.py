"""What shell completion suggests from the database: a few ids and words with the typed prefix, without delay.

Reads along an index and writes nothing. Errors are left to the caller.
"""

from collections.abc import Sequence
from typing import Any

from adops_cli.storage.fields import Json
from adops_cli.storage.models import Project, fields_of, table_named

LIMIT = 50
_LAST = "\U0010ffff"


def ids(table: str, prefix: str) -> Sequence[str]:
    """The first ids of a table with this prefix, without deleted projects."""
    model: Any = table_named(table)
    conditions = [Project.deleted_at.is_null()] if model is Project else []
    query = model.select(model.id).where(model.id >= prefix, model.id < prefix + _LAST, *conditions)
    return [id for (id,) in query.order_by(model.id).limit(LIMIT).tuples()]


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


def sortable(table: str) -> Sequence[str]:
    """The fields by which a list can be sorted."""
    return [name for name, field in fields_of(table_named(table)).items() if not isinstance(field, Json)]
