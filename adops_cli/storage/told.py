"""The table of what was found and told: findings. What one says, is `data.alerts`' business. Only a database has it."""

from adops_cli.storage.fields import Day, Json, Text, UtcDateTime
from adops_cli.storage.table import Table


class Finding(Table):
    """Something that was wrong, as `data.alerts.state` writes and reads it."""

    LISTED_IN = "alerts"

    id = Text(primary_key=True)
    rule = Text()
    scope = Text()
    figure = Text(null=True)
    since = Day()
    first_seen = UtcDateTime(column_name="firstSeen")
    last_seen = UtcDateTime(column_name="lastSeen", index=True)
    told = UtcDateTime(null=True)
    """When it was last told. Null if it never was."""
    told_as = Json(null=True, column_name="toldAs")
    """[severity, money at stake] as it was told: what a change is seen against."""
    acknowledged = UtcDateTime(null=True)
    ended = UtcDateTime(null=True)
    """When it was no longer found."""
    finding = Json()
    """The rest of what it says, and the numbers that explain it."""

    class Meta:
        """The newest are found by when they were last seen."""

        table_name = "findings"
