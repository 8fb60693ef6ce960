"""How rows are written: table, json, ndjson, csv, tsv, markdown, to stdout or a file. The only user of Rich.

Text from outside is data here, never markup and never a command to the terminal (`cells` has the rules). Rows are
written as they arrive, except in a table, which needs all of them for its widths. Nothing here queries the database or
changes a value. Rich is loaded only when a table or a progress bar is drawn (`tables`, `progress`).
"""

import io
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, TextIO

from adops_cli.render import cells, lines, output, pager, told
from adops_cli.render.cells import counted, harmless
from adops_cli.render.columns import Column, Kind, reader
from adops_cli.render.document import Chart, Document, Section
from adops_cli.render.formats import AnyFormat, CsvStyle, FileFormat, Format, named
from adops_cli.render.output import Output
from adops_cli.render.told import in_full, notice, notices, problem, progress, question, quiet
from adops_cli.render.view import View

if TYPE_CHECKING:
    from adops_cli.render.axes import Number
    from adops_cli.render.curves import Panel

__all__ = [
    "EVERYTHING",
    "AnyFormat",
    "Chart",
    "Column",
    "CsvStyle",
    "Document",
    "FileFormat",
    "Format",
    "Kind",
    "Output",
    "Section",
    "View",
    "counted",
    "drawing",
    "harmless",
    "in_full",
    "is_table",
    "json_document",
    "line",
    "named",
    "notice",
    "notices",
    "problem",
    "progress",
    "question",
    "quiet",
    "reader",
    "record",
    "rows",
    "sentence",
    "sparklines",
    "stream",
]


EVERYTHING = View()
_STOP = 500
"""Rows of a table on a terminal without a pager. Nobody reads more of them as they fly past."""


def rows(  # noqa: PLR0913 - three arguments say what to write, and four say how
    items: Iterable[object],
    columns: Sequence[Column],
    fmt: AnyFormat,
    *,
    total: object | None = None,
    csv_safe: bool = False,
    keep: Collection[str] = (),
    view: View = EVERYTHING,
) -> None:
    """Write rows to stdout, or to the file of the view.

    Args:
        items: objects with an attribute for each column, or mappings with its key; read once, one at a time.
        columns: the columns to write, in this order.
        fmt: the format.
        total: one more row, which table and markdown set apart from the others; other formats leave it out.
        csv_safe: put an apostrophe before CSV texts that a spreadsheet would run as formulas.
        keep: keys of columns that a narrow table keeps, whatever their weight.
        view: what the user wishes to see of them.
    """
    out = _stdout()
    shown, items = view.of_columns(columns), view.of_rows(items, columns)
    how: dict[str, Any] = {"total": total, "header": view.header, "csv_style": replace(view.csv, safe=csv_safe)}
    if view.output is not None:
        apart = next((column for column in columns if column.key == "currency"), None)
        count, otherwise = output.write(
            view.output, items, shown, view.document, apart=apart, whole=not view.limit, **how
        )
        notice(f"{counted(count, 'row')} in {view.output.path}.")
        for words in otherwise:
            problem(words)
    elif (settled := _settled(fmt, out)) is Format.TABLE:
        wanted = keep if view.columns is None else {column.key for column in shown}
        _table(out, items, shown, total, wanted, view)
    else:
        _write(out, lines.of_format(settled, items, shown, **how), view)


def _write(out: TextIO, written: Iterable[str], view: View) -> None:
    if view.pages and out.isatty():
        pager.write(out, written)
    else:
        out.writelines(written)


def record(item: object, columns: Sequence[Column], fmt: AnyFormat) -> None:
    """Write one row in full: a table has a line for each column, JSON one object; other formats are as in `rows`."""
    out = _stdout()
    match _settled(fmt, out):
        case Format.TABLE:
            from adops_cli.render import tables  # noqa: PLC0415 - loads Rich, for tables only

            out.write(tables.fields(out, item, columns))
        case Format.JSON:
            out.write(f"{cells.json_record(item, columns)}\n")
        case other:
            rows([item], columns, other)


def drawing(panels: "Sequence[Panel]", first: date, last: date) -> None:
    """Draw curves over these days on stdout; "No rows." without a panel."""
    from adops_cli.render import curves  # noqa: PLC0415 - loads Rich, for drawings only

    if panels:
        out = _stdout()
        out.writelines(curves.drawing(out, panels, first, last))
    else:
        notice("No rows.")


def sparklines(every: "Sequence[Sequence[Number | None]]") -> list[str]:
    """Each row of values as small bars, as stdout can show them."""
    from adops_cli.render import curves  # noqa: PLC0415 - as above

    return curves.sparklines(_stdout(), every)


def is_table(fmt: AnyFormat) -> bool:
    """Whether rows in this format are written as a table now."""
    return "rows" not in told.left_out and _settled(fmt, sys.stdout) is Format.TABLE


def json_document(value: object) -> None:
    """Write nested dicts and lists as JSON, indented by 2, with keys in the given order and exact Decimals."""
    _stdout().write(f"{cells.json_indented(value)}\n")


def stream(items: Iterable[object], columns: Sequence[Column], *, ndjson: bool) -> None:
    """Write each row as soon as it arrives: as a JSON object, or as a line for people without the absent values."""
    out, written = _stdout(), cells.json_writer(columns)
    for item in items:
        known = (cells.seen(column.of(item), column.kind) for column in columns if column.of(item) is not None)
        out.write(f"{written(item) if ndjson else '  '.join(known)}\n")
        out.flush()


def sentence(words: str, *, after: bool) -> None:
    """Write a sentence to stdout, above a table and after another: on a terminal, it is wrapped at words."""
    out = _stdout()
    out.write("\n" * after + f"{cells.wrapped(cells.harmless(words), out)}\n\n")


def line(words: str) -> None:
    """Write one line to stdout: the result of a command that has no rows."""
    _stdout().write(f"{cells.harmless(words)}\n")


def _table(  # noqa: PLR0913, PLR0917 - as for `rows`
    out: TextIO,
    items: Iterable[object],
    columns: Sequence[Column],
    total: object | None,
    keep: Collection[str],
    view: View,
) -> None:
    from adops_cli.render import tables  # noqa: PLC0415 - as above

    every = list(items)
    stops = view.stops and len(every) > _STOP and out.isatty() and not pager.command()
    drawn, hidden = tables.table(
        out, every[:_STOP] if stops else every, columns, total=total, keep=keep, header=view.header
    )
    _write(out, drawn, view)
    if stops:
        notice(
            f"Only the first {_STOP} of {counted(len(every), 'row')} are shown; --limit 0 shows all, "
            "and so does a pager: export PAGER=less."
        )
    if not drawn:
        notice("No rows.")
    elif hidden:
        verb = "is" if hidden == 1 else "are"
        notice(f"{counted(hidden, 'column')} {verb} hidden; a wider terminal or --format csv shows every column.")


def _stdout() -> TextIO:
    """The current stdout, set up so that no character makes it fail: UTF-8 unless a terminal uses another encoding."""
    if "rows" in told.left_out:
        return _Nowhere()
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        encoding = out.encoding if out.isatty() else "utf-8"
        out.reconfigure(encoding=encoding, errors="backslashreplace", newline="\n")
    return out


class _Nowhere(io.StringIO):
    """Takes text, and forgets it."""

    def write(self, text: str) -> int:
        return len(text)


def _settled(fmt: AnyFormat, out: TextIO) -> AnyFormat:
    if fmt is Format.AUTO:
        return Format.TABLE if out.isatty() else Format.TSV
    return fmt
