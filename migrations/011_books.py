"""Closed periods: what the figures of a period were when it was closed, and when it was reopened.

Each entry holds the seal of the one before, so that a change to any of them shows. What it says is `data.books`'
business. Numbers of the amounts in `totals` are millionths.
"""

import peewee as pw

from frozen_columns import Choice, Count, Day, Json, Text, UtcDateTime


def migrate(migrator, database, fake=False, **kwargs):
    @migrator.create_model
    class Close(pw.Model):
        id = Text(primary_key=True)
        kind = Choice()
        period = Text()
        date_from = Day(column_name="dateFrom")
        date_to = Day(column_name="dateTo")
        platform = Text(null=True)
        account = Text(null=True)
        project = Text(null=True)
        closed_at = UtcDateTime(column_name="closedAt", index=True)
        closed_by = Text(null=True, column_name="closedBy")
        totals = Json()
        campaigns = Json()
        reasons = Json()
        days = Count()
        gaps = Count()
        open_days = Count(column_name="openDays")
        hash = Text(null=True)
        reopens = Text(null=True)
        previous = Text(null=True)
        seal = Text()

        class Meta:
            table_name = "closes"


def rollback(migrator, database, fake=False, **kwargs):
    migrator.remove_model("closes")
