"""The files in `migrations/`: they depend on nothing that changes, and their former versions are known."""

import ast
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from adops_cli import database
from adops_cli.data import imports, projects
from adops_cli.errors import DatabaseUnusableError
from adops_cli.storage import migration_files, schema
from adops_cli.storage.engines.base import known_migrations
from tests.conftest import ROOT
from tests.postgres import asked

FILES = sorted((ROOT / "migrations").glob("*.py"))
FROZEN = "8faca6a9e8007cff503aa84ffa080dd9a8b567c702bb2be6ddb7bcbc95594d22"
FORMER = {
    "001_initial_schema": "570a3594f1db67491939f548fb3c8575af68ae42e221c8406664863939e7c0c6",
    "002_import_ledger": "8162641592482b5313543b8b1dbfb67bb4e4fa68dae1e88b1d892ce072635876",
    "003_json_search": "92ec814101c1d446a4dbc5f0e302bc03d7174a06dbd0e572278252df1292c6a7",
}
"""The checksums in databases made by commit c0e071e, in which migrations still imported the package."""


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_migration_imports_nothing_that_moves(file: Path) -> None:
    assert set(_imports(file)) <= {"peewee", "frozen_columns", "json"}


def test_the_frozen_columns_never_change() -> None:
    assert migration_files.checksum(ROOT / "migrations" / migration_files.FROZEN) == FROZEN


def test_what_lies_beside_the_migrations_is_none_itself() -> None:
    assert [file.stem for file in FILES if file.name != migration_files.FROZEN] == known_migrations()
    assert list(migration_files.by_name()) == known_migrations()


@pytest.fixture
def of_c0e071e(tmp_path: Path) -> Path:
    """A database that commit c0e071e migrated, filled with its sample data and an import."""
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.executescript((ROOT / "tests/golden/database-c0e071e.sql").read_text("utf-8"))
    connection.close()
    return path


def test_a_database_with_the_former_texts_is_sound_and_migrates_on(of_c0e071e: Path) -> None:
    connection = sqlite3.connect(of_c0e071e)
    assert dict(connection.execute("SELECT name, sha256 FROM adops_migration")) == FORMER
    connection.close()

    with database.bound(str(of_c0e071e)):
        states = {migration.name: migration.state for migration in schema.status()}
        later = [name for name in known_migrations() if name not in FORMER]
        assert states == {**dict.fromkeys(FORMER, "applied"), **dict.fromkeys(later, "pending")}

        assert schema.migrate().names == later
        assert {migration.state for migration in schema.status()} == {"applied"}
        assert len(projects.list()) == 5
        assert imports.list()[0].inserted == 21


def test_a_text_that_no_adops_ever_had_is_refused(of_c0e071e: Path) -> None:
    connection = sqlite3.connect(of_c0e071e)
    connection.execute("UPDATE adops_migration SET sha256 = ? WHERE name LIKE '002%'", (FORMER["001_initial_schema"],))
    connection.commit()
    connection.close()

    with (
        database.bound(str(of_c0e071e)),
        pytest.raises(DatabaseUnusableError, match="002_import_ledger has been changed since it was applied to"),
    ):
        schema.migrate()


def test_a_server_with_the_former_texts_is_sound(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.cursor().executemany(
            "UPDATE adops_migration SET sha256 = %s WHERE name = %s", [(sha, name) for name, sha in FORMER.items()]
        )
    assert set(asked(postgres_url, "SELECT name, sha256 FROM adops_migration")) >= set(FORMER.items())

    with database.bound(postgres_url):
        assert {migration.state for migration in schema.status()} == {"applied"}


def test_the_former_texts_are_those_of_the_list() -> None:
    assert all(
        migration_files.is_applied_text(name, migration_files.by_name()[name], sha) for name, sha in FORMER.items()
    )
    unknown = hashlib.sha256(b"unknown").hexdigest()
    assert not any(
        migration_files.is_applied_text(name, file, unknown) for name, file in migration_files.by_name().items()
    )
