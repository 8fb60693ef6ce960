"""Meta's `Results`: they are purchases only where every row's indicator is the same purchase action."""

from adops_cli.importers.exports.cells import Cell, Cells, is_blank, shown
from adops_cli.importers.exports.declaration import spellings
from adops_cli.importers.exports.layout import Layout, Source

_RESULTS = spellings("Results|Ergebnisse|Résultats|Resultados")
_INDICATOR = spellings(
    "Result indicator|Ergebnisindikator|Ergebnis-Indikator|Indicateur de résultats|Indicateur de résultat"
    "|Indicador de resultado|Indicador de resultados"
)
_ENOUGH = 10
"""Indicators; two are too many already."""


def watch(layout: Layout) -> None:
    """Look at the indicators of all rows before the results are taken for conversions."""
    names = layout.header.names
    results = next((column for column, name in enumerate(names) if name in _RESULTS), None)
    indicator = next((column for column, name in enumerate(names) if name in _INDICATOR), None)
    if "conversions" in layout.figures or results is None or indicator is None:
        return
    seen: set[str] = set()

    def look(cell: Cell, row: Cells) -> None:
        if len(seen) < _ENOUGH and not (is_blank(cell) and is_blank(row[results])):
            seen.add(shown(cell).strip())

    def settle() -> None:
        if len(seen) == 1 and seen.pop().casefold().endswith("purchase"):
            layout.figures["conversions"] = Source((results,))
        elif seen:
            layout.notices.append(
                "Results mean a different thing in different rows, so they are not counted as conversions: "
                "add the column Purchases to the export"
            )

    layout.facts.watch[indicator] = look
    layout.facts.settle.append(settle)
