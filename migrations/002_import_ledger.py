"""The ledger of imports: one row for each imported file, and for each campaign what the file changed.

What it changed of a campaign is one row however many days there are: a million new days cost some ten thousand rows.
A campaign is named, not referred to: the ledger outlives what it logs.
"""

import peewee as pw

from frozen_columns import Choice, Count, Day, Json, Reference, RowId, Text, UtcDateTime


def migrate(migrator, database, fake=False, **kwargs):
    @migrator.create_model
    class Import(pw.Model):
        id = Text(primary_key=True)
        file = Text()
        sha256 = Text(index=True)
        options = Json()
        platform = Text()
        account = Text(null=True)
        currency = Text(null=True)
        mode = Choice()
        status = Choice()
        rows_read = Count(column_name="rowsRead")
        rows_kept = Count(column_name="rowsKept")
        rejected = Count()
        inserted = Count()
        updated = Count()
        unchanged = Count()
        removed = Count()
        date_from = Day(null=True, column_name="dateFrom")
        date_to = Day(null=True, column_name="dateTo")
        totals = Json()
        imported_at = UtcDateTime(column_name="importedAt", index=True)
        imported_by = Text(null=True, column_name="importedBy")
        undone_at = UtcDateTime(null=True, column_name="undoneAt")

        class Meta:
            table_name = "imports"

    @migrator.create_model
    class ImportChange(pw.Model):
        id = RowId()
        batch = Reference(Import, column_name="importId", on_delete="CASCADE", index=False)
        campaign_id = Text(column_name="campaignId", index=True)
        date_from = Day(null=True, column_name="dateFrom")
        date_to = Day(null=True, column_name="dateTo")
        campaign = Json(null=True)
        days = Json()

        class Meta:
            table_name = "import_changes"
            indexes = ((("batch", "campaign_id"), True),)


def rollback(migrator, database, fake=False, **kwargs):
    for table in ("import_changes", "imports"):
        migrator.remove_model(table)
