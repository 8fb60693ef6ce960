"""What is missing in the daily figures: days, campaigns that stopped, accounts that report no more, partial days.

Which days are expected of an account is said by the settings (`settings.expect`), or by what it has done before. Owns
these rules; what there is, is read by `accounts`. Changes nothing.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median_low
from typing import Any, Literal, Unpack

from adops_cli import periods, settings
from adops_cli.data import windows
from adops_cli.data.accounts import FORTNIGHT, Account, Book, Marked, Reporter
from adops_cli.data.windows import Words
from adops_cli.errors import BadRequestError, option
from adops_cli.periods import ONE_DAY
from adops_cli.settings.expect import Expectation, expectation
from adops_cli.storage.handle import db
from adops_cli.storage.rows import Record, Rows

__all__ = ["MAX_AGE", "Gap", "gaps", "of_accounts"]

Kind = Literal["stale", "missing_day", "stopped", "partial"]
_KINDS: Sequence[Kind] = ("stale", "missing_day", "stopped", "partial")
MAX_AGE = 2
"""Days. The platforms have yesterday's figures today, and one pull may have failed."""
_DAILY = 13
"""An account with so many days of a fortnight reports daily: one of its first days may be missing already."""
_MOST = 8
"""A campaign with so many days of a fortnight was running."""
_GOES_ON = 3
"""Without so many days of its account, a campaign's own figures are not just late."""
_WEEK = 7


@dataclass(frozen=True, repr=False)
class Gap(Record):
    """A finding: what is missing or doubtful, from the first day to the last."""

    kind: Kind
    """`missing_day`: an account has nothing of days between others. `stale`: nothing since its newest day. `stopped`: a
    campaign that is neither paused nor over has no more figures, and its account goes on. `partial`: only a partial
    file has set days of a campaign."""
    platform: str
    account: str | None
    """None for the campaigns of the platform whose account is unknown."""
    campaign_id: str | None
    """None for what concerns the account."""
    name: str | None
    from_: date
    to: date
    days: int
    """How many days are missing, or partial. Those on which nothing is expected do not count."""
    message: str


@dataclass(frozen=True)
class _Window:
    first: date
    last: date
    today: date
    """The present day or, if that is earlier, the one after the window."""

    def has(self, day: int) -> bool:
        return self.first.toordinal() <= day <= self.last.toordinal()


@dataclass(frozen=True)
class _Expected:
    """An account, and what is expected of it."""

    account: Account
    rule: Expectation
    max_age: int

    def days(self, first: int, last: int) -> Sequence[int]:
        """The days from the first to the last on which a report is expected."""
        weekdays = self.rule.days
        return [day for day in range(first, last + 1) if weekdays is None or (day - 1) % _WEEK in weekdays]


def gaps(
    start_date: date | str | None = None,
    end_date: date | str | None = None,
    *,
    platform: str | None = None,
    account: str | None = None,
    project_id: str | None = None,
    max_age: int | str | None = None,
    expect: Mapping[str, Any] | None = None,
    **window: Unpack[Words],
) -> Rows[Gap]:
    """What is missing or doubtful, by platform and account.

    Args:
        start_date: first day; None is the first stored day. Days before it still count for what is expected. A campaign
            has stopped on its first day without figures.
        end_date: last day, inclusive. Whether an account is stale is seen from the next day, at the latest from today.
        platform: only accounts on this platform.
        account: only this one. `NotFoundError` if no campaign has it.
        project_id: only accounts with a campaign of this project, and of their campaigns only those of the project.
        max_age: how many days old an account's newest day may be, as 2 or "2d", unless the settings say so for the
            account. None is `MAX_AGE`.
        expect: what is expected, as in the settings; None is the settings' table `[expect]`.
        window: `since`, `until` or `period` instead of the two, as for `reports.report`.
    """
    first, last = (None if day is None else windows.day(day) for day in windows.days(start_date, end_date, **window))
    today = periods.today(db.timezone)
    seen = _Window(first or date.min, last or date.max, min(today, last + ONE_DAY) if last else today)
    rules, usual = settings.load().expect if expect is None else expect, _age(max_age)
    found: list[Gap] = []
    with db.snapshot():
        book = Book(platform=platform, account=account, project_id=project_id)
        for one in book.accounts:
            rule = expectation(rules, one.platform, one.name)
            expected = _Expected(one, rule, usual if rule.max_age is None else rule.max_age)
            found += _of_account(expected, project_id, seen)
        found += _partial(one for one in book.marked(first, last) if _is_of(one.campaign, project_id))
    return Rows(sorted(found, key=_place))


def of_accounts(book: Book, last: date, expect: Mapping[str, Any]) -> list[Gap]:
    """What the accounts of a book lack up to a day: days between others, and newer ones. Nothing of campaigns."""
    seen, found = _Window(date.min, last, last + ONE_DAY), list[Gap]()
    for one in book.accounts:
        rule = expectation(expect, one.platform, one.name)
        expected = _Expected(one, rule, MAX_AGE if rule.max_age is None else rule.max_age)
        found += _missing(expected, seen)
        found += [] if rule.retired else _stale(expected, seen)
    return found


