"""What campaigns have spent: by day in the last weeks, and over a whole flight.

Of all campaigns of a project or platform, the database adds it up, along its stored sums. Of single campaigns, their
own rows of the last weeks are read, and only older ones are added up.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import peewee as pw

from adops_cli.data import daily_rows, reports
from adops_cli.data.accounts import Account
from adops_cli.data.acting.pace import SHAPE_DAYS, Spend
from adops_cli.data.report_scope import scope
from adops_cli.data.report_source import source_of
from adops_cli.periods import ONE_DAY
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.handle import db
from adops_cli.storage.models import Metrics

_CAMPAIGN, _DATE = (daily_rows.COLUMNS.index(name) for name in ("campaignId", "date"))
_SPEND = daily_rows.COLUMNS.index("spend")
_FEW = 500
"""Of so many campaigns, a report reads only their own rows."""
REST_DAYS = 28
"""An account that has had no figures on a weekday for so many days rests on it: nothing is spent on such a day."""
Whole = tuple[str | None, str | None]
"""All campaigns of a platform, of a project, or of both together."""
Amounts = Mapping[date, Fraction | None]


class Spends:
    """The spend up to a day. All calls must be within one snapshot.

    Args:
        ids: the campaigns that are asked for one by one.
        until: the last day.
        whole: the last whole day that there is. What is there of later ones is not looked at.
    """

    def __init__(self, ids: Collection[str], until: date, whole: date) -> None:
        self.first, self.until = until - (SHAPE_DAYS - 1) * ONE_DAY, until
        """The days that are known one by one."""
        self._whole = whole
        self._ids = ids
        self._by_day: dict[str, dict[date, Fraction | None]] = defaultdict(dict)
        for row in daily_rows.stored(sorted(ids), str(self.first), str(until)):
            spend = None if row[_SPEND] is None else Fraction(daily_rows.spend_of(row))
            self._by_day[row[_CAMPAIGN]][date.fromisoformat(row[_DATE])] = spend
        self._earlier: dict[tuple[date, date], Mapping[str, Decimal | None]] = {}
        self._of_whole: dict[Whole, Sequence[tuple[str | None, date, Fraction | None]]] = {}
        self._newest: dict[int, date | None] = {}

    # Of campaigns.

    def total(self, ids: Collection[str], first: date, last: date) -> Fraction | None:
        """The spend from the first day to the last. None if there are rows, and none of them reports it."""
        known = [amount for id in ids for day, amount in self._by_day[id].items() if first <= day <= last]
        if first < self.first:
            before = self._before(first, min(last, self.first - ONE_DAY))
            known += [None if (amount := before[id]) is None else Fraction(amount) for id in ids if id in before]
        return _sum(known)

    def _before(self, first: date, last: date) -> Mapping[str, Decimal | None]:
        if (first, last) not in self._earlier:
            only = sorted(self._ids) if len(self._ids) <= _FEW else None
            rows = reports.grouped("campaign", start_date=first, end_date=last, campaign_ids=only)
            self._earlier[first, last] = {row.campaign_id: row.spend for row in rows if row.campaign_id}
        return self._earlier[first, last]

    def by_day(self, ids: Collection[str]) -> Amounts:
        """The spend of each of the last days with a row."""
        found: dict[date, Fraction | None] = {}
        for id in ids:
            for day, amount in self._by_day[id].items():
                found[day] = _sum((found.get(day), amount))
        return found

    # Of all campaigns of a platform or project.

    def total_of_whole(self, of: Whole, currency: str | None, first: date, last: date) -> Fraction | None:
        """The same for all campaigns in a currency or, where it is unknown, without one."""
        known = [amount for day, amount in self.by_day_of_whole(of, currency).items() if first <= day <= last]
        if first < self.first:
            before = {"start_date": first, "end_date": min(last, self.first - ONE_DAY)}
            by: reports.By = "total" if of[1] else "month"  # sums of months are not stored by project
            rows = reports.grouped(by, **before, platform=of[0], project_id=of[1])
            known += [_fraction(row.spend) for row in rows if row.currency in (None, currency)]
        return _sum(known)

    def by_day_of_whole(self, of: Whole, currency: str | None, *, alone: bool = False) -> Amounts:
        """The same for all campaigns in a currency and, unless `alone`, for those whose currency is unknown."""
        if of not in self._of_whole:
            asked = scope(self.first, self.until, platform=of[0], project_id=of[1])
            source = source_of(asked).only(("spend",))
            self._of_whole[of] = [
                (currency or None, date.fromisoformat(day), _fraction(source.sums.figure("spend", sums)))
                for day, currency, *sums in source.by_day()
            ]
        found: dict[date, Fraction | None] = {}
        for known, day, amount in self._of_whole[of]:
            if known == currency or (known is None and not alone):
                found[day] = _sum((found.get(day), amount))
        return found

    # Of accounts.

    def with_zeros(self, amounts: Amounts, accounts: Sequence[Account]) -> Spend:
        """The amounts, and 0 for each of the last days that one of the accounts has besides, or on which all rest."""
        days = {day for account in accounts for day in account.days}
        rests = frozenset.intersection(*map(self._rests, accounts)) if accounts else frozenset()
        found = {}
        for day in range(max(self.first.toordinal(), min(days, default=0)), self.until.toordinal() + 1):
            if day in days or (days and date.fromordinal(day).weekday() in rests):
                found[date.fromordinal(day)] = Fraction(0)
        return dict(sorted((found | {day: amount or Fraction(0) for day, amount in amounts.items()}).items()))

    def _rests(self, account: Account) -> frozenset[int]:
        """The weekdays on which an account has had no figures for weeks, while it had some on others."""
        days = [day for day in account.days if day <= self._whole.toordinal()]
        recent = [date.fromordinal(day) for day in days if day > days[-1] - REST_DAYS]
        if not recent or days[0] > days[-1] - REST_DAYS:
            return frozenset()
        return frozenset(range(7)) - {day.weekday() for day in recent}

    def newest(self, account: Account) -> date | None:
        """The newest whole day of an account."""
        if id(account) not in self._newest:
            days = [day for day in account.days if day <= self._whole.toordinal()]
            self._newest[id(account)] = date.fromordinal(days[-1]) if days else self._older(account)
        return self._newest[id(account)]

    def _older(self, account: Account) -> date | None:
        """The newest day of an account whose days have not been read."""
        until = Metrics.date <= db.stored_day(self._whole)
        query: Any = Metrics.select(pw.fn.MAX(Metrics.date).alias("newest")).where(until)
        ids = [one.id for one in account.campaigns]
        found = [row.newest for some in chunked_in(query, Metrics.campaign, ids) for row in some if row.newest]
        return max((date.fromisoformat(str(day)[:10]) for day in found), default=None)

    def reaches(self, account: Account, last: date) -> bool:
        """Whether an account has all days up to the last, but for those on which it rests."""
        newest, rests = self.newest(account), self._rests(account)
        if newest is None:
            return False
        return all((newest + n * ONE_DAY).weekday() in rests for n in range(1, (last - newest).days + 1))


def _fraction(amount: Decimal | None) -> Fraction | None:
    return None if amount is None else Fraction(amount)


def _sum(amounts: Collection[Fraction | None]) -> Fraction | None:
    """The sum of the known ones. None if there are some, and none is known; 0 if there are none."""
    known = [amount for amount in amounts if amount is not None]
    return None if amounts and not known else sum(known, Fraction(0))
