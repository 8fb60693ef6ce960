"""Budgets: what was agreed to be spent for campaigns, a project or a platform, over a flight or in each month.

The versions of a budget are one value, [{effective, amount, from, until, shape, plan}, …], the oldest first: they are
only ever read together. Campaigns and projects are named, not referred to: a budget outlives them.
"""

import peewee as pw

from frozen_columns import Flag, Json, Text, UtcDateTime


def migrate(migrator, database, fake=False, **kwargs):
    @migrator.create_model
    class Budget(pw.Model):
        id = Text(primary_key=True)
        name = Text()
        campaigns = Json(null=True)
        project_id = Text(null=True, column_name="projectId")
        platform = Text(null=True)
        currency = Text(null=True)
        monthly = Flag()
        versions = Json()
        created_at = UtcDateTime(null=True, column_name="createdAt")
        updated_at = UtcDateTime(null=True, column_name="updatedAt")

        class Meta:
            table_name = "budgets"
            indexes = ((("name",), True),)


def rollback(migrator, database, fake=False, **kwargs):
    migrator.remove_model("budgets")
