"""Code pages that look like Windows-1252, and encodings that the caller names."""

import codecs
import gzip
from contextlib import closing
from pathlib import Path

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.read import read_export
from tests.exports.files import EXPORTS

GOOGLE = EXPORTS / "google-ads"
CODE_PAGES = [
    ("cp1251", "Кампания осень", "windows-1251"),
    ("cp1253", "Καμπάνια", "windows-1253"),
    ("cp1250", "Łódź jesień zażółć", "windows-1250"),
    ("cp1254", "İndirim kış için alışveriş", "windows-1254"),  # noqa: RUF001 - Turkish
]


@pytest.mark.parametrize(("codec", "name", "told"), CODE_PAGES)
def test_letters_of_another_code_page_are_told_and_read_when_it_is_named(
    tmp_path: Path, codec: str, name: str, told: str
) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(f"date,campaign,spend\n2026-09-01,{name},1\n".encode(codec))
    with closing(read_export(path, ReadOptions())) as export:
        assert "Windows-1252" in export.notices[0]
        assert "--encoding" in export.notices[0]
        assert told in export.notices[0]
    with closing(read_export(path, ReadOptions(encoding=told))) as export:
        assert [campaign.name for campaign in export.campaigns] == [name]
        assert not any("Windows" in notice for notice in export.notices)


@pytest.mark.parametrize("compression", ["", ".gz"])
@pytest.mark.parametrize(
    ("language", "codec", "told"),
    [
        ("pl", "cp1250", "windows-1250"),
        ("ru", "cp1251", "windows-1251"),
        ("tr", "cp1254", "windows-1254"),
        ("ja", "cp932", "Shift JIS"),
        ("zh", "gb18030", "GB 18030"),
        ("zh_tw", "big5", "Big5"),
    ],
)
def test_a_header_that_is_known_in_the_code_page_of_its_language_is_read_in_it(
    tmp_path: Path, language: str, codec: str, told: str, compression: str
) -> None:
    sample = GOOGLE / f"{language}_daily.csv"
    text = sample.read_text(encoding="utf-8-sig").encode(
        codec, errors="replace"
    )  # a letter of the preamble may be lost
    path = tmp_path / f"saved.csv{compression}"
    path.write_bytes(gzip.compress(text) if compression else text)
    with closing(read_export(sample, ReadOptions())) as export, closing(read_export(path, ReadOptions())) as saved:
        assert any(told in notice and "--encoding" in notice for notice in saved.notices)
        assert saved.platform == "google-ads"
        assert list(saved.days()) == list(export.days())
        assert [campaign.name for campaign in saved.campaigns] == [campaign.name for campaign in export.campaigns]


def test_a_backslash_before_a_number_is_the_yen_of_shift_jis(tmp_path: Path) -> None:
    path = tmp_path / "saved.csv"
    head = "日,キャンペーン,表示回数,クリック数,費用"
    path.write_bytes(f'{head}\n2026-09-14,秋,9,1,"\\1,275"\n2026-09-15,秋,9,1,\\N\n'.encode("cp932"))
    with closing(read_export(path, ReadOptions())) as export:
        assert [(row.line, str(row.why)) for row in export.rejected] == [(3, "not_a_number")]
        assert (export.totals.spend, export.campaigns[0].currency) == (1275, "JPY")
    path.write_bytes(f"{head} (USD)\n2026-09-14,秋,9,1,\\1275\n".encode("cp932"))
    with pytest.raises(RefusedError, match="USD"):
        read_export(path, ReadOptions())


def test_a_header_in_a_code_page_is_not_known_in_another_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes("День;Кампания;Показы;Клики;Стоимость\n2026-09-01;Осень;9;1;1\n".encode("cp1251"))
    with pytest.raises(RefusedError) as caught:
        read_export(path, ReadOptions(encoding="windows-1252"))
    assert caught.value.because is Refusal.UNRECOGNISED


def test_a_broken_letter_makes_no_other_code_page_of_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    text = (GOOGLE / "ja_daily.csv").read_bytes()
    path.write_bytes(text[:-20] + b"\xe3\x81\n" + text[-20:])
    with pytest.raises(RefusedError):
        read_export(path, ReadOptions())


@pytest.mark.parametrize("name", ["Café Größe", "Čaj".encode("cp1250").decode("cp1252"), "été créé œuvre", "Übergröße"])
def test_western_letters_look_like_no_other_code_page(tmp_path: Path, name: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(f"date,campaign,spend\n2026-09-01,{name},1\n".encode("cp1252"))
    with closing(read_export(path, ReadOptions())) as export:
        assert not any("--encoding" in notice for notice in export.notices)


@pytest.mark.parametrize("codec", ["shift_jis", "cp932", "gbk", "utf-16", "utf-8-sig", "utf-8", "utf-16-le", "koi8-r"])
def test_a_file_is_read_in_the_encoding_that_is_named(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "export.csv"
    name = "Осень" if codec == "koi8-r" else "秋の日"
    mark = codecs.BOM_UTF16_LE if codec == "utf-16-le" else b""
    path.write_bytes(mark + f"date,campaign,spend\n2026-09-01,{name},1\n".encode(codec))
    with closing(read_export(path, ReadOptions(encoding=codec))) as export:
        assert [campaign.name for campaign in export.campaigns] == [name]


def test_text_that_is_not_in_the_named_encoding_is_unreadable_and_there_must_be_such_an_encoding(
    tmp_path: Path,
) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes("date,campaign,spend\n2026-09-01,秋,1\n".encode("shift_jis"))
    for encoding in (None, "utf-8"):  # it is not valid Windows-1252 either
        with pytest.raises(RefusedError) as caught:
            read_export(path, ReadOptions(encoding=encoding))
        assert caught.value.because is Refusal.UNREADABLE
        assert "--encoding" in str(caught.value.hint)
    for codec in ("windows-9999", "hex", "rot13"):
        with pytest.raises(BadRequestError, match="--encoding"):
            read_export(path, ReadOptions(encoding=codec))
