"""What the tests of reading share: the folder of exports, a reader of rows, generated workbooks."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adops_cli.exports.sources.source import opened
from adops_cli.exports.sources.table import Table, open_table

EXPORTS = Path(__file__).parents[2] / "fixtures" / "exports"
_KNOWN = {
    "day",
    "date",
    "campaign",
    "campaign name",
    "cost",
    "clicks",
    "impr.",
    "impressions",
    "spend",
    "segments.date",
}

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
_OPEN = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def score(cells: Sequence[str]) -> int:
    """How many of the names that the tests use are in a row."""
    return sum(cell.strip().lower() in _KNOWN for cell in cells)


def read(path: Path, name: str | None = None) -> tuple[Table, list[tuple[int, list[Any]]]]:
    """A file's table, and all its rows; of a workbook, those of the sheet with this name."""
    with opened(path) as source:
        table = open_table(source, score, sheet=name)
        return table, list(table.rows())


def rows(path: Path) -> list[tuple[int, list[Any]]]:
    return read(path)[1]


def lines(path: Path) -> list[int]:
    return [line for line, _ in rows(path)]


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    """A ZIP archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def workbook(**sheets: str) -> bytes:
    """A workbook with this XML in its sheets. A sheet is hidden if its name begins with `hidden`."""
    numbered = list(enumerate(sheets, 1))
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" state="{_state(name)}" r:id="r{number}"/>'
        for number, name in numbered
    )
    links = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number, _ in numbered
    )
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Override PartName="/xl/workbook.xml" '
            f'ContentType="{_KIND}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}">{links}</Relationships>',
        }
        | {
            f"xl/worksheets/sheet{number}.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{sheets[name]}</sheetData>'
            "</worksheet>"
            for number, name in numbered
        }
    )


def spreadsheet(**sheets: str) -> bytes:
    """An OpenDocument spreadsheet whose sheets hold this XML."""
    tables = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets.items())
    names = " ".join(f'xmlns:{short}="{long}"' for short, long in _OPEN.items())
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>{tables}</office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    return zipped({"mimetype": _ODS, "META-INF/manifest.xml": _MANIFEST, "content.xml": content})


def _state(name: str) -> str:
    return "hidden" if name.startswith("hidden") else "visible"


def sheet(*table: Sequence[str | float | bool | None]) -> str:
    """The XML of rows; None leaves a cell out."""
    return "".join(
        f'<row r="{number}">{"".join(_cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(cells))}</row>'
        for number, cells in enumerate(table, 1)
    )


def _cell(place: str, value: str | float | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'
