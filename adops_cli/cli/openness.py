"""What reports show of days that are not final: marked columns, how many days are open, and estimates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adops_cli import periods, render
from adops_cli.render import AnyFormat, Column, FileFormat, Format, Kind

if TYPE_CHECKING:
    from adops_cli.data.open_days import Marks

EstimateOption = Annotated[
    bool,
    typer.Option("--estimate", help="Add what conversions, CPA and ROAS will come to, with a range."),
]
OpennessOption = Annotated[bool, typer.Option("--with-openness", help="Add how many days are not final.")]

OPEN_DAYS = Column("openDays", "Open days", Kind.COUNT, weight=6)
ESTIMATES = tuple(
    Column(f"{key}Est{end}", f"{heading} est.{word}", kind, weight=7 if not end else 3, needs=needs)
    for key, heading, kind, needs in (
        ("conversions", "Conv.", Kind.QUANTITY, ""),
        ("cpa", "CPA", Kind.RATIO, "currency"),
        ("roas", "ROAS", Kind.RATIO, ""),
    )
    for end, word in (("", ""), ("Low", " low"), ("High", " high"))
)
_MARKED = {"conversions": ("conversions", "cpa", "cvr"), "revenue": ("revenue", "roas")}
"""Each late figure, and what is made of it."""
_FOR_PEOPLE = (Format.MARKDOWN, FileFormat.XLSX, FileFormat.HTML)
_MOST_IDS = 1_000


@dataclass(frozen=True)
class Shown:
    """The rows of a report as they are shown, and what is to be said under them."""

    rows: Sequence[Any]
    total: Any
    columns: Sequence[Column]
    notices: Sequence[str] = ()

    def tell(self) -> None:
        """Say it."""
        render.notices(self.notices)


def shown(
    ctx: typer.Context,
    rows: Sequence[Any],
    by: str,
    asked: Mapping[str, Any],
    columns: Sequence[Column],
    *,
    total: Any = None,
) -> Shown:
    """The rows of a report by a word, with the days and campaigns that were asked for, by the options of the command.

    Columns are only marked for people: other formats have the same keys whatever is open.
    """
    estimate, with_openness = (bool(ctx.params[name]) for name in ("estimate", "with_openness"))
    fmt = render.named(ctx.params["format"])
    marks = is_marked(fmt)
    if not rows or not (marks or estimate or with_openness):
        return Shown(rows, total, _added(columns, estimate, with_openness))
    from adops_cli.data import open_days  # noqa: PLC0415 - keeps Peewee out of --help

    how: dict[str, Any] = {**asked, "final_after": ctx.obj.final_after}
    if not (estimate or with_openness):
        found = open_days.marks(**how)
        return Shown(rows, total, _marked(columns, found), notices(found))
    opened = open_days.of_rows(rows, by, total=total, estimate=estimate, **how)
    if marks:
        columns = _marked(columns, opened)
    said = [f"No estimate of {one}." for one in opened.unknown]
    if marks:
        said = [*notices(opened), *said]
    return Shown(opened.rows, opened.total, _added(columns, estimate, with_openness), said)


def open_keys(ctx: typer.Context, asked: Mapping[str, Any], fmt: AnyFormat) -> frozenset[str]:
    """The keys of the columns that hold open days, if this format marks them."""
    if not is_marked(fmt):
        return frozenset()
    from adops_cli.data import open_days  # noqa: PLC0415 - keeps Peewee out of --help

    return late_keys(open_days.marks(**asked, final_after=ctx.obj.final_after))


def of_window(ctx: typer.Context, asked: Mapping[str, Any], by: str) -> Sequence[str]:
    """What is to be said of the open days of a window, if they can still change this figure or ratio."""
    from adops_cli.data import open_days  # noqa: PLC0415 - keeps Peewee out of --help

    found = open_days.marks(**asked, final_after=ctx.obj.final_after)
    return notices(found) if by in late_keys(found) else ()


def of_figures(
    ctx: typer.Context, asked: Mapping[str, Any], figures: Sequence[str], where: str
) -> tuple[Mapping[str, Collection[date]], Sequence[str]]:
    """The open days of those figures and ratios that can still change, and what is to be said of them."""
    from adops_cli.data import open_days  # noqa: PLC0415 - keeps Peewee out of --help

    found = open_days.marks(**asked, final_after=ctx.obj.final_after)
    late = {name: found.days for name in figures if name in late_keys(found)}
    return late, notices(found, where) if late else ()


def is_marked(fmt: AnyFormat) -> bool:
    """Whether a format marks columns: those that are for people do."""
    return fmt in _FOR_PEOPLE or render.is_table(fmt)


def late_keys(marks: "Marks") -> frozenset[str]:
    """The keys of the columns that open days can still change."""
    return frozenset(key for figure in marks.figures for key in _MARKED[figure])


def of_campaigns(rows: Sequence[Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The same request for the campaigns of these rows only, unless they are many."""
    return {**asked, "campaign_ids": [row.campaign_id for row in rows] if len(rows) <= _MOST_IDS else None}


def _added(columns: Sequence[Column], estimate: bool, with_openness: bool) -> Sequence[Column]:
    return (*columns, *((OPEN_DAYS,) if with_openness else ()), *(ESTIMATES if estimate else ()))


def _marked(columns: Sequence[Column], marks: "Marks") -> Sequence[Column]:
    """The columns, with a mark on those that can still change."""
    late = late_keys(marks)
    return [replace(one, heading=f"{one.heading} ~") if one.key in late else one for one in columns]


def notices(marks: "Marks", where: str = "columns") -> Sequence[str]:
    """What is said of open days, where they are shown."""
    figures = " and ".join(figure for figure in _MARKED if figure in marks.figures)
    again = f"~ some days are open until they are imported again: they were too young for their {figures}."
    said = [again] if marks.stale else []
    if marks.until is None:
        return said
    until = f"{marks.until.day} {marks.until:%B}"
    if marks.until.year != periods.today().year:
        until += f" {marks.until.year}"
    return [f"~ open until {until}: late {figures} can still change these {where}.", *said]
