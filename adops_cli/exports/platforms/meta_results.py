"""Meta's `Results`: they are purchases only if every row's indicator is the same purchase action."""

from adops_cli.exports.cells.cell import Cell, Cells, is_blank, shown
from adops_cli.exports.columns.declaration import spellings
from adops_cli.exports.columns.layout import FigureSource, Layout
from adops_cli.exports.export import ReadOptions

_RESULTS = spellings("Results|Ergebnisse|Résultats|Resultados")
_INDICATOR = spellings(
    "Result indicator|Ergebnisindikator|Ergebnis-Indikator|Indicateur de résultats|Indicateur de résultat"
    "|Indicador de resultado|Indicador de resultados"
)
_ENOUGH = 10
"""How many indicators are remembered. Even two are too many."""
_NOT_COUNTED = "results are not counted as conversions, because {}; add the column Purchases to the export"


def watch(layout: Layout, options: ReadOptions) -> None:
    """Check the indicators of all rows before results are counted as conversions."""
    names = layout.header.names
    results = next((column for column, name in enumerate(names) if name in _RESULTS), None)
    indicator = next((column for column, name in enumerate(names) if name in _INDICATOR), None)
    if "conversions" in layout.figures or options.conversions is not None or results is None:
        return
    if indicator is None:
        layout.notices.append(_NOT_COUNTED.format("nothing in the file shows what the results are"))
        return
    seen: set[str] = set()

    def look(cell: Cell, row: Cells) -> None:
        if len(seen) < _ENOUGH and not (is_blank(cell) and is_blank(row[results])):
            seen.add(shown(cell).strip())

    def settle() -> None:
        kinds = sorted(kind or "unnamed" for kind in seen)
        if len(kinds) == 1 and kinds[0].casefold().endswith("purchase"):
            layout.figures["conversions"] = FigureSource((results,))
        elif kinds:
            layout.notices.append(_NOT_COUNTED.format(f"the results are {', '.join(kinds)}"))

    layout.facts.watch[indicator] = look
    layout.facts.settle.append(settle)
