"""Sums of the daily figures by campaign and by period, kept true by the database itself, and an index with the figures.

`campaign_totals` has the figures of each campaign in each week and month, and over all time; `period_totals` those of
each day, week and month by platform and currency, with the number of campaigns. `start` is a day, the Monday of a week
or a month (2026-11), and empty for all time. `days` of a campaign has a bit for each day of the week or month.

Whoever changes a daily row marks its month as stale, and a reader takes a stale month from the daily rows. Only a
transaction of adops that brings the sums up to date itself has the changes written to `rollup_changes` instead. It says
so by a row in `rollup_writer` in a file, and by the setting `adops.follows` on a server. All existing months begin as
stale: `adops db migrate` and `adops db optimize` add them up afterwards, month by month.

The triggers in a file are in the SQL of old versions of SQLite, because old scripts run them. They use no conflict
clause, since that of the outer statement would take its place, and expect no trigger for a row that another one
replaces, since there is none.

In a file, amounts are in whole units and millionths of one, and counts in millions and the rest, so that no sum
overflows. PostgreSQL's NUMERIC needs no such parts.
"""

import peewee as pw

FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue")
REPORTED = tuple(f"{name}_reported" for name in FIGURES)
PARTS_IN_A_FILE = tuple(part for name in FIGURES for part in (name, f"{name}_rest"))
TABLES = {
    "campaign_totals": '"span" {text}, "start" {text}, "campaignId" {text}, "rows" {whole}, "days" {whole}, {sums}, '
    'PRIMARY KEY ("span", "start", "campaignId")',
    "period_totals": '"span" {text}, "start" {text}, "platform" {text}, "currency" {text}, "rows" {whole}, '
    '"campaigns" {whole}, {sums}, PRIMARY KEY ("span", "start", "platform", "currency")',
}
COVERING = ", ".join(f'"{name}"' for name in ("date", "campaignId", *FIGURES))
DAY = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]"
NOT_FOLLOWED = 'NOT EXISTS (SELECT 1 FROM "rollup_writer")'


def month(day):
    """The month of a day in a file; `other` for one in another form, or in no calendar."""
    is_day = f"typeof({day}) = 'text' AND {day} GLOB '{DAY}' AND date({day}, '+0 days') = {day}"
    return f"CASE WHEN {is_day} THEN substr({day}, 1, 7) ELSE 'other' END"


def currency(row):
    """The currency of a campaign in a file; null if there is none."""
    text = f"json_extract({row}.\"metadata\", '$.currency')"
    is_text = f"json_type({row}.\"metadata\", '$.currency') = 'text'"
    return f'CASE WHEN json_valid({row}."metadata") THEN CASE WHEN {is_text} THEN {text} END END'


def differ(names):
    return " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in names)


def mark_of(row):
    """Mark the month of a row as stale, unless the writer follows its own changes."""
    day = f'{row}."date"'
    known = f'SELECT 1 FROM "stale_months" WHERE "month" = {month(day)}'
    return f'INSERT INTO "stale_months" SELECT {month(day)} WHERE {NOT_FOLLOWED} AND NOT EXISTS ({known})'


def mark_those(where):
    """Mark the months of the stored rows for which a condition holds."""
    day = '"metrics"."date"'
    known = f'SELECT 1 FROM "stale_months" WHERE "month" = {month(day)}'
    return (
        f'INSERT INTO "stale_months" SELECT DISTINCT {month(day)} FROM "metrics" WHERE {where} AND NOT EXISTS ({known})'
    )


def mark_replaced(row):
    """Mark the months of another campaign whose key this one takes."""
    taken = f'"platform" = {row}."platform" AND "externalId" = {row}."externalId" AND "id" <> {row}."id"'
    return mark_those(f'"campaignId" IN (SELECT "id" FROM "campaigns" WHERE {taken})')


def log(row, sign):
    values = ", ".join(f'{row}."{name}"' for name in ("campaignId", "date"))
    figures = ", ".join(f'{row}."{name}"' for name in FIGURES)
    return f'INSERT INTO "rollup_changes" SELECT {values}, {sign}, {figures} WHERE NOT ({NOT_FOLLOWED})'


