"""What all rules look at: the campaigns that are running, up to which day their accounts are known, and their figures.

A campaign that is paused or over, or whose account has no newer days, is left out here, once for all rules. Each figure
is read once. All calls must be within one snapshot.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import peewee as pw

from adops_cli.data import coverage, finality, runoff
from adops_cli.data.accounts import Account, Book, Reporter
from adops_cli.data.alerts.figures import FIELDS, Day, Figures, Total
from adops_cli.data.alerts.finding import Whom
from adops_cli.data.report_scope import Scope, readable, scope
from adops_cli.data.report_source import source_of
from adops_cli.errors import UnreadableRowError
from adops_cli.measures import FIGURES
from adops_cli.periods import ONE_DAY
from adops_cli.storage.chunks import among
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics

PAST = 62
"""Days of accounts that are looked at. One without a row in them is not missed any more."""
_FARTHEST = 45
"""So many days back, days may be the last final ones. Older ones say nothing of today."""


class Member(NamedTuple):
    """A campaign that is running, and its account."""

    campaign: Reporter
    account: Account

    @property
    def whom(self) -> Whom:
        """The campaign, for a finding."""
        one = self.campaign
        return Whom(f"campaign {one.id}", self.account.platform, one.id, one.name, one.currency)


class Morning:
    """The figures up to yesterday.

    Args:
        today: the present day.
        final_after: the age in days at which a day is final, where nothing is known of its lag.
        expect: what accounts are expected to report, as in the settings.
    """

    def __init__(self, today: date, final_after: int, expect: Mapping[str, Any]) -> None:
        self.today, self.last = today, today - ONE_DAY
        self.final_after = final_after
        self._ends: dict[Any, date | None] = {}
        self._sums: dict[Any, Mapping[str, Figures]] = {}
        self.book = Book(first=self.last - timedelta(PAST))
        over = {(one.platform, one.name): _end(one) for one in self.book.accounts}
        self.gaps: Sequence[coverage.Gap] = [
            gap
            for gap in coverage.of_accounts(self.book, self.last, expect)
            if gap.kind == "missing_day" or (gap.kind == "stale" and gap.from_ <= over[gap.platform, gap.account])
        ]
        self._stale = {(gap.platform, gap.account) for gap in self.gaps if gap.kind == "stale"}

    @cached_property
    def finality(self) -> finality.Finality:
        """Which days are final."""
        return finality.read(self.final_after)

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """The campaigns that rules look at, by id."""
        fresh = (one for one in self.book.accounts if self._is_fresh((one.platform, one.name)))
        running = ((one, account) for account in fresh for one in account.campaigns if self._runs(one))
        return {one.id: Member(one, account) for one, account in running if one.id not in self.partial}

    @cached_property
    def partial(self) -> Mapping[str, Account]:
        """The campaigns whose account's newest day is of a partial file: how much is missing, nobody knows."""
        marked = self.book.marked(self.last - timedelta(PAST), self.last)
        key = ((one, (one.account.platform, one.account.name)) for one in marked)
        return {one.campaign.id: one.account for one, of in key if date.fromordinal(one.day) == self._newest.get(of)}

    def _is_fresh(self, key: tuple[str, str | None]) -> bool:
        return key in self._newest and key not in self._stale

    def looks_at(self, one: Reporter) -> bool:
        """Whether a campaign is one of the members."""
        return one.id in self.members

    def _runs(self, one: Reporter) -> bool:
        begun = one.start_date is None or one.start_date <= self.last
        return begun and not one.is_over and (one.end_date is None or one.end_date >= self.last)

    # Up to which day figures are known.

    @cached_property
    def _newest(self) -> Mapping[tuple[str, str | None], date]:
        last = self.last.toordinal()
        days = {(one.platform, one.name): [day for day in one.days if day <= last] for one in self.book.accounts}
        return {key: date.fromordinal(some[-1]) for key, some in days.items() if some}

    def newest(self, account: Account) -> date:
        """The newest whole day of an account."""
        return self._newest[account.platform, account.name]

    def end(self, accounts: Collection[Account], days: int, *, late: bool) -> date | None:
        """The last day of a window that is known of all these accounts. None if there is none.

        Where late figures matter, all its days are final.
        """
        key = tuple((one.platform, one.name) for one in accounts), days, late
        if key not in self._ends:
            newest = min(self.newest(one) for one in accounts)
            back = self._back(newest) if late else [newest]
            fits = (day for day in back if not late or all(self._is_final(one, day, days) for one in accounts))
            self._ends[key] = next(fits, None)
        return self._ends[key]

    def lacks_days(self, accounts: Collection[Account], first: date, last: date) -> bool:
        """Whether one of the accounts lacks days of a window that were to be expected."""
        of = {(one.platform, one.name) for one in accounts}
        within = (gap for gap in self.gaps if gap.kind == "missing_day" and gap.from_ <= last and gap.to >= first)
        return any((gap.platform, gap.account) in of for gap in within)

    def _back(self, newest: date) -> Iterator[date]:
        return (newest - timedelta(age) for age in range(_FARTHEST + 1))

    def _is_final(self, account: Account, last: date, days: int) -> bool:
        return all(self.is_final(account, last - timedelta(age)) for age in range(days))

    def is_final(self, account: Account, day: date) -> bool:
        """Whether what is known of a day's conversions and revenue will not change any more."""
        return self.finality.open_until(lag_key(account), str(day)) is None

    def known_part(self, account: Account, day: date) -> Fraction | None:
        """The part of a day's conversions that is known at its age, of what is known of old days.

        All of a final day; None where nobody knows.
        """
        if self.is_final(account, day):
            return Fraction(1)
        known = self.finality.lag(lag_key(account), "conversions", str(day))
        return None if known is None else known[0].part(known[1])

    # Figures.

    def over(self, last: date, days: int, figures: tuple[str, ...] = FIGURES) -> Mapping[str, Figures]:
        """The sums of each campaign over the window that ends with a day, by id. Each figure takes its time."""
        key = last, days, figures
        if key not in self._sums:
            asked = scope(last - timedelta(days - 1), last)
            try:
                self._sums[key] = _summed(asked, figures)
            except UnreadableRowError:
                self._sums[key] = _summed(readable(asked, with_projects=False), figures)
        return self._sums[key]

    def rows(
        self, ids: Collection[str], first: date, last: date, figures: Sequence[str] = FIGURES
    ) -> Mapping[str, Mapping[date, Day]]:
        """The days of some campaigns, with these figures."""
        found: dict[str, dict[date, Day]] = {id: {} for id in ids}
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        for id, day, one in self._on(days, figures, among(Metrics.campaign, sorted(ids))):
            found[id][day] = one
        return found

    @cached_property
    def same_weekdays(self) -> Mapping[str, Sequence[Figures | None]]:
        """Of each member with one of these days: its account's newest day, and the same weekday of 4 weeks before."""
        newest = {self.newest(one.account) for one in self.members.values()}
        places = {day - timedelta(7 * week): (day, week) for day in newest for week in range(WEEKS + 1)}
        found: dict[str, list[Figures | None]] = {}
        for id, day, figures in self._on(places, ("impressions", "spend")):
            member = self.members.get(id)
            if member is not None and places[day][0] == self.newest(member.account):
                found.setdefault(member.campaign.id, [None] * (WEEKS + 1))[places[day][1]] = figures
        return found

    def _on(self, days: Collection[date], figures: Sequence[str], *where: Any) -> Iterable[tuple[str, date, Day]]:
        """The rows of some days that meet the conditions, with these figures.

        The days are listed, so that a file looks up each of them for each campaign in the index that has the figures.
        """
        if not days:
            return ()
        asked = scope(min(days), max(days))
        return _read(asked, [asked.day.in_([db.stored_day(one) for one in days]), *where], figures)

    @cached_property
    def without_conversions(self) -> Sequence[str]:
        """The members with clicks and no conversion on the newest day of their account."""
        newest = {self.newest(one.account) for one in self.members.values()}
        silent = (Metrics.clicks > 0) & (Metrics.conversions.is_null() | (Metrics.conversions == 0))
        members = ((self.members.get(id), day) for id, day, _ in self._on(newest, (), silent))
        return [one.campaign.id for one, day in members if one is not None and day == self.newest(one.account)]

    def delivering(self, ids: Collection[str], first: date, last: date) -> Mapping[str, int]:
        """On how many days of a window some campaigns have impressions."""
        asked = scope(first, last)
        where = [asked.between(first, last), among(Metrics.campaign, sorted(ids)), Metrics.impressions > 0]
        counted = _query(asked, [Metrics.campaign, pw.fn.COUNT(asked.day)], where).group_by(Metrics.campaign)
        with db.translated_errors():
            return dict(db.execute(counted))

    def by_day(
        self, ids: Collection[str], first: date, last: date, figures: Sequence[str]
    ) -> Mapping[date, Mapping[str, float]]:
        """The sums of some campaigns on each day of a window, as doubles."""
        asked, days = scope(first, last), range((last - first).days + 1)
        sums = [pw.fn.SUM(FIELDS[name]).python_value(lambda value: value) for name in figures]
        listed = asked.day.in_([db.stored_day(first + timedelta(n)) for n in days])  # as in `_on`
        query = _query(asked, [asked.day, *sums], [listed, among(Metrics.campaign, sorted(ids))]).group_by(asked.day)
        with db.translated_errors():
            return {
                date.fromisoformat(str(day)[:10]): {
                    name: float(value or 0) for name, value in zip(figures, row, strict=True)
                }
                for day, *row in db.execute(query)
            }

    def impossible(self, first: date) -> Mapping[str, Mapping[date, Figures]]:
        """The days of members, from one on, with more clicks than impressions, or spend without an impression."""
        asked = scope(first, self.last)
        wrong = (Metrics.clicks > Metrics.impressions) | ((Metrics.spend > 0) & (Metrics.impressions == 0))
        found: dict[str, dict[date, Figures]] = {}
        for id, day, figures in _read(asked, [asked.between(first, self.last), wrong]):
            if id in self.members:
                found.setdefault(id, {})[day] = figures
        return found


