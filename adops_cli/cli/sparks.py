"""`--spark` of reports and rankings: a column of small bars that show how each row has gone, in tables alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import typer

from adops_cli import render
from adops_cli.cli.openness import Shown
from adops_cli.errors import BadRequestError
from adops_cli.measures import FURTHER
from adops_cli.render import Column, Kind, View

SparkOption = Annotated[
    bool, typer.Option("--spark", help="Add how each row has gone, as small bars, to a table on a terminal.")
]
_KEY = "spark"
_SERIES = {"platform": "platform", "project": "project_id", "campaign": "campaign_id"}
_MOST = 500
"""So many rows get bars: nobody reads more of them."""


class _WithBars:
    """A row with its bars."""

    def __init__(self, row: Any, bars: str | None) -> None:
        self._row, self.spark = row, bars

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


def check(ctx: typer.Context, by: str) -> None:
    """Refuse bars where there are none: of days themselves, beside another window, and of further figures."""
    if not ctx.params[_KEY]:
        return
    if by in ("day", "week", "month"):
        hint = "Use --by platform, project or campaign, or `adops metrics trend`"
        raise BadRequestError(f"--spark shows how a row has gone, and a {by} is a row here", hint)
    if by in FURTHER:
        raise BadRequestError(f"--spark cannot show {by}", "Rank by another figure, or leave it out")
    if ctx.params["compare"] is not None:
        raise BadRequestError("--spark and --compare cannot be combined", "Leave out one of them")


def added(
    ctx: typer.Context, shown: Shown, by: Any, figure: Any, asked: Mapping[str, Any], view: View
) -> tuple[Shown, View]:
    """What is shown, with a column of bars behind that of a figure if they were asked for, and the view of that."""
    if not (ctx.params[_KEY] and shown.rows and render.is_table(render.named(ctx.params["format"]))):
        return shown, view
    from adops_cli.data import trends  # noqa: PLC0415 - keeps Peewee out of --help

    rows: list[Any] = list(view.of_rows(shown.rows, shown.columns))
    keys = [(getattr(row, _SERIES[by]), row.currency) for row in rows[:_MOST]]
    some = {"campaign_ids": [id for id, _ in keys]} if by == "campaign" else {}
    courses = trends.courses(by, figure, **{**asked, **some})
    if courses is None:
        return shown, view
    bars = render.sparklines([courses.parts.get(key, ()) for key in keys])
    place = next(at for at, one in enumerate(shown.columns) if one.key == figure) + 1
    heading = f"{shown.columns[place - 1].heading.removesuffix(' ~')} trend"
    column = Column(_KEY, heading, Kind.BARS, weight=9)
    width = "a day" if courses.days == 1 else f"{courses.days} days"
    said = f"{heading}: each bar is {width}, the last one until {courses.last}; each row has its own scale."
    return replace(
        shown,
        rows=[_WithBars(row, text) for row, text in zip(rows, [*bars, *[""] * (len(rows) - len(bars))], strict=True)],
        total=shown.total and _WithBars(shown.total, None),
        columns=[*shown.columns[:place], column, *shown.columns[place:]],
        notices=[*shown.notices, said],
    ), view if view.columns is None else replace(view, columns=f"{view.columns},{_KEY}")
