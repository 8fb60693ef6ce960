"""Total rows and rows without a name: found by rule, counted, never summed. The file's own total is a checksum."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import Enum, auto
from itertools import islice

from adops_cli.exports.cells import ids
from adops_cli.exports.cells.cell import CellError, Cells, is_blank, name, shown
from adops_cli.exports.cells.dates import Form, form, is_one_day
from adops_cli.exports.columns.layout import MONEY, Layout
from adops_cli.exports.export import Figures, FileCampaign
from adops_cli.measures import FIGURES

_OF_ACCOUNT = re.compile(
    r"[:\uff1a]\s*(?:Account|Campaigns?|Konto|Kampagnen?|Compte|Campagnes?|Cuenta|Campañas?|Conta|Campanhas?|Campagne"
    r"|Kampanie|Kampanjer|Hesap|Kampanyalar|аккаунт|кампании|アカウント|キャンペーン|[账帐]号|帳戶|广告系列|廣告活動)\s*$",
    re.IGNORECASE,
)
_WORDS = (
    r"(?:Grand[ -]|Sub)?(?:Totals?|Totale|Totaal|Totaux|Totales|Totais|Totalt|Gesamt(?:summe|ergebnis)?|Summe|Somme"
    r"|Suma|Summa|Toplam)|Total général|Genel Toplam|Razem|Łącznie"
    r"|Итого|Всего|合計|総計|总计|合计|總計|합계"  # noqa: RUF001 - Russian
)
_COLON = "[:\uff1a]"
_COUNTED = r"Total of \d[\d.,]* \w+"
"""As in `Total of 12 results`."""
_LABEL = re.compile(rf"(?:{_WORDS})\s*(?:{_COLON}|$)|{_COUNTED}$", re.IGNORECASE)
_LABELLED = 3
"""How many cells are searched for a label."""
_NOT_A_DAY = re.compile(rf"(?:{_WORDS})\s*(?:{_COLON}.*)?|{_COUNTED}", re.IGNORECASE | re.DOTALL)
_LONGEST = 200
"""Characters. No label is this long."""


class RowKind(Enum):
    """The kind of a row, known before any of its figures is read."""

    DATA = auto()
    TOTAL = auto()
    NAMELESS = auto()


def kind(cells: Cells, layout: Layout) -> RowKind:
    """The kind of a row, by the rules for totals and blank names."""
    blank_day = has_blank_day(cells, layout)
    if blank_day and (is_labelled(cells) or _dimensionless(cells, layout)):
        return RowKind.TOTAL
    if not blank_day and len(cells) == len(layout.header.cells) and is_nameless(cells, layout):
        return RowKind.NAMELESS
    return RowKind.DATA


def may_be_total(cells: Cells, layout: Layout) -> bool:
    """Whether a row without a campaign has words instead of a day, as a total has in a language that nobody knows."""
    day = layout.day
    return (
        day is not None
        and len(cells) == len(layout.header.cells)
        and isinstance(cells[day], str)
        and form(cells[day]) is Form.NONE
        and is_nameless(cells, layout)
    )


def is_nameless(cells: Cells, layout: Layout) -> bool:
    """Whether a row has neither the name nor the id of a campaign."""
    tests = {"campaign": is_blank, "campaign_id": ids.is_blank}
    columns = [(layout.columns[key], blank) for key, blank in tests.items() if key in layout.columns]
    return all(column < len(cells) and blank(cells[column]) for column, blank in columns)


def has_blank_day(cells: Cells, layout: Layout) -> bool:
    """Whether a row has no day: a blank, a label instead of a day, or a range if the day column holds its start."""
    day = layout.day
    if day is None or day >= len(cells):
        return True
    cell = cells[day]
    if is_blank(cell) or (isinstance(cell, str) and len(cell) < _LONGEST and _NOT_A_DAY.fullmatch(cell.strip())):
        return True
    return is_range(cells, layout)


def is_range(cells: Cells, layout: Layout) -> bool:
    """Whether the day of a row is the first of several. Neither white space nor a blank start makes a range."""
    day, ends = layout.day, layout.ends
    if day is None or ends is None or max(day, ends) >= len(cells):
        return False
    start = name(cells[day])
    return start != "" and start != name(cells[ends]) and not is_one_day(cells[day], cells[ends])


def is_labelled(cells: Cells) -> bool:
    """Whether one of the first cells is the label of a total row."""
    return any(_LABEL.match(shown(cell)[:_LONGEST].strip()) for cell in islice(cells, _LABELLED))


def _dimensionless(cells: Cells, layout: Layout) -> bool:
    return len(cells) == len(layout.header.cells) and all(is_blank(cells[column]) for column in layout.dimensions)


Read = Callable[[Cells], int | None]


class FileTotals:
    """The file's own total: the total row with the largest spend, then with the most impressions."""

    def __init__(self, readers: Mapping[str, Read]) -> None:
        self._readers = readers
        self._largest: tuple[int | None, ...] | None = None
        self.of_account = False
        """Whether the largest total is labelled as one of the account or of its campaigns."""

    def add(self, cells: Cells) -> None:
        """Add a total row of the file. A figure in it that cannot be read counts as not given."""
        row = tuple(self._read(figure, cells) for figure in FIGURES)
        if self._largest is None or _size(row) > _size(self._largest):
            self._largest = row
            self.of_account = any(_OF_ACCOUNT.search(shown(cell)[:_LONGEST]) for cell in islice(cells, _LABELLED))

    def is_sum(self, cells: Cells, sums: Sequence[int | None]) -> bool:
        """Whether a row has the sums of all rows, in every figure that it has and in one at least."""
        try:
            row = [self._readers[figure](cells) if figure in self._readers else None for figure in FIGURES]
        except (CellError, IndexError):
            return False
        both = [(own, of_rows or 0) for own, of_rows in zip(row, sums, strict=True) if own is not None]
        return bool(both) and all(own == of_rows for own, of_rows in both)

    def _read(self, figure: str, cells: Cells) -> int | None:
        reader = self._readers.get(figure)
        if reader is None:
            return None
        try:
            return reader(cells)
        except (CellError, IndexError):
            return None

    def figures_of(self, sums: Figures) -> Figures | None:
        """The figures of the largest total row. None if there is none, or if nobody calculated it."""
        return None if self._largest is None or self.is_empty(sums) else of(self._largest)

    def is_empty(self, sums: Figures) -> bool:
        """Whether the largest total row has no figure, or nothing but zeros over rows with these sums, not all zero.

        A program that writes formulas without calculating them leaves such a row.
        """
        if self._largest is None:
            return False
        is_zero = not any(self._largest)
        return self._largest.count(None) == len(FIGURES) or (is_zero and any(getattr(sums, name) for name in FIGURES))


