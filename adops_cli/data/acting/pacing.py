"""How the spend keeps pace with what was agreed: a row for each budget, campaign or project.

Reads what is needed, and lets `pace` judge. A day counts when it is over in the book's zone, so today never does.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from adops_cli import periods
from adops_cli.data import reports
from adops_cli.data.accounts import Account, Book
from adops_cli.data.acting import pace, plan, plans
from adops_cli.data.acting.pace import SHAPE_DAYS, TOLERANCE, Flight, Pace, Spend, State, rounded
from adops_cli.data.acting.plan import Version
from adops_cli.data.acting.plans import Member, Plan
from adops_cli.data.acting.spends import Amounts, Spends
from adops_cli.errors import BadRequestError, option
from adops_cli.periods import ONE_DAY
from adops_cli.storage.handle import db
from adops_cli.storage.rows import Record, Rows

__all__ = ["Paced", "pacing"]

By = Literal["campaign", "project", "budget"]
_WORST_FIRST: Sequence[State] = (
    *("over", "under", "spent", "unknown", "no-dates", "on-track", "paused", "not-started", "ended", "no-budget"),
)


@dataclass(frozen=True, repr=False)
class Paced(Record):
    """The pace of a budget, a campaign or a project. What does not apply is None; money is in the currency."""

    budget_id: str | None
    campaign_id: str | None
    project_id: str | None
    name: str
    platform: str | None
    currency: str | None
    budget: Decimal | None
    flight_start: date | None
    flight_end: date | None
    days_total: int | None
    days_elapsed: int | None
    """Whole days."""
    spent: Decimal | None
    expected: Decimal | None
    pace_index: Decimal | None
    """Spent / expected: 1 is on plan."""
    per_day_now: Decimal | None
    per_day_needed: Decimal | None
    projected_end: Decimal | None
    state: State
    confidence: Literal["low", "normal"] | None
    data_until: date | None
    """The newest day of the accounts with these campaigns."""
    runs_out: date | None
    is_off: bool
    """Whether somebody should act: over, under, or spent before the last day."""


def pacing(
    by: By | None = None,
    *,
    month: str | None = None,
    platform: str | None = None,
    project_id: str | None = None,
    tolerance: Fraction | float | str = TOLERANCE,
) -> Rows[Paced]:
    """The pace of everything that has a budget, the worst first.

    Args:
        by: `budget` is each budget; `campaign` and `project` are each of these, with a budget for it alone, with its
            own `budget` and dates, or without any, if it has spent something in the month. None is each budget, and
            each campaign that no budget is for.
        month: as 2026-10: monthly budgets in this month, and flights with a day in it, as of its end. None is the
            present month, all flights, as of today.
        platform: only what is on this platform alone.
        project_id: only what is of this project alone.
        tolerance: how far from its budget a flight may end, as a share of it: 0.1 or "10%".
    """
    today = periods.today(db.timezone)
    first, last = _month(month or f"{today:%Y-%m}", today)
    now = min(today, last + ONE_DAY)
    with db.snapshot():
        book = Book(first=(now - SHAPE_DAYS * ONE_DAY).replace(day=1))  # whole months, which are stored
        wanted = [
            one for one in _plans(by, book) if platform in (None, one.platform) and project_id in (None, one.project_id)
        ]
        found = _Pacing(wanted, now, (first, last), _share(tolerance), all_flights=month is None)
        return Rows(sorted(found.rows(), key=_place))


def _month(given: str, today: date) -> tuple[date, date]:
    found = periods.window(period=given, now=today, called=option("month"))
    first, last = found.first or today, found.last or today
    if first.day != 1 or f"{last:%Y-%m}" != f"{first:%Y-%m}" or (last + ONE_DAY).day != 1:
        raise BadRequestError(f"{given} is no month", "Give one as 2026-10, or last-month")
    return first, last


def _share(given: Fraction | float | str) -> Fraction:
    try:
        text = str(given)
        share = Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError) as error:
        raise BadRequestError(f"{option('tolerance')} must be a share, not {given!r}", "Give 10% or 0.1") from error
    if not 0 <= share < 1:
        raise BadRequestError(f"{option('tolerance')} must be less than 100 %, not {given!r}", "Give 10% or 0.1")
    return share


def _place(row: Paced) -> tuple[int, str, str]:
    return _WORST_FIRST.index(row.state), row.name, row.budget_id or row.campaign_id or row.project_id or ""


def _plans(by: By | None, book: Book) -> Iterator[Plan]:
    of_budgets = list(plans.of_budgets(book))
    if by == "project":
        of_one = [one for one in of_budgets if one.project_id and not one.campaign_id]
        yield from of_one
        yield from plans.of_projects(book, {one.project_id for one in of_one})
        return
    chosen = [one for one in of_budgets if one.campaign_id] if by == "campaign" else of_budgets
    yield from chosen
    if by != "budget":
        yield from plans.of_campaigns(book, {member.id for one in chosen for _, member in one.members})


class _Pacing:
    def __init__(
        self, wanted: Collection[Plan], today: date, month: tuple[date, date], tolerance: Fraction, *, all_flights: bool
    ) -> None:
        self._wanted, self._today, self._month = wanted, today, month
        self._tolerance, self._all_flights = tolerance, all_flights
        ids = {member.id for one in wanted if one.terms and one.whole is None for _, member in one.members}
        self._spends = Spends(ids, today - ONE_DAY, periods.today(db.timezone) - ONE_DAY)
        self._in_month = self._spent_in_month() if any(one.amount is None for one in wanted) else {}

    def _spent_in_month(self) -> dict[str | None, Decimal | None]:
        first, last = self._month[0], min(self._month[1], self._today - ONE_DAY)
        rows = reports.grouped("campaign", start_date=first, end_date=last) if first <= last else []
        return {row.campaign_id: row.spend for row in rows}

    def rows(self) -> Iterator[Paced]:
        for one in self._wanted:
            if one.amount is None:
                spent = [amount for _, member in one.members if (amount := self._in_month.get(member.id)) is not None]
                if sum(spent):
                    yield self._row(one, (), Pace("no-budget"), sum(map(Fraction, spent), Fraction(0)), one.members)
            elif not one.terms:
                yield self._row(one, (), Pace("no-dates"), None, one.members)
            elif versions := self._flight(one):
                yield self._paced(one, versions)

    def _flight(self, one: Plan) -> Sequence[Version]:
        """The versions of the flight that is asked for; none if the month has no day of it."""
        first, last = self._month
        if not one.monthly:
            begin, end = plan.begin_of(one.terms), one.terms[-1].last or last
            return one.terms if self._all_flights or (begin <= last and end >= first) else ()
        found = plan.of_month(one.terms, first, last)
        if found or not self._all_flights:
            return found
        begun = one.terms[-1].first if one.terms[-1].first > last else one.terms[-1].last or last
        return plan.of_month(one.terms, *_month(f"{begun:%Y-%m}", self._today))

    def _paced(self, one: Plan, versions: Sequence[Version]) -> Paced:
        currencies = {member.currency for _, member in one.members if member.currency}
        currency = one.currency or (next(iter(currencies)) if len(currencies) == 1 else None)
        members = [member for member in one.members if member[1].currency in (None, currency) or currency is None]
        flight = Flight(tuple(versions), self._today, None, {}, dict)
        accounts = self._accounts(members, flight)
        if flight.first <= flight.until:
            in_one = bool(one.currency) or len(currencies) <= 1
            flight = replace(
                flight,
                spent=self._total(one, members, currency, flight) if in_one else None,
                recent=self._spends.with_zeros(self._by_day(one, members, currency), accounts),
                others=lambda: self._of_platform(one.platform, currency),
                complete=bool(accounts) and all(self._spends.reaches(one, flight.until) for one in accounts),
                halted=_halted(members),
            )
        row = self._row(one, versions, pace.pace(flight, self._tolerance), flight.spent, members)
        return replace(
            row, currency=currency, data_until=self._data_until(accounts), is_off=pace.is_off(row.state, flight)
        )

    def _total(self, one: Plan, members: Sequence[Member], currency: str | None, flight: Flight) -> Fraction | None:
        if one.whole is not None:
            return self._spends.total_of_whole(one.whole, currency, flight.first, flight.until)
        return self._spends.total([member.id for _, member in members], flight.first, flight.until)

    def _by_day(self, one: Plan, members: Sequence[Member], currency: str | None) -> Amounts:
        if one.whole is not None:
            return self._spends.by_day_of_whole(one.whole, currency)
        return self._spends.by_day([member.id for _, member in members])

    def _of_platform(self, platform: str | None, currency: str | None) -> Spend:
        if platform is None:
            return {}
        return self._spends.with_zeros(self._spends.by_day_of_whole((platform, None), currency, alone=True), ())

    def _accounts(self, members: Sequence[Member], flight: Flight) -> Sequence[Account]:
        """The accounts of the campaigns, if possible only those with figures in the flight."""
        every = list({id(account): account for account, _ in members}.values())
        days = range(flight.first.toordinal(), flight.until.toordinal() + 1)
        return [account for account in every if any(day in days for day in account.days)] or every

    def _data_until(self, accounts: Sequence[Account]) -> date | None:
        days = [day for account in accounts if (day := self._spends.newest(account)) is not None]
        return min(days, default=None)

    def _row(
        self,
        one: Plan,
        versions: Sequence[Version],
        found: Pace,
        spent: Fraction | None,
        members: Sequence[Member],
    ) -> Paced:
        currencies = {member.currency for _, member in members if member.currency}
        amount, first, last = one.amount, None, None
        if versions:
            amount, first, last = versions[-1].amount, plan.begin_of(versions), versions[-1].last
        judged = found.state not in ("no-budget", "no-dates", "not-started", "unknown")
        return Paced(
            one.budget_id,
            one.campaign_id,
            one.project_id,
            one.name,
            one.platform,
            one.currency or (next(iter(currencies)) if len(currencies) == 1 else None),
            amount,
            first,
            last,
            (last - first).days + 1 if first and last else None,
            found.elapsed,
            rounded(spent),
            rounded(found.expected),
            rounded(found.index),
            rounded(found.per_day_now),
            rounded(found.per_day_needed),
            rounded(found.projected),
            found.state,
            ("low" if found.is_low else "normal") if judged else None,
            self._data_until([account for account, _ in members]),
            found.runs_out,
            is_off=False,
        )


def _halted(members: Sequence[Member]) -> Literal["paused", "ended"] | None:
    """What the statuses of all campaigns say, if none of them is to spend anything."""
    if not members or not all(member.is_over for _, member in members):
        return None
    return "paused" if any((member.status or "").casefold() == "paused" for _, member in members) else "ended"
