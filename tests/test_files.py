"""Moving a file loses nothing: neither the file, nor one that has its name already."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from adops_cli import files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "done"
    path.mkdir()
    return path


@pytest.fixture(params=["same disk", "other disk"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the folder is on the same disk as the file."""
    replace = Path.replace

    def refusing(file: Path, target: Any) -> Path:
        if file.suffix != ".partial":
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(file))
        return replace(file, target)

    if request.param == "other disk":
        monkeypatch.setattr(Path, "replace", refusing)


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


def test_a_name_that_is_taken_meanwhile_is_left_alone(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.csv").write_text("other")
    (tmp_path / "a.csv").write_text("mine")
    monkeypatch.setattr(files, "free_names", lambda target: iter([target, target.with_stem("b")]))

    assert files.move_into(tmp_path / "a.csv", folder).name == "b.csv"
    assert (folder / "a.csv").read_text() == "other"


def test_a_file_that_cannot_be_moved_stays(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: Path, _target: Any) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "a.csv").write_text("1")
    monkeypatch.setattr(Path, "replace", full)

    with pytest.raises(OSError, match="No space left"):
        files.move_into(tmp_path / "a.csv", folder)
    assert (tmp_path / "a.csv").read_text() == "1"
    assert list(folder.iterdir()) == []


def test_a_file_stays_in_its_own_folder(folder: Path) -> None:
    (folder / "a.csv").write_text("1")

    assert files.move_into(folder / "a.csv", folder) == folder / "a.csv"
    assert [entry.name for entry in folder.iterdir()] == ["a.csv"]
