"""Verify finds in every column what no command can read, and names it; lists print all other rows."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.care import verify
from adops_cli.care.verify import check, stored, trial
from adops_cli.data import books
from adops_cli.data.acting import budgets
from adops_cli.importers.imports import import_file
from adops_cli.storage.fields import Json, PlatformName, RowId, Text
from adops_cli.storage.models import LEDGER, TABLES
from adops_cli.storage.table import Table, columns_of
from tests import findings
from tests.conftest import Adops
from tests.postgres import asked
from tests.sqlite_files import opened, run

LISTS = ("projects", "executions", "events", "workflows", "campaigns", "metrics", "imports", "budgets")
TEXTS = {
    "not UTF-8": "CAST(x'61ff' AS TEXT)",
    "not UTF-8 behind U+0000": "CAST(x'6100ff' AS TEXT)",
    "binary": "x'6162'",
}
JSONS = {
    **TEXTS,
    "JSON that ends at U+0000": "CAST(x'7b7d0041' AS TEXT)",
    "not UTF-8 behind JSON": "CAST(x'7b7d00ff' AS TEXT)",
    "no finite number": "'{\"a\":1e999}'",
    "no finite number without an exponent": f"'[{'9' * 400}.5]'",
    "more digits than Python reads": f"'[{'9' * 5_000}]'",
}
"""What Python cannot read, or cannot print as JSON: kinds of values, in SQLite's SQL."""


@pytest.fixture
def seeded(sample_db: Path, tmp_path: Path) -> Path:
    """A database with rows in every table."""
    export = tmp_path / "export.csv"
    export.write_text("Date,Campaign,Cost,Currency\n2026-02-01,A,5,EUR\n2026-02-02,A,6,EUR\n", encoding="utf-8")
    with database.bound(str(sample_db), busy_timeout=5):
        import_file(export)
        books.close("2026-02-01..2026-02-10", anyway=True)
        findings.create()
        budgets.set_budget("B", platform="ttd", amount=1, start_date="2026-02-01", end_date="2026-02-28")
    return sample_db


