"""Everything is copied from one engine to the other and back, equal to the last digit, or nothing is."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.data import campaigns, database_copy, metrics, projects
from adops_cli.data import seed as seeds
from adops_cli.data.access import bulk
from adops_cli.errors import AdopsError, BadRequestError, ConflictError, DatabaseUnusableError
from adops_cli.legacy.json_files import record
from adops_cli.storage import schema
from adops_cli.storage.models import LEDGER, TABLES
from adops_cli.storage.table import columns_of
from tests.conftest import Adops

Contents = dict[str, list[dict[str, Any]]]


def contents(url: str) -> Contents:
    """Every row, in the form in which both engines can be compared."""
    with database.bound(url, busy_timeout=5):
        return {
            model._meta.table_name: [
                record(model, row)
                for row in database.db.execute_sql(
                    f"SELECT {', '.join(chr(34) + key + chr(34) for key in columns_of(model))} "
                    f'FROM "{model._meta.table_name}" ORDER BY "id"'
                ).fetchall()
            ]
            for model in (*TABLES, *LEDGER)
        }


@pytest.fixture
def full(database_url: str) -> str:
    """The sample data, with a softly deleted project and figures of every size."""
    with database.bound(database_url, busy_timeout=5):
        seeds.seed()
        projects.delete(projects.create(name="Gone", type="x", metadata={"ü": ["\U0001f600", None, 1.5]}).id)
        camp = campaigns.create(name="Edge", platform="ttd", external_id="007").id
        metrics.record_metrics(camp, "2026-01-01", impressions=2**53, spend="7999999999.999999", conversions="0.000001")
        metrics.record_metrics(camp, "2026-01-02", spend="-0.01", revenue=999_999_999_999, metadata={"reach": 5})
    return database_url


def test_a_copy_on_either_engine_is_alike_and_so_is_a_copy_of_the_copy(
    full: str, bare_postgres_url: str, tmp_path: Path
) -> None:
    with database.bound(full, busy_timeout=5):
        done = database_copy.copy(bare_postgres_url)
    with database.bound(bare_postgres_url, busy_timeout=5):
        again = database_copy.copy(str(tmp_path / "copy.db"))

    assert contents(full) == contents(bare_postgres_url) == contents(str(tmp_path / "copy.db"))
    assert done == again
    figures = {(compared.table, compared.figure): compared.source for compared in done}
    assert figures["projects", "rows"] == 6
    assert figures["metrics", "spend"] == Decimal("8000063334.529999")
    assert [name for table, name in figures if table == "metrics"] == [
        "rows", "impressions", "clicks", "conversions", "spend", "revenue",
    ]  # fmt: skip


def test_what_is_written_afterwards_gets_a_new_number(full: str, bare_postgres_url: str) -> None:
    with database.bound(full, busy_timeout=5):
        database_copy.copy(bare_postgres_url)

    with database.bound(bare_postgres_url, busy_timeout=5):
        highest = max(row.id for row in metrics.list())
        assert metrics.record_metrics("camp-01", "2030-01-01", spend=1).id > highest


def test_a_target_with_rows_is_a_conflict_and_stays_as_it_is(full: str, bare_postgres_url: str) -> None:
    with database.bound(bare_postgres_url, busy_timeout=5):
        schema.migrate()
        projects.create(id="mine", name="Mine", type="x")

    with database.bound(full, busy_timeout=5), pytest.raises(ConflictError, match="its table projects is not empty"):
        database_copy.copy(bare_postgres_url)

    assert [row["id"] for row in contents(bare_postgres_url)["projects"]] == ["mine"]


def test_a_source_that_cannot_be_read_leaves_the_target_empty(db_file: Path, bare_postgres_url: str) -> None:
    with database.bound(str(db_file), busy_timeout=5):
        projects.create(id="a", name="A", type="x")
        campaigns.create(id="c", name="C", platform="ttd")
        database.db.execute_sql("UPDATE campaigns SET \"startDate\" = 'soon'")
        with pytest.raises(AdopsError, match='campaigns c: startDate holds "soon", which cannot be read'):
            database_copy.copy(bare_postgres_url)

    assert not any(contents(bare_postgres_url).values())


def test_sides_that_differ_are_told_and_nothing_is_copied(
    full: str, bare_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load: Any = bulk.insert_stored

    def lossy(model: Any, rows: Any, *rest: Any) -> int:
        rows = list(rows)
        return int(load(model, rows[:-1] if model._meta.table_name == "metrics" else rows, *rest))

    monkeypatch.setattr(bulk, "insert_stored", lossy)
    with (
        database.bound(full, busy_timeout=5),
        pytest.raises(AdopsError, match=r"metrics would differ between .* rows 102 and 101"),
    ):
        database_copy.copy(bare_postgres_url)

    assert not any(contents(bare_postgres_url).values())


def test_the_database_itself_is_no_target(database_url: str) -> None:
    with database.bound(database_url, busy_timeout=5), pytest.raises(BadRequestError, match="is the database itself"):
        database_copy.copy(database_url)


def test_a_source_that_is_not_there_makes_no_target(tmp_path: Path) -> None:
    with database.bound(str(tmp_path / "none.db"), busy_timeout=5), pytest.raises(DatabaseUnusableError):
        database_copy.copy(str(tmp_path / "copy.db"))

    assert not (tmp_path / "copy.db").exists()


def test_json_mode_has_no_database_to_copy(json_dir: Path, tmp_path: Path) -> None:
    with database.bound(busy_timeout=5), pytest.raises(BadRequestError, match="there is no database in JSON mode"):
        database_copy.copy(str(tmp_path / "copy.db"))
    with database.bound(busy_timeout=5), pytest.raises(BadRequestError, match=f"the files in {json_dir}"):
        database_copy.count_rows()

    assert not (tmp_path / "copy.db").exists()


def test_the_command_makes_the_target_and_shows_both_sides_alike(full: str, adops: Adops, tmp_path: Path) -> None:
    done = adops("db", "copy", "--to", tmp_path / "new" / "copy.db", "--format", "json")

    assert (done.code, done.err) == (0, "")
    assert [row["table"] for row in done.json() if row["figure"] == "rows"] == list(contents(full))
    assert all(row["source"] == row["target"] for row in done.json())
    assert contents(full) == contents(str(tmp_path / "new" / "copy.db"))
    assert adops("db", "copy", "--to", tmp_path / "new" / "copy.db").code == 5
    with database.bound(str(tmp_path / "new" / "copy.db"), busy_timeout=5):
        assert {migration.state for migration in schema.status()} == {"applied"}
