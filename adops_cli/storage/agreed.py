"""The table of what people have agreed on, to compare the figures with: budgets. Only a database has it."""

from adops_cli.storage.fields import Flag, Json, PlatformName, Text, UtcDateTime
from adops_cli.storage.table import Table, now


class Budget(Table):
    """What was agreed to be spent for a set of campaigns, as `data.acting.budgets` writes and reads it."""

    ID_PREFIX = "bud"

    id = Text(primary_key=True)
    name = Text()
    campaigns = Json(null=True)
    """Their ids. Null for all campaigns of the project, of the platform, or of both together."""
    project_id = Text(null=True, column_name="projectId")
    platform = PlatformName(null=True)
    currency = Text(null=True)
    monthly = Flag(default=False)
    versions = Json()
    """[{effective, amount, from, until, shape, plan}, …], the oldest first."""
    created_at = UtcDateTime(null=True, column_name="createdAt", default=now)
    updated_at = UtcDateTime(null=True, column_name="updatedAt", default=now)

    class Meta:
        """One budget of a name."""

        indexes = ((("name",), True),)
