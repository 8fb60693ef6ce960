"""The ledger keeps what an import's figures mean, and which days it found unchanged.

`means` is {"spend": word, …} in the words of `exports.columns.meanings`, with the accounts of the file. `confirmed` is
a list of spans, [first day, last day], of one campaign. Both are null in batches from before, of which nobody knows.
"""

from frozen_columns import Json


def migrate(migrator, database, fake=False, **kwargs):
    migrator.add_fields("imports", means=Json(null=True))
    migrator.add_fields("import_changes", confirmed=Json(null=True))


def rollback(migrator, database, fake=False, **kwargs):
    migrator.remove_fields("import_changes", "confirmed")
    migrator.remove_fields("imports", "means")
