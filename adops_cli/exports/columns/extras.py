"""The columns that are not one of our figures: which are stored as metadata, and how a row's metadata is written.

Ratios are ignored, because they cannot be trusted. Ids and periods are not figures. Other numeric columns are kept.
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from adops_cli.exports.cells.cell import Cell, CellError, Cells, is_blank, is_error, words
from adops_cli.exports.cells.numbers import REMEMBERED, Mark, decimal, is_number
from adops_cli.exports.columns import header
from adops_cli.exports.columns.layout import Layout
from adops_cli.measures import NEVER_ADDED

_RATIO = words(
    """ctr cpc cpm cpp cpa cpv cpl cpi cvr vtr vcr roas roi acos ecpc ecpm ecpa ecpv ectr vcpm rate rates ratio avg
    average share percent percentage pct per
    durchschn durchschnittlich durchschnittliche durchschnittlicher rate quote anteil prozentsatz pro
    taux moy moyen moyenne part pourcentage par
    tasa medio prom promedio porcentaje cuota por
    taxa médio média méd percentual parcela
    tasso media gem gemiddelde gemiddeld aandeel śr średni średnia współczynnik udział
    genomsn genomsnittlig andel ort ortalama oranı başına payı
    сред ср средняя коэффициент доля за"""  # noqa: RUF001 - Russian
)
_RATIO_PART = re.compile("単価|平均|率|每次|单次|單次|千次|份额|佔有|回报|回報|ROAS")
"""In a language that writes no spaces."""
_NOT_ADDITIVE = words(
    """reach frequency unique uniques budget cap target bid goal limit planned quality score position
    reichweite frequenz eindeutige gebot
    couverture répétition uniques enchère
    alcance frecuencia únicos presupuesto puja
    frequência orçamento lance
    copertura frequenza offerta bereik frequentie bod zasięg częstotliwość budżet stawka räckvidd frekvens bud
    erişim sıklık bütçe teklif охват частота бюджет ставка"""  # noqa: RUF001 - Russian
)
_NOT_ADDITIVE_PART = re.compile("リーチ|フリークエンシー|予算|覆盖|频次|频率|预算|觸及|頻率|預算")
_IDENTITY = words(
    """id ids identifier identificador identificação identifiant kennung nummer nr code código url zip postal
    hour hours stunde heure hora week month quarter year"""
)
_ATTRIBUTES = words(
    """status state type device network slot category channel enum mode level reason strategy platform placement
    format gender age age_range language country"""
)
"""The last word of a name whose numbers are codes: an API client that writes enums as numbers."""
_SECTION = re.compile(r"([a-z]\w*?)(?:\.|__)\w")
"""The first part of a name such as `metrics.clicks` or `metrics__clicks`."""
_FIGURES = "metrics"
"""If a file has names in this section, the numbers in all other sections are ids and codes."""
REJECTS = ("_line", "_error")
"""The first columns of a rejects file: the line of each row in the export, and the reason. The export's own follow."""
RATIO = "ignored: a ratio"
_CODE = "ignored: a code"
_OWN = "metadata."
_MOST_DIGITS = 30


def sort(layout: Layout) -> None:
    """Separate the columns that can become metadata from those that are ignored."""
    taken = set(layout.meanings) | set(layout.dimensions) | set(layout.fates)
    names = {layout.header.names[column] for column in taken}
    not_additive = set()
    has_sections = any(_section(text) == _FIGURES for text in layout.header.cells)
    for column, (text, name) in enumerate(zip(layout.header.cells, layout.header.names, strict=True)):
        if column in taken:
            continue
        words = set(name.split()) | header.words(text)
        key = text.removeprefix(_OWN)
        if not name:
            layout.fates[column] = "ignored: no name"
        elif name in names:
            layout.fates[column] = "ignored: duplicate name"
        elif words & _RATIO or "/" in text or "%" in text or _RATIO_PART.search(text):
            layout.fates[column] = RATIO
        elif text in REJECTS:
            layout.fates[column] = "ignored: a column of a rejects file"
        elif name.split()[-1] in _ATTRIBUTES or (has_sections and _section(text) not in {_FIGURES, ""}):
            layout.fates[column] = _CODE
        elif words & _IDENTITY:
            layout.fates[column] = "ignored: an id or a period"
        else:
            one_name = layout.platform.further.get(name, key)
            key = key if one_name in (*layout.further, *layout.extras.values()) else one_name
            layout.extras[column] = key
            if words & _NOT_ADDITIVE or _NOT_ADDITIVE_PART.search(text) or key in NEVER_ADDED:
                not_additive.add(key)
        names.add(name)
    layout.not_additive = frozenset(not_additive)


def _section(text: str) -> str:
    match = _SECTION.match(text)
    return match[1] if match else ""


def numeric(layout: Layout) -> list[int]:
    """The columns that are not one of our figures, but whose cells are written like numbers."""
    budgets = (column for name, column in layout.attributes.items() if name.endswith("budget"))
    return [*layout.extras, *budgets, *(column for column, fate in layout.fates.items() if fate == RATIO)]


