"""The accounts that report daily figures: which campaigns are theirs, and which days they and their campaigns have.

The account of a campaign is its `metadata.account`; on each platform, campaigns without one are an account of their
own. An account has a day if one of its campaigns has a row of it, whatever the figures. Days are numbers here, as of
`date.toordinal`. Judges nothing.
"""

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from adops_cli.data import suggest
from adops_cli.data.access import reading
from adops_cli.data.access.jsonparts import text_under
from adops_cli.data.access.reading import Unread
from adops_cli.data.marks import mark_of
from adops_cli.data.report_scope import scope
from adops_cli.data.report_source import source_of
from adops_cli.errors import NotFoundError, UnreadableRowError
from adops_cli.periods import ONE_DAY
from adops_cli.storage.handle import db
from adops_cli.storage.marked_days import marked
from adops_cli.storage.models import Campaign, Metrics

FORTNIGHT = 14
OVER = frozenset(
    (
        *("paused", "ended", "removed", "archived", "completed"),
        *("finished", "deleted", "stopped", "cancelled", "canceled", "inactive", "disabled"),
    )
)
"""The statuses, in lower case, of campaigns that are not expected to have figures."""
CAPS = frozenset(("daily", "weekly", "monthly"))
"""The kinds of budgets that a platform may spend again and again, so that they are no plan of a flight."""
_READ = (
    *(Campaign.id, Campaign.platform, Campaign.name, Campaign.project, Campaign.status),
    *(Campaign.budget, Campaign.start_date, Campaign.end_date, Campaign.metadata),
)


@dataclass
class Reporter:
    """A campaign."""

    id: str
    name: str
    project_id: str | None
    status: str | None
    budget: Decimal | None
    start_date: date | None
    end_date: date | None
    currency: str | None
    budget_kind: str | None = None
    """What its platform calls the budget: `daily`, `lifetime`, or a word of its own."""
    last: int = 0
    """Its newest day; 0 if it has none."""
    running: int = 0
    """How many days it has in the fortnight that ends with it."""

    @property
    def planned(self) -> Decimal | None:
        """Its budget for the whole flight. None if there is none, or if it is a cap of each day, week or month."""
        return None if self.budget_kind in CAPS else self.budget

    @property
    def is_over(self) -> bool:
        """Whether its status says that no figures are to be expected."""
        return (self.status or "").casefold() in OVER


@dataclass
class Account:
    """An account on a platform."""

    platform: str
    name: str | None
    """None for the campaigns whose account is unknown."""
    campaigns: list[Reporter] = field(default_factory=list)
    days: Sequence[int] = ()
    """In their order."""
    months: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """The same as bits, by month."""


@dataclass(frozen=True)
class Marked:
    """A day of a campaign that only a partial file has set."""

    account: Account
    campaign: Reporter
    day: int
    mark: str


class Book:
    """The campaigns, and the accounts with daily rows. All calls must be within one snapshot.

    Args:
        first: leaves out all days before it.
        platform: only those on this platform.
        account: only this one. `NotFoundError` if no campaign has it.
        project_id: only those with a campaign of this project.
    """

    def __init__(
        self,
        *,
        first: date | None = None,
        platform: str | None = None,
        account: str | None = None,
        project_id: str | None = None,
    ) -> None:
        self._first, self._platform = first, platform
        self.of_campaign: dict[str, tuple[Account, Reporter]] = {}
        every = list(self._read())
        if account is not None and all(name != account for name, *_ in every):
            close = suggest.similar(account, {name for name, *_ in every if name})
            hint = f"Did you mean {', '.join(close)}?" if close else "`adops campaigns list` shows each one's metadata"
            raise NotFoundError(f"there is no account {account!r}", hint)
        wanted = {(name, on) for name, on, one in every if project_id is None or one.project_id == project_id}
        found: dict[tuple[str | None, str], Account] = {}
        for name, on, one in every:
            if (name, on) in wanted and (account is None or name == account):
                of = found.setdefault((name, on), Account(on, name))
                of.campaigns.append(one)
                self.of_campaign[one.id] = of, one
        self._add_days()
        self.accounts = [one for one in found.values() if one.days]

    def _read(self) -> Iterator[tuple[str | None, str, Reporter]]:
        """Each campaign that can be read, with its account and platform."""
        chosen = [] if self._platform is None else [Campaign.platform.matches(self._platform)]
        for raw in reading.raw_rows(Campaign.select(*_READ).where(True, *chosen)):
            cells, wrong = reading.read_cells(_READ, raw)
            if wrong:
                Unread("campaigns", raw[0], "; ".join(wrong.values())).tell()
                continue
            on, known = cells.pop("platform"), cells.pop("metadata")
            account, currency, kind = (text_under(known, key) for key in ("account", "currency", "budgetKind"))
            yield account, on, Reporter(**cells, currency=currency, budget_kind=kind)

    def _add_days(self) -> None:
        months: dict[str, dict[str, int]] = defaultdict(dict)
        for id, month, bits in source_of(scope(self._first, None, platform=self._platform)).days_of_campaigns():
            if (known := self.of_campaign.get(id)) is not None:
                account, campaign = known
                of_month = months[month]
                of_month[campaign.id] = of_month.get(id, 0) | bits  # the id that is known, so that it is kept once
                account.months[month] |= bits
        for month in sorted(months):
            before = months.get(str(_first(month) - ONE_DAY)[:7], {})
            for id, bits in months[month].items():
                _end_in(self.of_campaign[id][1], month, bits, before.get(id, 0))
        for account, _ in self.of_campaign.values():
            account.days = account.days or list(_days(account.months))

    def marked(self, first: date | None, last: date | None) -> Iterator[Marked]:
        """The days within a window that only a partial file has set, by campaign, in their order."""
        days = [Metrics.date >= db.stored_day(first)] if first else []
        days += [Metrics.date <= db.stored_day(last)] if last else []
        columns = [Metrics.campaign, Metrics.date, db.as_sqlite_form(Metrics.metadata)]
        query = Metrics.select(*columns).where(marked(), *days).order_by(Metrics.campaign, Metrics.date)
        for id, raw, metadata in reading.raw_rows(query):
            mark = mark_of(metadata)
            if mark is None or id not in self.of_campaign:
                continue
            with contextlib.suppress(UnreadableRowError):  # of which `scope` has warned
                day: Any = Metrics.date.python_value(raw)
                yield Marked(*self.of_campaign[id], day.toordinal(), str(mark))


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _end_in(campaign: Reporter, month: str, bits: int, before: int) -> None:
    """Note the newest day of a month, and how many days there are in the fortnight that ends with it."""
    first = _first(month)
    length = (first - ONE_DAY).day
    together = bits << length | before
    campaign.last = first.toordinal() + bits.bit_length() - 1
    campaign.running = (together >> max(0, together.bit_length() - FORTNIGHT)).bit_count()


def _days(months: Mapping[str, int]) -> Iterator[int]:
    for month, bits in sorted(months.items()):
        first = _first(month).toordinal()
        yield from (first + place for place in range(bits.bit_length()) if bits >> place & 1)
