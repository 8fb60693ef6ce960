"""The part of the page about one currency: headline figures, charts, the best and the worst, movers, all campaigns."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from adops_cli import measures, render
from adops_cli.cli.brief.shared import Hand
from adops_cli.cli.metric_columns import GROUPS, SUMS
from adops_cli.measures import FIGURES, PARTS, RATIOS
from adops_cli.render import Column, Kind
from adops_cli.render.page.blocks import Bars, Block, Charts, Figure, Figures, Line, Lines, Part, Table, Tables, Words

if TYPE_CHECKING:
    from adops_cli.data.acting.comparison import ComparedRow
    from adops_cli.data.brief import OfCurrency, Top

_BY_KEY = {column.key: column for column in SUMS}
_HEADLINE = ("spend", "revenue", "roas", "conversions", "cpa", "clicks", "ctr", "impressions")
_AMOUNTS = frozenset({"spend", "revenue", "cpc", "cpa"})
_NAMED = (Column("name", "Campaign"), Column("platform", "Platform"))
_BARS = 10
"""Platforms in the chart; the table has all."""
_NOT_BEFORE = "no figures before"
_SHARE = Column("share", "Share of spend", Kind.PERCENT)


def part_of(one: "OfCurrency", hand: Hand, id: str, *, alone: bool, most: int) -> Part:
    """The part, with its own parts. It is called after its currency, unless there is no other one."""
    name = one.currency or "Currency unknown"
    inner = [
        Part(f"{id}-time", "Over time", list(_over_time(one, hand))),
        Part(f"{id}-platforms", "By platform", list(_platforms(one, hand))),
        Part(f"{id}-best", "Best and worst campaigns", list(_ranking(one, hand))),
        Part(f"{id}-movers", "What has moved", list(_moved(one, hand))),
        Part(f"{id}-all", "All campaigns", [_all(one, hand, most)]),
    ]
    notes = [Words(words, is_note=True) for words in hand.incomplete] if one.total.days_before else []
    return Part(id, f"Figures in {name}" if alone and one.currency else name, [*notes, _headline(one, hand)], inner)


def _headline(one: "OfCurrency", hand: Hand) -> Block:
    return Figures([_figure(key, one, hand) for key in _HEADLINE])


def _figure(key: str, one: "OfCurrency", hand: Hand) -> Figure:
    column, total = _BY_KEY[key], one.total
    value, before = getattr(total.now, key), total.before[key]
    name = hand.heading(column.heading, key)
    if value is None:
        return Figure(name, hand.how.seen(None, column.kind), _why(key, total), "")
    change = total.change_percent[key]
    words = "" if change is None else hand.how.seen(change, Kind.CHANGE)
    if total.significant.get(key) is False:
        words += ", no more than chance" if words else ""
    was = (
        _NOT_BEFORE
        if not total.days_before
        else "not known before"
        if before is None
        else f"before {hand.how.seen(before, column.kind)}"
    )
    return Figure(name, hand.how.seen(value, column.kind), was, words)


def _why(key: str, total: "ComparedRow") -> str:
    """Why a figure has no value."""
    if not total.now.days:
        return "no figures in this window"
    if key in FIGURES:
        return "no campaign reports it"
    missing = [part for part in PARTS[key] if getattr(total.now, part) is None]
    return f"no campaign reports {missing[0]}" if missing else f"there are no {PARTS[key][1]} to divide by"


def _amount(key: str, value: Any, one: "OfCurrency", hand: Hand) -> str:
    if key in _AMOUNTS:
        return hand.money(value, one.currency)
    return hand.how.seen(value, _BY_KEY[key].kind)


def _over_time(one: "OfCurrency", hand: Hand) -> Iterator[Block]:
    rows = one.over_time
    if not rows:
        yield Words("There is nothing to draw: no campaign has figures in this window.")
        return
    days = [getattr(row, hand.span) for row in rows]
    first = GROUPS[hand.span][0]
    table = Table(
        f"Spend, revenue and ROAS by {hand.span}",
        [first, *hand.marked(_columns("spend", "revenue", "roas", "conversions", "cpa"))],
        rows[::-1],
        total=one.total.now,
        folded=f"Table: spend, revenue and ROAS by {hand.span}",
    )
    money = [_line(key, one, hand) for key in ("spend", "revenue") if _has(key, one)]
    charts = []
    if money:
        name = " and ".join(line.name for line in money)
        charts.append(Lines(f"{name} by {hand.span}", _summary(money, hand, one), days, money, table))
    if _has("roas", one):
        line = _line("roas", one, hand)
        roas = Table(f"ROAS by {hand.span}", [first, *hand.marked(_columns("roas"))], rows[::-1], folded="Table: ROAS")
        charts.append(Lines(f"{line.name} by {hand.span}", _summary([line], hand, one), days, [line], roas))
    if not charts:
        yield Words("There is nothing to draw: no campaign reports spend or revenue.")
        return
    yield Charts(charts)
    if parts := [f"{_named(row, hand)} {first.note(row)}" for row in rows if first.note and first.note(row)]:
        yield Words(f"Not a whole {hand.span}: {', '.join(parts)}.", is_note=True)


def _named(row: Any, hand: Hand) -> str:
    key = getattr(row, hand.span)
    return str(key) if hand.span == "month" else hand.day(key)


def _has(key: str, one: "OfCurrency") -> bool:
    return any(getattr(row, key) is not None for row in one.over_time)


def _line(key: str, one: "OfCurrency", hand: Hand) -> Line:
    values = [getattr(row, key) for row in one.over_time]
    return Line(hand.heading(_BY_KEY[key].heading, key), values, [_amount(key, value, one, hand) for value in values])


def _summary(lines: Sequence[Line], hand: Hand, one: "OfCurrency") -> str:
    """Where each line begins and ends, and its ends, for somebody who does not see it."""
    found = []
    for line in lines:
        known = [(value, said) for value, said in zip(line.values, line.said, strict=True) if value is not None]
        low, high = min(known)[1], max(known)[1]
        found.append(f"{line.name}: from {known[0][1]} to {known[-1][1]}, lowest {low}, highest {high}.")
    return f"{render.counted(len(one.over_time), hand.span)}. {' '.join(found)}"


def _columns(*keys: str) -> list[Column]:
    return [_BY_KEY[key] for key in keys]


def _platforms(one: "OfCurrency", hand: Hand) -> Iterator[Block]:
    spent = one.total.now.spend
    rows = [
        {**_cells(row), "platform": row.now.platform or "unknown", "share": measures.ratio(row.now.spend, spent)}
        for row in one.platforms
    ]
    columns = [_NAMED[1], *hand.marked(_columns("spend")), _SHARE, *_beside(one, hand, "spend", "revenue", "roas")[1:]]
    total = {**_cells(one.total), "platform": None, "share": measures.ratio(spent, spent)}
    known = [row for row in rows if row["share"] is not None][:_BARS]
    labels = [hand.how.seen(row["share"], Kind.PERCENT) for row in known]
    names = [str(row["platform"]) for row in known]
    shares = ", ".join(f"{name} {label}" for name, label in zip(names, labels, strict=True))
    if known:
        values = [Decimal(row["share"]) for row in known]
        yield Charts([Bars("Share of spend by platform", f"{shares}.", names, values, labels)])
    yield Table("Platforms, the largest spend first", columns, rows, total)


def _cells(row: "ComparedRow") -> dict[str, Any]:
    """The figures of a row, and by how much they have changed."""
    now = {name: getattr(row.now, name) for name in (*FIGURES, *RATIOS)}
    return now | {f"{name}Change": row.change_percent[name] for name in now}


def _beside(one: "OfCurrency", hand: Hand, *keys: str) -> list[Column]:
    """Figures, each with its change if there is something to compare with."""
    if not one.total.days_before:
        return hand.marked(_columns(*keys))
    found = []
    for column in _columns(*keys):
        change = Column(f"{column.key}Change", f"{column.heading} \N{PLUS-MINUS SIGN}%", Kind.CHANGE)
        found += [*hand.marked([column]), change]
    return found


def _campaigns(rows: Sequence["ComparedRow"]) -> list[Mapping[str, Any]]:
    return [{"name": row.now.name or row.now.campaign_id, "platform": row.now.platform, **_cells(row)} for row in rows]


def _ranking(one: "OfCurrency", hand: Hand) -> Iterator[Block]:
    of = one.ranking
    if of.by is None:
        yield Words("Campaigns cannot be ranked: none reports spend with revenue, conversions or clicks.")
        return
    column = _BY_KEY[of.by]
    others = [key for key in ("spend", "revenue", "conversions", "cpa") if key != of.by]
    columns = [*_NAMED, *_beside(one, hand, of.by), *hand.marked(_columns(*others))]
    least = hand.money(of.min_spend, one.currency)
    yield Words(
        f"By {column.heading}, of {render.counted(of.ranked, 'campaign')} with a spend of at least {least}, "
        "a tenth of the mean."
    )
    yield Table(f"Best by {column.heading}", columns, _campaigns(of.best))
    if of.worst:
        yield Table(f"Worst by {column.heading}", columns, _campaigns(of.worst))


def _moved(one: "OfCurrency", hand: Hand) -> Iterator[Block]:
    if not one.total.days_before or not one.total.now.days:
        which = "this" if one.total.days_before else "the other"
        yield Words(f"Nothing can be compared: {which} window has no figures.")
        return
    found = [_movers(top, one, hand) for top in one.movers]
    yield Tables([block for block in found if isinstance(block, Table)])
    yield from (block for block in found if isinstance(block, Words))


def _movers(top: "Top", one: "OfCurrency", hand: Hand) -> Table | Words:
    column = _BY_KEY[top.by]
    name = hand.heading(column.heading, top.by)
    if top.difference is None:
        return Words(f"{name}: nothing can be said, since {top.reason}.")
    was, now = (_amount(top.by, value, one, hand) for value in (top.before, top.now))
    if not top.rows:
        return Words(f"{name} has not moved: {now}.")
    is_ratio = top.by in PARTS
    kind, keys = (Kind.QUANTITY, ("contribution", *_SPLIT)) if is_ratio else (Kind.MONEY, ("contribution",))
    rows: list[dict[str, Any]] = [
        {"name": f"{row.name or row.campaign_id}{_SIDES[row.moved.kind]}", "platform": row.platform}
        | {key: _rounded(getattr(row.moved, key), is_ratio=is_ratio) for key in keys}
        for row in top.rows
    ]
    if top.others:
        others = _rounded(top.of_others, is_ratio=is_ratio)
        named = {"name": f"{render.counted(top.others, 'other')}", "contribution": others}
        rows.append(dict.fromkeys(("platform", *keys)) | named)
    columns = [*_NAMED, *(Column(key, key.capitalize(), kind) for key in keys)]
    return Table(f"{name}: {was} before, {now} now", columns, rows)


_SPLIT = ("rate", "mix", "entry")
_SIDES = {"both": "", "new": " (new)", "gone": " (no more)"}
_DIGITS = 4


def _rounded(value: Any, *, is_ratio: bool) -> Any:
    """Of a ratio, four decimals: contributions are small."""
    return value if value is None or not is_ratio else round(value, _DIGITS)


def _all(one: "OfCurrency", hand: Hand, most: int) -> Block:
    columns = [
        *_NAMED,
        *_beside(one, hand, "spend", "revenue", "roas"),
        *hand.marked(_columns("conversions", "cpa", "clicks", "ctr")),
    ]
    rows, count = one.campaigns[:most], len(one.campaigns)
    if not rows:
        return Words(f"{render.counted(count, 'campaign')}; their list has no room on this page.")
    which = render.counted(count, "campaign") if len(rows) == count else f"{len(rows):,} of {count:,} campaigns"
    caption = f"{which}, the largest spend first"
    total = {"name": None, "platform": None, **_cells(one.total)}
    return Table(caption, columns, _campaigns(rows), total, folded=f"Table: {caption}")
