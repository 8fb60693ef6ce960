"""The parts of which a report is added up: stored sums as far as they reach, and daily rows for the rest.

The SQL for both, and which days of a window each of them has. What is asked of them is in `report_source`.
"""

import functools
import operator
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import peewee as pw

from adops_cli.data import report_cover
from adops_cli.data.report_cover import Cover, Days, Span, Whole
from adops_cli.data.report_scope import Scope
from adops_cli.data.report_sums import Sums
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics
from adops_cli.storage.rollups.dialect import dialect

Query = tuple[str, Sequence[Any]]
"""SQL and its parameters."""


class Parts:
    """Those of the daily rows of a scope. All calls must be within one snapshot.

    Args:
        of: the scope.
        stale: the months whose stored sums are out of date. None if no stored sum can be used.
        figures: those that are added up. Each takes its time.
    """

    def __init__(self, of: Scope, stale: Collection[str] | None, figures: Collection[str]) -> None:
        self._of = of
        self._words = dialect()
        self._stale = stale
        self.sums = Sums(figures)
        self._keys = {"platform": 'c."platform"', "project_id": 'c."projectId"', "currency": self._words.currency}

    @property
    def has_periods(self) -> bool:
        """Whether stored sums of periods can serve the scope, because it is of whole platforms."""
        return self._stale is not None and self._of.is_of_platform

    @property
    def has_all_periods(self) -> bool:
        """Whether they serve all of it, so that no daily row is read for them."""
        return self.has_periods and not self._stale

    # Stored sums.

    def _on_platform(self) -> Query:
        if self._of.platform is None:
            return "", []
        spellings = Campaign.platform.spellings(self._of.platform)
        return f' AND "platform" IN ({", ".join(db.param for _ in spellings)})', spellings

    def _on_campaigns(self) -> Query:
        if not self._of.of_campaigns:
            return "", []
        sql, given = Campaign.select(Campaign.id).where(*self._of.of_campaigns).sql()
        return f' AND "campaignId" IN ({sql})', given

    def _cover_of_periods(self, span: Span) -> Cover:
        first, last = self._of.first, self._of.last
        if self._stale is None or not self.has_periods:
            return Cover([], [(first, last)])
        return report_cover.by_period(span, first, last, self._stale)

    def _cover_of_campaigns(self) -> Cover:
        first, last = self._of.first, self._of.last
        if self._stale is None:
            return Cover([], [(first, last)])
        return report_cover.by_campaign(first, last, self._stale, None if last is None else self._newest())

    def _newest(self) -> date | None:
        """The last day with a row in a month that is not stale."""
        [[day]] = self._rows('SELECT MAX("start") FROM "period_totals" WHERE "span" = \'day\'', [])
        return None if day is None else date.fromisoformat(day)

    def _of_stored(self, whole: Whole, *, chosen: Query) -> Query:
        """WHERE a stored sum is one of these spans."""
        where = [f'"span" = {db.param}']
        given: list[Any] = [whole.span]
        for compared, bound in ((">=", whole.first), ("<=", whole.last)):
            if bound is not None:
                where.append(f'"start" {compared} {db.param}')
                given.append(bound)
        if whole.without:
            start = 'substr("start", 1, 7)' if whole.span == "day" else '"start"'
            where.append(f"{start} NOT IN ({', '.join(db.param for _ in whole.without)})")
            given += whole.without
        return f"WHERE {' AND '.join(where)}{chosen[0]}", [*given, *chosen[1]]

    def _by_campaign(self) -> Query:
        """FROM the sums of each campaign as `s`, joined with the campaign as `c`."""
        sql, given = self._together(("campaignId",), ("rows", *self.sums.columns), self._parts_by_campaign())
        return f'FROM ({sql} HAVING SUM("rows") > 0) AS s JOIN "campaigns" AS c ON c."id" = s."campaignId"', given

    @staticmethod
    def _together(keys: Sequence[str], names: Sequence[str], parts: Iterable[Query]) -> Query:
        """SELECT the keys and the sums of the other columns of these queries, for each combination of keys."""
        found = list(parts)
        sums = ", ".join(f'COALESCE(SUM("{name}"), 0) AS "{name}"' for name in names)
        keyed = ", ".join(f'"{key}"' for key in keys)
        rows = " UNION ALL ".join(sql for sql, _ in found)
        sql = f'SELECT {keyed}, {sums} FROM ({rows}) AS "parts" GROUP BY {keyed}'
        return sql, [value for _, values in found for value in values]

    def _parts_by_campaign(self) -> Iterator[Query]:
        names = ("campaignId", "rows", *self.sums.columns)
        columns = ", ".join(f'"{name}"' for name in names)
        if self._stale is not None and not self._stale and self._of.first is self._of.last is None:
            sql, given = self._on_campaigns()
            yield f'SELECT {columns} FROM "campaign_totals" WHERE "span" = \'all\'{sql}', given
            return
        cover = self._cover_of_campaigns()
        for whole in cover.whole:
            where, given = self._of_stored(whole, chosen=self._on_campaigns())
            yield f'SELECT {columns} FROM "campaign_totals" {where}', given
        for days, sign in ((cover.days, ""), (cover.but, "-")):
            if days:
                row = [pw.SQL(f"{sign}1"), *self.sums.of_a_day(sign)]
                sums = map(pw.fn.SUM, row) if self._words.sums_early else row
                query = self._daily(_named([Metrics.campaign, *sums], names), days, joined=False)
                yield (query.group_by(Metrics.campaign) if self._words.sums_early else query).sql()

    def _parts_by_platform(self) -> Iterator[Query]:
        names = ("platform", "currency", "rows", *self.sums.columns)
        columns = ", ".join(f'"{name}"' for name in names)
        months = self._cover_of_periods("month")
        parts = [report_cover.by_period("day", *days, self._stale or ()) for days in months.days]
        for whole in (*months.whole, *(one for part in parts for one in part.whole)):
            where, given = self._of_stored(whole, chosen=self._on_platform())
            yield f'SELECT {columns} FROM "period_totals" {where}', given
        if left := [days for part in parts for days in part.days]:
            row = [Campaign.platform, self._currency(), pw.SQL("1"), *self.sums.of_a_day()]
            yield self._daily(_named(row, names), left).sql()

    # Daily rows.

    def _daily(self, columns: Sequence[Any], days: Sequence[Days], *, joined: bool = True) -> Any:
        """The columns of the daily rows of these days that are in the scope, joined with their campaigns if needed."""
        of_campaigns = [*self._of.of_campaigns, *self._of.left_out]
        between = [self._of.between(*some) for some in days]
        conditions = [] if any(one is None for one in between) else [functools.reduce(operator.or_, between)]
        query = Metrics.select(*columns)
        return (query.join(Campaign) if joined or of_campaigns else query).where(True, *conditions, *of_campaigns)

    def _currency(self) -> Any:
        return pw.fn.COALESCE(db.text_under(Campaign.metadata, "currency"), "")

    def _rows(self, sql: str, given: Sequence[Any]) -> Iterator[Sequence[Any]]:
        with db.translated_errors():
            yield from db.execute_sql(sql, given)


def _named(columns: Sequence[Any], names: Sequence[str]) -> list[Any]:
    return [pw.Alias(column, name) for column, name in zip(columns, names, strict=True)]