WAS = '"was"'
ALIKE = (
    'SELECT 1 FROM "campaigns" AS "was" WHERE "was"."id" = NEW."id" AND "was"."platform" IS NEW."platform" '
    f"AND {currency(WAS)} IS {currency('NEW')}"
)
SAME_ROW = 'SELECT "id" FROM "campaigns" WHERE rowid = NEW.rowid AND "id" <> NEW."id"'
TRIGGERS_IN_A_FILE = {
    "metrics_replace": ('BEFORE INSERT ON "metrics"', NOT_FOLLOWED, [mark_those('"id" = NEW."id"')]),
    "metrics_insert": (
        'AFTER INSERT ON "metrics"',
        '(SELECT "logs_inserts" FROM "rollup_writer") IS NOT 0',
        [log("NEW", 1), mark_of("NEW")],
    ),
    # Not OF "id", which the names of the rowid, by which it can be changed, too, are not.
    "metrics_overwrite": ('BEFORE UPDATE ON "metrics"', differ(["id"]), [mark_those('"id" = NEW."id"')]),
    "metrics_update": (
        'AFTER UPDATE ON "metrics"',
        differ(("campaignId", "date", *FIGURES)),
        [log("OLD", -1), log("NEW", 1), mark_of("OLD"), mark_of("NEW")],
    ),
    "metrics_delete": ('AFTER DELETE ON "metrics"', "1", [log("OLD", -1), mark_of("OLD")]),
    "campaigns_replace": (
        'BEFORE INSERT ON "campaigns"',
        "1",
        [
            mark_those(f'"campaignId" = NEW."id" AND NOT EXISTS ({ALIKE})'),
            mark_replaced("NEW"),
            mark_those(f'"campaignId" IN ({SAME_ROW})'),
        ],
    ),
    "campaigns_overwrite": (
        'BEFORE UPDATE ON "campaigns"',
        f"{differ(('id', 'platform', 'externalId'))} OR OLD.rowid <> NEW.rowid",
        [
            mark_those('"campaignId" = NEW."id" AND OLD."id" <> NEW."id"'),
            mark_replaced("NEW"),
            mark_those(f'"campaignId" IN ({SAME_ROW})'),
        ],
    ),
    "campaigns_update": (
        'AFTER UPDATE OF "id", "platform", "metadata" ON "campaigns"',
        f"{differ(('id', 'platform'))} OR {currency('OLD')} IS NOT {currency('NEW')}",
        [mark_those('"campaignId" IN (OLD."id", NEW."id")')],
    ),
    "campaigns_delete": ('AFTER DELETE ON "campaigns"', "1", [mark_those('"campaignId" = OLD."id"')]),
}

SERVER_MONTH = (
    "CASE WHEN \"date\" BETWEEN '0001-01-01' AND '9999-12-31' THEN to_char(\"date\", 'YYYY-MM') ELSE 'other' END"
)
SERVER_CURRENCY = (
    "CASE jsonb_typeof({0}.\"metadata\" -> 'currency') WHEN 'string' THEN {0}.\"metadata\" ->> 'currency' END"
)
VALUES = ", ".join(f'"{name}"' for name in FIGURES)
OF_METRICS = f"""
DECLARE
    follows CONSTANT boolean := current_setting('adops.follows', true) IS NOT DISTINCT FROM 'on';
BEGIN
    IF TG_OP <> 'INSERT' AND follows THEN
        INSERT INTO rollup_changes SELECT "campaignId", "date", -1, {VALUES} FROM old_rows;
    ELSIF TG_OP <> 'INSERT' THEN
        INSERT INTO stale_months SELECT DISTINCT {SERVER_MONTH} FROM old_rows;
    END IF;
    IF TG_OP <> 'DELETE' AND follows THEN
        INSERT INTO rollup_changes SELECT "campaignId", "date", 1, {VALUES} FROM new_rows;
    ELSIF TG_OP <> 'DELETE' THEN
        INSERT INTO stale_months SELECT DISTINCT {SERVER_MONTH} FROM new_rows;
    END IF;
    RETURN NULL;
END"""
OF_CAMPAIGNS = f"""
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        INSERT INTO stale_months SELECT 'all' WHERE EXISTS (
            SELECT 1 FROM new_rows LEFT JOIN old_rows ON old_rows."id" = new_rows."id"
            WHERE old_rows."platform" IS DISTINCT FROM new_rows."platform"
                OR {SERVER_CURRENCY.format("old_rows")} IS DISTINCT FROM {SERVER_CURRENCY.format("new_rows")});
    END IF;
    INSERT INTO stale_months SELECT DISTINCT {SERVER_MONTH} FROM metrics WHERE "campaignId" IN (
        SELECT new_rows."id" FROM new_rows LEFT JOIN old_rows ON old_rows."id" = new_rows."id"
        WHERE old_rows."platform" IS DISTINCT FROM new_rows."platform"
            OR {SERVER_CURRENCY.format("old_rows")} IS DISTINCT FROM {SERVER_CURRENCY.format("new_rows")}
        UNION SELECT "id" FROM old_rows WHERE "id" NOT IN (SELECT "id" FROM new_rows));
    RETURN NULL;
END"""
OF_TRUNCATE = """
BEGIN
    TRUNCATE campaign_totals, period_totals;
    RETURN NULL;
END"""
FUNCTIONS = {
    "adops_metrics_changed": OF_METRICS,
    "adops_campaigns_changed": OF_CAMPAIGNS,
    "adops_metrics_truncated": OF_TRUNCATE,
}
OLD, NEW = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
TRIGGERS_ON_A_SERVER = {
    "metrics_insert": ("AFTER INSERT ON metrics", f"REFERENCING {NEW}", "adops_metrics_changed"),
    "metrics_update": ("AFTER UPDATE ON metrics", f"REFERENCING {OLD} {NEW}", "adops_metrics_changed"),
    "metrics_delete": ("AFTER DELETE ON metrics", f"REFERENCING {OLD}", "adops_metrics_changed"),
    "metrics_truncate": ("AFTER TRUNCATE ON metrics", "", "adops_metrics_truncated"),
    "campaigns_update": ("AFTER UPDATE ON campaigns", f"REFERENCING {OLD} {NEW}", "adops_campaigns_changed"),
}


