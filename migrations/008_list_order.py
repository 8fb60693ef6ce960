"""Executions, campaigns and projects in the order in which they are listed: newest first and, of one moment, by id.

As 006 did for events: with the index on the time alone, all rows of one moment were sorted for each page of a list, and
on PostgreSQL, where null sorts the other way round, the whole table.
"""

import peewee as pw

TABLES = {"projects": "project", "executions": "execution", "campaigns": "campaign"}


def migrate(migrator, database, fake=False, **kwargs):
    last = " NULLS LAST" if isinstance(database, pw.PostgresqlDatabase) else ""
    for table, name in TABLES.items():
        migrator.sql(f'CREATE INDEX "{name}_createdAt_id" ON "{table}" ("createdAt" DESC{last}, "id")')
        migrator.sql(f'DROP INDEX IF EXISTS "{name}_createdAt"')


def rollback(migrator, database, fake=False, **kwargs):
    for table, name in TABLES.items():
        migrator.sql(f'CREATE INDEX "{name}_createdAt" ON "{table}" ("createdAt")')
        migrator.sql(f'DROP INDEX IF EXISTS "{name}_createdAt_id"')
