"""Rows -> table, json, ndjson, csv, tsv, markdown: the only writer to stdout, and the only place that knows Rich.

stdout is data, stderr is everything else. JSON keys, CSV headings and the text of values are a contract; tables and
markdown are for people and may change. Names from outside are data, never markup: what a terminal would act upon is
shown, not sent. Rich is imported when a table is drawn, and not before.
"""

import csv
import json
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from adops_cli.values import written_instant


class Format(StrEnum):
    """How rows are written."""

    AUTO = "auto"
    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    TSV = "tsv"
    MARKDOWN = "markdown"


class Kind(StrEnum):
    """What a column's values are, and so how they are written."""

    TEXT = "text"
    COUNT = "count"
    QUANTITY = "quantity"
    MONEY = "money"
    RATIO = "ratio"
    PERCENT = "percent"
    DAY = "day"
    INSTANT = "instant"
    FLAG = "flag"
    JSON = "json"


NUMBERS = frozenset({Kind.COUNT, Kind.QUANTITY, Kind.MONEY, Kind.RATIO, Kind.PERCENT})


@dataclass(frozen=True)
class Column:
    """One column of an output.

    Attributes:
        key: JSON key and CSV heading, camelCase; the row's attribute is its snake_case.
        heading: heading of a table, for people.
        kind: how a value is written.
        weight: the higher, the longer it stays when a terminal is too narrow; 0 is never in a table of rows.
    """

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    weight: int = 1

    def of(self, row: object) -> Any:
        """The row's value."""
        if isinstance(row, Mapping):
            return row[self.key]
        return getattr(row, re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", self.key))


def rows(  # noqa: PLR0913 - one choice each, all but three of them with a default
    items: Iterable[object],
    columns: Sequence[Column],
    fmt: Format,
    *,
    total: object | None = None,
    csv_safe: bool = False,
    keep: Collection[str] = (),
) -> None:
    """Print rows.

    Args:
        items: the rows; taken one by one, except for a table.
        columns: what to print of each.
        fmt: how; AUTO is a table on a terminal, else TSV.
        total: one more row, under a table or markdown only.
        csv_safe: guard CSV cells that a spreadsheet would run as a formula.
        keep: keys of columns that a narrow table does not drop.
    """
    fmt = _settled(fmt)
    if fmt is Format.JSON:
        _write_json_list(items, columns)
    elif fmt is Format.NDJSON:
        for item in items:
            _write(json_object(item, columns), "\n")
    elif fmt is Format.CSV:
        _write_csv(items, columns, guard=csv_safe)
    elif fmt is Format.TSV:
        _write_tsv(items, columns)
    elif fmt is Format.MARKDOWN:
        _write_markdown(items, columns, total)
    else:
        _draw_table(list(items), columns, total, keep)


def record(item: object, columns: Sequence[Column], fmt: Format) -> None:
    """Print one row: as a list of fields in a table, as one object in JSON, else as `rows` does."""
    fmt = _settled(fmt)
    if fmt is Format.JSON:
        cells = (f"  {json.dumps(column.key)}: {_json_cell(column, column.of(item))}" for column in columns)
        _write("{\n", ",\n".join(cells), "\n}\n")
    elif fmt is Format.TABLE:
        _draw_record(item, columns)
    else:
        rows([item], columns, fmt)


def json_document(value: object) -> None:
    """Print a nested value as JSON, keys in the order given."""
    _write(_unarmed(json.dumps(value, ensure_ascii=False, indent=2)), "\n")


def notice(words: str) -> None:
    """Tell the person something: one line on stderr."""
    sys.stderr.write(f"{harmless(words)}\n")


def harmless(text: str) -> str:
    """Text without what a terminal would act upon: control characters and the like as visible escapes."""
    return _UNSAFE.sub(_escape, text)


# C0 and C1 controls, line and paragraph separators, marks and overrides of writing direction, halves of surrogates.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|~&#])")
_NOTHING = "—"


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    return _NAMED.get(char) or (f"\\x{ord(char):02x}" if char < "\x80" else f"\\u{ord(char):04x}")


def _unarmed(json_text: str) -> str:
    r"""JSON with \u escapes for what a terminal would act upon; line ends between its lines stay."""
    return _UNSAFE.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", json_text)


def _settled(fmt: Format) -> Format:
    if fmt is Format.AUTO:
        return Format.TABLE if sys.stdout.isatty() else Format.TSV
    return fmt


def _write(*parts: str) -> None:
    for part in parts:
        sys.stdout.write(part)


# -- values -----------------------------------------------------------------------------------------------------------


def _exact(number: Decimal) -> str:
    """All its digits, without trailing zeros and without an exponent."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _json(value: Any) -> str:
    return _unarmed(json.dumps(value, ensure_ascii=False, sort_keys=True))


_DATA: Mapping[Kind, Callable[[Any], str]] = {
    Kind.TEXT: str,
    Kind.COUNT: str,
    Kind.QUANTITY: _exact,
    Kind.MONEY: _exact,
    Kind.RATIO: _exact,
    Kind.PERCENT: _exact,
    Kind.DAY: str,
    Kind.INSTANT: written_instant,
    Kind.FLAG: lambda value: "true" if value else "false",
    Kind.JSON: _json,
}
"""A value as data: what JSON, CSV and TSV hold."""

_PEOPLE: Mapping[Kind, Callable[[Any], str]] = {
    **_DATA,
    Kind.COUNT: lambda value: f"{value:,}",
    Kind.QUANTITY: lambda value: f"{value:,f}".rstrip("0").rstrip(".") if value % 1 else f"{int(value):,}",
    Kind.MONEY: lambda value: f"{value:,.2f}",
    Kind.RATIO: lambda value: f"{value:,.2f}",
    Kind.PERCENT: lambda value: f"{value * 100:,.2f}%",
    Kind.INSTANT: lambda value: written_instant(value)[:16].replace("T", " "),
    Kind.FLAG: lambda value: "yes" if value else "no",
}
"""A value for people: what tables and markdown show."""


def _data(column: Column, row: object) -> str:
    value = column.of(row)
    return "" if value is None else _DATA[column.kind](value)


def _shown(column: Column, row: object) -> str:
    value = column.of(row)
    return _NOTHING if value is None else harmless(_PEOPLE[column.kind](value))


def _json_cell(column: Column, value: Any) -> str:
    if value is None:
        return "null"
    if column.kind in (Kind.TEXT, Kind.DAY, Kind.INSTANT):
        return _json(_DATA[column.kind](value))
    return _DATA[column.kind](value)


# -- data -------------------------------------------------------------------------------------------------------------


def json_object(row: object, columns: Sequence[Column]) -> str:
    """The row as a JSON object on one line; written by hand, since `json` knows no exact decimals."""
    return "{" + ", ".join(f'"{column.key}": {_json_cell(column, column.of(row))}' for column in columns) + "}"


def _write_json_list(items: Iterable[object], columns: Sequence[Column]) -> None:
    before = "[\n"
    for item in items:
        _write(before, json_object(item, columns))
        before = ",\n"
    _write("[]\n" if before == "[\n" else "\n]\n")


def _write_csv(items: Iterable[object], columns: Sequence[Column], *, guard: bool) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.key for column in columns])
    for item in items:
        cells = [_data(column, item) for column in columns]
        if guard:
            cells = [_guarded(cell, column) for cell, column in zip(cells, columns, strict=True)]
        writer.writerow(cells)


def _guarded(cell: str, column: Column) -> str:
    return f"'{cell}" if column.kind not in NUMBERS and cell.startswith(_FORMULA) else cell


def _write_tsv(items: Iterable[object], columns: Sequence[Column]) -> None:
    _write("\t".join(column.key for column in columns), "\n")
    for item in items:
        _write("\t".join(_tsv_cell(column, item) for column in columns), "\n")


def _tsv_cell(column: Column, row: object) -> str:
    r"""One field of a TSV line; text doubles its backslashes, since \t, \n, \r, \xNN, \uNNNN stand for characters."""
    cell = _data(column, row)
    return cell if column.kind is Kind.JSON else harmless(cell.replace("\\", "\\\\"))


def _write_markdown(items: Iterable[object], columns: Sequence[Column], total: object | None) -> None:
    shown = [column for column in columns if column.weight]
    _write("| ", " | ".join(_marked(column.heading) for column in shown), " |\n")
    _write("|", "|".join(" ---: " if column.kind in NUMBERS else " --- " for column in shown), "|\n")
    for item in items:
        _write("| ", " | ".join(_marked(_shown(column, item)) for column in shown), " |\n")
    if total is not None:
        cells = [f"**{_marked(cell)}**" if cell else "" for cell in _total_cells(shown, total)]
        _write("| ", " | ".join(cells), " |\n")


def _marked(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


def _total_cells(columns: Sequence[Column], total: object) -> list[str]:
    """The cells of a total: no names, and a dash where nothing can be added up."""
    return ["Total", *(_shown(column, total) if column.kind in NUMBERS else "" for column in columns[1:])]


# -- tables -----------------------------------------------------------------------------------------------------------

_GAP = 2
_LEAST_TEXT = 14
_UNLIMITED = 100_000


def _draw_table(
    items: Sequence[object], columns: Sequence[Column], total: object | None, keep: Collection[str]
) -> None:
    if not items:
        notice("No rows.")
        return
    console, width = _console()
    wanted = [column for column in columns if column.weight]
    cells = {column.key: [_shown(column, item) for item in items] for column in wanted}
    totals = dict(zip(cells, _total_cells(wanted, total), strict=True)) if total is not None else {}
    widths = {column.key: _widths(column, [*cells[column.key], totals.get(column.key, "")]) for column in wanted}
    shown = _fitting(wanted, {key: least for key, (least, _) in widths.items()}, width, keep)
    console.print(_table(shown, cells, totals, _shared([widths[column.key] for column in shown], width)))
    if hidden := len(wanted) - len(shown):
        notice(f"{hidden} column{'s' * (hidden > 1)} hidden; a wider terminal or --format csv shows all.")


def _console() -> tuple[Any, int]:
    """A console on today's stdout, and its width: what is not a terminal and says no width of its own is endless."""
    from rich.console import Console  # noqa: PLC0415 - a third of the start-up time, for tables alone

    endless = not sys.stdout.isatty() and not os.environ.get("COLUMNS")
    console = Console(
        file=sys.stdout,
        width=_UNLIMITED if endless else None,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
    )
    return console, console.width


def _widths(column: Column, cells: Iterable[str]) -> tuple[int, int]:
    """The least and the full width of a column: numbers, days and headings are never cut, text down to a few words."""
    from rich.cells import cell_len  # noqa: PLC0415 - as above

    heading = cell_len(column.heading)
    full = max(heading, *map(cell_len, cells))
    cut = column.kind not in NUMBERS and column.kind not in (Kind.DAY, Kind.INSTANT)
    return (min(full, max(_LEAST_TEXT, heading)) if cut else full), full


def _shared(widths: Sequence[tuple[int, int]], room: int) -> list[int]:
    """Full widths, the widest cut first where the room does not hold them all."""
    result = [full for _, full in widths]
    excess = sum(result) + _GAP * (len(result) - 1) - room
    while excess > 0 and any(width > least for width, (least, _) in zip(result, widths, strict=True)):
        place = max(range(len(result)), key=lambda place: (result[place] > widths[place][0], result[place]))
        result[place] -= 1
        excess -= 1
    return result


def _fitting(
    columns: Sequence[Column], least: Mapping[str, int], width: int, keep: Collection[str]
) -> Sequence[Column]:
    """The columns that fit the width; the lightest go first, the first and the kept ones never."""
    shown = list(columns)
    for column in sorted(columns[1:], key=lambda column: column.weight):
        if sum(least[other.key] + _GAP for other in shown) - _GAP <= width:
            break
        if column.key not in keep:
            shown.remove(column)
    return shown


def _table(
    columns: Sequence[Column], cells: Mapping[str, Sequence[str]], totals: Mapping[str, str], widths: Sequence[int]
) -> Any:
    from rich import box  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), show_footer=bool(totals))
    for column, width in zip(columns, widths, strict=True):
        table.add_column(
            Text(column.heading),
            Text(totals.get(column.key, "")),
            justify="right" if column.kind in NUMBERS else "left",
            no_wrap=True,
            overflow="ellipsis",
            width=width,
        )
    for line in zip(*(cells[column.key] for column in columns), strict=True):
        table.add_row(*(Text(cell) for cell in line))
    return table


def _draw_record(item: object, columns: Sequence[Column]) -> None:
    from rich import box  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    console, _ = _console()
    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for column in columns:
        value = column.of(item)
        if column.kind is Kind.JSON and value is not None:
            text = "\n".join(harmless(line) for line in json.dumps(value, ensure_ascii=False, indent=2).splitlines())
        else:
            text = _shown(column, item)
        table.add_row(Text(column.heading), Text(text))
    console.print(table)