def _age(given: int | str | None) -> int:
    try:
        return MAX_AGE if given is None else periods.whole_days(given)
    except ValueError as error:
        raise BadRequestError(f"{option('max_age')} {error}") from error


def _place(gap: Gap) -> tuple[Any, ...]:
    return gap.platform, gap.account or "", _KINDS.index(gap.kind), gap.from_, gap.name or "", gap.campaign_id or ""


def _is_of(campaign: Reporter, project_id: str | None) -> bool:
    return project_id is None or campaign.project_id == project_id


def _of_account(of: _Expected, project_id: str | None, seen: _Window) -> Iterator[Gap]:
    yield from _missing(of, seen)
    if of.rule.retired:
        return
    yield from _stale(of, seen)
    for campaign in of.account.campaigns:
        if _is_of(campaign, project_id):
            yield from _stopped(of, campaign, seen)


def _missing(of: _Expected, seen: _Window) -> Iterator[Gap]:
    """Expected days between two that are there. Those with no day in between are one finding."""
    days = of.account.days
    if of.rule.days is None and not _is_daily(days):
        return
    for before, after in pairwise(days):
        if missing := [day for day in of.days(before + 1, after - 1) if seen.has(day)]:
            yield _gap(of.account, "missing_day", missing, f"no figures {_span(missing)}")


def _is_daily(days: Sequence[int]) -> bool:
    """Whether an account has ever reported daily for two weeks."""
    return any(last - first < FORTNIGHT for first, last in zip(days, days[_DAILY - 1 :], strict=False))


def _stale(of: _Expected, seen: _Window) -> Iterator[Gap]:
    """The days since the newest one, if the one that should have come next is too old."""
    newest, today = of.account.days[-1], seen.today.toordinal()
    due = newest + _step(of.account.days) if of.rule.days is None else of.days(newest + 1, newest + _WEEK)[0]
    if due < today and today - due >= of.max_age:
        missing = of.days(newest + 1, today - 1)
        yield _gap(
            of.account,
            "stale",
            missing,
            f"nothing since {_day(newest)}; {_counted(missing)} missing by {_day(today - 1)}",
        )


def _step(days: Sequence[int]) -> int:
    """How many days there usually are from one day of an account to the next: 1 if it reports daily, 7 if weekly."""
    steps = [after - before for before, after in pairwise(days[-FORTNIGHT:])]
    return median_low(steps) if steps else 1


def _stopped(of: _Expected, campaign: Reporter, seen: _Window) -> Iterator[Gap]:
    """The days of a campaign that was running and has no more figures, while its account has some."""
    if campaign.running < _MOST or campaign.is_over or not seen.has(campaign.last + 1):
        return
    days = of.account.days
    end = bisect_right(days, days[-1] if campaign.end_date is None else campaign.end_date.toordinal())
    if end - bisect_right(days, campaign.last) >= _GOES_ON:
        missing = range(campaign.last + 1, days[end - 1] + 1)
        what = f"{campaign.name} stopped after {_day(campaign.last)}, and is neither paused nor over"
        yield _gap(of.account, "stopped", missing, what, campaign)


def _partial(found: Iterable[Marked]) -> Iterator[Gap]:
    """The days of each campaign that only a partial file has set; consecutive ones with one mark are one finding."""
    run: list[Marked] = []
    for one in found:
        if run and (run[-1].campaign, run[-1].day + 1, run[-1].mark) != (one.campaign, one.day, one.mark):
            yield _of_marked(run)
            run = []
        run.append(one)
    if run:
        yield _of_marked(run)


def _of_marked(run: Sequence[Marked]) -> Gap:
    days = [one.day for one in run]
    by = run[0].mark.removeprefix("partial: ")
    what = f"figures of {run[0].campaign.name} {_span(days)} are of a partial file, by {by}"
    return _gap(run[0].account, "partial", days, what, run[0].campaign)


def _gap(account: Account, kind: Kind, days: Sequence[int], what: str, of: Reporter | None = None) -> Gap:
    who = f"{account.platform} {account.name}" if account.name else account.platform
    id, name = (of.id, of.name) if of else (None, None)
    return Gap(
        kind, account.platform, account.name, id, name, _day(days[0]), _day(days[-1]), len(days), f"{who}: {what}"
    )


def _span(days: Sequence[int]) -> str:
    if days[0] == days[-1]:
        return f"on {_day(days[0])}"
    return f"from {_day(days[0])} to {_day(days[-1])} ({_counted(days)})"


def _counted(days: Sequence[int]) -> str:
    return f"{len(days):,} day{'' if len(days) == 1 else 's'}"


def _day(number: int) -> date:
    return date.fromordinal(number)
