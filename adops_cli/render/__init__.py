"""How rows are written: table, json, ndjson, csv, tsv, markdown. The only writer to stdout, the only user of Rich.

Text from outside is data here, never markup and never an order to the terminal (`cells` has the rules). Rows are
written as they come, except in a table, which must know its widths. Nothing in here asks the database or changes a
value, and Rich is loaded only when a table is drawn (`tables`).
"""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TextIO

from adops_cli.render import cells, lines
from adops_cli.render.columns import Column, Kind

__all__ = [
    "Column",
    "Format",
    "Kind",
    "is_table",
    "json_document",
    "line",
    "notice",
    "progress",
    "record",
    "rows",
    "stream",
]


class Format(StrEnum):
    """What rows are written as; AUTO is a table on a terminal and TSV anywhere else."""

    AUTO = "auto"
    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    TSV = "tsv"
    MARKDOWN = "markdown"


def rows(  # noqa: PLR0913 - the three that say what, and three wishes
    items: Iterable[object],
    columns: Sequence[Column],
    fmt: Format,
    *,
    total: object | None = None,
    csv_safe: bool = False,
    keep: Collection[str] = (),
) -> None:
    """Write rows to stdout.

    Args:
        items: objects with an attribute for each column, or mappings with its key; read once, one at a time.
        columns: what is written of them, in this order.
        fmt: as which of the formats.
        total: one more row, which table and markdown draw apart from the others and no other format has.
        csv_safe: guard CSV texts that a spreadsheet would run as a formula with an apostrophe.
        keep: keys of columns that a narrow table keeps whatever their weight.
    """
    out = _stdout()
    match _settled(fmt, out):
        case Format.TABLE:
            _table(out, items, columns, total, keep)
        case Format.JSON:
            out.writelines(lines.json(items, columns))
        case Format.NDJSON:
            out.writelines(lines.ndjson(items, columns))
        case Format.CSV:
            out.writelines(lines.csv(items, columns, safe=csv_safe))
        case Format.MARKDOWN:
            out.writelines(lines.markdown(items, columns, total))
        case _:
            out.writelines(lines.tsv(items, columns))


def record(item: object, columns: Sequence[Column], fmt: Format) -> None:
    """Write one row, whole: as a table a line for each column, as JSON one object, else as `rows` writes it."""
    out = _stdout()
    match _settled(fmt, out):
        case Format.TABLE:
            from adops_cli.render import tables  # noqa: PLC0415 - Rich, only where a table is drawn

            out.write(tables.fields(out, item, columns))
        case Format.JSON:
            out.write(f"{cells.json_record(item, columns)}\n")
        case other:
            rows([item], columns, other)


def is_table(fmt: Format) -> bool:
    """Whether rows in this format come out as a table here."""
    return _settled(fmt, sys.stdout) is Format.TABLE


def json_document(value: object) -> None:
    """Write a plain nest of dicts and lists as JSON, indented by 2, keys in the order given, Decimals exact."""
    _stdout().write(f"{cells.json_indented(value)}\n")


def stream(items: Iterable[object], columns: Sequence[Column], *, ndjson: bool) -> None:
    """Write rows as they come, each at once: as JSON objects, or as lines for people, what is not known left out."""
    out = _stdout()
    for item in items:
        known = (cells.seen(column.of(item), column.kind) for column in columns if column.of(item) is not None)
        out.write(f"{cells.json_object(item, columns) if ndjson else '  '.join(known)}\n")
        out.flush()


def line(words: str) -> None:
    """Write one line to stdout: the answer of a command that has no rows."""
    _stdout().write(f"{cells.harmless(words)}\n")


@contextlib.contextmanager
def progress(words: str, total: int | None, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr while the block works, where somebody watches; the block says how far it came."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _count: None
        return
    from rich.console import Console  # noqa: PLC0415 - Rich, only where something is drawn
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

    console = Console(stderr=True)
    if console.is_dumb_terminal:  # nothing can be drawn over there, and each bar would leave an empty line
        yield lambda _count: None
        return
    shown = Progress.get_default_columns()
    if total is None:  # how much is done, where nobody knows how much there is
        shown = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*shown, console=console, transient=True) as bar:
        task = bar.add_task(cells.harmless(words), total=total)
        yield lambda count: bar.advance(task, count)


def notice(words: str) -> None:
    """Write one line to stderr; where that cannot be written, nobody can be told, and the work is done all the same."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{cells.harmless(words)}\n")


def _table(
    out: TextIO, items: Iterable[object], columns: Sequence[Column], total: object | None, keep: Collection[str]
) -> None:
    from adops_cli.render import tables  # noqa: PLC0415 - as above

    drawn, hidden = tables.table(out, items, columns, total, keep)
    out.writelines(drawn)
    if not drawn:
        notice("No rows.")
    elif hidden:
        what = "1 column is" if hidden == 1 else f"{hidden} columns are"
        notice(f"{what} hidden; a wider terminal or --format csv shows all.")


def _stdout() -> TextIO:
    """The stdout of this moment, which no character can make fail: UTF-8 unless a terminal wants something else."""
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        encoding = out.encoding if out.isatty() else "utf-8"
        out.reconfigure(encoding=encoding, errors="backslashreplace", newline="\n")
    return out


def _settled(fmt: Format, out: TextIO) -> Format:
    if fmt is Format.AUTO:
        return Format.TABLE if out.isatty() else Format.TSV
    return fmt
