"""Whether a filter names something: one that does not is most likely mistyped, and would find nothing without a word.

A name is known if adops knows it without a database, if a row has it, or if a row refers to it. Filters nothing itself.
What a campaign is called is read by `naming`.
"""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from adops_cli import values
from adops_cli.data import suggest
from adops_cli.data.access import crud
from adops_cli.errors import NotFoundError
from adops_cli.storage.choices import Platform
from adops_cli.storage.handle import db
from adops_cli.storage.models import TABLES, Execution, Import, Project, Workflow, references_of, table_named
from adops_cli.storage.table import Table, fields_of

_MENTIONED: Mapping[type[Table], Sequence[Any]] = {Workflow: [Execution.workflow_id]}
"""Columns with ids of a table that are no foreign keys."""


def require(
    table: str,
    *,
    platform: str | None = None,
    project_id: str | None = None,
    execution_id: str | None = None,
    workflow_id: str | None = None,
) -> None:
    """`NotFoundError` with the nearest names for the first filter of a table's rows that names nothing."""
    if platform is not None:
        _require_platform(table, platform)
    for model, id in ((Project, project_id), (Execution, execution_id), (Workflow, workflow_id)):
        if id is not None and not _is_id(model, id):
            crud.find(model, id)  # raises, with similar ids


def _is_id(model: type[Table], id: str) -> bool:
    references = [field for table in TABLES for field in references_of(table).values() if field.rel_model is model]
    own: Any = fields_of(model)["id"]
    return any(_holds(field, field == id) for field in (own, *references, *_MENTIONED.get(model, ())))


def _holds(field: Any, condition: Any) -> bool:
    return bool(field.model.select(field).where(condition).exists())


def _require_platform(table: str, given: str) -> None:
    if values.platform(given) in list(Platform):
        return
    if table_named(table) is Import:
        db.require_ledger()
    columns = [fields_of(table_named(name))["platform"] for name in {table, "campaigns"}]
    if any(_holds(column, column.matches(given)) for column in columns):
        return
    from adops_cli.exports.platforms import PLATFORMS  # noqa: PLC0415 - its readers are slow to load

    names = {reader.name for reader in PLATFORMS} | {
        word for name in {table, "campaigns"} for word in suggest.words(name, "platform", "")
    }
    if given in names:
        return
    close = difflib.get_close_matches(given.lower(), sorted(names), n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(close)}?" if close else f"The platforms are {', '.join(sorted(names))}"
    raise NotFoundError(f"there is no platform {given!r}", hint)
