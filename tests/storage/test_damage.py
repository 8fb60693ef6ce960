"""Whatever is damaged or odd beside the rows is told in one clear line, and never called a bug of adops."""

import re
import shutil
from pathlib import Path

import pytest

from adops_cli.data import projects
from adops_cli.database import bound
from tests.conftest import Adops, Result, run_adops
from tests.json_mode import Write
from tests.sqlite_files import run

PROJECT = {"id": "p", "name": "P", "type": "t", "status": "active"}


def one_line(done: Result, code: int, words: str) -> None:
    assert (done.code, done.err.count("\n")) == (code, 1)
    assert words in done.err
    assert "bug" not in done.err


@pytest.fixture
def damaged(db_file: Path) -> Path:
    """A database with a byte of damage in the text of its schema."""
    content = db_file.read_bytes()
    db_file.write_bytes(content.replace(b'CREATE INDEX "metrics', b'CREATE INDEX "\xffetrics', 1))
    assert db_file.read_bytes() != content
    return db_file


@pytest.mark.parametrize(
    "command",
    ["projects list", "metrics top", "projects create --name A --type t", "db verify", "db migrate", "db info"],
)
def test_a_damaged_schema_is_told(damaged: Path, adops_on: Adops, command: str) -> None:
    one_line(adops_on(*command.split(), on=damaged), 6, f"{damaged} is damaged; restore a backup")


def test_a_backup_with_a_damaged_schema_is_not_restored_and_a_sound_one_replaces_it(
    damaged: Path, migrated_file: Path, tmp_path: Path, adops_on: Adops
) -> None:
    sound = tmp_path / "sound.db"
    shutil.copy(migrated_file, sound)
    one_line(adops_on("db", "restore", damaged, "--yes", on=sound), 6, "is not a sound SQLite database: malformed")

    assert adops_on("db", "restore", sound, "--yes", on=damaged).code == 0
    assert adops_on("projects", "list", on=damaged).code == 0


