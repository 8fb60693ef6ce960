"""What a file has and is not counted: columns under other names, rows below a second header, rows without a name.

Each is told in one sentence with its amount. Nothing here changes what is counted.
"""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import itemgetter

from adops_cli.exports.cells.cell import Cell, CellError, Cells, unguarded
from adops_cli.exports.cells.figures import Amounts
from adops_cli.exports.cells.numbers import Mark, is_number
from adops_cli.exports.columns.header import Header
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import LeftOut
from adops_cli.exports.rows import totals
from adops_cli.exports.rows.data_rows import DataRows, LineCells, is_header


class Uncounted:
    """A column that is told, not counted, and the sum of its cells in the accepted rows."""

    def __init__(self, header: str, figure: str, column: int, mark: Mark) -> None:
        self.header, self.figure = header, figure
        self._take, self._read = itemgetter(column), Amounts(mark)
        self.sum = 0

    def add(self, rows: Sequence[Cells]) -> None:
        """Add the cells of these rows. One that is no number counts as none."""
        cells = list(map(self._take, rows))
        try:
            self.sum += sum(filter(None, self._read.of(cells)))
        except CellError:
            for cell in cells:
                with contextlib.suppress(CellError):
                    self.sum += self._read[cell] or 0

    def as_left_out(self) -> LeftOut:
        """The column for the JSON of an import."""
        return LeftOut(self.figure, self.header, totals.amount(self.sum), "another name")


class Nameless:
    """The spend of rows that have a day and no campaign, by currency."""

    def __init__(self, layout: Layout, spend: Callable[[Cells], int | None] | None) -> None:
        self._spend = spend
        source = layout.figures.get("spend")
        self._header = layout.header.cells[source.columns[0]] if source else ""
        self._currency = layout.columns.get("currency")
        self._amounts: dict[str, int] = {}
        self._rows = 0
        self._unread = 0

    def add(self, cells: Cells) -> None:
        """Count this row. Its amount is told even if other figures in it cannot be read."""
        self._rows += 1
        try:
            amount = self._spend(cells) if self._spend else None
        except CellError:
            self._unread += 1
            return
        if amount:
            currency = "" if self._currency is None else unguarded(str(cells[self._currency])).upper()
            self._amounts[currency] = self._amounts.get(currency, 0) + amount

    def left_out(self) -> list[LeftOut]:
        """The spend by currency, for the JSON of an import."""
        several = len(self._amounts) > 1
        return [
            LeftOut("spend", self._header, totals.amount(amount), f"no campaign name{f', {currency}' * several}")
            for currency, amount in sorted(self._amounts.items())
        ]

    def notices(self) -> list[str]:
        """One sentence, if any of these rows has money."""
        if not self._amounts and not self._unread:
            return []
        amounts = [f"{_shown(amount)} {currency}".strip() for currency, amount in sorted(self._amounts.items())]
        if self._unread:
            amounts.append(f"what {_rows(self._unread)} have in cells that cannot be read")
        what = (
            f"{_rows(self._rows)} with a day have no campaign name and were not counted: spend {' and '.join(amounts)}"
        )
        return [f"{what}; if it belongs to a campaign, write its name into the file and import it again"]


class OtherTables:
    """The tables above and below the one that was read."""

    def __init__(self, data: DataRows, layout: Layout, mark: Mark) -> None:
        tables = (_Other(lines, layout, mark) for lines in (data.above(), data.below()))
        self._found = [table for table in tables if table.rows]

    def left_out(self) -> list[LeftOut]:
        """Their spend, for the JSON of an import."""
        return [
            LeftOut("spend", table.column, totals.amount(table.spend), "another table")
            for table in self._found
            if table.spend
        ]

    def notices(self) -> list[str]:
        """One sentence for each, with its rows and their spend."""
        return [table.notice for table in self._found]


class _Other:
    """The tables in some lines: the first header, and the rows below it and below those that follow."""

    def __init__(self, lines: Iterable[LineCells], layout: Layout, mark: Mark) -> None:
        self._layout, self._mark = layout, mark
        self._line: int | None = None
        self._amount: Callable[[Cells], int] = _nothing
        self.column = ""
        """The header of the latest cost."""
        self.rows = self.spend = 0
        for line, cells in lines:
            if is_header(cells):
                self._start(Header.of(line, cells))
            elif self._line is not None and any(map(is_number, cells)):
                self.rows += 1
                self.spend += 0 if totals.is_labelled(cells) else self._amount(cells)

    def _start(self, header: Header) -> None:
        self._line = header.line if self._line is None else self._line
        column, self._amount = _cost(header, self._layout, self._mark)
        self.column = self.column if column is None else header.cells[column]

    @property
    def notice(self) -> str:
        """One sentence."""
        money = f" with a spend of {_shown(self.spend)}" if self.spend else ""
        what = f"line {self._line} is the header of another table, which was not read: {_rows(self.rows)}{money}"
        return f"{what}; to import it, save it as a file of its own"


def _cost(header: Header, layout: Layout, mark: Mark) -> tuple[int | None, Callable[[Cells], int]]:
    """The column of the cost, and a function from a row to it. A cell that cannot be read counts as nothing."""
    source = layout.figures.get("spend")
    mine = {layout.header.names[column] for column in source.columns} if source else set()
    declared = {name: choice.micros for choice in layout.platform.columns.get("spend", ()) for name in choice.headers}
    column = next((at for at, name in enumerate(header.names) if name in mine or name in declared), None)
    if column is None:
        return None, _nothing
    is_micros = source.micros if source and header.names[column] in mine else declared[header.names[column]]
    amounts = Amounts(mark, micros=is_micros)

    def read(cells: Cells) -> int:
        return _said(amounts, cells[column]) if column < len(cells) else 0

    return column, read


def _nothing(_cells: Cells) -> int:
    return 0


def _said(amounts: Amounts, cell: Cell) -> int:
    try:
        return amounts.said(cell) or 0
    except CellError:
        return 0


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _shown(millionths: int) -> str:
    amount = Decimal(millionths).scaleb(-6)
    return f"{amount:,.2f}" if amount == round(amount, 2) else f"{amount.normalize():,f}"
