"""Rows as lines of json, ndjson, csv, tsv and markdown, one at a time: ten million rows need the memory of one.

`cells` decides what a value looks like. Nothing here writes to a stream.
"""

from collections.abc import Iterable, Iterator, Sequence

from adops_cli.render import cells
from adops_cli.render.columns import Column, reader
from adops_cli.render.formats import PLAIN, AnyFormat, CsvStyle, Format

_EMPTY = '""'


def of_format(  # noqa: PLR0913 - as for `render.rows`
    fmt: AnyFormat,
    items: Iterable[object],
    columns: Sequence[Column],
    *,
    total: object | None,
    header: bool,
    csv_style: CsvStyle = PLAIN,
) -> Iterable[str]:
    """The lines of a format; TSV if it is none of those here."""
    match fmt:
        case Format.JSON:
            return json(items, columns)
        case Format.NDJSON:
            return ndjson(items, columns)
        case Format.CSV:
            return csv(items, columns, csv_style, header=header)
        case Format.MARKDOWN:
            return markdown(items, columns, total, header=header)
        case _:
            return tsv(items, columns, header=header)


def json(items: Iterable[object], columns: Sequence[Column]) -> Iterator[str]:
    """A list with one object on each line."""
    before, written = "[\n", cells.json_writer(columns)
    for item in items:
        yield before + written(item)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def ndjson(items: Iterable[object], columns: Sequence[Column]) -> Iterator[str]:
    """One object on each line."""
    written = cells.json_writer(columns)
    return (f"{written(item)}\n" for item in items)


def csv(items: Iterable[object], columns: Sequence[Column], style: CsvStyle, *, header: bool) -> Iterator[str]:
    """RFC 4180 with LF line ends, in this style; the header line holds the keys."""
    before = "\ufeff" if style.bom else ""
    if header:
        yield before + style.delimiter.join(cells.csv_quoted(column.key, style) for column in columns) + "\n"
        before = ""
    read, kinds = reader(columns), [column.kind for column in columns]
    for item in items:
        row = style.delimiter.join([cells.csv(*one, style) for one in zip(read(item), kinds, strict=True)])
        yield f"{before}{row or _EMPTY}\n"  # readers skip an empty line
        before = ""


def tsv(items: Iterable[object], columns: Sequence[Column], *, header: bool) -> Iterator[str]:
    """One line for each row, whatever it contains; the header line holds the keys."""
    if header:
        yield "\t".join(column.key for column in columns) + "\n"
    read, kinds = reader(columns), [column.kind for column in columns]
    for item in items:
        yield "\t".join(map(cells.tsv, read(item), kinds)) + "\n"


def markdown(
    items: Iterable[object], columns: Sequence[Column], total: object | None, *, header: bool
) -> Iterator[str]:
    """A GitHub Markdown table with every column, and the total in bold at the end."""
    if header:
        yield _markdown_line(column.heading for column in columns)
        yield _markdown_line("---:" if column.is_number else "---" for column in columns)
    for item in items:
        yield _markdown_line(cells.noted(item, column) for column in columns)
    if total is not None:
        yield _markdown_line(total_cells(total, columns), mark="**")


def _markdown_line(texts: Iterable[str], mark: str = "") -> str:
    written = (f"{mark}{cells.markdown(text)}{mark}" if text else "" for text in texts)
    return f"| {' | '.join(written)} |\n"


def total_cells(total: object, columns: Sequence[Column]) -> list[str]:
    """The cells of a total row. An absent value is blank unless it is a number; in the first column it reads Total."""
    found = [
        "" if column.of(total) is None and not column.is_number else cells.seen(column.of(total), column.kind)
        for column in columns
    ]
    return ["Total" if columns[0].of(total) is None else found[0], *found[1:]]
