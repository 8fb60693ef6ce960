"""Sample data for trying things out: five projects and everything that belongs to them, from `fixtures/seed`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adops_cli import settings
from adops_cli.data.access import bulk
from adops_cli.data.access.keys import noun
from adops_cli.data.journal.recorded import recorded
from adops_cli.errors import ConflictError
from adops_cli.legacy.record import read_record
from adops_cli.storage import schema
from adops_cli.storage.choices import ImportKind
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import TABLES, Metrics
from adops_cli.storage.rollups import build
from adops_cli.storage.table import Table, fields_of


@dataclass(frozen=True)
class Seeded:
    """What seeding did to one table."""

    table: str
    inserted: int
    present: int
    """Sample rows that already existed, and are not changed."""


def seed() -> Sequence[Seeded]:
    """Insert the sample rows that are missing, in one transaction. A second time changes nothing.

    Creates the database first if it does not exist.
    """
    if not db.exists():
        schema.migrate()
    return _fill_all()


@atomically
def _fill_all() -> Sequence[Seeded]:
    with recorded(ImportKind.SEED, {row["campaign_id"] for row in _records(Metrics)}):
        filled = [_fill(model, _records(model)) for model in TABLES]
    build.refresh()
    return filled


def other_rows() -> int:
    """How many rows of the database are not sample rows; 0 if there is no database yet."""
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
    """`ConflictError` if a sample row was left out because a row that is not a sample has its key."""
    key: Any = fields_of(model)["id"]
    there: Any = model.select(key).where(key.in_(ids)).tuples()
    if lacking := ids - {id for (id,) in there}:
        raise ConflictError(
            f"another {noun(model)} already has the platform and external id of sample {noun(model)} {min(lacking)!r}",
            "Put the sample data into an empty database",
        )


def _others(model: type[Table], records: Sequence[dict[str, Any]]) -> int:
    key = "campaign_id" if model is Metrics else "id"
    column: Any = getattr(model, key)
    query: Any = model.select().where(column.not_in({record[key] for record in records}))
    return int(query.count())
