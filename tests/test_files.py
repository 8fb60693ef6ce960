"""Moving a file loses nothing: neither the file, nor one that has its name already."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adops_cli import files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "done"
    path.mkdir()
    return path


@pytest.fixture(params=["same disk", "disk without links", "other disk"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the folder is on the same disk as the file, and whether that has links."""
    link = os.link

    def refusing(file: Path, target: Any) -> None:
        if request.param == "disk without links":
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(file))
        if ".working" not in str(file):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(file))
        link(file, target)

    if request.param != "same disk":
        monkeypatch.setattr(os, "link", refusing)


@pytest.mark.usefixtures("disk")
def test_a_file_is_moved_as_it_is(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("1")
    file.chmod(0o640)
    os.utime(file, (1_700_000_000, 1_700_000_000))

    target = files.move_into(file, folder)

    assert target == folder / "a.csv"
    assert (target.read_text(), target.stat().st_mode & 0o777, target.stat().st_mtime) == ("1", 0o640, 1_700_000_000)
    assert not file.exists()
    assert [entry.name for entry in folder.iterdir()] == ["a.csv"]


@pytest.mark.usefixtures("disk")
def test_a_taken_name_is_followed_by_a_number(tmp_path: Path, folder: Path) -> None:
    for number in (1, 2, 3):
        file = tmp_path / "a.csv"
        file.write_text(str(number))
        files.move_into(file, folder)

    assert {entry.name: entry.read_text() for entry in folder.iterdir()} == {
        "a.csv": "1",
        "a-2.csv": "2",
        "a-3.csv": "3",
    }


def test_even_a_broken_link_keeps_its_name(tmp_path: Path, folder: Path) -> None:
    (folder / "a.csv").symlink_to("nowhere")
    (tmp_path / "a.csv").write_text("1")

    assert files.move_into(tmp_path / "a.csv", folder).name == "a-2.csv"
    assert (folder / "a.csv").is_symlink()


@pytest.mark.usefixtures("disk")
def test_a_name_that_is_taken_meanwhile_is_left_alone(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.csv").write_text("other")
    (tmp_path / "a.csv").write_text("mine")
    monkeypatch.setattr(files, "free_names", lambda file, folder: iter([folder / file.name, folder / "b.csv"]))

    assert files.move_into(tmp_path / "a.csv", folder).name == "b.csv"
    assert (folder / "a.csv").read_text() == "other"


def test_a_file_that_cannot_be_moved_stays(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: Path, _target: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "a.csv").write_text("1")
    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(Path, "rename", full)

    with pytest.raises(OSError, match="No space left"):
        files.move_into(tmp_path / "a.csv", folder)
    assert (tmp_path / "a.csv").read_text() == "1"
    assert list(folder.iterdir()) == []


def test_a_file_stays_in_its_own_folder(folder: Path) -> None:
    (folder / "a.csv").write_text("1")

    assert files.move_into(folder / "a.csv", folder) == folder / "a.csv"
    assert [entry.name for entry in folder.iterdir()] == ["a.csv"]


def test_a_move_that_was_cut_short_between_its_two_names_is_finished(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    os.link(tmp_path / "a.csv", folder / "a.csv")

    assert files.move_into(tmp_path / "a.csv", folder) == folder / "a.csv"
    assert not (tmp_path / "a.csv").exists()
    assert [entry.name for entry in folder.iterdir()] == ["a.csv"]


def test_a_link_is_moved_as_a_link(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "real.csv").write_text("1")
    (tmp_path / "a.csv").symlink_to(tmp_path / "real.csv")

    assert files.move_into(tmp_path / "a.csv", folder).is_symlink()
    assert (tmp_path / "real.csv").read_text() == "1"


@pytest.mark.usefixtures("disk")
def test_a_file_is_never_seen_empty_under_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed at any moment leaves nothing that looks like the file."""
    seen = []

    def look(kind: str) -> Callable[..., Any]:
        real = getattr(os, kind)

        def looking(*args: Any, **options: Any) -> Any:
            seen.append((tmp_path / "a.db").exists() and (tmp_path / "a.db").stat().st_size)
            return real(*args, **options)

        return looking

    for kind in ("open", "link", "rename", "unlink", "fsync", "replace"):
        monkeypatch.setattr(os, kind, look(kind))
    with files.published(tmp_path / "a.db", "backup") as partial:
        partial.write_text("whole")

    assert set(seen) == {False, 5}
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["a.db"]


def test_a_working_file_is_private_and_its_folder_cannot_be_foretold(tmp_path: Path) -> None:
    with files.working_folder("test", tmp_path) as first, files.working_folder("test", tmp_path) as second:
        assert first != second
        assert {stat.S_IMODE(folder.parent.stat().st_mode) for folder in (first, second)} == {0o700}
        file = files.new_file(first / "a")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with pytest.raises(FileExistsError):
            files.new_file(file)
        (first / "link").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(FileExistsError):
            files.new_file(first / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_what_only_looks_like_a_working_folder_is_left_alone(tmp_path: Path) -> None:
    """A link, a file, another kind, and a name that is not ours."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "a").write_text("1")
    (tmp_path / ".adops-test-aaaaaaaaaaaaaaaa.working").symlink_to(tmp_path / "private")
    (tmp_path / ".adops-test-bbbbbbbbbbbbbbbb.working").write_text("1")
    (tmp_path / ".adops-other-aaaaaaaaaaaaaaaa.working").mkdir()
    (tmp_path / ".adops-test-mine").mkdir()
    before = sorted(tmp_path.rglob("*"))

    files.remove_dead("test", tmp_path)

    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_is_taken_for_dead_before_it_is_locked_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    lock = files.locked

    def locked(file: Path, timeout: float) -> Any:
        made.append(file.parent)
        if len(made) == 1:
            files.remove_dead("test", tmp_path)
        return lock(file, timeout)

    monkeypatch.setattr(files, "locked", locked)
    with files.working_folder("test", tmp_path) as folder:
        assert folder.parent == made[-1] != made[0]
        assert folder.exists()
    assert [path for path in tmp_path.iterdir() if path.name != "home"] == []


def test_what_a_kill_has_left_is_removed_also_if_the_name_is_taken_by_now(tmp_path: Path) -> None:
    left = tmp_path / ".adops-backup-0123456789abcdef.working"
    (left / "files").mkdir(parents=True)
    (tmp_path / "copy.db").write_text("complete")

    with pytest.raises(FileExistsError), files.published(tmp_path / "copy.db", "backup"):
        pass

    assert [path.name for path in tmp_path.glob("*.*")] == ["copy.db"]


def test_a_lock_that_cannot_be_released_takes_back_nothing_of_what_was_done_within_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_lock: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("filelock.FileLock.release", failing)
    with files.locked(tmp_path / "lock", 0):
        pass
