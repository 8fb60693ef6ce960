"""The report on a file that was read: how each column was understood, and what the user should know."""

from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import Column, Export, ReadOptions
from adops_cli.exports.rows.convert import Converter
from adops_cli.exports.rows.survey import Survey

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
        return "metadata, unless rows are summed" if key in layout.not_additive else "metadata"
    return layout.fates.get(column, "ignored: a name or an id" if column in layout.dimensions else "ignored")


def notices(converter: Converter, export: Export, options: ReadOptions) -> list[str]:
    """What the user should know, one sentence each."""
    said = [*converter.layout.notices, *converter.campaigns.notices()]
    currencies = ", ".join(export.currencies)
    if not export.rows_read:
        said.append("the file has no data rows")
    elif export.rows_kept and not currencies:
        sign = next((campaign.sign.written for campaign in export.campaigns if campaign.sign), None)
        which = f"the amounts are in {sign}, the sign of several currencies" if sign else _NO_CURRENCY
        said.append(f"{which}; use --currency CODE to set it")
    if options.currency is not None and currencies and options.currency not in export.currencies:
        said.append(f"the file states its currency, {currencies}; --currency {options.currency} was ignored")
    if converter.rounded and options.money_unit == "micro":
        said.append(
            "some figures have decimals that millionths do not have, and were rounded: check --money-unit micro"
        )
    elif converter.rounded:
        said.append("some figures have more than six decimals; they were rounded half to even")
    return said
