"""What is not final in the rows of a report: their open days, and what their late figures will come to.

`finality` decides which days are open, `lag` estimates. Here, both are brought to the rows: the days of a row that can
still change are read by account and day, since each account has its own lag. The figures of a row stay what they are.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import peewee as pw

from adops_cli import measures, values
from adops_cli.data import finality, known_then, lag
from adops_cli.data.finality import Finality
from adops_cli.data.lag import Estimate
from adops_cli.data.report_cover import Span, start_of
from adops_cli.data.report_rows import ReportRow
from adops_cli.data.report_scope import Scope, readable
from adops_cli.data.report_scope import scope as scope_of
from adops_cli.data.runoff import LATE, Account, in_words
from adops_cli.errors import UnreadableRowError
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics
from adops_cli.storage.rows import Rows

_GROUPS: Mapping[str, Any] = {"platform": Campaign.platform, "project": Campaign.project, "campaign": Campaign.id}
_KEYS = {"project": "project_id", "campaign": "campaign_id"}
_TIMES: Mapping[str, Span] = {"day": "day", "week": "week", "month": "month"}
Key = tuple[str | None, ...]
Answer = TypeVar("Answer")


@dataclass(frozen=True, repr=False)
class OpenRow(ReportRow):
    """A row of a report with its open days and, if they were asked for, estimates of what it will come to."""

    open_days: int = 0
    """How many of its days are not final."""
    conversions_est: Decimal | None = None
    """None if the lag of an account is unknown, or no conversions are reported."""
    conversions_est_low: Decimal | None = None
    conversions_est_high: Decimal | None = None
    cpa_est: Decimal | None = None
    cpa_est_low: Decimal | None = None
    cpa_est_high: Decimal | None = None
    roas_est: Decimal | None = None
    roas_est_low: Decimal | None = None
    roas_est_high: Decimal | None = None


@dataclass(frozen=True)
class Marks:
    """Whether a report holds open days."""

    until: date | None
    """The day on which the last of them will be final; None if there is none."""
    stale: bool
    """Whether some of them were last imported too early, and are open until they are imported again."""
    figures: frozenset[str]
    """Those of `runoff.LATE` that can still change."""
    days: frozenset[date]
    """The open days."""


@dataclass(frozen=True)
class Opened(Marks):
    """The rows of a report with what is open in them."""

    rows: Rows[OpenRow]
    total: OpenRow | None
    unknown: Sequence[str]
    """Which figures of which accounts have no estimate, and why: a few words for each reason."""


@dataclass(frozen=True)
class _Cell:
    """A day of the campaigns of one account that are in one row."""

    key: Key
    account: Account
    day: str
    values: Mapping[str, int]
    """The late figures that are reported, in millionths."""


def of_rows(
    rows: Sequence[ReportRow],
    by: str,
    *,
    total: ReportRow | None = None,
    estimate: bool = False,
    final_after: int = finality.FINAL_AFTER,
    **scope: Any,
) -> Opened:
    """What is open in the rows of a report by this word, for the days and campaigns of `scope`, as for the report.

    With `estimate`, each row also says what its conversions, CPA and ROAS will come to, with a range in which that will
    be 95 times of 100. A window is added up by account and day, each by its own completion.
    """
    asked = scope_of(scope.pop("start_date", None), scope.pop("end_date", None), **scope)
    known = finality.read(final_after, platform=asked.platform, as_of=asked.as_of)
    cells = list(_cells(asked, by, known))
    by_key: dict[Key, list[_Cell]] = {}
    for cell in cells:
        by_key.setdefault(cell.key, []).append(cell)
    opened = [_open(row, by_key.get(_key_of(row, by), ()), known, estimate=estimate) for row in rows]
    whole = None if total is None else _open(total, cells, known, estimate=estimate)
    open_cells = [(until, cell) for cell in cells if (until := known.open_until(cell.account, cell.day))]
    return Opened(
        *_until(until for until, _ in open_cells),
        frozenset(name for _, cell in open_cells for name in cell.values),
        frozenset(date.fromisoformat(cell.day) for _, cell in open_cells),
        Rows(opened),
        whole,
        _unknown(open_cells, known) if estimate else (),
    )


def marks(*, final_after: int = finality.FINAL_AFTER, **scope: Any) -> Marks:
    """Whether a report on the days and campaigns of `scope` holds open days.

    Reads much less than `of_rows`: of each account, the first and the last day. Between them, it is taken to have all.
    """
    asked = scope_of(scope.pop("start_date", None), scope.pop("end_date", None), **scope)
    known = finality.read(final_after, platform=asked.platform, as_of=asked.as_of)
    untils, figures, open_days = list[date](), set[str](), set[date]()
    for platform, account, begins, ends, *reported in _within(asked, known, _read_accounts):
        if not (_is_day(str(begins)) and _is_day(str(ends))):
            continue
        of = Account(values.platform(platform), account or "")
        first, last = date.fromisoformat(str(begins)), min(date.fromisoformat(str(ends)), known.today)
        days = (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
        found = {day: until for day in days if (until := known.open_until(of, str(day))) is not None}
        if found and any(reported):
            untils += found.values()
            open_days.update(found)
            figures.update(name for name, count in zip(LATE, reported, strict=True) if count)
    return Marks(*_until(untils), frozenset(figures), frozenset(open_days))


def _until(untils: Iterable[date]) -> tuple[date | None, bool]:
    different = set(untils)
    return max(different - {finality.NEVER}, default=None), finality.NEVER in different


def _key_of(row: ReportRow, by: str) -> Key:
    return str(getattr(row, _KEYS.get(by, by))) if by in (*_GROUPS, *_TIMES) else None, row.currency


def _cells(asked: Scope, by: str, known: Finality) -> Iterator[_Cell]:
    """The days in the scope that are open or will still change."""
    found = _within(asked, known, lambda of, first: _read(of, by, first), with_projects=by == "project")
    for group, currency, platform, account, day, *late in found:
        if not _is_day(day):
            continue
        of_row = str(group) if by in _GROUPS else start_of(_TIMES[by], day) if by in _TIMES else None
        key = of_row, currency or None
        figures = {name: value for name, value in zip(LATE, late, strict=True) if value is not None}
        if figures:
            yield _Cell(key, Account(values.platform(platform), account or ""), day, figures)


def _within(
    asked: Scope, known: Finality, read: Callable[[Scope, date], Answer], *, with_projects: bool = False
) -> Answer | tuple[()]:
    """What is read of the days of a scope that are open or will still change; nothing if there is none."""
    first = known.first if asked.first is None else max(asked.first, known.first)
    if asked.last is not None and asked.last < first:
        return ()
    with known_then.tables(first, asked.last, as_of=asked.as_of, as_closed=asked.as_closed):
        try:
            return read(asked, first)
        except UnreadableRowError:  # which the report has told
            return read(readable(asked, with_projects=with_projects), first)


def _read_accounts(asked: Scope, first: date) -> list[tuple[Any, ...]]:
    """For each account: platform, account, first and last day, and how many days report each late figure."""
    counts = [pw.fn.COUNT(getattr(Metrics, name)) for name in LATE]
    columns = [Metrics.campaign, pw.fn.MIN(asked.day), pw.fn.MAX(asked.day), *counts]
    names = ("id", "begins", "ends", *LATE)
    chosen = [asked.between(first, asked.last), *asked.left_out]
    chosen += [] if asked.ids is None else [Metrics.campaign.in_(asked.ids)]
    aliased = [pw.Alias(column, name) for column, name in zip(columns, names, strict=True)]
    days = Metrics.select(*aliased).where(*chosen).group_by(Metrics.campaign).alias("days")
    keys = [Campaign.platform, db.text_under(Campaign.metadata, "account")]
    sums = [pw.fn.MIN(days.c.begins), pw.fn.MAX(days.c.ends), *(pw.fn.SUM(getattr(days.c, name)) for name in LATE)]
    query = Campaign.select(*keys, *sums).join(days, on=(Campaign.id == days.c.id)).where(True, *asked.of_campaigns)
    with db.translated_errors():
        return list(db.execute(query.group_by(pw.SQL("1"), pw.SQL("2"))))


@functools.cache
def _is_day(text: str) -> bool:
    """Whether a day is in the calendar. Another program may have written one that is not, such as 2026-02-31."""
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _read(asked: Scope, by: str, first: date) -> list[tuple[Any, ...]]:
    (conversions, conversions_of), (revenue, revenue_of) = (db.exact_sum(getattr(Metrics, name)) for name in LATE)
    keys = [
        _GROUPS.get(by, pw.SQL("NULL")),
        *(db.text_under(Campaign.metadata, "currency"), Campaign.platform),
        *(db.text_under(Campaign.metadata, "account"), asked.day),
    ]
    query = (
        Metrics.select(*keys, *conversions, *revenue)
        .join(Campaign)
        .where(asked.between(first, asked.last), *asked.of_campaigns, *asked.left_out)
        .group_by(*(pw.SQL(str(place)) for place in range(1, len(keys) + 1)))
    )
    parts, width = len(conversions), len(keys)
    with db.translated_errors():
        return [
            (*row[: width - 1], str(row[width - 1]), conversions_of(*sums[:parts]), revenue_of(*sums[parts:]))
            for row in db.execute(query)
            for sums in [row[width:]]
        ]


def _open(row: ReportRow, cells: Sequence[_Cell], known: Finality, *, estimate: bool) -> OpenRow:
    have: dict[str, Any] = {one.name: getattr(row, one.name) for one in fields(row)}
    days = {cell.day for cell in cells if known.open_until(cell.account, cell.day)}
    if estimate:
        have |= _estimates(row, cells, known)
    return OpenRow(**have, open_days=len(days))


def _estimates(row: ReportRow, cells: Iterable[_Cell], known: Finality) -> dict[str, Decimal | None]:
    conversions, revenue = (_estimate(getattr(row, name), name, cells, known) for name in LATE)
    found: dict[str, Decimal | None] = {}
    for end, other in (("value", "value"), ("low", "high"), ("high", "low")):
        name = "" if end == "value" else f"_{end}"
        found[f"conversions_est{name}"] = getattr(conversions, end, None)
        found[f"cpa_est{name}"] = measures.ratio(row.spend, getattr(conversions, other, None))
        found[f"roas_est{name}"] = measures.ratio(getattr(revenue, end, None), row.spend)
    return found


def _estimate(stored: Any, figure: str, cells: Iterable[_Cell], known: Finality) -> Estimate | None:
    """What a figure of a row will come to. None if it has none, or an open day has an unknown lag."""
    if stored is None:
        return None
    of_accounts: dict[Account, list[tuple[int, int]]] = {}
    rest = int(Decimal(stored).scaleb(6))
    for cell in cells:
        value, of = cell.values.get(figure), known.lag(cell.account, figure, cell.day)
        if value is None:
            continue
        if of is None or of[0].completion(of[1]) is None:
            if known.open_until(cell.account, cell.day):
                return None
            continue
        rest -= value
        of_accounts.setdefault(cell.account, []).append((of[1], value))
    parts = [known.accounts[account].lags[figure].estimate(of) for account, of in of_accounts.items()]
    return lag.estimate([(Fraction(rest), 0.0), *(part for part in parts if part is not None)])


def _unknown(open_cells: Iterable[tuple[date, _Cell]], known: Finality) -> list[str]:
    """Which accounts with open days have an unknown lag, and why."""
    found: dict[tuple[Account, str, str], None] = {}
    for _, cell in open_cells:
        for figure in cell.values:
            of = known.lag(cell.account, figure, cell.day)
            why = "no import tells how they were known before" if of is None else of[0].unknown
            if why is not None:
                found[cell.account, figure, why] = None
    return in_words(found)