def _size(row: Sequence[int | None]) -> tuple[int, int]:
    spend, impressions = row[FIGURES.index("spend")], row[FIGURES.index("impressions")]
    return (-(10**30) if spend is None else spend, -1 if impressions is None else impressions)


def amount(millionths: int) -> Decimal:
    """A sum in millionths as people write it, without zeros at its end."""
    whole = Decimal(millionths).scaleb(-6)
    return whole.quantize(Decimal(1)) if whole == whole.to_integral_value() else whole.normalize()


def of(sums: Sequence[int | None]) -> Figures:
    """Five sums, with money and conversions in millionths, as figures."""
    impressions, clicks, *amounts = sums
    return Figures(impressions, clicks, *(None if a is None else Decimal(a).scaleb(-6) for a in amounts))


def spend_by_currency(spend: Mapping[int, int], campaigns: Sequence[FileCampaign]) -> dict[str, Decimal]:
    """The spend of the file by currency, "" if it is unknown, from that of each campaign in millionths."""
    sums: dict[str, int] = {}
    for number, millionths in spend.items():
        currency = campaigns[number].currency or ""
        sums[currency] = sums.get(currency, 0) + millionths
    return {currency: amount(sums[currency]) for currency in sorted(sums)}


def reconciled(totals: Figures, said: Figures | None, layout: Layout, *, one_currency: bool) -> bool | None:
    """Whether the sums of the rows match the file's own total in every figure that both have.

    None without a total, or if no figure can be compared. A sum over no values matches a total of 0.
    """
    if said is None:
        return None
    compared = [
        (getattr(totals, figure) or 0) == getattr(said, figure)
        for figure in layout.figures
        if getattr(said, figure) is not None and (one_currency or figure not in MONEY)
    ]
    return all(compared) if compared else None


def lacks_rows(totals: Figures, said: Figures | None) -> bool:
    """Whether the file's own total is larger than its rows in a figure that only grows."""
    if said is None:
        return False
    both = ((getattr(totals, figure), getattr(said, figure)) for figure in ("impressions", "spend"))
    return any(own is not None and (of_rows or 0) < own for of_rows, own in both)
