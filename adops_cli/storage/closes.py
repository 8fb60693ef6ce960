"""The table of closed periods. What an entry says, and how it is sealed, is `data.books`' business."""

from adops_cli.storage.choices import BookEntry
from adops_cli.storage.fields import Choice, Count, Day, Json, PlatformName, Text, UtcDateTime
from adops_cli.storage.table import Table


class Close(Table):
    """A period that was closed, or a close that was reopened. No entry is ever changed."""

    ID_PREFIX = "close"

    id = Text(primary_key=True)
    kind = Choice(BookEntry)
    period = Text()
    """YYYY-MM for a month, otherwise YYYY-MM-DD..YYYY-MM-DD."""
    date_from = Day(column_name="dateFrom")
    date_to = Day(column_name="dateTo")
    platform = PlatformName(null=True)
    """Null means all, as for the account and the project."""
    account = Text(null=True)
    project = Text(null=True)
    closed_at = UtcDateTime(column_name="closedAt", index=True)
    """Its figures are those that were known at this moment."""
    closed_by = Text(null=True, column_name="closedBy")
    totals = Json()
    """[{"currency": …, "rows": …, "spend": …}, …], with amounts in millionths."""
    campaigns = Json()
    """{id: [name, platform, account, currency]} of each campaign with a row, as it was."""
    reasons = Json()
    """Why it could have been refused: the messages of what was missing or not final."""
    days = Count()
    """How many different days have a row."""
    gaps = Count()
    open_days = Count(column_name="openDays")
    hash = Text(null=True)
    """SHA-256 over its rows. Null for a reopening."""
    reopens = Text(null=True)
    """The id of the close that this entry reopens."""
    previous = Text(null=True)
    """The seal of the entry before. Null for the first."""
    seal = Text()
    """SHA-256 over everything above."""

    class Meta:
        """One entry after another."""

        table_name = "closes"
