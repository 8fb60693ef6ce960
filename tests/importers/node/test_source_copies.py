"""The copies of the files that an import reads."""

import contextlib
import errno
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from adops_cli import files
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.importers.node import source_copies


def back_up(contents: Mapping[str, bytes], folder: Path) -> None:
    with source_copies.set_aside(contents, folder) as put:
        put()


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text("older")
    with pytest.raises(BadRequestError, match=r"events\.json already exists"):
        back_up({"a.json": b"1", "events.json": b"2"}, tmp_path)
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix] == ["events.json"]
    assert (tmp_path / "events.json").read_text() == "older"


def test_a_backup_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(AdopsError, match="the sources cannot be copied to"):
        back_up({"a.json": b"1", "b" * 300: b"2"}, tmp_path / "kept" / "here")
    assert not (tmp_path / "kept").exists()


def test_two_backups_in_one_second_have_two_folders(tmp_path: Path) -> None:
    source = tmp_path / "old"
    folders = set()
    for _ in range(3):
        folder = source_copies.default_backup_folder(source)
        back_up({"a.json": b"1"}, folder)
        folders.add(folder)
    assert len(folders) == 3
    assert {folder.parent for folder in folders} == {tmp_path / "data-backup"}


@pytest.mark.parametrize("exists", [False, True])
def test_copies_for_an_import_that_fails_after_all_are_removed(tmp_path: Path, *, exists: bool) -> None:
    """Otherwise each try on a full disk would leave a set of them."""
    before = []
    if exists:
        (tmp_path / "kept").mkdir()
        (tmp_path / "kept" / "older.json").write_text("older")
        before = [tmp_path / "kept", tmp_path / "kept" / "older.json"]

    def fail() -> None:
        with source_copies.set_aside({"a.json": b"1"}, tmp_path / "kept") as put:
            put()
            assert (tmp_path / "kept" / "a.json").read_bytes() == b"1"
            raise AdopsError("the disk is full")

    with pytest.raises(AdopsError, match="the disk is full"):
        fail()
    assert sorted(path for path in tmp_path.rglob("*") if path.name != "home") == before


def test_copies_for_an_import_that_is_done_stay_also_if_the_working_folder_cannot_be_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = files.working_folder

    @contextlib.contextmanager
    def failing(kind: str, beside: Path) -> Iterator[Path]:
        with made(kind, beside) as folder:
            yield folder
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(source_copies, "working_folder", failing)
    with pytest.raises(OSError, match="Input/output error"):
        back_up({"a.json": b"1"}, tmp_path / "kept")
    assert (tmp_path / "kept" / "a.json").read_bytes() == b"1"
