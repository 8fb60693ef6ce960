"""Views for people and programs that query the database with SQL: `daily`, `monthly` and `lifetime`.

Their names need no quotes. They have the figures by campaign, with its names beside them, the ratios, and amounts once
more in whole millionths. All of it comes from the daily rows, so that it cannot be out of date.

Amounts in a file are floats. They are added up in whole units and millionths apart, by TOTAL, which is exact for whole
numbers to 2^53: SUM can be another's function. Ratios are made of whole numbers, too, and are rounded by nobody here.

The views in a file are in the SQL of old versions of SQLite, which read the whole schema before anything else. Their
columns are cast, so that SQLite compares them as numbers with whatever it is given. DuckDB reads `daily` as
SQL of its own, where INTEGER is small, text is VARCHAR and JSON text has quotes; the others it reads with SQLite.
"""

import peewee as pw

COUNTS = ("impressions", "clicks")
AMOUNTS = ("conversions", "spend", "revenue")
FIGURES = (*COUNTS, *AMOUNTS)
RATIOS = {
    "ctr": ("clicks", "impressions", 0),
    "cpc": ("spend", "clicks", -6),
    "cpa": ("spend", "conversions", 0),
    "cvr": ("conversions", "clicks", -6),
    "roas": ("revenue", "spend", 0),
}
"""Each with its numerator, its denominator and the power of ten between their units."""
KEYS = {
    "campaign_id": 'c."id"',
    "campaign": 'c."name"',
    "platform": 'c."platform"',
    "external_id": 'c."externalId"',
    "project_id": 'c."projectId"',
    "project": 'p."name"',
}
UNDER = {
    True: "CASE jsonb_typeof(c.\"metadata\" -> '{0}') WHEN 'string' THEN c.\"metadata\" ->> '{0}' END",
    False: 'CAST(CASE WHEN json_valid(c."metadata") THEN CASE json_type(c."metadata", \'$.{0}\') '
    "WHEN 'text' THEN CAST(json_extract(c.\"metadata\", '$.{0}') AS TEXT) "
    "WHEN 'VARCHAR' THEN RTRIM(LTRIM(json_extract(c.\"metadata\", '$.{0}'), '\"'), '\"') END END AS TEXT)",
}
OF_CAMPAIGN = 'JOIN "campaigns" AS c ON c."id" = m."campaignId" LEFT JOIN "projects" AS p ON p."id" = c."projectId"'
MONTH = {True: "to_char(\"date\", 'YYYY-MM')", False: 'substr("date", 1, 7)'}
VIEWS = {
    "daily": ("", {"day": 'm."date"'}),
    "monthly": (
        '{month} AS "month", "campaignId", COUNT("campaignId") AS "days"',
        {"month": "CAST(m.month AS TEXT)", "days": "CAST(m.days AS BIGINT)"},
    ),
    "lifetime": (
        '"campaignId", MIN("date") AS "first_day", MAX("date") AS "last_day", COUNT("campaignId") AS "days"',
        {"first_day": "m.first_day", "last_day": "m.last_day", "days": "CAST(m.days AS BIGINT)"},
    ),
}
"""Each with the columns by which it groups the daily rows, and those that it has besides the figures."""


def whole(name):
    """A figure of a row in a file as a whole number: an amount in millionths."""
    if name in COUNTS:
        return f'"{name}"'
    units = f'CAST("{name}" AS BIGINT)'
    return f'{units} * 1000000 + CAST(ROUND(("{name}" - {units}) * 1000000) AS BIGINT)'


def total(name):
    """The same of many rows, in parts that are small enough. Null if no row has the figure."""
    if name in COUNTS:
        added = f'CAST(TOTAL("{name}" / 1000000) AS BIGINT) * 1000000 + CAST(TOTAL("{name}" % 1000000) AS BIGINT)'
    else:
        units = f'CAST("{name}" AS BIGINT)'
        rest = f'CAST(ROUND(("{name}" - {units}) * 1000000) AS BIGINT)'
        added = f"CAST(TOTAL({units}) AS BIGINT) * 1000000 + CAST(TOTAL({rest}) AS BIGINT)"
    return f'CASE WHEN COUNT("{name}") > 0 THEN {added} END'


def figures_of(name, on_server):
    """The daily rows, added up or not, with every figure as a whole number in a file, and as it is on a server."""
    groups = VIEWS[name][0].format(month=MONTH[on_server])
    if on_server:
        wanted = [f'SUM("{figure}") AS "{figure}"' if groups else f'"{figure}"' for figure in FIGURES]
    else:
        wanted = [f'{(total if groups else whole)(figure)} AS "{figure}"' for figure in FIGURES]
    columns = ", ".join([groups or '"date", "campaignId"', *wanted])
    by = {"monthly": " GROUP BY 1, 2", "lifetime": " GROUP BY 1"}.get(name, "")
    return f'(SELECT {columns} FROM "metrics"{by}) AS m'


def figure(name, on_server):
    if on_server:
        return f'm."{name}"'
    return f'CAST(m."{name}" AS BIGINT)' if name in COUNTS else f'CAST(m."{name}" / 1000000.0 AS DOUBLE)'


def millionths(name, on_server):
    return f'trunc(m."{name}" * 1000000)' if on_server else f'CAST(m."{name}" AS BIGINT)'


def ratio(name, on_server):
    above, below, power = RATIOS[name]
    if on_server:
        return f'm."{above}"::numeric / NULLIF(m."{below}", 0)'
    return f'CAST(m."{above}" / NULLIF(m."{below}" * {"1000000.0" if power else "1.0"}, 0) AS DOUBLE)'


def definition(name, on_server):
    columns = VIEWS[name][1] | KEYS
    columns |= {key: UNDER[on_server].format(key) for key in ("account", "currency")}
    columns |= {key: figure(key, on_server) for key in FIGURES}
    columns |= {key: ratio(key, on_server) for key in RATIOS}
    columns |= {f"{key}_micros": millionths(key, on_server) for key in AMOUNTS}
    listed = ", ".join(f'{value} AS "{key}"' for key, value in columns.items())
    return f'CREATE VIEW "{name}" AS SELECT {listed} FROM {figures_of(name, on_server)} {OF_CAMPAIGN}'


def migrate(migrator, database, fake=False, **kwargs):
    for name in VIEWS:
        migrator.sql(definition(name, isinstance(database, pw.PostgresqlDatabase)))


def rollback(migrator, database, fake=False, **kwargs):
    for name in VIEWS:
        migrator.sql(f'DROP VIEW IF EXISTS "{name}"')
