"""The daily rows that only a partial file has set, by the mark in their metadata: how to find them along an index.

Migration 012 has created the index of such rows, of which most databases have few. What a mark says is not known here.
"""

import peewee as pw

from adops_cli.storage.handle import current

KEY = "coverage"
"""The key of the mark."""
_IN_A_FILE = f'"metadata" GLOB \'*"{KEY}"*\''  # finds a few others, and is the same in every version of SQLite
_ON_A_SERVER = f"(\"metadata\" -> '{KEY}') IS NOT NULL"


def marked() -> pw.SQL:
    """A condition for all marked rows. In a file, further rows can meet it."""
    return pw.SQL(_ON_A_SERVER if isinstance(current(), pw.PostgresqlDatabase) else _IN_A_FILE)


def index() -> str:
    """The statement that creates the index."""
    return f'CREATE INDEX "metrics_partial" ON "metrics" ("campaignId", "date") WHERE {marked().sql}'
