"""`--compare` of reports and rankings: each row beside what it was in another window."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adops_cli import render
from adops_cli.cli import caveats, closed, openness, windows
from adops_cli.cli.metric_columns import SUMS
from adops_cli.cli.proof import noted
from adops_cli.errors import BadRequestError
from adops_cli.measures import Measure
from adops_cli.render import Column, Format, Kind, View, reader

if TYPE_CHECKING:
    from adops_cli.data.acting.comparison import Compared, ComparedRow, Comparison
    from adops_cli.data.reports import By

_HOW = "previous, weeks (the same weekdays), year, last-month, auto, or DAY..DAY"
CompareOption = Annotated[
    str | None, typer.Option(metavar="WINDOW", help=f"Beside another window: {_HOW}.", show_default=False)
]
WithOption = Annotated[str, typer.Option("--compare", metavar="WINDOW", help=f"The other window: {_HOW}.")]
SameAgeOption = Annotated[
    bool, typer.Option("--same-age", help="Compare both windows as they were known at the same age.")
]

_BESIDE = (
    Column("before", "Before", Kind.JSON),
    Column("difference", "Difference", Kind.JSON),
    Column("changePercent", "Change", Kind.JSON),
    Column("daysBefore", "Days before", Kind.COUNT),
    Column("significant", "Significant", Kind.JSON),
)
"""What JSON has beside the keys of a row."""
_FIGURES = {column.key for column in SUMS}
_RATES = ("ctr", "cvr")
_SCALE = 3
"""So many columns come of one: its weight is scaled, and theirs are just below it."""


class _Beside:
    """A row as it is shown, with what it was before."""

    def __init__(self, row: Any, compared: "ComparedRow") -> None:
        self._row, self._compared = row, compared

    def __getattr__(self, name: str) -> Any:
        if name == "days_before":
            return self._compared.days_before
        for ending in ("_before", "_difference", "_change_percent", "_significant"):
            if name.endswith(ending) and (key := name.removesuffix(ending)) in _FIGURES:
                return getattr(self._compared, ending[1:])[key]
        return getattr(self._row, name)


def is_asked_for(ctx: typer.Context) -> bool:
    """Whether a command was asked to compare."""
    compare, same_age, estimate = (ctx.params[name] for name in ("compare", "same_age", "estimate"))
    if same_age and compare is None:
        raise BadRequestError("--same-age is for a comparison", "Use it with --compare")
    if same_age and estimate:
        raise BadRequestError("--estimate is of what is known now, and --same-age is not", "Leave out one of them")
    return compare is not None


def report(
    ctx: typer.Context,
    by: "By",
    also: Sequence[Any],
    asked: Mapping[str, Any],
    columns: Sequence[Column],
    view: View,
) -> None:
    """Write a report beside another window."""
    from adops_cli.data.acting import comparison  # noqa: PLC0415 - keeps Peewee out of --help

    found = comparison.report(by, ctx.params["compare"], same_age=ctx.params["same_age"], also=also, **asked)
    notes = list(caveats.of_report(found.found))  # type: ignore[arg-type]
    _write(ctx, found, by, asked, columns, noted(view, notes))
    closed.tell(asked)
    render.notices(notes)
    _tell_empty(found, asked)


def ranking(
    ctx: typer.Context,
    by: Measure,
    limit: int,
    asked: Mapping[str, Any],
    columns: Sequence[Column],
    view: View,
) -> None:
    """Write a ranking beside another window."""
    from adops_cli.data.acting import comparison  # noqa: PLC0415 - as above

    found = comparison.ranking(by, ctx.params["compare"], limit, same_age=ctx.params["same_age"], **asked)
    rows = [row.now for row in found.rows]
    others = {name: value for name, value in asked.items() if name != "bottom" and not name.startswith("min_")}
    notes = list(caveats.of_ranking(found.found, by))  # type: ignore[arg-type]
    _write(ctx, found, "campaign", openness.of_campaigns(rows, others), columns, noted(view, notes), keep={by})
    closed.tell(others)
    render.notices(notes)
    _tell_empty(found, others)


def _write(
    ctx: typer.Context,
    found: "Comparison",
    by: str,
    asked: Mapping[str, Any],
    columns: Sequence[Column],
    view: View,
    *,
    keep: Any = (),
) -> None:
    fmt = render.named(ctx.params["format"])
    total = found.total and found.total.now
    shown = openness.shown(ctx, [row.now for row in found.rows], by, asked, columns, total=total)
    rows: Iterable[Any] = map(_Beside, shown.rows, found.rows)
    whole = _Beside(shown.total, found.total) if found.total else None
    if fmt in (Format.JSON, Format.NDJSON):
        wide: Sequence[Column] = (*shown.columns, *_BESIDE)
        rows = _objects(shown.rows, found.rows, shown.columns)
    elif openness.is_marked(fmt):
        days = {"start_date": found.before.first, "end_date": found.before.last}
        wide = _for_people(shown.columns, openness.open_keys(ctx, {**asked, **days}, fmt))
    else:
        wide = (*shown.columns, *(one for column in SUMS for one in _sides(column, ())), _BESIDE[3], *_TESTED)
    notes = [
        *sentences(found.now, found.before, found.at_age),
        *(_starred_rows(found) if openness.is_marked(fmt) else ()),
    ]
    render.rows(rows, wide, fmt, total=whole, csv_safe=ctx.params["csv_safe"], keep=keep, view=noted(view, notes))
    shown.tell()
    render.notices(notes)


def _starred_rows(found: "Comparison") -> Iterator[str]:
    if starred := sum(any(row.significant[rate] for rate in _RATES) for row in found.rows):
        yield (
            f"* CTR or CVR of {render.counted(starred, 'row')} differs by more than chance explains "
            "(two-proportion test, |z| > 1.96)."
        )


def _objects(
    rows: Sequence[Any], compared: Sequence["ComparedRow"], columns: Sequence[Column]
) -> Iterator[Mapping[str, Any]]:
    """The rows as JSON has them, which takes less time than to ask for each value."""
    keys = [column.key for column in (*columns, *_BESIDE)]
    own, beside = reader(columns), reader(_BESIDE)
    for row, other in zip(rows, compared, strict=True):
        yield dict(zip(keys, (*own(row), *beside(other)), strict=True))


def _for_people(columns: Sequence[Column], open_before: frozenset[str]) -> list[Column]:
    """Each figure with its change and with what it was before, in the order in which a narrow table needs them."""
    found = []
    for column in columns:
        found.append(replace(column, weight=column.weight * _SCALE))
        if column.key in _FIGURES:
            found += _sides(column, open_before)
    return found


def _sides(column: Column, open_before: Any) -> Sequence[Column]:
    """Its change, what it was before, and the difference, which a table shows only on request."""
    name, weight = column.heading.removesuffix(" ~"), column.weight * _SCALE
    before = f"{name} before{' ~' if column.key in open_before else ''}"
    note = _starred(column.key) if column.key in _RATES else None
    return (
        Column(f"{column.key}ChangePercent", f"{name} \N{PLUS-MINUS SIGN}%", Kind.CHANGE, weight - 1, "", note),
        Column(f"{column.key}Before", before, column.kind, weight - 2, column.needs),
        Column(f"{column.key}Difference", f"{name} \N{PLUS-MINUS SIGN}", column.kind, 0, column.needs),
    )


def _starred(rate: str) -> Callable[[Any], str]:
    return lambda row: "*" if getattr(row, f"{rate}_significant") else ""


_TESTED = tuple(Column(f"{rate}Significant", f"{rate.upper()} significant", Kind.FLAG) for rate in _RATES)


def sentences(now: "Compared", before: "Compared", at_age: int | None) -> Iterator[str]:
    """What was compared, and what makes the comparison doubtful."""
    yield f"{_seen(now)}, compared with {_seen(before)}."
    if lacking := [side for side in (now, before) if side.days < side.length]:
        [side, *other] = lacking
        who = "both windows lack" if other else f"{side.first} to {side.last} lacks"
        yield f"Incomplete: {who} days."
    if now.length != before.length:
        yield f"The windows have different lengths: {now.length} and {before.length} days."
    if at_age is not None:
        yield f"Both as they were known {render.counted(at_age, 'day')} after each day."


def _seen(side: "Compared") -> str:
    return f"{side.first} to {side.last} ({side.days} of {render.counted(side.length, 'day')} with figures)"


def _tell_empty(found: "Comparison", asked: Mapping[str, Any]) -> None:
    windows.tell_empty(found.rows, "metrics", {name: asked[name] for name in ("start_date", "end_date")})
