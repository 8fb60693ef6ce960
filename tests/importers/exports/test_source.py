"""Whatever a file comes in, its bytes are read, its checksum is that of what came, and nothing is left behind."""

import gzip
import hashlib
import io
import tempfile
import zipfile
from pathlib import Path

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.importers.exports.export import Refusal, RefusedError
from adops_cli.importers.exports.source import opened

CONTENT = b"Day,Campaign,Cost\n2026-09-01,A,1.50\n"


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__slash__", "/"), content)
    return path


def read(path: Path | str, stdin: bytes | None = None) -> bytes:
    with opened(path, None if stdin is None else io.BytesIO(stdin)) as source:
        content = source.path.read_bytes()
        assert source.name == str(path)
    return content


def test_a_file_is_read_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(CONTENT)

    with opened(file) as source:
        assert source.path == file
        assert source.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert file.read_bytes() == CONTENT


def test_standard_input_can_be_read_twice_and_leaves_nothing(tmp_path: Path) -> None:
    with opened("-", io.BytesIO(CONTENT)) as source:
        assert source.path.read_bytes() == source.path.read_bytes() == CONTENT
        assert source.sha256 == hashlib.sha256(CONTENT).hexdigest()

    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_packed_file_is_known_by_its_bytes_whatever_its_name_is(tmp_path: Path) -> None:
    packed = tmp_path / "report.csv"
    packed.write_bytes(gzip.compress(CONTENT))
    assert read(packed) == CONTENT
    with opened(packed) as source:
        assert source.sha256 == hashlib.sha256(packed.read_bytes()).hexdigest()

    junk = {"__MACOSX__slash__._report.csv": b"x", "folder__slash__": b"", "folder__slash__.DS_Store": b"y"}
    assert read(zipped(tmp_path / "report.txt", **{"folder__slash__report.csv": CONTENT}, **junk)) == CONTENT
    assert read("-", gzip.compress(CONTENT)) == CONTENT
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "because", "words"),
    [
        (b"", Refusal.EMPTY_FILE, "no bytes"),
        (gzip.compress(b""), Refusal.EMPTY_FILE, "no bytes"),
        (gzip.compress(CONTENT)[:-9], Refusal.UNREADABLE, "cannot be unpacked"),
        (b"\x1f\x8bnonsense", Refusal.UNREADABLE, "cannot be unpacked"),
        (b"PK\x03\x04nonsense", Refusal.UNREADABLE, "cannot be unpacked"),
        (gzip.compress(b"0" * (101 << 20)), Refusal.UNREADABLE, "unpacks to more than 64 MB, 250 times its size"),
    ],
)
def test_what_cannot_be_unpacked_is_refused_and_leaves_nothing(
    tmp_path: Path, content: bytes, because: Refusal, words: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)

    with pytest.raises(RefusedError, match=words) as caught:
        read(tmp_path / "a.csv")

    assert caught.value.because is because
    assert list((tmp_path / "temporary").iterdir()) == []


def test_an_archive_must_hold_one_file(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r'is an archive of 2 files: "a\.csv", "b\.csv"'):
        read(zipped(tmp_path / "two.zip", **{"a.csv": CONTENT, "b.csv": CONTENT}))
    with pytest.raises(RefusedError, match="is an archive with no file in it"):
        read(zipped(tmp_path / "none.zip", folder__slash__=b""))


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.csv", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(BadRequestError, match=f"{path} cannot be read: {words}"):
            read(path)
