"""Code pages that look like Windows-1252, and encodings that the caller names."""

import codecs
from contextlib import closing
from pathlib import Path

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.read import read_export

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
