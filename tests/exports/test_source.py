"""Input files as bytes: found, hashed, unpacked, spooled, their encoding decided."""

import bz2
import gzip
import hashlib
import io
import os
import tempfile
import threading
import zipfile
from pathlib import Path

import pytest

from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.sources import archive
from adops_cli.exports.sources.source import InputFile, opened
from tests.exports.files import EXPORTS, read, workbook, zipped

DAILY = EXPORTS / "google-ads" / "daily_utf8_preamble.csv"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, so that a test can watch them."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def content(source: InputFile) -> bytes:
    with source.open() as file:
        return file.read()


def refusal(path: Path) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        read(path)
    return caught.value


def test_a_file_is_read_where_it_lies(temporary: Path) -> None:
    with opened(DAILY) as source:
        assert source.name == str(DAILY)
        assert source.path == DAILY
        assert content(source) == content(source) == DAILY.read_bytes()
        assert source.sha256 == hashlib.sha256(DAILY.read_bytes()).hexdigest()
        assert not list(temporary.iterdir())


def test_standard_input_is_spooled_until_it_is_closed(temporary: Path) -> None:
    with opened("-", io.BytesIO(DAILY.read_bytes())) as source:
        assert source.name == "-"
        assert content(source) == content(source) == DAILY.read_bytes()
        assert source.sha256 == hashlib.sha256(DAILY.read_bytes()).hexdigest()
        assert len(list(temporary.iterdir())) == 1
    assert not list(temporary.iterdir())


def test_a_pipe_is_spooled_too(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[DAILY.read_bytes()])
    writer.start()
    with opened(pipe) as source:
        writer.join()
        assert content(source) == content(source) == DAILY.read_bytes()


@pytest.mark.parametrize("name", ["daily.csv.gz", "daily.csv", "archive"])
def test_gzip_is_known_by_its_bytes_and_the_hash_is_that_of_the_file(
    tmp_path: Path, temporary: Path, name: str
) -> None:
    packed = tmp_path / name
    packed.write_bytes(gzip.compress(DAILY.read_bytes()))
    with opened(packed) as source:
        assert content(source) == DAILY.read_bytes()
        assert source.sha256 == hashlib.sha256(packed.read_bytes()).hexdigest()
    assert not list(temporary.iterdir())


def test_a_zip_of_one_file_is_unpacked_whatever_macos_put_beside_it(tmp_path: Path) -> None:
    packed = tmp_path / "report.csv"
    packed.write_bytes(
        zipped(
            {
                "report/": "",
                "report/daily.csv": DAILY.read_bytes(),
                "__MACOSX/report/._daily.csv": "x",
                ".DS_Store": "x",
            }
        )
    )
    with opened(packed) as source:
        assert content(source) == DAILY.read_bytes()


def test_what_comes_packed_through_standard_input_is_unpacked_too() -> None:
    packed = gzip.compress(DAILY.read_bytes())
    with opened("-", io.BytesIO(packed)) as source:
        assert content(source) == DAILY.read_bytes()
        assert source.sha256 == hashlib.sha256(packed).hexdigest()


def test_a_packed_workbook_is_a_workbook(tmp_path: Path) -> None:
    plain = EXPORTS / "google-ads" / "daily.xlsx"
    for name, packed in (
        ("a.gz", gzip.compress(plain.read_bytes())),
        ("a.zip", zipped({"a.xlsx": plain.read_bytes()})),
    ):
        path = tmp_path / name
        path.write_bytes(packed)
        assert read(path)[1] == read(plain)[1]


