"""What `alerts run` has found: since when, when it was seen and told, whether somebody has acknowledged it.

`finding` holds the numbers that explain it, as they were when it was last seen. Campaigns are named, not referred to: a
finding outlives them.
"""

import peewee as pw

from frozen_columns import Day, Json, Text, UtcDateTime


def migrate(migrator, database, fake=False, **kwargs):
    @migrator.create_model
    class Finding(pw.Model):
        id = Text(primary_key=True)
        rule = Text()
        scope = Text()
        figure = Text(null=True)
        since = Day()
        first_seen = UtcDateTime(column_name="firstSeen")
        last_seen = UtcDateTime(column_name="lastSeen", index=True)
        told = UtcDateTime(null=True)
        told_as = Json(null=True, column_name="toldAs")
        acknowledged = UtcDateTime(null=True)
        ended = UtcDateTime(null=True)
        finding = Json()

        class Meta:
            table_name = "findings"


def rollback(migrator, database, fake=False, **kwargs):
    migrator.remove_model("findings")
