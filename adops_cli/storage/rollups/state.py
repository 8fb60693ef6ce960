"""Whether the sums can be used, and of which months. The triggers of migration 007 are what makes them trustworthy."""

import re
from collections.abc import Collection

import peewee as pw

from adops_cli.storage.handle import current

TABLES = ("campaign_totals", "period_totals")
EVERYTHING = "all"
"""Marked where it is unknown which months are stale."""
OTHER = "other"
"""Marked for a day that is in another form, or in no calendar."""
TRIGGERS_IN_A_FILE = frozenset(
    f"rollup_{name}"
    for name in (
        "metrics_replace",
        "metrics_insert",
        "metrics_overwrite",
        "metrics_update",
        "metrics_delete",
        "campaigns_replace",
        "campaigns_overwrite",
        "campaigns_update",
        "campaigns_delete",
    )
)
TRIGGERS_ON_A_SERVER = frozenset(
    f"rollup_{name}"
    for name in ("metrics_insert", "metrics_update", "metrics_delete", "metrics_truncate", "campaigns_update")
)
is_month = re.compile(r"(?!0000)\d{4}-(0[1-9]|1[0-2])", re.ASCII).fullmatch
_IN_A_FILE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('metrics', 'campaigns')"
_ON_A_SERVER = """
    SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal
    AND tgrelid IN (to_regclass('metrics'), to_regclass('campaigns'))
"""


def on_server() -> bool:
    """Whether the bound database is on a server, where others write at the same time."""
    return isinstance(current(), pw.PostgresqlDatabase)


def are_off() -> bool:
    """Whether there are no sums. Citus takes no triggers on the tables that it distributes."""
    return bool(current().distributed)


def missing_triggers() -> Collection[str]:
    """The triggers that the database lacks, by name. Without one of them, no sum can be relied on.

    Nor can it while a row in `rollup_writer` keeps them from working, which no transaction of ours leaves behind.
    """
    wanted, query = (TRIGGERS_ON_A_SERVER, _ON_A_SERVER) if on_server() else (TRIGGERS_IN_A_FILE, _IN_A_FILE)
    missing = wanted - {name for (name,) in current().execute_sql(query).fetchall()}
    if not missing and not on_server() and current().execute_sql('SELECT 1 FROM "rollup_writer" LIMIT 1').fetchone():
        return {"a row in rollup_writer"}
    return missing


def stale_months() -> frozenset[str] | None:
    """The months whose sums are out of date. None if no sum can be used: the daily rows have everything."""
    if missing_triggers():
        return None
    found = marked_months()
    return found if all(map(is_month, found)) else None


def marked_months() -> frozenset[str]:
    """The months that are marked as stale, and the marks of what is no month."""
    found = current().execute_sql('SELECT DISTINCT "month" FROM "stale_months"').fetchall()
    return frozenset(month for (month,) in found)
