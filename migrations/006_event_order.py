"""Events in the order in which they are listed and cleaned up: by time and, of one moment, by id.

With the index on the time alone, a million events of one moment were sorted anew for each batch of a clean-up and for
each list. The order of the index is that of `ORDER BY timestamp DESC NULLS LAST, id`, and backwards of its reverse.
SQLite has no NULLS LAST in an index, and puts null there by itself.
"""

import peewee as pw


def migrate(migrator, database, fake=False, **kwargs):
    last = " NULLS LAST" if isinstance(database, pw.PostgresqlDatabase) else ""
    migrator.sql(f'CREATE INDEX "event_timestamp_id" ON "events" ("timestamp" DESC{last}, "id")')
    migrator.sql('DROP INDEX IF EXISTS "event_timestamp"')


def rollback(migrator, database, fake=False, **kwargs):
    migrator.sql('CREATE INDEX "event_timestamp" ON "events" ("timestamp")')
    migrator.sql('DROP INDEX IF EXISTS "event_timestamp_id"')
