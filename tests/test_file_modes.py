"""What adops writes is for its owner alone, unless the user leaves that to the umask."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.cli import app
from adops_cli.data import projects
from adops_cli.importers import imports
from tests.conftest import ROOT, run_adops

PRIVATE, SHARED = (0o600, 0o700), (0o640, 0o750)


@pytest.fixture(autouse=True)
def umask(db_file: Path) -> Iterator[None]:
    """A umask that lets the group read."""
    assert db_file
    before = os.umask(0o027)
    yield
    os.umask(before)


def prepared(folder: Path) -> None:
    (folder / "rows.csv").write_text("campaign,date,spend\nc,2026-02-01,1\nc,2026-02-02,much\n")
    (folder / "in").mkdir()
    shutil.copy(folder / "rows.csv", folder / "in" / "rows.csv")
    shutil.copytree(ROOT / "fixtures" / "legacy", folder / "old")
    for path in (folder / "old").iterdir():
        path.chmod(0o666)


WRITERS = {
    "rejected rows": (("metrics", "import", "rows.csv", "--platform", "generic", "--rejects", "made"), 3),
    "rejected records": (("db", "import-json", "old", "--rejects", "made", "--backup-dir", "other/copies"), 3),
    "exported JSON": (("db", "export-json", "made/files"), 0),
    "reports": (("watch", "in", "--once", "--interval", "0.05", "--platform", "generic"), 3),
    "a backup": (("db", "backup", "made"), 0),
}


def modes(folder: Path, before: set[Path]) -> set[int]:
    """The modes of what was made, apart from the files that were only moved."""
    made = {path for path in folder.rglob("*") if path not in before and "home" not in path.parts}
    made = {path for path in made if not path.name.startswith(("adops.db-", "rows"))} | set(made & {folder / "made"})
    made |= set(folder.rglob("rows.csv.json"))
    return {stat.S_IMODE(path.stat().st_mode) for path in made}


@pytest.mark.parametrize(("mode", "expected"), [(None, PRIVATE), ("private", PRIVATE), ("umask", SHARED)])
@pytest.mark.parametrize("writer", WRITERS)
def test_who_can_read_what_is_written(  # noqa: PLR0913, PLR0917 - the fixtures
    tmp_path: Path,
    db_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    writer: str,
    mode: str | None,
    expected: tuple[int, int],
) -> None:
    prepared(tmp_path)
    if mode:
        monkeypatch.setenv("ADOPS_FILE_MODE", mode)
    before = set(tmp_path.rglob("*"))
    command, code = WRITERS[writer]

    assert run_adops(*command, on=db_file).code == code

    found = modes(tmp_path, before)
    assert found
    assert found <= set(expected)


def test_the_files_of_json_mode_are_private(json_dir: Path) -> None:
    assert app.run(["projects", "create", "--name", "P", "--type", "t"]) == 0

    assert stat.S_IMODE(json_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((json_dir / "projects.json").stat().st_mode) == 0o600


def test_a_new_database_is_private_in_any_case_and_so_is_its_new_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_adops("db", "migrate", on="private/of/a.db").code == 0
    monkeypatch.setenv("ADOPS_FILE_MODE", "umask")
    assert run_adops("db", "migrate", on="shared/b.db").code == 0

    found = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("private", "private/of", "shared")}
    assert found == {"private": 0o700, "private/of": 0o700, "shared": 0o750}
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.rglob("[ab].db")} == {0o600}


def test_from_python_it_is_the_setting_or_the_argument(
    tmp_path: Path, db_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(tmp_path)
    monkeypatch.setenv("ADOPS_FILE_MODE", "umask")
    for name, asked in (("first", None), ("second", "private")):
        with database.bound(str(db_file), file_mode=asked):
            imports.import_file("rows.csv", platform="generic", rejects_file=name)
            projects.list()

    assert stat.S_IMODE((tmp_path / "first").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "second").stat().st_mode) == 0o600


def test_another_word_is_refused(monkeypatch: pytest.MonkeyPatch, db_file: Path) -> None:
    monkeypatch.setenv("ADOPS_FILE_MODE", "0644")

    done = run_adops("projects", "list", on=db_file)

    assert (done.code, "file_mode (ADOPS_FILE_MODE) must be private or umask" in done.err) == (2, True)
