"""`adops sql`: the answer to a statement of one's own, in every format."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer

from adops_cli import render
from adops_cli.cli.listing import listing
from adops_cli.cli.options import CsvSafeOption, FormatOption
from adops_cli.cli.proof import made, proven
from adops_cli.errors import BadRequestError
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_FIRST = 1_000
"""Rows, by which the kinds of the columns are known."""


@app.command("sql", epilog="Example: adops sql 'SELECT platform, SUM(spend) AS spend FROM daily GROUP BY platform'")
@listing
def sql(
    ctx: typer.Context,
    statement: Annotated[
        str | None,
        typer.Argument(metavar="STATEMENT", help="SELECT, WITH, VALUES or EXPLAIN; - reads stdin.", show_default=False),
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("--file", "-f", metavar="FILE", help="Read the statement from a file; - is stdin."),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="The value of :NAME in the statement; can be repeated."),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="Stop a statement that takes longer; 0 never does.")
    ] = 60.0,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """Answer one SQL statement that only reads.

    The views daily, monthly and lifetime have the figures by campaign, in exact money; docs/sql.md describes them and
    all tables. A parameter is written as :name. Numbers are written with at most six decimals.
    """
    from adops_cli.data import sql as data  # noqa: PLC0415 - keeps Peewee out of --help

    text, params = _statement(statement, file), _params(param or [])
    view = proven(ctx, view, {})  # what a statement asks can be anything in the book
    with data.query(text, params, timeout=timeout) as answer:
        names = list(map(render.harmless, answer.columns))
        first = list(islice(answer.rows, _FIRST))
        columns = [
            Column(name, name, _kind({type(row[place]) for row in first}), weight=len(names) - place)
            for place, name in enumerate(names)
        ]
        rows: Iterator[Mapping[str, object]] = (dict(zip(names, row, strict=True)) for row in chain(first, answer.rows))
        document = replace(view.document, title="SQL", behind=lambda: made(_facts(text, params)))
        render.rows(rows, columns, format, csv_safe=csv_safe, view=replace(view, document=document))


def _statement(given: str | None, file: str | None) -> str:
    """The statement, wherever it stands."""
    if (given is None) == (file is None):
        what = "there is no statement" if given is None else "there are two statements"
        raise BadRequestError(what, "Give one, as 'SELECT * FROM daily' or as --file FILE")
    source = given if file is None else file
    if source == "-":
        content = sys.stdin.buffer.read()
    elif file is not None:
        content = Path(file).read_bytes()
    else:
        return str(given)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequestError(f"{'stdin' if source == '-' else file} is not UTF-8") from error


def _params(given: Sequence[str]) -> dict[str, str]:
    """The parameters by name."""
    found: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise BadRequestError(f"--param {one} has no =", "Write it as --param name=value")
        if name in found:
            raise BadRequestError(f"--param {name} is given twice", "Leave one out")
        found[name] = value
    return found


def _kind(types: set[type]) -> Kind:
    """What a column with values of these types holds."""
    match types - {type(None)}:
        case one if one == {int}:
            return Kind.COUNT
        case some if some and some <= {int, Decimal}:
            return Kind.QUANTITY
        case one if one == {date}:
            return Kind.DAY
        case one if one == {datetime}:
            return Kind.INSTANT
        case one if one == {bool}:
            return Kind.FLAG
    return Kind.TEXT


def _facts(text: str, params: Mapping[str, str]) -> Mapping[str, str]:
    """What a file says of its rows: the statement that they answer."""
    return {"Statement": text.strip()} | {f":{name}": value for name, value in params.items()}
