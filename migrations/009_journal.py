"""The ledger becomes a journal: each change of a day's figures is a batch of it, not only an imported file.

`imports.kind` says what changed them. `imports.known` is what was known right after a file of the days that it speaks
of, by account. `import_changes.inherited` has the days that a batch has confirmed and that an undone one had changed:
{day: [before, after]} as in `days`, which only ever says what the batch itself did. `import_changes.controls` is
{month: [number of days, checksum]} of all days of the campaign at that time, in batches that begin or adopt a book.

A database that has figures already gets a batch that opens the book: nobody knows all that was done before.
"""

import peewee as pw

from frozen_columns import Json

SLIGHTLY_LATER = {
    False: "strftime('%Y-%m-%dT%H:%M:%fZ', max(julianday('now'), coalesce((SELECT max(julianday(\"importedAt\")) "
    'FROM "imports"), 0) + 0.002 / 86400))',
    True: 'greatest(date_trunc(\'milliseconds\', now()), (SELECT max("importedAt") FROM "imports") '
    "+ interval '1 millisecond')",
}
"""Now, or just after the newest batch if the clock has not advanced: by whether it is PostgreSQL's."""


def migrate(migrator, database, fake=False, **kwargs):
    on_server = isinstance(database, pw.PostgresqlDatabase)
    text = 'TEXT COLLATE "C"' if on_server else "TEXT"
    migrator.sql(f'ALTER TABLE "imports" ADD COLUMN "kind" {text} NOT NULL DEFAULT \'import\'')
    migrator.add_fields("imports", known=Json(null=True))
    migrator.add_fields("import_changes", inherited=Json(null=True))
    migrator.add_fields("import_changes", controls=Json(null=True))
    migrator.sql(
        'INSERT INTO "imports" ("id", "file", "sha256", "options", "platform", "mode", "status", "rowsRead", '
        '"rowsKept", "rejected", "inserted", "updated", "unchanged", "removed", "totals", "importedAt", "kind") '
        "SELECT 'imp-opening', '', '', '{}', '', 'upsert', 'imported', 0, 0, 0, 0, 0, 0, 0, '{}', "
        f"{SLIGHTLY_LATER[on_server]}, 'opening' WHERE EXISTS (SELECT 1 FROM \"metrics\")"
    )


def rollback(migrator, database, fake=False, **kwargs):
    others = '"imports" WHERE "kind" <> \'import\''
    migrator.sql(f'DELETE FROM "import_changes" WHERE "importId" IN (SELECT "id" FROM {others})')
    migrator.sql(f"DELETE FROM {others}")
    for table, column in (
        ("import_changes", "controls"),
        ("import_changes", "inherited"),
        ("imports", "known"),
        ("imports", "kind"),
    ):
        migrator.sql(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
