"""Brings the sums up to date with what a transaction of ours changes, by adding the differences.

The triggers log what was changed, and leave the months alone instead of marking them as stale. Rows that were inserted
into a file are not even logged: they are those with a new number.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from adops_cli.measures import FIGURES
from adops_cli.storage.handle import db
from adops_cli.storage.rollups import state
from adops_cli.storage.rollups.dialect import REPORTED, Dialect, dialect

CAMPAIGN_KEY = ("span", "start", "campaignId")
PERIOD_KEY = ("span", "start", "platform", "currency")
_LOCK = 0x61646F71
"""Of a transaction that changes the sums on a server."""


@contextlib.contextmanager
def followed(*, numbered: bool = True) -> Iterator[None]:
    """Keep the sums true to what is written to `metrics` within the block, in the caller's transaction.

    If another process is changing the sums on the server, the months are marked as stale, as for any other writer.

    Args:
        numbered: whether each new row gets its number from the database. Otherwise new rows are logged, too.
    """
    if not _begin(logs_inserts=not numbered):
        yield
        return
    with db.atomic():
        newest = _newest() if numbered else None
        yield
        with _sorting_in_less_memory():
            _add_changes(newest)
        _end()


def lock_sums() -> bool:
    """Keep other transactions from changing the sums, unless one is doing so. Return whether it worked."""
    if not state.on_server():
        return True  # the transaction has locked the file
    return bool(db.execute_sql("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,)).fetchone()[0])


def _begin(*, logs_inserts: bool) -> bool:
    """Let the triggers log what is changed. Return whether they do."""
    if state.missing_triggers() or not lock_sums():
        return False
    if state.on_server():
        db.execute_sql("SELECT set_config('adops.follows', 'on', true)")
    else:
        db.execute_sql('INSERT INTO "rollup_writer" VALUES (?)', (logs_inserts,))
    return True


def _newest() -> int | None:
    """The number after which rows are new. None on a server, where every change is logged."""
    if state.on_server():
        return None
    return int(db.execute_sql('SELECT COALESCE(MAX("id"), 0) FROM "metrics"').fetchone()[0])


def _end() -> None:
    db.execute_sql('DELETE FROM "rollup_changes"')
    if state.on_server():
        db.execute_sql("SELECT set_config('adops.follows', 'off', true)")
    else:
        db.execute_sql('DELETE FROM "rollup_writer"')


def _add_changes(newest: int | None) -> None:
    """Add what was logged, and the rows with a number above the newest. Stale months stay as they are."""
    words = dialect()
    if state.on_server():
        lock_campaigns('SELECT "campaignId" FROM "rollup_changes"')
    _mark_without_campaign(words)
    changes = f'({_changes(newest)}) AS "changes"'
    fresh = f'WHERE {words.month_or_other} NOT IN (SELECT "month" FROM "stale_months")'
    steps = _gathered(f"FROM {changes} {fresh}", words)
    columns = ("rows", "days", *words.columns, *REPORTED)
    upsert("campaign_totals", CAMPAIGN_KEY, columns, f"SELECT * FROM {steps} WHERE true")
    _add_to_periods(steps, f'FROM {changes} JOIN "campaigns" AS c ON c."id" = "campaignId" {fresh}', words)
    db.execute_sql(
        f'DELETE FROM "campaign_totals" WHERE "rows" = 0 AND ({listed(CAMPAIGN_KEY)}) IN '
        f"(SELECT {listed(CAMPAIGN_KEY)} FROM {steps})"
    )
    db.execute_sql('DELETE FROM "period_totals" WHERE "campaigns" = 0')


@contextlib.contextmanager
def _sorting_in_less_memory() -> Iterator[None]:
    """Let SQLite sort a million rows in half as much memory as its cache may take, which it takes besides."""
    if state.on_server():
        yield
        return
    size = int(db.execute_sql("PRAGMA cache_size").fetchone()[0])
    db.execute_sql(f"PRAGMA cache_size = {size // 2}")
    try:
        yield
    finally:
        db.execute_sql(f"PRAGMA cache_size = {size}")


def _changes(newest: int | None) -> str:
    """A query for the changed rows, each with a sign: 1 as it is now, -1 as it was."""
    values = listed(FIGURES)
    logged = f'SELECT "campaignId", "date", "sign", {values} FROM "rollup_changes"'
    if newest is None:
        return logged
    # Without an index, SQLite begins at the number; the index with the figures, it would go through from the start.
    new = f'SELECT "campaignId", "date", 1 AS "sign", {values} FROM "metrics" NOT INDEXED WHERE "id" > {newest}'
    return f"{logged} UNION ALL {new}" if db.execute_sql('SELECT 1 FROM "rollup_changes" LIMIT 1').fetchone() else new


def lock_campaigns(ids: str, given: Sequence[Any] = ()) -> None:
    """Wait for whoever is changing these campaigns on a server, and keep them as they are until the transaction ends.

    Their figures belong to their platform and currency. `ids` is a query.
    """
    db.execute_sql(f'SELECT 1 FROM "campaigns" WHERE "id" IN ({ids}) ORDER BY "id" FOR SHARE', given)


def _mark_without_campaign(words: Dialect) -> None:
    """Mark the months of figures whose campaign is gone: nobody knows any more which periods had them."""
    month = words.month_or_other
    db.execute_sql(
        f'INSERT INTO "stale_months" SELECT DISTINCT {month} FROM "rollup_changes" '
        'WHERE "campaignId" NOT IN (SELECT "id" FROM "campaigns") '
        f'AND {month} NOT IN (SELECT "month" FROM "stale_months")'
    )


def _gathered(changes: str, words: Dialect) -> str:
    """The name of a temporary table with the differences by campaign and span, as `campaign_totals` has them.

    The changes are gone through once, for the parts of weeks in a month; weeks and months are made of these.
    """
    names = ("rows", *words.columns, *REPORTED)
    starts, groups = ", ".join(map(words.start, words.bits)), ", ".join(words.groups[span] for span in words.bits)
    bits = ", ".join(f'SUM("sign" * {bit})' for bit in words.bits.values())
    columns = [
        f'"{column}" AS "{span}{end}"' for column, end in (("start", ""), ("days", "_bits")) for span in words.bits
    ]
    pieces = _emptied("rollup_pieces", ("campaignId", *names), columns)
    db.execute_sql(
        f'INSERT INTO {pieces} SELECT "campaignId", SUM("sign"), {changed(words)}, {starts}, {bits} {changes} '
        f'GROUP BY "campaignId", {groups}'
    )
    steps = _emptied("rollup_steps", (*CAMPAIGN_KEY, "rows", "days", *names[1:]))
    sums = ", ".join(f'SUM("{name}")' for name in names[1:])
    for span, start, days in (*((span, f'"{span}"', f'SUM("{span}_bits")') for span in words.bits), ("all", "''", "0")):
        db.execute_sql(
            f'INSERT INTO {steps} SELECT \'{span}\', {start}, "campaignId", SUM("rows"), {days}, {sums} '
            f"FROM {pieces} GROUP BY 2, 3"
        )
    return steps


def _emptied(name: str, columns: Sequence[str], further: Sequence[str] = ()) -> str:
    """A temporary table without rows, with columns as `campaign_totals` has them."""
    wanted = ", ".join([listed(columns), *further])
    db.execute_sql(f'CREATE TEMP TABLE IF NOT EXISTS "{name}" AS SELECT {wanted} FROM "campaign_totals" WHERE false')
    db.execute_sql(f'DELETE FROM "{name}"')
    return f'"{name}"'


def _add_to_periods(steps: str, changes: str, words: Dialect) -> None:
    columns = ("rows", "campaigns", *words.columns, *REPORTED)
    added = ", ".join(f'SUM(s."{name}")' for name in (*words.columns, *REPORTED))
    same = " AND ".join(f't."{name}" = s."{name}"' for name in CAMPAIGN_KEY)
    # One more campaign if it has rows now and had none before, and one less if it is the other way round.
    campaigns = 'SUM(CASE WHEN t."rows" > 0 THEN 1 ELSE 0 END - CASE WHEN t."rows" > s."rows" THEN 1 ELSE 0 END)'
    upsert(
        "period_totals",
        PERIOD_KEY,
        columns,
        f'SELECT s."span", s."start", c."platform", {words.kept_currency}, SUM(s."rows"), {campaigns}, {added} '
        # CROSS JOIN keeps SQLite from going through all of the sums.
        f'FROM {steps} AS s CROSS JOIN "campaign_totals" AS t JOIN "campaigns" AS c ON c."id" = s."campaignId" '
        f"WHERE {same} AND s.\"span\" <> 'all' GROUP BY 1, 2, 3, 4",
    )
    upsert(
        "period_totals",
        PERIOD_KEY,
        columns,
        f"SELECT 'day', {words.start('day')}, c.\"platform\", {words.kept_currency}, "
        f'SUM("sign"), SUM("sign"), {changed(words)} {changes} GROUP BY {words.groups["day"]}, 3, 4',
    )


def changed(words: Dialect) -> str:
    """The sums of the parts of all figures and the numbers of reported values, each times the sign of its row."""
    parts = [part for figure in FIGURES for part in words.parts[figure]]
    reported = [f'CASE WHEN "{figure}" IS NULL THEN 0 ELSE "sign" END' for figure in FIGURES]
    sums = [f'COALESCE(SUM("sign" * ({part})), 0)' for part in parts]
    return ", ".join([*sums, *(f"SUM({count})" for count in reported)])


def upsert(table: str, key: Sequence[str], columns: Sequence[str], rows: str, given: Sequence[Any] = ()) -> None:
    """Add the rows of a query to those with the same key."""
    added = ", ".join(f'"{name}" = "{table}"."{name}" + excluded."{name}"' for name in columns)
    db.execute_sql(
        f'INSERT INTO "{table}" ({listed((*key, *columns))}) {rows} ON CONFLICT ({listed(key)}) DO UPDATE SET {added}',
        given,
    )


def listed(names: Sequence[str]) -> str:
    """Column names, quoted."""
    return ", ".join(f'"{name}"' for name in names)
