"""`adops metrics trend`: figures by day as curves in a terminal, and as rows everywhere else."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from adops_cli import render
from adops_cli.cli import caveats, closed, openness, windows
from adops_cli.cli.closed import AsClosedOption
from adops_cli.cli.listing import listing
from adops_cli.cli.metric_columns import CURRENCY, SUMS
from adops_cli.cli.options import (
    CampaignsOption,
    CsvSafeOption,
    FormatOption,
    OfStatusOption,
    PlatformOption,
    ProjectOption,
)
from adops_cli.cli.proof import noted, proven
from adops_cli.cli.windows import AsOfOption, PeriodOption, SinceOption, UntilOption
from adops_cli.render import EVERYTHING, AnyFormat, Chart, Column, Format, Kind, View

if TYPE_CHECKING:
    from adops_cli.data.trends import Trend

_FIGURES = {column.key: column for column in SUMS}
_ALWAYS = (
    Column("day", "Day", Kind.DAY, weight=10),
    Column("series", "Series", weight=8),
    Column("name", "Name", weight=5),
    CURRENCY,
    Column("figure", "Figure", weight=9),
)
Key = tuple[str | None, str | None]


@listing
def trend(
    ctx: typer.Context,
    by: Annotated[
        Literal["none", "platform", "project", "campaign"], typer.Option(help="What has a curve of its own.")
    ] = "none",
    figures: Annotated[
        list[str] | None,
        typer.Option(
            "--figure", metavar="FIGURE,...", help=f"What to show: {', '.join(_FIGURES)}.", show_default="spend"
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, metavar="N", help="Show at most this many curves of each currency; 0 shows all.")
    ] = 6,
    since: SinceOption = None,
    until: UntilOption = None,
    period: PeriodOption = None,
    platform: PlatformOption = None,
    project_id: ProjectOption = None,
    status: OfStatusOption = None,
    campaigns: CampaignsOption = None,
    as_of: AsOfOption = None,
    as_closed: AsClosedOption = False,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """Draw figures by day as curves.

    Each figure has its own axis, and money one for each currency. A day without a value is a gap. In a pipe, and with
    --columns or --sort, these are rows, oldest first.
    """
    from adops_cli.data import known, naming, trends  # noqa: PLC0415 - keeps Peewee out of --help

    days = windows.days(ctx, since, until, period)
    known.require("campaigns", platform=platform, project_id=project_id)
    asked = {
        **days,
        "platform": platform,
        "project_id": project_id,
        "status": status,
        "campaign_ids": naming.ids_of(campaigns),
        "as_of": as_of,
        "as_closed": as_closed,
    }
    wanted: Any = [name.strip() for some in figures or ("spend",) for name in some.split(",")]
    found = trends.trend(by, wanted, limit, **asked)
    is_drawn = render.is_table(format) and view.columns is view.sort is None
    late, said = _open(ctx, asked, wanted, format, "curves" if is_drawn else "columns") if found.rows else ({}, ())
    notes = [*_left_out(found, by), *caveats.of_trend(found, wanted)]
    if is_drawn:
        _draw(found, late, days)
    else:
        chart = Chart("line", "day", ["value"]) if found.series == len(wanted) == 1 else None
        words = f"{', '.join(wanted)} by {'day' if by == 'none' else f'day and {by}'}"
        view = noted(proven(ctx, view, asked, words=words, chart=chart), notes)
        render.rows(found.rows, (*_ALWAYS, _value(wanted, late)), format, csv_safe=csv_safe, view=view)
    render.notices(said)
    closed.tell(asked)
    render.notices(notes)
    windows.tell_empty(found.rows, "metrics", days)


def _open(
    ctx: typer.Context, asked: Mapping[str, Any], figures: Sequence[str], fmt: AnyFormat, where: str
) -> tuple[Mapping[str, Collection[date]], Sequence[str]]:
    """The open days of the figures that are shown to people, and what is said of them."""
    return openness.of_figures(ctx, asked, figures, where) if openness.is_marked(fmt) else ({}, ())


def _value(figures: Sequence[str], late: Collection[str]) -> Column:
    """The column of the values, whose kind people see where there is one only."""
    kind = _FIGURES[figures[0]].kind if len(figures) == 1 else Kind.QUANTITY
    return Column("value", "Value ~" if late else "Value", kind, weight=9, needs="currency")


def _left_out(found: "Trend", by: str) -> Iterator[str]:
    if found.left_out:
        less = "less" if _FIGURES[found.size].kind is Kind.MONEY else "fewer"
        verb = "is" if found.left_out == 1 else "are"
        yield f"{render.counted(found.left_out, by)} with {less} {found.size} {verb} left out; --limit 0 shows all."


def _draw(found: "Trend", late: Mapping[str, Collection[date]], window: Mapping[str, Any]) -> None:
    """Draw a panel for each figure, and for each currency where it is money."""
    from adops_cli.render.curves import LETTERS, Curve, Panel  # noqa: PLC0415 - loads Rich, for drawings only

    values: dict[Key, dict[str, dict[date, Any]]] = {}
    names: dict[Key, str | None] = {}
    for row in found.rows:
        key = row.series, row.currency
        names[key] = row.name
        here = values.setdefault(key, {}).setdefault(row.figure, {})
        if row.value is not None:
            here[row.day] = row.value
    if len(values) > len(LETTERS):
        render.notice(f"The first {len(LETTERS)} of {len(values)} curves are drawn; --format csv has all.")
    drawn = dict(enumerate([*values][: len(LETTERS)]))
    currencies = list(dict.fromkeys(currency for _, currency in drawn.values()))
    panels = []
    for figure in dict.fromkeys(row.figure for row in found.rows):
        column = _FIGURES[figure]
        for currency in currencies if column.needs else (None,):
            curves = {
                place: Curve(_called(key, names[key], len(currencies) > 1), values[key][figure])
                for place, key in drawn.items()
                if not column.needs or key[1] == currency
            }
            title = f"{column.heading}, {currency}" if currency else column.heading
            panels.append(Panel(title, column.kind, curves, late.get(figure, ())))
    days = [row.day for row in found.rows] or [date.min]  # without a day nothing is drawn
    render.drawing(panels, window["start_date"] or min(days), window["end_date"] or max(days))


def _called(key: Key, name: str | None, with_currency: bool) -> str:
    series, currency = key
    called = name or series or "no project"
    return f"{called} {currency or ''}".rstrip() if with_currency else called
