"""The first pass over a file: how many rows it has, and what its cells show about marks, days, actions and text.

Memory is bounded: cells are examined and forgotten. What follows from them is decided here, for the whole file.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import itemgetter

from adops_cli.exports.cells.cell import Cell, Cells, shown
from adops_cli.exports.cells.date_forms import Forms
from adops_cli.exports.cells.dates import Form, Order
from adops_cli.exports.cells.numbers import Mark, Votes
from adops_cli.exports.columns import extras, periods
from adops_cli.exports.columns.layout import COUNTS, MONEY, Layout
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.rows import totals
from adops_cli.exports.rows.data_rows import LineCells
from adops_cli.exports.rows.lone_starts import LoneStarts
from adops_cli.exports.sources.delimited import BrokenRow
from adops_cli.measures import FIGURES

_DECISIVE = 10
"""How many cells must show an order or a mark for each cell that shows the other."""
_SAMPLED = 2_000
"""How many rows are examined to find text columns."""
ENOUGH = 20_000
"""After this many rows, nothing new is expected."""
_COMMA = frozenset({"de", "fr", "es", "pt", "ru", "it", "nl", "pl", "sv", "tr"})
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
    others: Votes = field(default_factory=Votes)
    """Ratios and further figures. They are examined only as long as money settles nothing."""
    forms: Forms = field(default_factory=Forms)
    ranges: int = 0
    """Rows of a campaign with a period longer than a day."""
    starts: LoneStarts = field(default_factory=LoneStarts)
    samples: dict[int, list[str]] = field(default_factory=dict)


def survey(chunks: Iterable[list[LineCells]], layout: Layout, *, whole: bool = False, is_marked: bool = True) -> Survey:
    """Examine every row once, or only the first ones if they settle everything.

    Args:
        chunks: the rows.
        layout: what their columns mean.
        whole: examine every row in any case.
        is_marked: whether numbers can have a decimal comma, which they cannot in JSON.
    """
    seen = Survey()
    listening = _listeners(seen, layout, is_marked=is_marked)
    for chunk in chunks:
        rows = [cells for _, cells in chunk if type(cells) is not BrokenRow]
        for column, listen in listening:
            listen(_distinct(rows, column))
        if seen.rows < _SAMPLED:
            extras.drop_text(layout, rows)
            _sample(seen, rows)
        if is_marked and not any(_said(seen.money)):
            _hear_others(seen, layout, rows)
        if layout.ends is not None or layout.is_lone_start or layout.facts.watch:
            _watch(seen, layout, rows)
        seen.rows += len(chunk)
        if not whole and seen.rows >= ENOUGH and _leaves_nothing_open(seen, layout, is_marked=is_marked):
            seen.whole = False
            break
    for settle in layout.facts.settle:
        settle()
    if (time := seen.forms.midnight_elsewhere) is not None:
        layout.notices.append(
            f"all days have the time {time.lstrip('T')}, as days that begin at midnight in a zone ahead of UTC have "
            "once a program converts them: then each is a day too early; export the days without a time"
        )
    return seen


def sampled(rows: list[Cells], layout: Layout) -> Survey:
    """The survey of a file that is refused by its header: some cells of each column."""
    seen = Survey()
    extras.drop_text(layout, rows)
    _sample(seen, rows)
    return seen


def _leaves_nothing_open(seen: Survey, layout: Layout, *, is_marked: bool) -> bool:
    """Whether the rows so far settle the decimal mark, and their days can be read in only one way.

    If a later row shows otherwise, `convert` finds it, and the whole file is surveyed after all.
    """
    money, days = seen.money.said, seen.forms.said
    settled = not is_marked or bool(money["."]) != bool(money[","])
    plain = days[Form.DAY] == sum(days.values())
    return settled and plain and layout.ends is None and not layout.is_lone_start and not layout.facts.watch


def _distinct(rows: list[Cells], column: int) -> set[Cell]:
    """The distinct cells of a column, without lists, which are never numbers."""
    try:
        return set(map(itemgetter(column), rows))
    except (IndexError, TypeError):
        return {cells[column] for cells in rows if column < len(cells) and type(cells[column]) is not list}


def _listeners(seen: Survey, layout: Layout, *, is_marked: bool) -> list[tuple[int, Callable[[set[Cell]], None]]]:
    listening: list[tuple[int, Callable[[set[Cell]], None]]] = []
    for figure in MONEY if is_marked else ():
        listening += [(column, seen.money.add) for column in _plain_columns(layout, figure)]
    if layout.day is not None:
        listening.append((layout.day, seen.forms.add))
    return listening


def _hear_others(seen: Survey, layout: Layout, rows: list[Cells]) -> None:
    """Note what the numbers that are not money show about the decimal mark."""
    for figure in FIGURES:
        if figure not in MONEY:
            votes = seen.counts if figure in COUNTS else seen.conversions
            for column in _plain_columns(layout, figure):
                votes.add(_distinct(rows, column))
    for column in extras.numeric(layout):
        seen.others.add({_without_percent(cell) for cell in _distinct(rows, column)})


def _plain_columns(layout: Layout, figure: str) -> tuple[int, ...]:
    source = layout.figures.get(figure)
    return () if source is None or source.special is not None else source.columns


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
        if layout.is_lone_start:
            seen.starts.add(cells, layout)
        for column, look in layout.facts.watch.items():
            look(cells[column], cells)


def decimal_mark(seen: Survey, layout: Layout, options: ReadOptions) -> Mark:
    """The decimal mark of the file: from its money, from any other numbers, or from the language of its header."""
    if options.decimal_mark is not None:
        return "," if options.decimal_mark == "," else "."
    if any(_said(seen.money)):
        return _settled(_said(seen.money), layout)
    for said in (_sum(_said(seen.conversions), _said_by_counts(seen.counts)), _said(seen.others)):
        if any(said) and (layout.language is None or min(said) * _DECISIVE < max(said)):
            return _settled(said, layout)
    if layout.language is not None:
        return "," if layout.language in _COMMA else "."
    for votes in (seen.money, seen.conversions):
        if votes.said["?"]:
            raise _ambiguous(votes, layout)
    return "."


_Said = tuple[int, int]
"""How many cells show a decimal point, and how many a decimal comma."""


def _said(votes: Votes) -> _Said:
    return votes.said["."], votes.said[","]


def _sum(one: _Said, other: _Said) -> _Said:
    return one[0] + other[0], one[1] + other[1]


def _said_by_counts(votes: Votes) -> _Said:
    """Impressions and clicks have no decimals, so a mark that is ambiguous in them is a thousands mark."""
    return votes.said["."] + votes.open[","], votes.said[","] + votes.open["."]


def _without_percent(cell: Cell) -> Cell:
    return cell.replace("%", "") if isinstance(cell, str) else cell


def _settled(said: _Said, layout: Layout) -> Mark:
    points, commas = said
    if points > commas * _DECISIVE:
        return "."
    if commas > points * _DECISIVE:
        return ","
    raise RefusedError(
        Refusal.AMBIGUOUS_NUMBERS,
        f"{points} numbers have a decimal point and {commas} a decimal comma",
        "Use --decimal-mark . or --decimal-mark , to choose one",
        platform=layout.platform.name,
    )


def _ambiguous(votes: Votes, layout: Layout) -> RefusedError:
    return RefusedError(
        Refusal.AMBIGUOUS_NUMBERS,
        f"{votes.example!r} can have a decimal mark or a thousands mark, and nothing in the file shows which",
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
    if layout.is_lone_start and seen.rows and not seen.starts.is_daily:
        raise _lone_start(layout)
    if options.date_order is not None:
        return "mdy" if options.date_order == "mdy" else "ymd" if options.date_order == "ymd" else "dmy"
    if seen.forms.short and not layout.platform.month_first and seen.forms.short.is_first is not False:
        if seen.forms.short.is_first:
            return "ymd"
        raise _ambiguous_days(
            layout, "nothing in the file shows which number is the year", "--date-order dmy, mdy or ymd"
        )
    day_first, month_first = said[Form.DAY_FIRST], said[Form.MONTH_FIRST]
    if day_first > month_first * _DECISIVE:
        return "dmy"
    if month_first > day_first * _DECISIVE or layout.platform.month_first:
        return "mdy"
    if not (day_first or month_first or said[Form.EITHER]):
        return None
    raise _ambiguous_days(
        layout,
        "nothing in the file shows whether the day or the month comes first",
        "--date-order dmy or --date-order mdy",
    )


def _lone_start(layout: Layout) -> RefusedError:
    header = layout.header.cells[layout.day or 0]
    hint = f"if each row is a day, say so with --map {header!r}=date"
    above = periods.is_above(layout.preamble)
    return RefusedError(
        Refusal.NOT_DAILY,
        f"the figures are by {header!r}, and no campaign has two days next to each other"
        + (", while the lines above the table state a longer period" if above else ""),
        layout.platform.advice.day if above else f"{layout.platform.advice.day}; {hint}",
        platform=layout.platform.name,
    )


def _ambiguous_days(layout: Layout, what: str, orders: str) -> RefusedError:
    return RefusedError(
        Refusal.AMBIGUOUS_DATES,
        f"the days are written in digits only, and {what}",
        f"Use {orders} to choose one",
        platform=layout.platform.name,
    )