def test_an_archive_of_several_files_is_refused_and_names_them(tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    path.write_bytes(zipped({"july.csv": "Day,Cost", "august.csv": "Day,Cost"}))
    refused = refusal(path)
    assert refused.because == Refusal.UNREADABLE
    assert '2 files: "july.csv", "august.csv"' in refused.message
    assert refused.hint == "Unpack it and import them one by one"


def encrypted_zip() -> bytes:
    """The flag for a password, set in the two places where a ZIP file has it."""
    packed = bytearray(zipped({"a.csv": "Day,Cost"}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def damaged_zip(way: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", way) as file:
        file.writestr("a.csv", DAILY.read_bytes())
    damaged = bytearray(packed.getvalue())
    damaged[400:420] = bytes(20)
    return bytes(damaged)


GZIPPED = gzip.compress(DAILY.read_bytes(), mtime=0)


@pytest.mark.parametrize(
    "packed",
    [
        GZIPPED[:-100],
        GZIPPED[:5],
        GZIPPED[:200] + bytes(50) + GZIPPED[250:],
        GZIPPED + b"and more",
        gzip.compress(GZIPPED, mtime=0),
        zipped({"a.csv.gz": GZIPPED}),
        zipped({"a.zip": zipped({"a.csv": "Day,Cost"})}),
        zipped({}),
        zipped({"folder/": "", "__MACOSX/x": ""}),
        zipped({"a.csv": DAILY.read_bytes()})[:-30],
        encrypted_zip(),
        damaged_zip(zipfile.ZIP_DEFLATED),
        damaged_zip(zipfile.ZIP_BZIP2),
        damaged_zip(zipfile.ZIP_LZMA),
        damaged_zip(zipfile.ZIP_STORED),
        bz2.compress(DAILY.read_bytes()),
    ],
)
def test_an_archive_that_cannot_be_unpacked_is_unreadable(tmp_path: Path, temporary: Path, packed: bytes) -> None:
    path = tmp_path / "packed"
    path.write_bytes(packed)
    assert refusal(path).because == Refusal.UNREADABLE
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped({"a.csv": content})])
def test_a_bomb_is_unreadable_and_leaves_nothing_on_the_disk(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, pack: "type[bytes]"
) -> None:
    monkeypatch.setattr(archive, "_BOMB_SIZE", 1 << 20)
    path = tmp_path / "bomb"
    path.write_bytes(pack(bytes(4 << 20)))
    assert "unpacks to more than 1 MB" in refusal(path).message
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("nothing", [b"", gzip.compress(b"", mtime=0), zipped({"a.csv": ""})])
def test_no_bytes_are_an_empty_file(tmp_path: Path, nothing: bytes) -> None:
    path = tmp_path / "nothing.csv"
    path.write_bytes(nothing)
    assert refusal(path).because == Refusal.EMPTY_FILE


@pytest.mark.parametrize("name", ["gone.csv", ".", "a\0b"])
def test_a_path_that_is_not_a_file_is_a_bad_request_and_not_a_refusal(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        BadRequestError, match=r"cannot be read: .*\. Name an export file, or - for standard input"
    ) as caught:
        opened(f"{tmp_path}/{name}")
    assert not isinstance(caught.value, RefusedError)


class TornOff(io.BytesIO):
    def read(self, _size: int | None = -1, /) -> bytes:
        raise OSError(5, "Input/output error")


def test_a_reading_that_fails_half_way_is_told_and_leaves_nothing(temporary: Path) -> None:
    with pytest.raises(BadRequestError, match="- cannot be read: Input/output error"):
        opened("-", TornOff())
    assert not list(temporary.iterdir())


def test_a_file_that_changes_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "daily.csv"
    path.write_bytes(DAILY.read_bytes())
    with opened(path) as source:
        path.write_bytes(DAILY.read_bytes() + b"2026-01-01")
        with pytest.raises(BadRequestError, match="changed while it was read"):
            source.open()


def test_a_temporary_folder_that_cannot_be_written_to_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null/folder")
    with pytest.raises(AdopsError, match="a temporary file cannot be written"):
        opened("-", io.BytesIO(b"Day,Cost"))


def test_an_old_workbook_is_refused_with_the_advice_to_save_it_anew(tmp_path: Path) -> None:
    path = tmp_path / "report.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    refused = refusal(path)
    assert refused.because == Refusal.UNREADABLE
    assert refused.hint == "Save it as CSV, or as XLSX without a password"


ROWS = "Day,Campaign,Cost\n2026-03-01,Café Größe\u2013£,1\n"


@pytest.mark.parametrize(
    ("written", "codec"),
    [
        (ROWS.encode(), "utf-8"),
        (ROWS.encode("utf-8-sig"), "utf-8"),
        (b"\xff\xfe" + ROWS.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + ROWS.encode("utf-16-be"), "utf-16-be"),
        (ROWS.encode("utf-16-le"), "utf-16-le"),
        (ROWS.encode("utf-16-be"), "utf-16-be"),
        (ROWS.encode("cp1252"), "cp1252"),
    ],
)
def test_every_encoding_comes_to_the_same_rows(tmp_path: Path, written: bytes, codec: str) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(written)
    with opened(path) as source:
        assert source.encoding().codec == codec
    table, rows = read(path)
    assert rows == [(1, ["Day", "Campaign", "Cost"]), (2, ["2026-03-01", "Café Größe\u2013£", "1"])]
    assert table.notices == (["read as Windows-1252, because byte 33 is not UTF-8"] if codec == "cp1252" else [])


def test_one_byte_at_the_end_of_a_long_file_decides_as_well(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"Day,Campaign\n" * 200_000 + b"2026-03-01,Caf\xe9\n")
    table, rows = read(path)
    assert table.notices == ["read as Windows-1252, because byte 2600015 is not UTF-8"]
    assert rows[-1] == (200_001, ["2026-03-01", "Café"])


@pytest.mark.parametrize(
    "written",
    [
        "Day,Café,Čaj\n".encode() + b"2026-03-01,Caf\xc3\n",  # UTF-8, except for one character
        b"x" * ((1 << 20) - 1) + "é,".encode() + b"Caf\xe9\n",  # the same, across two chunks
        b"Day,Caf\xe9\x81\n",  # a byte that Windows-1252 does not have
        b"Day,Caf\xe9 \x1b[31m\n",
        b"\xef\xbb\xbfDay,Caf\xe9\n",
        b"\xff\xfeD\x00a\x00y\x00,",
        b"\xff\xfeD\x00\x00\xd8a\x00",  # half of a surrogate pair
        b"D\x00a\x00y\x00,\x00\x00\x00",
        b"Day,Cost\x00\n",
        b"\xff\xfe\x00\x00D\x00\x00\x00",  # UTF-32
        "Day,Τιμή\n".encode()[:-2],
    ],
)
def test_broken_or_mixed_encodings_are_unreadable(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(written)
    assert refusal(path).because == Refusal.UNREADABLE


def test_a_replacement_character_that_is_in_the_file_is_no_damage_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "mended.csv"
    path.write_bytes("Day,Campaign\n2026-03-01,Caf\ufffd\n".encode())
    assert read(path)[1][1] == (2, ["2026-03-01", "Caf\ufffd"])


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("zero_bytes.csv", Refusal.EMPTY_FILE),
        ("truncated_utf16.csv", Refusal.UNREADABLE),
        ("binary_junk.csv", Refusal.UNREADABLE),
        ("broken_utf8.csv", Refusal.UNREADABLE),
        ("nul_bytes.csv", Refusal.UNREADABLE),
        ("broken_workbook.xlsx", Refusal.UNREADABLE),
        ("unclosed_quote.csv", Refusal.UNREADABLE),
        ("json_truncated.json", Refusal.UNREADABLE),
    ],
)
def test_the_hostile_files_are_refused_for_the_right_reason(name: str, because: Refusal) -> None:
    refused = refusal(EXPORTS / "hostile" / name)
    assert (refused.because, refused.platform, refused.rows_read) == (because, None, 0)
    assert refused.hint
    assert name in refused.message


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_workbook_that_is_a_bomb_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setattr(archive, "_BOMB_SIZE", 1 << 20)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(zipped({"xl/workbook.xml": "<workbook/>", part: bytes(4 << 20)}))
    assert "unpacks to more than 1 MB" in refusal(path).message


@pytest.mark.parametrize("place", ["XFD1048576", "ZZZZZZ99999999999", "A99999999999", f"{'Z' * 30}1"])
def test_a_workbook_with_a_cell_at_the_far_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, place: str
) -> None:
    path = tmp_path / "sparse.xlsx"
    path.write_bytes(workbook(a=f'<row r="1"><c r="A1"><v>1</v></c><c r="{place}"><v>1</v></c></row>'))
    assert "spans more than" in refusal(path).message
