"""The further figures of daily rows under one name each, whatever the platform calls them.

Imports from before kept a column such as `Video views` or `View-through conv.` in the metadata of a day under its
header. `metrics report --also` asks for `video_views` and `view_through_conversions`. What the ledger keeps of such a
day is renamed, too, so that undoing an import finds the day as the import left it.

A rollback leaves the names: older versions of adops keep whatever stands in the metadata.
"""

import json

import peewee as pw

HEADERS = {
    "reach": "reach reichweite couverture alcance reachedlisteners approximateuniqueimpressions approximatememberreach",
    "video_views": "videoviews trueviewviews metricsvideoviews metricsvideotrueviewviews videoaufrufe "
    "3secondvideoplays actionsvideoview videoplayactions",
    "leads": "leads leadsform oneclickleads actionslead conversionleads",
    "installs": "installs installstotal appinstalls mobileappinstalls totalappinstalls appinstall totalinstalls "
    "actionsmobileappinstall mobileconversioninstalls",
    "view_through_conversions": "viewthroughconv viewthroughconversions metricsviewthroughconversions "
    "postviewconversions externalwebsitepostviewconversions cpaactionsnumfromviews conversionsviews",
}
NAMES = {header: name for name, headers in HEADERS.items() for header in headers.split()}
HINTS = ("reach", "reichweite", "couverture", "alcance", "video", "lead", "install", "view")
"""A part of each header, by which rows are found that may have one."""
OF_GOOGLE = {**NAMES, "views": "video_views"}
"""Elsewhere, views are no video views."""
AT_ONCE = 2_000
BEFORE, AFTER = 10, 5
"""Where the ledger has the metadata in what a day was before and after."""


def migrate(migrator, database, fake=False, **kwargs):
    migrator.run(_rename, database)


def rollback(migrator, database, fake=False, **kwargs):
    pass


def _rename(database):
    on_server = isinstance(database, pw.PostgresqlDatabase)
    for table, column, renamed in (
        ("metrics", "metadata", _of_day),
        ("import_changes", "days", _of_ledger),
        ("import_changes", "inherited", _of_ledger),
    ):
        _rename_in(database, table, column, renamed, on_server=on_server)


def _rename_in(database, table, column, renamed, *, on_server):
    """Rewrite a column of JSON, some rows at a time."""
    text, mark, cast = (f't."{column}"::text', "%s", "::jsonb") if on_server else (f't."{column}"', "?", "")
    hinted = " OR ".join(f"lower({text}) LIKE '%{hint}%'".replace("%", "%%" if on_server else "%") for hint in HINTS)
    last = -(2**63)
    while True:
        rows = database.execute_sql(
            f'SELECT t."id", {text}, c."platform" FROM "{table}" AS t LEFT JOIN "campaigns" AS c '
            f'ON c."id" = t."campaignId" WHERE t."id" > {mark} AND ({hinted}) ORDER BY t."id" LIMIT {AT_ONCE}',
            (last,),
        ).fetchall()
        for id, stored, platform in rows:
            new = renamed(stored, OF_GOOGLE if platform == "google-ads" else NAMES)
            if new is not None:
                database.execute_sql(f'UPDATE "{table}" SET "{column}" = {mark}{cast} WHERE "id" = {mark}', (new, id))
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def _of_day(text, names):
    """The metadata of a day with the new names. None if it has none of the old ones, or is no object."""
    found = _parsed(text)
    if not isinstance(found, dict):
        return None
    new = _with_names(found, names)
    return None if new == found else _written(new)


def _of_ledger(text, names):
    """What the ledger keeps of days, with the new names. None if there are none of the old ones."""
    days = _parsed(text)
    if not isinstance(days, dict):
        return None
    changed = False
    for kept in days.values():
        for row, place in zip(kept, (BEFORE, AFTER), strict=True):
            if row is not None and len(row) > place and isinstance(row[place], str):
                new = _of_day(row[place], names)
                if new is not None:
                    row[place], changed = new, True
    return _written(days) if changed else None


def _with_names(found, names):
    """The same values. What has its name already keeps it, and of two headers the first of `HEADERS` gets it."""
    order = list(names)
    best = {}
    for key, value in found.items():
        header = "".join(filter(str.isalnum, key.casefold()))
        name = names.get(header)
        if name and name not in found and isinstance(value, int | _Digits) and not isinstance(value, bool):
            best[name] = min(best.get(name, (len(order), "")), (order.index(header), key))
    new_names = {key: name for name, (_, key) in best.items()}
    return {new_names.get(key, key): value for key, value in found.items()}


class _Digits(str):
    """A number with decimals, with all of its digits."""

    __slots__ = ()


def _parsed(text):
    try:
        return json.loads(text, parse_float=_Digits)
    except (ValueError, TypeError, RecursionError):
        return None


def _written(value):
    """JSON with sorted keys, in which a number keeps all of its digits."""
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_written(str(key))}:{_written(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