def drop_text(layout: Layout, rows: Iterable[Cells]) -> None:
    """Remove text columns from those that can become metadata."""
    codes = {column for column, fate in layout.fates.items() if fate == _CODE}
    ratios = {column for column, fate in layout.fates.items() if fate == RATIO}
    for cells in rows:
        for column in [c for c in ratios if c < len(cells) and _is_word(cells[c])]:
            ratios.discard(column)
            layout.fates[column] = "ignored: text"
        for column in [c for c in (*layout.extras, *codes) if c < len(cells) and not _can_be_figure(cells[c])]:
            if _is_own(layout, column):
                continue
            layout.extras.pop(column, None)
            codes.discard(column)
            layout.fates[column] = "ignored: text"


def _is_own(layout: Layout, column: int) -> bool:
    """Whether a column is a part of the metadata of our own listing, as JSON has it: its texts are kept, too."""
    return layout.platform.own_keys and layout.header.cells[column].startswith(_OWN)


def _is_word(cell: Cell) -> bool:
    """Whether a cell is no number in any form, as `Added/Excluded` and `Day part` hold it."""
    return not _can_be_figure(cell) and isinstance(cell, str) and not any(map(str.isdigit, cell))


def _can_be_figure(cell: Cell) -> bool:
    return is_blank(cell) or is_number(cell) or is_error(cell)


class _Written(dict[Cell, str]):
    """Each cell as `"key":number`. Empty if it has no number."""

    def __init__(self, key: str, mark: Mark, *, keeps_text: bool = False) -> None:
        super().__init__()
        self.key, self._keeps_text = key, keeps_text
        self.prefix = f"{_quoted(key)}:"
        self._mark = mark

    def __missing__(self, cell: Cell) -> str:
        text = self._text(cell)
        if len(self) < REMEMBERED:
            self[cell] = text
        return text

    def _text(self, cell: Cell) -> str:
        try:
            number = decimal(cell, self._mark)
        except CellError:
            return f"{self.prefix}{_quoted(cell)}" if self._keeps_text and isinstance(cell, str) else ""
        if number is None or abs(number.adjusted()) > _MOST_DIGITS or len(number.as_tuple().digits) > _MOST_DIGITS:
            return ""
        return f"{self.prefix}{number.normalize():f}" if number else f"{self.prefix}0"


_Columns = Sequence[tuple[int, _Written]]


_Readers = Mapping[str, Callable[[Cells], int | None]]
"""Key of metadata -> how to read its value in a row, in millionths."""


def writer(layout: Layout, mark: Mark, readers: _Readers) -> Callable[[Cells], str | None] | None:
    """A function from a row to its metadata as JSON text with sorted keys. None if the file has no metadata.

    Args:
        layout: the columns.
        mark: the decimal mark of their cells.
        readers: those of the values that are no column of their own.
    """
    columns: dict[str, tuple[int, _Written]] = {}
    for column, key in layout.extras.items():
        columns.setdefault(key, (column, _Written(key, mark, keeps_text=_is_own(layout, column))))
    in_order = [columns[key] for key in sorted(columns)]
    own = layout.columns.get("metadata")
    if own is not None or readers:
        return lambda cells: _merged({} if own is None else _own(cells[own]), in_order, readers, cells)
    if not in_order:
        return None

    def write(cells: Cells) -> str | None:
        parts = [part for column, numbers in in_order if (part := numbers[cells[column]])]
        return f"{{{','.join(parts)}}}" if parts else None

    return write


def _merged(own: Mapping[str, object], columns: _Columns, readers: _Readers, cells: Cells) -> str | None:
    """The metadata from our own listing, merged with that of the other columns."""
    parts = {key: written(value) for key, value in own.items()}
    for column, numbers in columns:
        if text := numbers[cells[column]]:
            parts[numbers.key] = text.removeprefix(numbers.prefix)
    for key, read in readers.items():
        with contextlib.suppress(CellError):  # a figure that is told to be no number is rejected by its own reader
            if (value := read(cells)) is not None:
                parts[key] = f"{Decimal(value).scaleb(-6).normalize():f}"
    texts = [f"{_quoted(key)}:{parts[key]}" for key in sorted(parts)]
    return f"{{{','.join(texts)}}}" if texts else None


def _own(cell: Cell) -> dict[str, object]:
    """The object in a cell of our own column `metadata`. Anything else counts as an empty object."""
    if not isinstance(cell, str) or is_blank(cell):
        return {}
    try:
        value = json.loads(cell, parse_float=Decimal)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def written(value: object) -> str:
    """A JSON value as text with sorted keys, in which a Decimal keeps all of its digits."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return f"{{{','.join(f'{_quoted(key)}:{written(value[key])}' for key in sorted(value))}}}"
    if isinstance(value, list):
        return f"[{','.join(map(written, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _quoted(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)
