"""The report on a file that was read: how each column was understood, and what the user should know."""

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone

from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import Column, Export, ReadOptions
from adops_cli.exports.rows import totals
from adops_cli.exports.rows.convert import Converter
from adops_cli.exports.rows.data_rows import DataRows
from adops_cli.exports.rows.survey import Survey
from adops_cli.exports.rows.uncounted import Uncounted

_EARLIEST = timezone(timedelta(hours=14))
"""The zone in which each day begins first."""
_SHOWN = 5
"""How many days are named in one sentence."""
_NO_CURRENCY = "the file does not state its currency"


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
        kept = "metadata" if key == layout.header.cells[column] else f"metadata, as {key}"
        return f"{kept}, unless rows are summed" if key in layout.not_additive else kept
    return layout.fates.get(column, "ignored: a name or an id" if column in layout.dimensions else "ignored")


def _uncounted(columns: Sequence[Uncounted]) -> str:
    """Which columns are not counted, with their sums, and the `--map` that counts the first of each figure."""
    told = ", ".join(f"{one.header} ({totals.amount(one.sum):f})" for one in columns)
    first = {one.figure: one.header for one in reversed(columns)}
    pairs = ",".join(f"{one.header}={one.figure}" for one in columns if first[one.figure] == one.header)
    return f"not counted: {told}; to count columns, name them, as in --map {shlex.quote(pairs)}"


def notices(converter: Converter, export: Export, data: DataRows, options: ReadOptions) -> list[str]:
    """What the user should know, one sentence each."""
    said = [*converter.layout.notices, *converter.campaigns.notices(), *converter.nameless.notices()]
    said += _own_totals(converter, export, data)
    currencies = ", ".join(export.currencies)
    if not export.rows_read:
        said.append("the file has no data rows")
    elif export.rows_kept and not currencies:
        sign = next((campaign.sign.written for campaign in export.campaigns if campaign.sign), None)
        which = f"the amounts are in {sign}, the sign of several currencies" if sign else _NO_CURRENCY
        said.append(f"{which}; use --currency CODE to set it")
    of_rows = {campaign.platform for campaign in export.campaigns if campaign.platform}
    if options.platform is not None and of_rows - {export.platform}:
        said.append(f"the file states the platforms of its rows; --platform {options.platform} was ignored for them")
    if options.currency is not None and currencies and options.currency not in export.currencies:
        said.append(f"the file states its currency, {currencies}; --currency {options.currency} was ignored")
    if converter.uncounted and export.rows_kept:
        said.append(_uncounted(converter.uncounted))
    if converter.rounded and options.money_unit == "micro":
        said.append(
            "some figures have decimals that millionths do not have, and were rounded: check --money-unit micro"
        )
    elif converter.rounded:
        said.append("some figures have more than six decimals; they were rounded half to even")
    return [*said, *_later(converter.tally.days)]


def _own_totals(converter: Converter, export: Export, data: DataRows) -> list[str]:
    """What the file says of itself and does not hold."""
    said = []
    if converter.file_totals.is_empty(export.totals):
        said.append(
            "the total row has no figures, so the sums could not be checked; if it holds formulas, open the file in a "
            "spreadsheet program and save it"
        )
    read, total_rows = export.rows_read, export.skipped.get("total_row", 0)
    if not data.has_stated_rows(read, total_rows):
        said.append(
            f"the file says that it has {data.stated:,} rows, but {read - total_rows:,} were found; "
            "it may be cut off, so download it again"
        )
    if data.repeated:
        said.append(
            f"line {data.repeated[0]} repeats the header, and the rows below it were read ({len(data.repeated)})"
        )
    return said


def _later(days: Iterable[str]) -> list[str]:
    """A sentence on days that have not come yet anywhere on earth. Tomorrow there can be today elsewhere."""
    tomorrow = (datetime.now(_EARLIEST) + timedelta(days=1)).date().isoformat()
    later = sorted(day for day in days if day > tomorrow)
    if not later:
        return []
    shown = ", ".join(later[:_SHOWN]) + (f" and {len(later) - _SHOWN:,} more" if len(later) > _SHOWN else "")
    return [f"days that have not come yet were imported: {shown}; check how the file writes its days"]
