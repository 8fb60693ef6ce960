"""The copies of the files that an import reads."""

from pathlib import Path

import pytest

from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.importers.node import source_copies


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text("older")
    with pytest.raises(BadRequestError, match=r"events\.json already exists"):
        source_copies.back_up({"a.json": b"1", "events.json": b"2"}, tmp_path)
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix] == ["events.json"]
    assert (tmp_path / "events.json").read_text() == "older"


def test_a_backup_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(AdopsError, match="the sources cannot be copied to"):
        source_copies.back_up({"a.json": b"1", "b" * 300: b"2"}, tmp_path / "kept" / "here")
    assert not (tmp_path / "kept").exists()


def test_two_backups_in_one_second_have_two_folders(tmp_path: Path) -> None:
    source = tmp_path / "old"
    folders = set()
    for _ in range(3):
        folder = source_copies.default_backup_folder(source)
        source_copies.back_up({"a.json": b"1"}, folder)
        folders.add(folder)
    assert len(folders) == 3
    assert {folder.parent for folder in folders} == {tmp_path / "data-backup"}
