"""`adops db backup --keep N`: rotation removes backups of the same database with our own names, and nothing else."""

import os
from pathlib import Path

import pytest

from adops_cli.storage import backup
from tests.conftest import Adops
from tests.postgres import programs

OTHERS = [
    "adops-backup-20200101T000000Z.txt",
    "adops-backup-20200101T000000Z.db.old",
    "adops-backup-monday.db",
    "adops-backup-2020.db",
    "my-adops-backup-20200101T000000Z.db",
    "other-backup-20200101T000000Z.db",
    "adops-backup-20200101T000000Z.dump",
    "before.db",
]


def ours(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("adops-backup-2*Z*.db") if path.is_file())


@pytest.fixture
def folder(db_file: Path) -> Path:
    """The folder of the database, with five backups of it, and with files that only look like them."""
    for name in [f"adops-backup-2021010{day}T000000Z.db" for day in (1, 2, 3)]:
        (db_file.parent / name).write_text("old")
    for name in ("adops-backup-20210103T000000Z-2.db", "adops-backup-20210103T000000Z-10.db", *OTHERS):
        (db_file.parent / name).write_text("old")
    return db_file.parent


def test_the_newest_are_kept(adops: Adops, folder: Path) -> None:
    done = adops("db", "backup", "--keep", "3")

    new = Path(done.out.strip()).name
    kept = ["adops-backup-20210103T000000Z-10.db", "adops-backup-20210103T000000Z-2.db", new]
    assert (done.code, ours(folder)) == (0, kept)
    assert done.err == (
        "Removed 3 older backups: adops-backup-20210103T000000Z.db, adops-backup-20210102T000000Z.db, "
        "adops-backup-20210101T000000Z.db.\n"
    )
    assert adops("db", "backup", "--keep", "1", "--quiet").err == ""
    assert len(ours(folder)) == 1


def test_nothing_else_is_removed(adops: Adops, folder: Path) -> None:
    (folder / "adops-backup-20200202T000000Z.db").symlink_to(folder / "before.db")
    (folder / "adops-backup-20200303T000000Z.db").mkdir()

    assert adops("db", "backup", "--keep", "1").code == 0

    assert len(ours(folder)) == 2  # with the link
    assert (folder / "adops-backup-20200202T000000Z.db").is_symlink()
    assert (folder / "adops-backup-20200303T000000Z.db").is_dir()
    assert [name for name in OTHERS if not (folder / name).exists()] == []


def test_fewer_than_that_all_stay(adops: Adops, folder: Path) -> None:
    done = adops("db", "backup", "--keep", "100")

    assert (done.code, done.err, len(ours(folder))) == (0, "", 6)


def test_backups_from_a_clock_that_is_ahead_stay(adops: Adops, folder: Path) -> None:
    (folder / "adops-backup-29990101T000000Z.db").write_text("later")

    assert adops("db", "backup", "--keep", "1").code == 0

    assert len(ours(folder)) == 2


def test_a_backup_that_fails_removes_nothing(adops: Adops, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_check", broken)

    assert adops("db", "backup", "--keep", "1").code == 1
    assert len(ours(folder)) == 5


def test_a_backup_that_cannot_be_removed_is_told(adops: Adops, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink = Path.unlink

    def refusing(path: Path, *, missing_ok: bool = False) -> None:
        if path.name.startswith("adops-backup-2021"):
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refusing)
    done = adops("db", "backup", "--keep", "1")

    assert (done.code, Path(done.out.strip()).exists(), len(ours(folder))) == (1, True, 6)
    assert "cannot be removed: Permission denied" in done.err


def test_a_file_of_ones_own_naming_is_not_rotated(adops: Adops, folder: Path) -> None:
    refused = adops("db", "backup", folder / "mine.db", "--keep", "2")

    assert (refused.code, (folder / "mine.db").exists(), len(ours(folder))) == (2, False, 5)


def test_dumps_are_rotated_alike(postgres_url: str, adops: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{programs()}{os.pathsep}{os.environ['PATH']}")
    first = Path(adops("db", "backup", on=postgres_url).out.strip())
    old = first.rename(first.with_name(first.name.replace("-backup-2", "-backup-1")))

    done = adops("db", "backup", "--keep", "1", on=postgres_url)

    assert (done.code, old.exists(), Path(done.out.strip()).exists()) == (0, False, True)
