"""Checks that the journal explains every figure, and that closed periods are as they were closed."""

from adops_cli.care.verify.check import named
from adops_cli.data import books, imports
from adops_cli.errors import AdopsError
from adops_cli.storage.handle import db


def explained() -> str:
    """Compare the daily rows with the journal."""
    with db.connection_context():
        found = [f"{one.campaign_id} {one.date or one.month}" for one in imports.unexplained()]
    if found:
        raise AdopsError(
            f"does not explain {named(found)}", "See `adops imports verify`; `imports adopt` writes it down"
        )
    return "explains every figure"


def closes() -> str:
    """Compare closed periods with their hashes and seals."""
    with db.connection_context():
        found = [f"{one.period}: {one.message}" for one in books.verify()]
        count = len(books.list())
    if found:
        raise AdopsError(named(found), "See `adops books verify`")
    return f"{count:,} {'close is as it was' if count == 1 else 'closes are as they were'} made"
