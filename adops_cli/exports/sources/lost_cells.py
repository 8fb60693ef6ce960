"""Cells of an XLSX sheet that the reading library shows as empty, although they are not: errors, unfinished formulas.

Found in the sheet's XML by their form. An error cell becomes its own text, such as `#DIV/0!`; a formula that no program
has calculated becomes `UNCALCULATED`. A cell without a place (`r`) is not looked for: the programs that leave it out
write values only. Knows no header's meaning.
"""

import html
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from adops_cli.exports.sources import archive

ERROR = "#ERROR!"
"""Stands for an error that the file does not name as spreadsheets do."""
UNCALCULATED = "#UNCALCULATED!"
"""Stands for the value of a formula. Excel has no such error, because it calculates every formula."""
Lost = Mapping[int, Mapping[int, str]]
"""Row, from 1 -> column, from 0 -> text."""

_CELL = re.compile(
    rb"""<(?:\w+:)?c\b(?P<about>[^>]*)(?<!/)>\s*
    (?P<formula><(?:\w+:)?f\b[^>]*(?:(?<=/)>|>[^<]*</(?:\w+:)?f>)\s*)?
    (?:<(?:\w+:)?v\b[^>]*(?:(?<=/)>|>(?P<value>[^<]*)</(?:\w+:)?v>)\s*)?
    </(?:\w+:)?c>""",
    re.VERBOSE,
)
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_KIND = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
_SIGNS = re.compile(rb"""\bt\s*=\s*["']e["']|<(?:\w+:)?f\b""")
"""Occurs in every lost cell."""
_ROW_END = b"row>"
_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHEET = re.compile(r"<(?:\w+:)?sheet\b([^>]*)>")
_LINK = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def find(name: str, path: Path, sheet: str) -> Lost:
    """The lost cells of one sheet.

    Args:
        name: the file's name for errors.
        path: the workbook.
        sheet: the name of the sheet.
    """
    found: dict[int, dict[int, str]] = {}
    part = _part(name, path, sheet)
    for member, chunks in archive.members(name, path):
        if member == part:
            for rows in _whole_rows(chunks):
                for letters, row, text in _in(rows):
                    found.setdefault(row, {})[column(letters) - 1] = text
    return found


def column(letters: bytes) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _part(name: str, path: Path, sheet: str) -> str | None:
    """The part of the archive that holds this sheet."""
    parts = {
        member: b"".join(chunks).decode("utf-8", "replace")
        for member, chunks in archive.members(name, path)
        if member in {_BOOK, _LINKS}
    }
    targets = {one.get("Id"): one.get("Target", "") for one in _tags(_LINK, parts.get(_LINKS, ""))}
    for one in _tags(_SHEET, parts.get(_BOOK, "")):
        if one.get("name") == sheet:
            link = next((value for key, value in one.items() if key.endswith(":id")), None)
            return posixpath.normpath(posixpath.join("/xl", targets.get(link, ""))).lstrip("/")
    return None


def _tags(tag: re.Pattern[str], text: str) -> Iterator[dict[str, str]]:
    for about in tag.findall(text):
        yield {key: html.unescape(one or other) for key, one, other in _ATTRIBUTE.findall(about)}


def _whole_rows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The XML in pieces that end with a row, and only those in which a cell can be lost."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        end = rest.rfind(_ROW_END) + len(_ROW_END)
        if end >= len(_ROW_END):
            if _SIGNS.search(rest, 0, end):
                yield rest[:end]
            rest = rest[end:]


def _in(rows: bytes) -> Iterator[tuple[bytes, int, str]]:
    for cell in _CELL.finditer(rows):
        about, value = cell["about"], cell["value"] or b""
        place, kind = _PLACE.search(about), _KIND.search(about)
        is_error = kind is not None and kind[1] == b"e"
        is_empty = cell["formula"] is not None and not value.strip() and (kind is None or kind[1] != b"str")
        if place is not None and (is_error or is_empty):
            text = html.unescape(value.decode("utf-8", "replace")).strip() if is_error else UNCALCULATED
            yield place[1], int(place[2]), text or UNCALCULATED
