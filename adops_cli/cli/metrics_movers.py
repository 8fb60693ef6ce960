"""`adops metrics movers`: which campaigns moved a total; of a ratio, whether by their own or by their share."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from adops_cli import render
from adops_cli.cli import comparison, openness, windows
from adops_cli.cli.comparison import SameAgeOption, WithOption
from adops_cli.cli.listing import listing
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
from adops_cli.measures import PARTS, total
from adops_cli.render import EVERYTHING, Chart, Column, Format, Kind, View

if TYPE_CHECKING:
    from adops_cli.data.acting.movement import Moved, MovedBy, Moves

By = Literal["spend", "revenue", "conversions", "clicks", "impressions", "roas", "cpa", "cpc", "ctr", "cvr"]
_SHOWN = 10
"""Rows of a table, if no other number is asked for."""
_OBJECT = (
    *(Column(key, key) for key in ("by", "currency", "from", "to")),
    *(Column(key, key, Kind.JSON) for key in ("before", "now", "difference", "rows")),
)
_REASON = Column("reason", "reason")
_SHARES = ("rate", "mix", "entry")
_KINDS = {"spend": Kind.MONEY, "revenue": Kind.MONEY, "ctr": Kind.PERCENT, "cvr": Kind.PERCENT}
_DIGITS = 4


@listing
def movers(
    ctx: typer.Context,
    by: Annotated[By, typer.Option(help="The figure or ratio that has moved.")],
    since: SinceOption = None,
    until: UntilOption = None,
    period: PeriodOption = None,
    compare: WithOption = "auto",
    same_age: SameAgeOption = False,
    platform: PlatformOption = None,
    project_id: ProjectOption = None,
    status: OfStatusOption = None,
    campaigns: CampaignsOption = None,
    as_of: AsOfOption = None,
    limit: Annotated[
        int, typer.Option(min=0, metavar="N", help="Rows of a table; 0 shows all. Other formats have all.")
    ] = _SHOWN,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List what has moved a figure.

    The contributions of all campaigns add up to the difference. That of a ratio is split: rate is what a campaign's own
    ratio has moved, mix what its share of the denominator has, and entry what comes of a campaign without a denominator
    on one side.
    """
    from adops_cli.data import known, naming  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.data.acting import movement  # noqa: PLC0415 - as above

    days = windows.days(ctx, since, until, period)
    known.require("campaigns", platform=platform, project_id=project_id)
    asked: dict[str, Any] = {
        **days,
        "platform": platform,
        "project_id": project_id,
        "status": status,
        "campaign_ids": naming.ids_of(campaigns),
        "as_of": as_of,
    }
    found = movement.moved(by, compare, same_age=same_age, **asked)
    notes = list(comparison.sentences(found.now, found.before, found.at_age))
    view = proven(ctx, view, asked, words=f"What has moved {by}", chart=Chart("bar", "name", ["contribution"]))
    view = noted(view, notes)
    if format in (Format.JSON, Format.NDJSON):
        keys = (*_OBJECT, *((_REASON,) if any(one.movement.reason for one in found.currencies) else ()))
        render.rows((_object(found, one) for one in found.currencies), keys, format, view=view)
    else:
        opened = openness.of_window(ctx, asked, by) if openness.is_marked(format) else ()
        columns = _for_people(by, opened) if openness.is_marked(format) else _columns(by, "")
        if view.output is None and openness.is_marked(format):
            _tables(found, columns, limit, format, view)
        else:
            rows = (_flat(one, row) for one in found.currencies for row in one.rows)
            render.rows(rows, columns, format, csv_safe=csv_safe, view=view)
        for words in opened:
            render.notice(words)
    render.notices(notes)
    windows.tell_empty(found.currencies, "metrics", days)


def _object(found: "Moves", one: "Moved") -> Mapping[str, Any]:
    """A currency as JSON has it."""
    of = one.movement
    before = {"from": found.before.first, "to": found.before.last, "value": of.before}
    rows = [{key: value for key, value in _flat(one, row).items() if key != "currency"} for row in one.rows]
    return {
        "by": found.by,
        "currency": one.currency,
        "from": found.now.first,
        "to": found.now.last,
        "before": before,
        "now": {"value": of.now},
        "difference": of.difference,
        "rows": rows,
        "reason": of.reason,
    }


def _flat(one: "Moved", row: "MovedBy") -> dict[str, Any]:
    of = row.moved
    return {
        "campaignId": row.campaign_id,
        "name": row.name,
        "platform": row.platform,
        "currency": one.currency,
        "kind": of.kind,
        "contribution": of.contribution,
        "rate": of.rate,
        "mix": of.mix,
        "entry": of.entry,
        "share": of.share,
        "notReported": of.not_reported,
    }


