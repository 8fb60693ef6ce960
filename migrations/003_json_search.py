"""A GIN index where JSON is searched: on PostgreSQL, campaigns are found by what their metadata says.

Of the usual operators: CockroachDB does not take `jsonb_path_ops`. SQLite has no such index; there this changes
nothing.
"""

import peewee as pw


def migrate(migrator, database, fake=False, **kwargs):
    if isinstance(database, pw.PostgresqlDatabase):
        migrator.sql('CREATE INDEX "campaigns_metadata" ON "campaigns" USING GIN ("metadata")')


def rollback(migrator, database, fake=False, **kwargs):
    if isinstance(database, pw.PostgresqlDatabase):
        migrator.sql('DROP INDEX "campaigns_metadata"')
