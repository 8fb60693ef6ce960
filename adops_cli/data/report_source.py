"""What is asked of the figures of a scope: sums by campaign, platform and period, and which days have rows.

Each answer is rows of keys, counts and the parts of the figures, of which `sums` makes numbers. Which tables they come
from is left to `report_parts`. Stored sums are not used while a daily row cannot be read: a report leaves it out, and
they do not. Then everything is added up from the daily rows.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import peewee as pw

from adops_cli.data import report_cover
from adops_cli.data.report_cover import Cover, Days, Span, Whole
from adops_cli.data.report_parts import Parts
from adops_cli.data.report_scope import Scope
from adops_cli.measures import FIGURES
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics
from adops_cli.storage.rollups import state


def _has_unreadable_campaigns() -> bool:
    """Whether a campaign of a file has metadata that is no JSON. Reports tell so; stored sums do not know it."""
    if db.keeps_types:
        return False
    return db.execute_sql('SELECT 1 FROM "campaigns" WHERE NOT json_valid("metadata") LIMIT 1').fetchone() is not None


def source_of(scope: Scope) -> "Source":
    """The source of a scope, with all figures."""
    usable = scope.is_plain and not _has_unreadable_campaigns()
    return Source(scope, state.stale_months() if usable else None, FIGURES)


class Source(Parts):
    """The sums of the daily rows of a scope. All calls must be within one snapshot."""

    def only(self, figures: Collection[str], ids: Sequence[Any] | None = None) -> "Source":
        """The same with some of the figures, and of some of the campaigns. None means all of them."""
        return Source(self._of if ids is None else replace(self._of, ids=ids), self._stale, figures)

    def campaigns(self) -> Iterator[Sequence[Any]]:
        """For each campaign: id, external id, name, platform, project, currency, number of days, figures."""
        columns = ", ".join(f'c."{name}"' for name in ("id", "externalId", "name", "platform", "projectId"))
        sums = ", ".join(f's."{name}"' for name in ("rows", *self.sums.columns))
        sql, given = self._by_campaign()
        return self._rows(f"SELECT {columns}, {self._words.currency}, {sums} {sql}", given)

    def amounts(self) -> Iterator[Sequence[Any]]:
        """For each campaign: id, currency, figures. What a campaign is called is read for some of them only."""
        sums = ", ".join(f's."{name}"' for name in self.sums.columns)
        sql, given = self._by_campaign()
        return self._rows(f'SELECT c."id", {self._words.currency}, {sums} {sql}', given)

    def cells(self, *names: str) -> Iterator[Sequence[Any]]:
        """For each combination of the named keys: the number of campaigns, the most days of one, and figures.

        Campaigns that report a figure and those that do not, that have spent something and that have not, are apart.
        """
        spent = self._words.positive.format(*(f's."{part}"' for part in self._words.columns_of("spend")))
        signs = (spent, 's."revenue_reported" > 0', 's."conversions_reported" > 0')
        groups = ", ".join(f"CASE WHEN {sign} THEN 1 ELSE 0 END" for sign in signs)
        sums = ", ".join(f'SUM(s."{name}")' for name in self.sums.columns)
        sql, given = self._by_campaign()
        keys = ", ".join(self._keys[name] for name in names)
        places = ", ".join(str(place) for place, _ in enumerate(names, start=1))
        return self._rows(f'SELECT {keys}, COUNT(*), MAX(s."rows"), {sums} {sql} GROUP BY {places}, {groups}', given)

    def platforms(self) -> Iterator[Sequence[Any]]:
        """For each platform and currency: both, the number of daily rows, and figures. Only with `has_periods`."""
        names = ("rows", *self.sums.columns)
        return self._rows(*self._together(("platform", "currency"), names, self._parts_by_platform()))

    def periods(self, span: Span) -> Iterator[Sequence[Any]]:
        """For each day, week or month and currency: its start, the currency, the number of campaigns, and figures."""
        cover = self._cover_of_periods(span)
        sums = ", ".join(f'SUM("{name}")' for name in self.sums.columns)
        for whole in cover.whole:
            where, given = self._of_stored(whole, chosen=self._on_platform())
            sql = f'SELECT "start", "currency", SUM("campaigns"), {sums} FROM "period_totals" {where} GROUP BY 1, 2'
            yield from self._rows(sql, given)
        left = []
        for days in cover.days:
            start = None if self._stale is None or span == "day" else report_cover.part_of(span, days, self._stale)
            if start is None or not self.has_periods:
                left.append(days)
            else:
                yield from self._part(span, start, days)
        if left:
            yield from self._added_up(span, left)

    def _part(self, span: Span, start: str, days: Days) -> Iterator[Sequence[Any]]:
        """`periods` for some days of a week or month: what its days add up to, and its campaigns with such a day."""
        of_days, inside = Whole("day", str(days[0]), str(days[1]), ()), set(report_cover.each(days))
        bits = sum(1 << place for place, day in enumerate(report_cover.days_of(span, start)) if day in inside)
        where, given = self._of_stored(Whole(span, start, start, ()), chosen=self._on_campaigns())
        counted = (
            f'SELECT {self._words.currency}, COUNT(*) FROM "campaign_totals" AS s JOIN "campaigns" AS c '
            f'ON c."id" = s."campaignId" {where} AND (s."days" & {bits}) <> 0 GROUP BY 1'
        )
        campaigns: dict[str, int] = dict(tuple(row) for row in self._rows(counted, given))
        where, given = self._of_stored(of_days, chosen=self._on_platform())
        sums = ", ".join(f'SUM("{name}")' for name in self.sums.columns)
        for currency, *values in self._rows(
            f'SELECT "currency", {sums} FROM "period_totals" {where} GROUP BY 1', given
        ):
            yield start, currency, campaigns[currency], *values

    def _added_up(self, span: Span, days: Sequence[Days]) -> Iterator[Sequence[Any]]:
        """`periods` from daily rows. Campaigns are counted apart: with the sums, a server would sort all rows."""
        day = self._of.day
        start = {"day": lambda: day, "week": lambda: db.week_start(day), "month": lambda: db.month(day)}[span]()
        keys = [start.alias("start"), self._currency().alias("currency")]
        by_key = [pw.SQL("1"), pw.SQL("2")]
        sums = self._daily([*keys, *(pw.fn.SUM(column) for column in self.sums.of_a_day())], days).group_by(*by_key)
        sql, given = self._daily([*keys, Metrics.campaign.alias("campaign")], days).distinct().sql()
        counted = f'SELECT "start", "currency", COUNT(*) FROM ({sql}) AS "different" GROUP BY 1, 2'
        campaigns = {(start, currency): count for start, currency, count in self._rows(counted, given)}
        for start_of, currency, *values in self._rows(*sums.sql()):
            yield str(start_of), currency, campaigns[start_of, currency], *values

    def days(self, *names: str) -> Iterator[Sequence[Any]]:
        """Each combination of the named keys (platform, project_id, currency) and day with a row, as text, once."""
        if self._stale is None:
            yield from self._different_days(names, [(self._of.first, self._of.last)])
        elif "project_id" in names or not self.has_periods:
            yield from self._days_of_campaigns(names)
        else:
            keys = "".join(f'"{name}", ' for name in names)
            cover = self._cover_of_periods("day")
            for whole in cover.whole:
                where, given = self._of_stored(whole, chosen=self._on_platform())
                yield from self._rows(f'SELECT DISTINCT {keys}"start" FROM "period_totals" {where}', given)
            yield from self._different_days(names, cover.days)

    def _days_of_campaigns(self, names: Sequence[str]) -> Iterator[Sequence[Any]]:
        keys = "".join(f"{self._keys[name]}, " for name in names)
        cover = self._cover_of_campaigns()
        taken_off = {day for some in cover.but for day in report_cover.each(some)}
        for whole in cover.whole:
            where, given = self._of_stored(whole, chosen=self._on_campaigns())
            stored = f'SELECT "campaignId", "start", "days" FROM "campaign_totals" {where}'
            of_campaigns = f'FROM ({stored}) AS s JOIN "campaigns" AS c ON c."id" = s."campaignId"'
            together: dict[tuple[Any, ...], int] = {}
            for *key, bits in self._rows(f'SELECT DISTINCT {keys}"start", "days" {of_campaigns}', given):
                together[tuple(key)] = together.get(tuple(key), 0) | bits
            for (*group, start), bits in together.items():
                here = enumerate(report_cover.days_of(whole.span, start))
                yield from ((*group, day) for place, day in here if bits >> place & 1 and day not in taken_off)
        yield from self._different_days(names, cover.days)

    def _different_days(self, names: Sequence[str], days: Sequence[Days]) -> Iterator[Sequence[Any]]:
        if days:
            of = {"platform": Campaign.platform, "project_id": Campaign.project, "currency": self._currency()}
            query = self._daily([*(of[name] for name in names), self._of.day], days).distinct()
            yield from ((*key, str(day)) for *key, day in self._rows(*query.sql()))

    def by_day(self, *names: str) -> Iterator[Sequence[Any]]:
        """For each day, combination of the named keys, and currency: these, the day as text, and figures.

        The keys are platform, project_id and campaign_id. Stored sums of days know of the platform alone.
        """
        of = {"platform": Campaign.platform, "project_id": Campaign.project, "campaign_id": Metrics.campaign}
        cover = Cover([], [(self._of.first, self._of.last)])
        if set(names) <= {"platform"}:
            cover = self._cover_of_periods("day")
        groups = [pw.SQL(str(place)) for place in range(1, len(names) + 3)]
        keys = "".join(f'"{name}", ' for name in ("start", *names, "currency"))
        sums = ", ".join(f'SUM("{name}")' for name in self.sums.columns)
        for whole in cover.whole:
            where, given = self._of_stored(whole, chosen=self._on_platform())
            by = ", ".join(place.sql for place in groups)
            yield from self._rows(f'SELECT {keys}{sums} FROM "period_totals" {where} GROUP BY {by}', given)
        if cover.days:
            columns = [self._of.day, *(of[name] for name in names), self._currency()]
            query = self._daily([*columns, *(pw.fn.SUM(one) for one in self.sums.of_a_day())], cover.days)
            for day, *rest in self._rows(*query.group_by(*groups).sql()):
                yield str(day), *rest

    def days_of_campaigns(self) -> Iterator[Sequence[Any]]:
        """Campaigns and months with a row, and bits of the days that have one, the first of the month lowest.

        A campaign can have several such parts of a month.
        """
        cover = Cover([], [(self._of.first, self._of.last)])
        if self._stale is not None:
            cover = report_cover.by_period("month", self._of.first, self._of.last, self._stale)
        for whole in cover.whole:
            where, given = self._of_stored(whole, chosen=self._on_campaigns())
            yield from self._rows(f'SELECT "campaignId", "start", "days" FROM "campaign_totals" {where}', given)
        if cover.days:
            query = self._daily([Metrics.campaign, self._of.day], cover.days, joined=False)
            for id, day in self._rows(*query.sql()):
                text = str(day)
                yield id, text[:7], 1 << (int(text[8:]) - 1)