def test_a_database_with_a_damaged_page_is_not_backed_up(db_file: Path, adops_on: Adops, tmp_path: Path) -> None:
    with bound(str(db_file), busy_timeout=5):
        projects.create(name="Spring launch", type="t")
    content = bytearray(db_file.read_bytes())
    page = content.index(b"Spring launch") // 4096 * 4096
    content[page : page + 4096] = bytes(4096)
    db_file.write_bytes(content)

    one_line(adops_on("db", "backup", "copy.db", on=db_file), 6, "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_database_whose_header_is_damaged_is_not_backed_up(db_file: Path, adops_on: Adops, tmp_path: Path) -> None:
    content = bytearray(db_file.read_bytes())
    content[18] = 7  # the version of the format, which SQLite does not know: it reads, and does not write
    db_file.write_bytes(content)

    one_line(adops_on("db", "backup", "copy.db", on=db_file), 6, "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_header_that_names_no_text_encoding_is_told_with_the_way_out(
    sample_db: Path, adops_on: Adops, tmp_path: Path
) -> None:
    content = bytearray(sample_db.read_bytes())
    content[59] = 4  # SQLite reads the rows all the same, and cannot rewrite the file
    sample_db.write_bytes(content)
    one_line(adops_on("db", "optimize", on=sample_db), 6, f"{sample_db} is damaged in its header, but can be read")

    assert adops_on("db", "copy", "--to", tmp_path / "sound.db", on=sample_db).code == 0
    assert adops_on("db", "optimize", on=tmp_path / "sound.db").code == 0


def test_an_id_that_is_damaged_in_one_place_is_no_bug_of_adops(db_file: Path, adops_on: Adops, tmp_path: Path) -> None:
    """Indexes have other rows than their tables then, which no query notices by itself."""
    (tmp_path / "rows.csv").write_text("campaign,date,spend\nC,2026-02-01,1\nC,2026-02-02,2\n")
    command = ["metrics", "import", "rows.csv", "--platform", "generic"]
    assert adops_on(*command, on=db_file).code == 0
    (campaign,) = (row["id"].encode() for row in adops_on("campaigns", "list", "--format", "json", on=db_file).json())
    sound, damaged = db_file.read_bytes(), tmp_path / "damaged.db"

    places = [found.start() + 6 for found in re.finditer(campaign, sound)]
    ended = []
    for place in places:
        damaged.write_bytes(sound[:place] + b"!" + sound[place + 1 :])
        ended.append(adops_on(*command, on=damaged))

    assert [done.err for done in ended if "bug" in done.err] == []
    assert any(done.code == 6 and "damaged.db is damaged: " in done.err for done in ended)


def test_a_table_of_others_may_have_any_name(db_file: Path, adops_on: Adops, tmp_path: Path) -> None:
    with bound(str(db_file), busy_timeout=5):
        projects.create(name="A", type="t")
    run(
        db_file,
        'CREATE TABLE "a""b" (id TEXT PRIMARY KEY, p TEXT REFERENCES "c\'d"(id))',
        'CREATE TABLE "c\'d" (id TEXT PRIMARY KEY)',
        "INSERT INTO \"a\"\"b\" VALUES ('row', 'nowhere')",
        'CREATE INDEX "i\'""j" ON metrics (cpc)',
    )

    assert adops_on("db", "backup", tmp_path / "copy.db", on=db_file).code == 0
    assert adops_on("db", "rollback", "--yes", on=db_file).code == 0
    assert adops_on("db", "migrate", on=db_file).code == 0
    found = adops_on("db", "verify", "--format", "json", on=db_file)
    assert (found.code, found.err.count("bug")) == (3, 0)
    failed = [check["detail"] for check in found.json() if check["state"] == "failed"]
    assert failed == ["1 row: a\"b row (no such row in c'd)"]


@pytest.mark.parametrize("name", ["x'ff41'", "CAST(x'ff41' AS TEXT)", "'900_later'"])
@pytest.mark.parametrize("command", ["projects list", "db verify", "db migrate", "db rollback --yes"])
def test_a_damaged_history_is_one_of_unknown_migrations(
    db_file: Path, adops_on: Adops, name: str, command: str
) -> None:
    run(db_file, f"UPDATE migratehistory SET name = {name} WHERE id = 1")

    one_line(adops_on(*command.split(), on=db_file), 6, "is newer than this adops, which does not know its migration")
    assert adops_on("db", "status", on=db_file).code == 0


@pytest.mark.parametrize("column", ["migrated_at", "sha256"])
def test_a_status_is_shown_whatever_else_the_history_holds(db_file: Path, adops_on: Adops, column: str) -> None:
    table = "migratehistory" if column == "migrated_at" else "adops_migration"
    run(db_file, f"UPDATE {table} SET {column} = CAST(x'ff' AS TEXT)")

    assert adops_on("db", "status", on=db_file).code == 0


@pytest.mark.parametrize(
    "command", ["projects list", "db verify", "db migrate", "db seed --yes", "db info", "db restore copy.db --yes"]
)
def test_a_database_that_is_a_link_to_itself_is_told(migrated_file: Path, adops_on: Adops, command: str) -> None:
    shutil.copy(migrated_file, "copy.db")
    Path("x.db").symlink_to("x.db")

    one_line(adops_on(*command.split(), on="x.db"), 6, "Too many levels of symbolic links")


def test_so_is_the_target_of_a_copy(db_file: Path, adops_on: Adops) -> None:
    Path("x.db").symlink_to("x.db")

    one_line(adops_on("db", "copy", "--to", "x.db", on=db_file), 6, "Too many levels of symbolic links")


@pytest.mark.parametrize(
    "content", [b"", b"[", b"\xff", b"5", b"[5]", b"null", b'["../../x"]', b'[["a"]]', b"[" * 100_000]
)
@pytest.mark.parametrize("command", ["projects list", "projects create --name A --type t"])
def test_a_damaged_commit_of_json_files_is_told(
    write_json: Write, json_dir: Path, content: bytes, command: str
) -> None:
    write_json("projects", [PROJECT])
    (json_dir / ".adops-commit").write_bytes(content)

    one_line(run_adops(*command.split()), 6, f"{json_dir}/.adops-commit is damaged: it does not list the files of")
    assert (json_dir / ".adops-commit").read_bytes() == content


def test_a_commit_of_json_files_moves_no_other_file(write_json: Write, json_dir: Path, tmp_path: Path) -> None:
    write_json("projects", [PROJECT])
    (tmp_path / ".x.adops-new").write_text("theirs")
    (json_dir / ".adops-commit").write_text('["../x"]', encoding="utf-8")

    assert run_adops("projects", "list").code == 6
    assert not (tmp_path / "x").exists()
