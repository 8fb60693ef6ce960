"""The options for a window of days or times, what they mean, and the notice for a window that is empty."""

from collections.abc import Sized
from datetime import date, datetime
from typing import Annotated, Any

import typer

from adops_cli import periods, render

_WORDS = "7d, mtd, ytd, today, yesterday, last-week, last-month, 2026-10, 2026-W45, q3"
SinceOption = Annotated[
    str | None,
    typer.Option(metavar="DAY", help=f"First day (YYYY-MM-DD), or a window that it begins: {_WORDS}."),
]
UntilOption = Annotated[
    str | None,
    typer.Option(metavar="DAY", help="Last day, inclusive, or a window that it ends; 7d is the day seven days ago."),
]
PeriodOption = Annotated[
    str | None, typer.Option(metavar="WINDOW", help="First and last day in one, by the same words.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help="As the book knew it at the end of a day, at a time, or after an import (id).",
    ),
]
SinceTimeOption = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Only events at or after this time, day or window.")
]
UntilTimeOption = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Only events at or before this time, day or window.")
]
CreatedSinceOption = Annotated[
    str | None, typer.Option(metavar="TIME", help="Only those created at or after this time, day or window (7d, …).")
]
CreatedUntilOption = Annotated[
    str | None, typer.Option(metavar="TIME", help="Only those created at or before this time, day or window.")
]


def days(ctx: typer.Context, since: str | None, until: str | None, period: str | None) -> dict[str, Any]:
    """The days that the options mean, as keyword arguments of the data functions."""
    now = periods.today(ctx.obj.timezone)
    found = periods.window(since, until, period, now=now, called="--{}")
    return {"start_date": found.first, "end_date": found.last}


def times(
    ctx: typer.Context, since: str | None, until: str | None, period: str | None = None, *, of: str = ""
) -> dict[str, Any]:
    """The same for times. `of` is a prefix of the names: `created` for --created-since and --created-until."""
    prefix = f"--{of}-" if of else "--"
    start, end = periods.moments(since, until, period, timezone=ctx.obj.timezone, called=f"{prefix}{{}}")
    return {f"{of}_since".lstrip("_"): start, f"{of}_until".lstrip("_"): end}


def tell_empty(found: Sized, table: str, window: dict[str, Any]) -> None:
    """If nothing was found in a window, a notice that says which days the book holds in this table."""
    first, last = window.values()
    if found or first is last is None:
        return
    from adops_cli.data import held  # noqa: PLC0415 - keeps Peewee out of --help

    days = held.days(table)
    if days and _overlap(days, first, last):
        return  # another filter has left nothing
    holds = f"{table} {_span(*days)}" if days else f"no {table}"
    render.notice(f"Nothing {_span(first, last)}; the book holds {holds}.")


def _overlap(days: tuple[date, date], first: date | None, last: date | None) -> bool:
    """Whether a window has some of these days."""
    begins, ends = (one.date() if isinstance(one, datetime) else one for one in (first, last))
    return (begins is None or begins <= days[1]) and (ends is None or ends >= days[0])


def _span(first: date | None, last: date | None) -> str:
    if first and first == last:
        return f"on {first}"
    start, end = (_seen(one) for one in (first, last))
    return f"from {start} to {end}" if first and last else f"from {start} on" if first else f"up to {end}"


def _seen(moment: date | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if isinstance(moment, datetime) else str(moment)
