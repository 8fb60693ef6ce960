"""The currencies that the cells of amounts state, campaign by campaign. A file without any costs nothing."""

from collections.abc import Sequence
from operator import itemgetter

from adops_cli.exports.cells.cell import Cell, Cells
from adops_cli.exports.cells.currencies import Stated, of_amount
from adops_cli.exports.cells.figures import Amounts
from adops_cli.exports.cells.numbers import REMEMBERED
from adops_cli.exports.rows.campaign_index import Campaigns


class _Stated(dict[Cell, Stated | None]):
    """What each cell says. Remembers as many cells as a column of figures does."""

    def __missing__(self, cell: Cell) -> Stated | None:
        stated = of_amount(cell)
        if len(self) < REMEMBERED:
            self[cell] = stated
        return stated


class CellCurrencies:
    """Passes on what the cells of money columns say of the currencies of campaigns."""

    def __init__(self, columns: Sequence[tuple[int, Amounts]], campaigns: Campaigns) -> None:
        self._columns = [(amounts, itemgetter(column)) for column, amounts in columns]
        self._campaigns = campaigns
        self._stated = _Stated()

    def read(self, rows: Sequence[Cells], spellings: Sequence[int]) -> None:
        """Read the cells of these rows, whose campaigns have these spellings, after their amounts have been read."""
        for amounts, take in self._columns:
            if amounts.is_marked:
                stated = map(self._stated.__getitem__, map(take, rows))
                for spelling, one in dict.fromkeys(zip(spellings, stated, strict=True)):
                    if one is not None:
                        self._campaigns.restrict(spelling, one)