def migrate(migrator, database, fake=False, **kwargs):
    on_server = isinstance(database, pw.PostgresqlDatabase)
    parts = FIGURES if on_server else PARTS_IN_A_FILE
    types = {
        "text": 'TEXT COLLATE "C" NOT NULL' if on_server else "TEXT NOT NULL",
        "whole": "BIGINT NOT NULL" if on_server else "INTEGER NOT NULL",
        "sums": ", ".join(f'"{name}" {"NUMERIC" if on_server else "INTEGER"} NOT NULL' for name in (*parts, *REPORTED)),
    }
    for name, columns in TABLES.items():
        migrator.sql(f'CREATE TABLE "{name}" ({columns.format(**types)}){"" if on_server else " WITHOUT ROWID"}')
    figures = ", ".join(f'"{name}"{" NUMERIC" if on_server else ""}' for name in FIGURES)
    keys = '"campaignId" TEXT COLLATE "C", "date" DATE' if on_server else '"campaignId", "date"'
    migrator.sql(f'CREATE TABLE "rollup_changes" ({keys}, "sign" INTEGER, {figures})')
    migrator.sql('CREATE TABLE "stale_months" ("month" TEXT NOT NULL' + (")" if on_server else " PRIMARY KEY)"))
    migrator.sql(f'CREATE INDEX "metrics_date_figures" ON "metrics" ({COVERING})')
    migrator.sql('DROP INDEX IF EXISTS "metrics_date"')
    day = SERVER_MONTH if on_server else month('"date"')
    migrator.sql(f'INSERT INTO "stale_months" SELECT DISTINCT {day} FROM "metrics"')
    for statement in on_a_server() if on_server else in_a_file():
        migrator.sql(statement)


def in_a_file():
    """The triggers of a file, which adops creates anew where another program has dropped them."""
    yield 'CREATE TABLE IF NOT EXISTS "rollup_writer" ("logs_inserts" INTEGER NOT NULL)'
    for name, (event, condition, statements) in TRIGGERS_IN_A_FILE.items():
        done = "".join(f" {statement};" for statement in statements)
        yield f'CREATE TRIGGER "rollup_{name}" {event} WHEN {condition} BEGIN{done} END'


def on_a_server():
    """The functions and triggers of a server. They run as their owner, for writers with rights on `metrics` alone."""
    for name, text in FUNCTIONS.items():
        body = " ".join(text.split())  # as `db migrate --plan --sql` prints a statement on one line
        yield (
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ {body} $$'
        )
        # With the temporary tables last: a writer's own, of the same name, must not be run in its owner's name.
        path = "quote_ident(current_schema()) || ', pg_temp'"
        yield f"DO $$ BEGIN EXECUTE 'ALTER FUNCTION \"{name}\"() SET search_path = ' || {path}; END $$"
    for name, (event, tables, function) in TRIGGERS_ON_A_SERVER.items():
        yield f'CREATE TRIGGER "rollup_{name}" {event} {tables} FOR EACH STATEMENT EXECUTE FUNCTION "{function}"()'


def rollback(migrator, database, fake=False, **kwargs):
    on_server = isinstance(database, pw.PostgresqlDatabase)
    for name, (event, *_) in (TRIGGERS_ON_A_SERVER if on_server else TRIGGERS_IN_A_FILE).items():
        migrator.sql(f'DROP TRIGGER IF EXISTS "rollup_{name}"' + (f" ON {event.split(' ON ')[1]}" if on_server else ""))
    for name in FUNCTIONS if on_server else ():
        migrator.sql(f'DROP FUNCTION IF EXISTS "{name}"()')
    migrator.sql('CREATE INDEX "metrics_date" ON "metrics" ("date")')
    migrator.sql('DROP INDEX IF EXISTS "metrics_date_figures"')
    for name in (*TABLES, "rollup_changes", "stale_months", *(() if on_server else ("rollup_writer",))):
        migrator.sql(f'DROP TABLE IF EXISTS "{name}"')