@pytest.fixture(autouse=True)
def _only_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wrong row is named, and the trials on a temporary database are the same every time."""
    for module in (check, stored):
        monkeypatch.setattr(module, "_NAMED" if module is check else "_FIRST", 10_000)
    monkeypatch.setattr(trial, "checks", lambda _database, _timeout: iter(()))


def failures(url: Path | str) -> str:
    with database.bound(str(url), busy_timeout=5):
        return "\n".join(check.detail for check in verify.run() if check.state == "failed")


def columns(model: type[Table], *kinds: type) -> list[str]:
    return [key for key, field in columns_of(model).items() if key != "id" and type(field) in kinds]


def damage(connection: sqlite3.Connection, model: type[Table], key: str, value: str) -> Any:
    """A new row like the first one, with a value in one of its columns. Returns its id."""
    table, kept = model._meta.table_name, [key for key in columns_of(model) if key != "id"]
    others = {
        "date": "date('2030-01-01', abs(random() % 9999) || ' days')",
        "externalId": "NULL",
        "importId": "hex(randomblob(9))",
        **({"name": "hex(randomblob(9))"} if table == "budgets" else {}),
    }
    given = [value if one == key else others.get(one, f'"{one}"') for one in kept]
    id = "NULL" if isinstance(columns_of(model)["id"], RowId) else "hex(randomblob(9))"
    listed = ", ".join(f'"{one}"' for one in ("id", *kept))
    made = connection.execute(
        f'INSERT INTO "{table}" ({listed}) SELECT {id}, {", ".join(given)} FROM "{table}" LIMIT 1 RETURNING id'
    )
    return made.fetchall()[0][0]


@pytest.mark.parametrize("value", JSONS.values(), ids=JSONS)
def test_what_no_command_can_read_is_named_in_every_column(seeded: Path, value: str) -> None:
    kinds = (Text, PlatformName, Json) if value in TEXTS.values() else (Json,)
    with opened(seeded) as connection:
        damaged = [
            f"{model._meta.table_name} {damage(connection, model, key, value)} ({key})"
            for model in (*TABLES, *LEDGER)
            for key in columns(model, *kinds)
        ]

    found = failures(seeded)

    assert len(damaged) > 8
    assert [row for row in damaged if row not in found] == []


@pytest.mark.parametrize("table", LISTS)
def test_lists_print_every_other_row(seeded: Path, adops_on: Adops, table: str) -> None:
    model = next(model for model in (*TABLES, *LEDGER) if model._meta.table_name == table)
    with opened(seeded) as connection:
        sound = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        damaged = [
            damage(connection, model, key, value)
            for kinds, values in (((Text, PlatformName), TEXTS), ((Json,), JSONS))
            for key in columns(model, *kinds)
            for value in values.values()
        ]

    every = ("--kind", "all") if table == "imports" else ()
    told = adops_on(table, "list", *every, "--limit", "0", "--format", "json", on=seeded)

    assert told.code == 3
    assert len(json.loads(told.out, parse_constant=pytest.fail)) == sound
    assert [id for id in damaged if f"{table} {id} is left out" not in told.err] == []


def test_a_day_of_a_campaign_whose_id_nobody_can_type_is_listed(seeded: Path, adops_on: Adops) -> None:
    run(seeded, "UPDATE metrics SET campaignId = CAST(x'610062' AS TEXT) WHERE id = 1")

    told = adops_on("metrics", "list", "--limit", "0", "--format", "json", on=seeded)

    assert (told.code, len(told.json())) == (0, 102)
    assert 'metrics 1 (campaignId): "a\\u0000b" is text with the character U+0000' in failures(seeded)


def test_an_old_event_whose_id_is_not_utf_8_does_not_stop_a_clean_up(seeded: Path, adops_on: Adops) -> None:
    with opened(seeded) as connection:
        old = connection.execute("SELECT count(*) FROM events WHERE processed").fetchone()[0]
        connection.execute("UPDATE events SET id = CAST(x'ff41' AS TEXT) WHERE id = (SELECT min(id) FROM events)")

    done = adops_on("events", "cleanup", "--older-than", "1d", "--yes", on=seeded)

    assert done.code == 0
    with opened(seeded) as connection:
        assert connection.execute("SELECT count(*) FROM events WHERE processed").fetchone()[0] == 0
    assert old


def test_binary_in_a_text_is_left_out_of_an_export(seeded: Path, adops_on: Adops) -> None:
    run(seeded, "UPDATE projects SET owner = x'ff00' WHERE id = 'proj-spring'")

    told = adops_on("db", "export-json", "out", on=seeded)

    assert told.code == 3
    assert "projects proj-spring is left out" in told.err
    assert len(json.loads(Path("out/projects.json").read_text("utf-8"))) == 4


def test_a_campaign_whose_id_is_not_utf_8_does_not_hide_the_others(seeded: Path, adops_on: Adops) -> None:
    run(seeded, "UPDATE campaigns SET id = CAST(x'ff41' AS TEXT) WHERE id = 'camp-01'")

    assert adops_on("campaigns", "get", "Display remarketing", on=seeded).code == 0
    assert adops_on("campaigns", "get", "nonesuch", on=seeded).code == 4


def test_repair_mends_what_stands_behind_a_u_0000(seeded: Path, adops_on: Adops) -> None:
    run(seeded, "UPDATE projects SET name = CAST(x'6100ff' AS TEXT) WHERE id = 'proj-spring'")

    told = adops_on("db", "repair", "--replace-undecodable", "--dry-run", on=seeded)

    assert (told.code, "proj-spring" in told.out) == (3, True)


def test_a_copy_names_the_row_that_no_database_can_store(seeded: Path, adops_on: Adops) -> None:
    run(seeded, "UPDATE projects SET name = CAST(x'610062' AS TEXT) WHERE id = 'proj-spring'")

    assert "Error: projects proj-spring: name contains the character U+0000" in (
        adops_on("db", "copy", "--to", "other.db", on=seeded).err
    )


def test_a_server_keeps_numbers_that_python_cannot_read(postgres_url: str, adops_on: Adops) -> None:
    for id, number in (("long", "1" * 5_000), ("inf", f"{'9' * 400}.5"), ("sound", f"{'1' * 400}")):
        asked(
            postgres_url,
            "INSERT INTO projects (id, name, type, status, metadata) VALUES (%s, 'N', 't', 'active', %s::jsonb)",
            id,
            f'{{"a": {number}}}',
        )

    found = failures(postgres_url)

    assert "projects long (metadata)" in found
    assert "projects inf (metadata)" in found
    assert "projects sound" not in found
    told = adops_on("projects", "list", "--format", "json", on=postgres_url)
    assert (told.code, [row["id"] for row in told.json()]) == (3, ["sound"])