def _columns(by: str, mark: str) -> Sequence[Column]:
    """Those of rows. Only a ratio has parts."""
    kind = _KINDS.get(by, Kind.QUANTITY)
    weight = 7 if by in PARTS else 0
    return (
        Column("campaignId", "Campaign", weight=6, needs="name"),
        Column("name", "Name", weight=10),
        Column("platform", "Platform", weight=3),
        Column("currency", "Cur.", weight=0),
        Column("kind", "Kind", weight=5),
        Column("contribution", f"Contribution{mark}", kind, weight=9),
        *(Column(key, key.capitalize(), kind, weight=weight) for key in _SHARES),
        Column("share", "Share", Kind.PERCENT, weight=8),
        Column("notReported", "Not reported", Kind.FLAG, weight=1),
    )


def _for_people(by: str, opened: Sequence[str]) -> Sequence[Column]:
    """Those that have something to show, with a mark if days are open."""
    return [one for one in _columns(by, " ~" if opened else "") if by in PARTS or one.key not in _SHARES]


def _tables(found: "Moves", columns: Sequence[Column], limit: int, fmt: Format, view: View) -> None:
    """A sentence and a table for each currency."""
    for place, one in enumerate(found.currencies):
        render.sentence(_sentence(found.by, one, alone=len(found.currencies) == 1), after=place > 0)
        shown = one.rows[:limit] if limit and len(one.rows) > limit + 1 else one.rows
        rows = [_rounded(_flat(one, row)) for row in shown]
        if others := one.rows[len(shown) :]:
            rows.append(_rounded(_together(f"{len(others):,} others", others)))
        whole = {**_together("", one.rows), "contribution": one.movement.difference}
        render.rows(rows, columns, fmt, total=_rounded(whole), view=view)
    if any(row.moved.not_reported for one in found.currencies for row in one.rows):
        render.notice("What a campaign does not report was counted as 0.")


def _together(name: str, rows: Sequence["MovedBy"]) -> dict[str, Any]:
    """The sum of rows as one row."""
    names = ("contribution", *_SHARES, "share")
    sums = {key: total(getattr(row.moved, key) for row in rows) for key in names}
    return dict.fromkeys(("campaignId", "platform", "currency", "kind", "notReported")) | {"name": name or None} | sums


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    """For people: four decimals."""
    return {
        key: round(value, _DIGITS) if isinstance(value, Decimal) and key != "share" else value
        for key, value in row.items()
    }


def _sentence(by: str, one: "Moved", *, alone: bool) -> str:
    """What has happened, such as `ROAS 3.10 -> 2.60: -0.40 by rate, of which Brand search -0.30; -0.10 by mix`."""
    of, heading = one.movement, by.upper() if by in PARTS else by.capitalize()
    named = f" {one.currency}" if one.currency else "" if alone else " without a currency"
    currency = named if not alone or by in ("spend", "revenue", "cpa", "cpc") else ""
    values = " -> ".join(_amount(by, value) for value in (of.before, of.now))
    if of.difference is None:
        return f"{heading} {values}{currency}: {of.reason}."
    parts = list(_of_ratio(by, one) if by in PARTS else _of_figure(by, one))
    return f"{heading} {values}{currency}: {'; '.join(parts) or 'no change'}."


def _of_ratio(by: str, one: "Moved") -> Iterator[str]:
    for key, words in (("rate", "by rate"), ("mix", "by mix"), ("entry", "by entry and exit")):
        moved = total(getattr(row.moved, key) for row in one.rows) or Decimal(0)
        if _is_seen(by, moved):
            yield f"{_amount(by, moved, '+')} {words}{_most(by, one.rows, key, moved)}"


def _of_figure(by: str, one: "Moved") -> Iterator[str]:
    moved = one.movement.difference or Decimal(0)
    if moved:
        yield f"{_amount(by, moved, '+')}{_most(by, one.rows, 'contribution', moved)}"
    for kind, words in (("new", "new"), ("gone", "gone")):
        rows = [row for row in one.rows if row.moved.kind == kind]
        if rows:
            summed = total(row.moved.contribution for row in rows) or Decimal(0)
            yield f"{render.counted(len(rows), f'{words} campaign')} {_amount(by, summed, '+')}"


def _most(by: str, rows: Sequence["MovedBy"], key: str, moved: Any) -> str:
    """The campaign that has moved most in the same direction."""
    of = max(rows, key=lambda row: getattr(row.moved, key) * (1 if moved > 0 else -1))
    value = getattr(of.moved, key)
    return f", of which {of.name or of.campaign_id} {_amount(by, value, '+')}" if _is_seen(by, value) else ""


def _is_seen(by: str, value: Any) -> bool:
    return any(digit in "123456789" for digit in _amount(by, value))


def _amount(by: str, value: Any, sign: str = "") -> str:
    if value is None:
        return "\N{EM DASH}"
    if by in ("ctr", "cvr"):
        return f"{value:{sign}z,.2%}"
    return f"{value:{sign}z,.0f}" if by in ("clicks", "impressions") else f"{value:{sign}z,.2f}"
