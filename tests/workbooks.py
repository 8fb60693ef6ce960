"""Reads workbooks back: as python-calamine reads them, and as the files that they are made of."""

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from adops_cli.render import Kind, cells


def cells_of(file: Path, sheet: str) -> list[list[Any]]:
    """The values of a sheet from its first cell on; an absent one is empty text."""
    return CalamineWorkbook.from_path(file).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def sheets_of(file: Path) -> list[str]:
    """The names of its sheets."""
    return CalamineWorkbook.from_path(file).sheet_names


def parts(file: Path) -> dict[str, str]:
    """The text of each file in a workbook."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def same(value: Any, kind: Kind) -> Any:
    """A value as a workbook has it."""
    if value is None:
        return ""
    if kind in (Kind.JSON, Kind.TIMELINE):
        return cells.json_text(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, bool | date):
        return value
    return float(f"{float(value):.16G}") if isinstance(value, int | float | Decimal) else value
