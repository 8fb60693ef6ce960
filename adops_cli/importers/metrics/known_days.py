"""What is known of the newest days right after an import: a line of the run-off triangle that `data.runoff` reads.

Of each account and day of the file: how many of its campaigns the file set or confirmed, how many others have the day,
and the account's conversions and revenue with those of the others, in millionths, null if the file does not report
them. With the others, an account whose campaigns come in several files is whole after each of them.

Owns these sums. The file's own are added up while its days pass by on their way into the tables, since most imports
would take longer to read them again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import peewee as pw

from adops_cli.errors import UnreadableRowError
from adops_cli.exports.export import CampaignDay, Export
from adops_cli.importers.metrics.find import Known
from adops_cli.importers.metrics.match import Match
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.handle import db
from adops_cli.storage.models import Metrics

SPAN = 45
"""So many days are known, before the import or the newest day of an older file. Platforms attribute conversions for 30
days, a few for longer."""
_MOST_OTHERS = 10
"""Nothing is known from a file if its account has so many times more campaigns: to add up the others would take as long
as the import, and such a file says little of the account."""
_FIGURES = ("conversions", "revenue")
_Days = dict[str, list[int | None]]
"""For each day: rows, and the sums of the figures."""
_NOTHING = (0, None, None)


class KnownDays:
    """What is known of the days of a file. Of days before `SPAN`, and of fragments of days, nothing is."""

    def __init__(self, export: Export, matches: Sequence[Match], today: date) -> None:
        self._export = export
        newest = min(export.date_to or "", today.isoformat())
        self._last = "" if export.partial else export.date_to or ""
        self._first = (date.fromisoformat(newest) - timedelta(SPAN)).isoformat() if newest else ""
        self._days: dict[str, _Days] = {}
        self._of_campaigns = [
            self._days.setdefault(one.account or "", {}) if one.platform == export.platform else None for one in matches
        ]

    def watching(self) -> Export:
        """The same file, whose days are noticed as they are read."""
        return replace(self._export, read_days=self._passing)

    def _passing(self, order: Sequence[int] | None) -> Iterator[CampaignDay]:
        first, last, of_campaigns = self._first, self._last, self._of_campaigns
        for row in self._export.days(order):
            number, day, _, _, conversions, _, revenue, _ = row
            if first <= day <= last and (days := of_campaigns[number]) is not None:
                try:
                    sums = days[day]
                except KeyError:
                    sums = days[day] = [0, None, None]
                sums[0] += 1  # type: ignore[operator]  # rows are always counted
                if conversions is not None:
                    sums[1] = conversions + (sums[1] or 0)
                if revenue is not None:
                    sums[2] = revenue + (sums[2] or 0)
            yield row

    def found(self, others: Iterable[Known]) -> dict[str, Any] | None:
        """What `imports.known` holds, once the days have been written. `others` are the accounts' other campaigns.

        `{account: {day: [rows, rows of other campaigns, conversions, revenue]}}`
        """
        of_accounts: dict[str, list[str]] = {}
        for one in others:
            if one.platform == self._export.platform:
                of_accounts.setdefault(one.says("account") or "", []).append(one.id)
        try:
            found = {
                account: self._with_others(days, of_accounts.get(account, []))
                for account, days in self._days.items()
                if days
                and len(of_accounts.get(account, ())) <= _MOST_OTHERS * max(own[0] or 0 for own in days.values())
            }
        except UnreadableRowError:  # of another campaign: its account is not known
            return None
        return found or None

    def _with_others(self, days: _Days, ids: Sequence[str]) -> dict[str, list[int | None]]:
        others: _Days = {}
        for day, *sums in _stored(ids, min(days), max(days)):
            others[day] = list(map(_sum, others.get(day, _NOTHING), sums))
        found = {}
        for day, own in sorted(days.items()):
            there = others.get(day, _NOTHING)
            both = map(_sum, own[1:], there[1:])
            known = (one if name in self._export.reported else None for name, one in zip(_FIGURES, both, strict=True))
            found[day] = [own[0], there[0], *known]
        return found


def _stored(ids: Sequence[str], first: str, last: str) -> Iterator[tuple[Any, ...]]:
    """The stored days of these campaigns: day, rows, and the sums of the figures, some campaigns at a time."""
    (conversions, conversions_of), (revenue, revenue_of) = (db.exact_sum(getattr(Metrics, name)) for name in _FIGURES)
    query: Any = Metrics.select(Metrics.date, pw.fn.COUNT(Metrics.id), *conversions, *revenue)
    between = query.where(Metrics.date.between(first, last)).group_by(Metrics.date)
    for some in chunked_in(between, Metrics.campaign, ids):
        for day, rows, *sums in db.execute(some):
            parts = len(conversions)
            yield str(day), rows, conversions_of(*sums[:parts]), revenue_of(*sums[parts:])


def _sum(one: int | None, other: int | None) -> int | None:
    return one if other is None else other + (one or 0)
