"""What the journal keeps of a campaign that is deleted, so that its figures can still be told, and it can come back."""

from collections.abc import Mapping, Sequence
from typing import Any

from adops_cli.data.access import bulk, reading
from adops_cli.storage.column import as_sql
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign
from adops_cli.storage.table import columns_of

DELETED = "deleted"
"""The key of the record in `import_changes.campaign`."""


def record_of(campaign_id: str) -> dict[str, Any] | None:
    """The campaign by column name, in the form in which SQLite stores it. None if there is none."""
    columns = columns_of(Campaign)
    query = Campaign.select(*map(db.as_sqlite_form, columns.values())).where(Campaign.id == campaign_id)
    for row in reading.raw_rows(query):
        return dict(zip(columns, map(as_sql, row), strict=True))
    return None


def row_of(record: Mapping[str, Any]) -> Sequence[Any]:
    """The campaign as a row of its table."""
    return [record.get(key) for key in columns_of(Campaign)]


def put_back(record: Mapping[str, Any]) -> None:
    """Create the campaign as it was. `ConflictError` if another has its external id by now, or its project is gone."""
    bulk.insert_stored(Campaign, [row_of(record)])
