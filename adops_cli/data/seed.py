"""Sample data: five projects and what belongs to them, from `fixtures/seed`, for trying things out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adops_cli import settings
from adops_cli.data import bulk
from adops_cli.data.crud import noun
from adops_cli.errors import ConflictError
from adops_cli.legacy.record import read_record
from adops_cli.storage import schema
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import TABLES, Metrics, Table, fields_of


@dataclass(frozen=True)
class Seeded:
    """What seeding did to one table."""

    table: str
    inserted: int
    present: int
    """Sample rows that were there already, and stay as they are."""


def seed() -> Sequence[Seeded]:
    """Insert the sample rows that are not there yet, in one transaction; a second time changes nothing.

    Makes the database first where there is none.
    """
    if not db.exists():
        schema.migrate()
    return _fill_all()


@atomically
def _fill_all() -> Sequence[Seeded]:
    return [_fill(model, _records(model)) for model in TABLES]


def other_rows() -> int:
    """How many rows the database holds that are no sample rows; 0 where there is no database yet."""
    if not db.exists():
        return 0
    return sum(_others(model, _records(model)) for model in TABLES)


def _records(model: type[Table]) -> list[dict[str, Any]]:
    file = settings.shipped("fixtures") / "seed" / f"{model._meta.table_name}.json"
    return [read_record(model, row).values for row in json.loads(file.read_text(encoding="utf-8"))]


def _fill(model: type[Table], records: Sequence[dict[str, Any]]) -> Seeded:
    inserted = bulk.insert(model, records, skip_taken=True)
    _require_there(model, {record["id"] for record in records if "id" in record})
    return Seeded(model._meta.table_name, inserted, len(records) - inserted)


def _require_there(model: type[Table], ids: set[str]) -> None:
    """`ConflictError` where a row of somebody else's has the key of a sample row, which therefore was left out."""
    key: Any = fields_of(model)["id"]
    there: Any = model.select(key).where(key.in_(ids)).tuples()
    if lacking := ids - {id for (id,) in there}:
        raise ConflictError(
            f"sample {noun(model)} {min(lacking)!r} has the platform and external id of another one",
            "Put the sample data into an empty database",
        )


def _others(model: type[Table], records: Sequence[dict[str, Any]]) -> int:
    key = "campaign_id" if model is Metrics else "id"
    column: Any = getattr(model, key)
    query: Any = model.select().where(column.not_in({record[key] for record in records}))
    return int(query.count())
