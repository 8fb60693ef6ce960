"""The rows of a report from the sums of a source: one for each campaign, group or period, in each currency."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from adops_cli import measures
from adops_cli.data.report_cover import Span, start_of
from adops_cli.data.report_rows import ReportRow, summed
from adops_cli.data.report_source import Source
from adops_cli.data.report_sums import SPARSE
from adops_cli.errors import UnreadableRowError
from adops_cli.measures import FIGURES
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Project

_OF_CAMPAIGN = (Campaign.id, Campaign.external_id, Campaign.name, Campaign.platform, Campaign.project)
_KEYS: Mapping[str, Sequence[str]] = {
    "total": ("currency",),
    "platform": ("platform", "currency"),
    "project": ("project_id", "currency"),
}
Key = tuple[str | None, ...]


def campaigns(source: Source) -> list[ReportRow]:
    """A row for each campaign."""
    return [of_campaign(source, row) for row in source.campaigns()]


def of_campaign(source: Source, row: Sequence[Any]) -> ReportRow:
    """The row of a campaign as the source has it."""
    id, external_id, name, platform, project_id = map(text, _OF_CAMPAIGN, row)
    currency, days, *sums = row[len(_OF_CAMPAIGN) :]
    known = {"campaign_id": id, "external_id": external_id, "name": name, "platform": platform}
    known |= {"currency": currency or None, "project_id": project_id, "days": int(days), "campaigns": 1}
    return _row(source, sums, known)


def cells(source: Source, by: str) -> list[ReportRow]:
    """Rows that add up to those of a report, without ratios: one for the campaigns that report the same figures.

    Of each group, and of each platform and currency. `days` is how many one of the campaigns has at most.
    """
    if source.has_all_periods and by != "project":
        return list(_cells_of_platforms(source))
    names = ("platform", "currency", *(("project_id",) if by == "project" else ()))
    found = []
    for row in source.cells(*names):
        keys, values = dict(zip(names, row, strict=False)), iter(row[len(names) :])
        count, days = next(values), next(values)
        found.append(_cell(keys, count, days, source.sums.figures(list(values))))
    return found


def _cells_of_platforms(source: Source) -> Iterator[ReportRow]:
    """The same from sums of periods as far as they go, which are fewer than those of campaigns.

    Of the cells of a platform and currency that report a figure, the first has it of all, and the others have 0: it
    makes no difference to what is told of them. Of each cell are only its spend and, where campaigns may differ in
    whether they report conversions, its clicks: without these, a ratio is told.
    """
    platforms = list(source.platforms())
    rows = sum(row[2] for row in platforms)
    reported = sum(source.sums.reported("conversions", row[3:]) for row in platforms)
    some = source.only({"spend"} if reported in {0, rows} else {"spend", "clicks"})
    left = {(platform, currency): source.sums.figures(sums) for platform, currency, _, *sums in platforms}
    for platform, currency, count, days, *sums in some.cells("platform", "currency"):
        together, figures = left.setdefault((platform, currency), {}), some.sums.figures(sums)
        for name in (name for name in FIGURES if name not in figures):
            if name not in SPARSE:
                figures[name] = together.pop(name, None)
            else:
                figures[name] = together.pop(name, Decimal(0)) if some.sums.reports(name, sums) else None
        yield _cell({"platform": platform, "currency": currency}, count, days, figures)


def _cell(keys: dict[str, Any], count: int, days: int, figures: Mapping[str, Any]) -> ReportRow:
    platform, project_id = text(Campaign.platform, keys["platform"]), text(Campaign.project, keys.get("project_id"))
    return ReportRow(
        keys["currency"] or None, platform=platform, project_id=project_id, **figures, days=int(days), campaigns=count
    )


def groups(source: Source, by: str, found: Sequence[ReportRow]) -> list[ReportRow]:
    """A row for each platform or project, or a single one for all, from the cells."""
    names = _KEYS[by]
    of_groups: dict[Key, list[ReportRow]] = {}
    for cell in found:
        of_groups.setdefault(tuple(getattr(cell, name) for name in names), []).append(cell)
    days = _days(source, names, of_groups)
    called = names_of(Project, (cell.project_id for cell in found)) if by == "project" else {}
    rows = []
    for key, members in of_groups.items():
        known: dict[str, Any] = dict(zip(names, key, strict=True))
        name = called.get(known.get("project_id"))
        rows.append(replace(summed(members, days=days[key]), **known, name=name))
    return rows


def _days(source: Source, names: Sequence[str], of_groups: Mapping[Key, Sequence[ReportRow]]) -> Mapping[Key, int]:
    """The number of different days of each group. Often, one of its campaigns has them all."""
    most = {key: max(row.days for row in members) for key, members in of_groups.items()}
    if "project_id" in names:
        every = sum(1 for _ in source.days())
        if all(days == every for days in most.values()):
            return most
    return Counter(tuple(part or None for part in key) for *key, _ in source.days(*names))


def names_of(model: type[Project | Campaign], ids: Iterable[str | None]) -> Mapping[str | None, str | None]:
    """The names of projects or campaigns by id."""
    query = model.select(model.id, model.name)
    some_at_a_time = chunked_in(query, model.id, {id for id in ids if id is not None})
    with db.translated_errors():
        return {id: name for some in some_at_a_time for id, name in some.tuples()}


def periods(source: Source, span: Span) -> list[ReportRow]:
    """A row for each day, week or month, and currency."""
    days: dict[tuple[str, str], list[str]] = {}
    if span != "day":
        for currency, day in source.days("currency"):
            days.setdefault((_start_of(span, day), currency), []).append(day)
    found = []
    for start, currency, count, *values in source.periods(span):
        here = sorted(days.get((start, currency), ()))
        ends = {"first_day": date.fromisoformat(here[0]), "last_day": date.fromisoformat(here[-1])} if here else {}
        key = start if span == "month" else date.fromisoformat(start)
        known = {"currency": currency or None, span: key, "days": len(here) or 1, "campaigns": int(count), **ends}
        found.append(_row(source, values, known))
    return found


def _start_of(span: Span, day: str) -> str:
    try:
        return start_of(span, day)
    except ValueError as error:
        hint = "Use `adops db verify` to find such rows"
        raise UnreadableRowError(f"a day is {day!r}, which is in no calendar", hint) from error


def _row(source: Source, sums: Sequence[Any], known: Mapping[str, Any]) -> ReportRow:
    figures = source.sums.figures(sums)
    return ReportRow.of({**known, **figures, **measures.ratios(figures)})


def text(field: Any, value: Any) -> Any:
    """A value of a column of text, which is read only if it is something else."""
    return value if value is None or type(value) is str else field.python_value(value)
