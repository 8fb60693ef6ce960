"""Whether a day is final: whether what is known of its conversions and revenue will still change.

The only place that decides it. A day is final if it is in a closed period; if of every figure that its account reports
so much is known, at the age at which a file last set or confirmed the day, that it counts as final (`data.lag`); and if
the lag of a figure is unknown, by the age of the day alone. Reads no daily row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from adops_cli import periods
from adops_cli.data import runoff
from adops_cli.data.closes import entries
from adops_cli.data.closes.scope import Scope
from adops_cli.data.lag import Lag
from adops_cli.data.runoff import Account, AccountLag
from adops_cli.storage.handle import db

FINAL_AFTER = 30
"""A day of so many days ago is final, where the lag is unknown."""

NEVER = date.max


@dataclass(frozen=True)
class Finality:
    """Which days are final, as of today."""

    accounts: Mapping[Account, AccountLag]
    today: date
    final_after: int = FINAL_AFTER
    closed: Sequence[Scope] = ()
    """The closed periods."""
    _known: dict[tuple[Account, str], date | None] = field(default_factory=dict, repr=False)

    def open_until(self, account: Account, day: str) -> date | None:
        """The day on which a day of an account will be final, if imports go on. None if it is.

        `NEVER` for a day that was last imported too early, and is too old for imports to reach it by themselves.
        """
        if (account, day) not in self._known:
            self._known[account, day] = self._open_until(account, day)
        return self._known[account, day]

    def _open_until(self, account: Account, written: str) -> date | None:
        day = date.fromisoformat(written)
        if any(scope.has_account(*account, day) for scope in self.closed):
            return None
        of = self.accounts.get(account)
        figures = list(of.lags) if of else [None]
        found = [until for figure in figures if (until := self._figure_open_until(account, figure, day)) is not None]
        return max(found, default=None)

    def _figure_open_until(self, account: Account, figure: str | None, day: date) -> date | None:
        found = figure and self.lag(account, figure, day.isoformat())
        final_at = found[0].final_at(found[1]) if found else None
        if not found or final_at is None:
            until = day + timedelta(self.final_after)
            return until if until > self.today else None
        if final_at == found[1]:
            return None
        until = day + timedelta(final_at)
        return until if until > self.today else NEVER

    def lag(self, account: Account, figure: str, day: str) -> tuple[Lag, int] | None:
        """The lag of a figure, and the age at which a day was last set or confirmed. None if no import has known it."""
        of = self.accounts.get(account)
        age = None if of is None or figure not in of.lags else of.ages[figure].get(day)
        return None if of is None or age is None else (of.lags[figure], age)

    @cached_property
    def first(self) -> date:
        """All days before this one are final, and their figures are what they will be."""
        found = self.today - timedelta(self.final_after - 1)
        for day in self._changing():
            found = min(found, date.fromisoformat(day))
        return found

    def _changing(self) -> Iterator[str]:
        for of in self.accounts.values():
            for figure, lag in of.lags.items():
                yield from (day for day, age in of.ages[figure].items() if age < lag.reach)


def read(final_after: int = FINAL_AFTER, *, platform: str | None = None, as_of: datetime | None = None) -> Finality:
    """Which days are final today, or were at a moment. In JSON mode, which has no imports, all go by their age."""
    today = periods.today(db.timezone) if as_of is None else periods.day_of(as_of, db.timezone)
    if not db.has_ledger:
        return Finality({}, today, final_after)
    return Finality(runoff.read(platform, as_of=as_of), today, final_after, entries.scopes())
