"""Meta's `Results`: they are purchases only if every row's indicator is the same purchase action.

Ads Manager writes the number and its indicator into two columns, the API both into a list of objects.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from adops_cli.exports.cells.cell import Cell, CellError, Cells, is_blank, shown
from adops_cli.exports.cells.figures import Quantities, kept
from adops_cli.exports.columns.declaration import Words, spellings
from adops_cli.exports.columns.layout import FigureSource, Layout, Special
from adops_cli.exports.export import ReadOptions, Why
from adops_cli.exports.platforms import meta_words

_MORE = Words(meta_words.WORDS, meta_words.GUESSED)
RESULTS = spellings("Results|Ergebnisse|Résultats|Resultados") | _MORE.every("results")
_INDICATOR = spellings(
    "Result indicator|Ergebnisindikator|Ergebnis-Indikator|Indicateur de résultats|Indicateur de résultat"
    "|Indicador de resultado|Indicador de resultados"
) | _MORE.every("indicator")
_AMOUNTS = Quantities(".")
_ENOUGH = 10
"""How many indicators are remembered. Even two are too many."""
_NOT_COUNTED = "results are not counted as conversions, because {}; add the column Purchases to the export"


def watch(layout: Layout, options: ReadOptions) -> None:
    """Check the indicators of all rows before results are counted as conversions."""
    names = layout.header.names
    results = next((column for column, name in enumerate(names) if name in RESULTS), None)
    indicator = next((column for column, name in enumerate(names) if name in _INDICATOR), None)
    if "conversions" in layout.figures or options.conversions is not None or results is None:
        return
    seen: set[str] = set()

    def look(cell: Cell, row: Cells) -> None:
        if indicator is None:
            seen.update(kind for kind, _ in islice(_entries(cell), _ENOUGH) if len(seen) < _ENOUGH)
        elif len(seen) < _ENOUGH and not (is_blank(cell) and is_blank(row[results])):
            seen.add(shown(cell).strip())

    def settle() -> None:
        kinds = sorted(kind or "unnamed" for kind in seen)
        if len(kinds) == 1 and kinds[0].casefold().endswith("purchase"):
            special = Special((_read,), _same) if indicator is None else None
            layout.figures["conversions"] = FigureSource((results,), special=special, means="purchase")
        elif kinds or indicator is None:
            what = f"the results are {', '.join(kinds)}" if kinds else "nothing in the file shows what the results are"
            layout.notices.append(_NOT_COUNTED.format(what))

    layout.facts.watch[results if indicator is None else indicator] = look
    layout.facts.settle.append(settle)


def _entries(cell: Cell) -> Iterator[tuple[str, Any]]:
    """The indicators of a list of results, with their values. In a text file, the list is JSON text."""
    if isinstance(cell, str):
        try:
            cell = json.loads(cell, parse_float=Decimal) if cell.startswith("[") else []
        except ValueError:
            return
    for entry in cell if isinstance(cell, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("indicator"), str):
            values = entry.get("values")
            for value in values if isinstance(values, list) else ():
                yield entry["indicator"], value.get("value") if isinstance(value, dict) else value


def _read(cell: Cell) -> int | None:
    """The number of results in a list, in millionths."""
    if is_blank(cell):
        return None
    if not isinstance(cell, list) and not (isinstance(cell, str) and cell.startswith("[")):
        raise CellError(Why.NOT_A_NUMBER)
    amounts = [_AMOUNTS.read(value) for _, value in _entries(cell)]
    known = [amount for amount in amounts if amount is not None]
    return kept(sum(known)) if known else None


def _same(value: int | None) -> int | None:
    return value
