"""A table as lines of HTML, one row at a time: a hundred thousand rows need the memory of one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from markupsafe import Markup, escape

from adops_cli.render import cells
from adops_cli.render.columns import Column, Kind
from adops_cli.render.page.blocks import Table
from adops_cli.render.page.written import Written

_WIDE = frozenset({Kind.PROSE, Kind.JSON, Kind.TIMELINE})


def lines(table: Table, written: Written, *, header: bool = True) -> Iterator[Markup]:
    """The table, with a heading for each column by which it is sorted, and one for each row."""
    yield Markup(
        '<div class="scroll" tabindex="0" role="group" aria-label="{}">\n<table>\n<caption>{}</caption>\n'
    ).format(*[cells.harmless(table.caption)] * 2)
    if header and all(column.heading for column in table.columns):
        yield _head(table.columns)
    yield Markup("<tbody>\n")
    yield from _rows(table.rows, table.columns, written)
    yield Markup("</tbody>\n")
    if table.total is not None:
        yield Markup("<tfoot>\n")
        yield from _rows([table.total], table.columns, written, is_total=True)
        yield Markup("</tfoot>\n")
    yield Markup("</table>\n</div>\n")


def _head(columns: Sequence[Column]) -> Markup:
    heads = (
        Markup('<th scope="col"{}><button type="button">{}</button></th>').format(_class(column), column.heading)
        for column in columns
    )
    return Markup("<thead>\n<tr>{}</tr>\n</thead>\n").format(Markup("").join(heads))


def _rows(
    rows: Iterable[object], columns: Sequence[Column], written: Written, *, is_total: bool = False
) -> Iterator[Markup]:
    forms = [(column, _class(column)) for column in columns]
    for row in rows:
        first, *rest = (_cell(row, column, written, is_total=is_total) for column, _ in forms)
        (_, kind), *kinds = forms
        line = "".join(f"<td{kind}>{text}</td>" for (_, kind), text in zip(kinds, rest, strict=True))
        name = first or ("Total" if is_total else "")
        yield Markup(f'<tr><th scope="row"{kind}>{name}</th>{line}</tr>\n')  # noqa: S704 - of cells that are escaped


def _class(column: Column) -> Markup:
    kind = "n" if column.is_number else "w" if column.kind in _WIDE else "i" if column.is_id else ""
    return Markup(' class="{}"').format(kind) if kind else Markup("")


def _cell(item: object, column: Column, written: Written, *, is_total: bool) -> str:
    """A cell, escaped. A total is blank where it has no value, unless that is a number."""
    value = column.of(item)
    if value is None and is_total and not column.is_number:
        return ""
    text = str(escape(written.seen(value, column.kind)))
    if isinstance(value, date) and not isinstance(value, datetime):
        text = f'<time datetime="{value}">{text}</time>'
    note = column.note(item) if column.note and not is_total else ""
    return f"{text} {escape(note)}" if note else text