WEEKS = 4
"""The weeks before of which the same weekday is looked at."""


def _end(account: Account) -> date:
    """The last day on which a campaign of an account can have figures: all of them may be paused, or over."""
    running = (one for one in account.campaigns if one.last and not one.is_over)
    return max((date.max if one.end_date is None else one.end_date for one in running), default=date.min)


def lag_key(account: Account) -> runoff.Account:
    """The account by the name that lag and finality have for it."""
    return runoff.Account(account.platform, account.name or "")


def _summed(asked: Scope, figures: Sequence[str]) -> Mapping[str, Figures]:
    source = source_of(asked).only(figures)
    return {row[_ID]: Total(source.sums, row[_FIGURES]) for row in source.campaigns()}


_ID, _FIGURES = 0, slice(7, None)
"""Places in the rows of `Source.campaigns`."""


def _query(asked: Scope, columns: Sequence[Any], where: Iterable[Any]) -> Any:
    query: Any = Metrics.select(*columns).where(*where, *asked.left_out)
    return query.join(Campaign) if asked.left_out else query


def _read(asked: Scope, where: Iterable[Any], figures: Sequence[str] = FIGURES) -> Iterator[tuple[str, date, Day]]:
    """The days that meet the conditions, with these figures."""
    columns = [Metrics.campaign, asked.day, *(FIELDS[name] for name in figures)]
    places = {name: place for place, name in enumerate(figures, start=2)}
    days: dict[Any, date] = {}
    with db.translated_errors():
        for row in db.execute(_query(asked, columns, where)):
            id, day = row[0], row[1]
            if day not in days:
                days[day] = day if isinstance(day, date) else date.fromisoformat(str(day)[:10])
            yield id, days[day], Day(places, row)
