"""The report on a file that was read: how each column was understood, and what the user should know."""

import shlex
from collections.abc import Sequence

from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import Column, Export, ReadOptions
from adops_cli.exports.rows import totals
from adops_cli.exports.rows.convert import Converter, LeftOut
from adops_cli.exports.rows.survey import Survey


def explained(layout: Layout, seen: Survey) -> list[Column]:
    """Each column of the header with its meaning, its use and some of its cells."""
    meanings = layout.meanings
    columns = []
    for column, header in enumerate(layout.header.cells):
        meaning = meanings.get(column)
        fate = meaning or _fate(layout, column)
        source = layout.figures.get(meaning or "")
        if source is not None and source.micros:
            fate = f"{meaning}, from millionths"
        columns.append(Column(header, meaning, fate, tuple(seen.samples.get(column, ()))))
    return columns


def _fate(layout: Layout, column: int) -> str:
    if column in layout.extras:
        key = layout.extras[column]
        return "metadata, unless rows are summed" if key in layout.not_additive else "metadata"
    return layout.fates.get(column, "ignored: a name or an id" if column in layout.dimensions else "ignored")


def _left_out(columns: Sequence[LeftOut]) -> str:
    """Which columns are not counted, with their sums, and the `--map` that counts the first of each figure."""
    told = ", ".join(f"{one.header} ({totals.amount(one.sum):f})" for one in columns)
    first = {one.figure: one.header for one in reversed(columns)}
    pairs = ",".join(f"{one.header}={one.figure}" for one in columns if first[one.figure] == one.header)
    return f"not counted: {told}; to count columns, name them, as in --map {shlex.quote(pairs)}"


def notices(converter: Converter, export: Export, options: ReadOptions) -> list[str]:
    """What the user should know, one sentence each."""
    said = [*converter.layout.notices, *converter.campaigns.notices()]
    currencies = ", ".join(export.currencies)
    if not export.rows_read:
        said.append("the file has no data rows")
    elif export.rows_kept and not currencies:
        said.append("the file does not state its currency; use --currency CODE to set it")
    of_rows = {campaign.platform for campaign in export.campaigns if campaign.platform}
    if options.platform is not None and of_rows - {export.platform}:
        said.append(f"the file states the platforms of its rows; --platform {options.platform} was ignored for them")
    if options.currency is not None and currencies and options.currency not in export.currencies:
        said.append(f"the file states its currency, {currencies}; --currency {options.currency} was ignored")
    if converter.left_out and export.rows_kept:
        said.append(_left_out(converter.left_out))
    if converter.rounded:
        said.append("some figures have more than six decimals; they were rounded half to even")
    return said
