"""An index of the daily rows that only a partial file has set, which their metadata say as `coverage`.

Such rows are few, and without it all metadata are read to find them. In a file, the condition is a comparison of text,
because a function can differ between versions of SQLite, which would damage an index.
"""

import peewee as pw


def migrate(migrator, database, fake=False, **kwargs):
    on_server = isinstance(database, pw.PostgresqlDatabase)
    marked = "(\"metadata\" -> 'coverage') IS NOT NULL" if on_server else '"metadata" GLOB \'*"coverage"*\''
    migrator.sql(f'CREATE INDEX "metrics_partial" ON "metrics" ("campaignId", "date") WHERE {marked}')


def rollback(migrator, database, fake=False, **kwargs):
    migrator.sql('DROP INDEX IF EXISTS "metrics_partial"')
