"""A GIN index where JSON is searched: on PostgreSQL, campaigns are found by what their metadata says.

SQLite has no such index; there this changes nothing.
"""


def migrate(migrator, database, fake=False, **kwargs):
    if database.copies:
        migrator.sql('CREATE INDEX "campaigns_metadata" ON "campaigns" USING GIN ("metadata" jsonb_path_ops)')


def rollback(migrator, database, fake=False, **kwargs):
    if database.copies:
        migrator.sql('DROP INDEX "campaigns_metadata"')
