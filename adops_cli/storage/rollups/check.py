"""Compares the stored sums with the daily rows, a month at a time, and puts missing triggers back."""

import runpy
from collections.abc import Callable, Sequence
from typing import Any

from adops_cli import settings
from adops_cli.errors import UnreadableRowError
from adops_cli.storage.handle import db
from adops_cli.storage.rollups import build, state
from adops_cli.storage.rollups.dialect import REPORTED, dialect
from adops_cli.storage.rollups.follow import listed

ALL_TIME = "all time"


def wrong_months(advance: Callable[[str], None] = lambda _month: None) -> Sequence[str]:
    """The months with a sum that does not follow from the daily rows, without those that are stale anyway."""
    if state.are_off():
        return []
    months = _months() - state.marked_months()
    fit = {month for month in months if isinstance(month, str) and state.is_month(month)}
    found = [state.OTHER] if months - fit else []  # a damaged file has lost the mark of such days, or has such sums
    for month in sorted(fit):
        with db.snapshot():  # others can write between two months
            stale = state.marked_months()
            if month not in stale and any(map(_differs, build.sums_of(month, but=stale))):
                found.append(month)
        advance(month)
    with db.snapshot():
        all_time = [] if found or state.marked_months() or not _differs_in_all_time() else [ALL_TIME]
    return found + all_time


def mend(months: Sequence[str]) -> None:
    """Put missing triggers back, and add up these months and all stale ones, unless there are no sums."""
    if state.are_off():
        return
    restore_triggers()
    with db.atomic():
        if ALL_TIME in months or state.OTHER in months:
            build.forget()
        else:
            db.execute_many(f'INSERT INTO "stale_months" VALUES ({db.param})', [(month,) for month in months])
    build.refresh()


def _months() -> frozenset[Any]:
    """Each month that has daily rows, or sums."""
    rows = f'SELECT DISTINCT {dialect().month_or_other} FROM "metrics"'
    sums = 'SELECT DISTINCT "start" FROM "campaign_totals" WHERE "span" = \'month\''
    return frozenset(month for (month,) in db.execute_sql(f"{rows} UNION {sums}").fetchall())


def _differs(sums: build.Sums) -> bool:
    stored = f'SELECT {listed(sums.columns)} FROM "{sums.table}" WHERE {sums.where}'
    return _unlike((stored, sums.there), (sums.sql, sums.given))


def _differs_in_all_time() -> bool:
    columns = ("rows", *dialect().columns, *REPORTED)
    months = ", ".join(f'SUM("{name}")' for name in columns)
    return _unlike(
        (f'SELECT "campaignId", {listed(columns)} FROM "campaign_totals" WHERE "span" = \'all\'', ()),
        (
            f'SELECT "campaignId", {months} FROM "campaign_totals" WHERE "span" = \'month\' GROUP BY "campaignId"',
            (),
        ),
    )


def _unlike(one: tuple[str, Sequence[object]], other: tuple[str, Sequence[object]]) -> bool:
    """Whether two queries have different rows, or numbers that nobody can add up."""
    try:
        return any(
            db.execute_sql(f"SELECT * FROM ({first} EXCEPT {second}) AS d LIMIT 1", [*given, *further]).fetchone()
            for (first, given), (second, further) in ((one, other), (other, one))
        )
    except UnreadableRowError:
        return True


def restore_triggers() -> None:
    """Create the triggers that are missing, as migration 007 does, and mark all months as stale if there was one."""
    if not (missing := state.missing_triggers()):
        return
    migration = runpy.run_path(str(settings.shipped("migrations") / "007_rollups.py"))
    with db.atomic():
        for statement in migration["on_a_server" if state.on_server() else "in_a_file"]():
            if not statement.startswith("CREATE TRIGGER") or any(f'"{name}"' in statement for name in missing):
                db.execute_sql(statement)
        build.forget()
