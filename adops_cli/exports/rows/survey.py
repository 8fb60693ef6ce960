"""The first pass over a file: how many rows it has, and what its cells show about marks, days, actions and text.

Memory is bounded: cells are examined and forgotten. What follows from them is decided here, for the whole file.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import itemgetter

from adops_cli.exports.cells.cell import Cell, Cells, shown
from adops_cli.exports.cells.dates import Form, Forms, Order
from adops_cli.exports.cells.numbers import Mark, Votes
from adops_cli.exports.columns import extras
from adops_cli.exports.columns.layout import COUNTS, MONEY, Layout
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.rows import totals
from adops_cli.exports.rows.data_rows import LineCells
from adops_cli.measures import FIGURES

_DECISIVE = 10
"""How many cells must show an order or a mark for each cell that shows the other."""
_SAMPLED = 2_000
"""How many rows are examined to find text columns."""
ENOUGH = 20_000
"""After this many rows, nothing new is expected."""
_COMMA = frozenset({"de", "fr", "es", "pt"})
"""Languages with a decimal comma."""


@dataclass
class Survey:
    """What the first pass has found."""

    rows: int = 0
    whole: bool = True
    """Whether every row was examined."""
    money: Votes = field(default_factory=Votes)
    conversions: Votes = field(default_factory=Votes)
    counts: Votes = field(default_factory=Votes)
    forms: Forms = field(default_factory=Forms)
    ranges: int = 0
    """Rows of a campaign with a period longer than a day."""
    samples: dict[int, list[str]] = field(default_factory=dict)


def survey(chunks: Iterable[list[LineCells]], layout: Layout, *, whole: bool = False) -> Survey:
    """Examine every row once, or only the first ones if they settle everything."""
    seen = Survey()
    listening = _listeners(seen, layout)
    for chunk in chunks:
        rows = [cells for _, cells in chunk]
        for column, listen in listening:
            listen(_distinct(rows, column))
        if seen.rows < _SAMPLED:
            extras.drop_text(layout, rows)
            _sample(seen, rows)
        if layout.ends is not None or layout.facts.watch:
            _watch(seen, layout, rows)
        seen.rows += len(rows)
        if not whole and seen.rows >= ENOUGH and _leaves_nothing_open(seen, layout):
            seen.whole = False
            break
    for settle in layout.facts.settle:
        settle()
    return seen


def sampled(rows: list[Cells], layout: Layout) -> Survey:
    """The survey of a file that is refused by its header: some cells of each column."""
    seen = Survey()
    extras.drop_text(layout, rows)
    _sample(seen, rows)
    return seen


def _leaves_nothing_open(seen: Survey, layout: Layout) -> bool:
    """Whether the rows so far settle the decimal mark, and their days can be read in only one way.

    If a later row shows otherwise, `convert` finds it, and the whole file is surveyed after all.
    """
    money, days = seen.money.said, seen.forms.said
    settled = bool(money["."]) != bool(money[","])
    plain = days[Form.DAY] == sum(days.values())
    return settled and plain and layout.ends is None and not layout.facts.watch


def _distinct(rows: list[Cells], column: int) -> set[Cell]:
    """The distinct cells of a column, without lists, which are never numbers."""
    try:
        return set(map(itemgetter(column), rows))
    except (IndexError, TypeError):
        return {cells[column] for cells in rows if column < len(cells) and type(cells[column]) is not list}


def _listeners(seen: Survey, layout: Layout) -> list[tuple[int, Callable[[set[Cell]], None]]]:
    listening: list[tuple[int, Callable[[set[Cell]], None]]] = []
    for figure in FIGURES:
        source = layout.figures.get(figure)
        # If the language of the header is known, only money can overrule its decimal mark.
        if source is not None and source.special is None and (figure in MONEY or layout.language is None):
            votes = seen.money if figure in MONEY else seen.counts if figure in COUNTS else seen.conversions
            listening += [(column, votes.add) for column in source.columns]
    if layout.day is not None:
        listening.append((layout.day, seen.forms.add))
    return listening


def _sample(seen: Survey, rows: list[Cells], enough: int = 3) -> None:
    for cells in rows[:200]:
        for column, cell in enumerate(cells):
            samples = seen.samples.setdefault(column, [])
            text = shown(cell)[:80]
            if len(samples) < enough and text.strip() and text not in samples:
                samples.append(text)


def _watch(seen: Survey, layout: Layout, rows: list[Cells]) -> None:
    for cells in rows:
        if len(cells) < len(layout.header.cells) or totals.is_nameless(cells, layout):
            continue
        if totals.kind(cells, layout) is totals.RowKind.TOTAL:
            continue
        if totals.is_range(cells, layout):
            seen.ranges += 1
        for column, look in layout.facts.watch.items():
            look(cells[column], cells)


def decimal_mark(seen: Survey, layout: Layout, options: ReadOptions) -> Mark:
    """The decimal mark of the file: from its money or, if that is ambiguous, from the language of its header."""
    if options.decimal_mark is not None:
        return "," if options.decimal_mark == "," else "."
    settled = _settled(seen.money, layout)
    if settled is not None:
        return settled
    if layout.language is not None:
        return "," if layout.language in _COMMA else "."
    if seen.money.said["?"]:
        raise _ambiguous(seen.money, layout)
    settled = _settled(seen.conversions, layout)
    if settled is not None:
        return settled
    if seen.conversions.said["?"]:
        raise _ambiguous(seen.conversions, layout)
    # Impressions and clicks have no decimals, so an ambiguous mark in them is a thousands mark.
    return "," if "." in seen.counts.open else "."


def _settled(votes: Votes, layout: Layout) -> Mark | None:
    points, commas = votes.said["."], votes.said[","]
    if points > commas * _DECISIVE:
        return "."
    if commas > points * _DECISIVE:
        return ","
    if points or commas:
        raise RefusedError(
            Refusal.AMBIGUOUS_NUMBERS,
            f"{points} amounts have a decimal point and {commas} a decimal comma",
            "Use --decimal-mark . or --decimal-mark , to choose one",
            platform=layout.platform.name,
        )
    return None


def _ambiguous(votes: Votes, layout: Layout) -> RefusedError:
    return RefusedError(
        Refusal.AMBIGUOUS_NUMBERS,
        f"{votes.open!r} can have a decimal mark or a thousands mark, and nothing in the file shows which",
        "Use --decimal-mark . or --decimal-mark , to choose one",
        platform=layout.platform.name,
    )


def date_order(seen: Survey, layout: Layout, options: ReadOptions) -> Order | None:
    """The order of days written in digits only. None if the file has none. Refuses a file that is not daily."""
    said = seen.forms.said
    days = said[Form.DAY] + said[Form.DAY_FIRST] + said[Form.MONTH_FIRST] + said[Form.EITHER]
    if seen.ranges or said[Form.PERIOD] > days:
        raise RefusedError(
            Refusal.NOT_DAILY,
            "the rows are for weeks, months or ranges, not for days",
            layout.platform.advice.day,
            platform=layout.platform.name,
        )
    if options.date_order is not None:
        return "mdy" if options.date_order == "mdy" else "ymd" if options.date_order == "ymd" else "dmy"
    day_first, month_first = said[Form.DAY_FIRST], said[Form.MONTH_FIRST]
    if day_first > month_first * _DECISIVE:
        return "dmy"
    if month_first > day_first * _DECISIVE or layout.platform.month_first:
        return "mdy"
    if not (day_first or month_first or said[Form.EITHER]):
        return None
    raise RefusedError(
        Refusal.AMBIGUOUS_DATES,
        "the days are written in digits only, and nothing in the file shows whether the day or the month comes first",
        "Use --date-order dmy or --date-order mdy to choose one",
        platform=layout.platform.name,
    )
