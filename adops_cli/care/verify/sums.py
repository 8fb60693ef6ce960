"""Checks that the stored sums are what the daily rows add up to, and that the triggers are there that keep them so."""

from adops_cli.care.verify.check import named
from adops_cli.errors import AdopsError
from adops_cli.storage.handle import db
from adops_cli.storage.rollups import check, state


def sums() -> str:
    """Compare each month, one after another."""
    with db.connection_context():
        if state.are_off():
            return "off, since the database is distributed: reports read the daily rows"
        if missing := sorted(state.missing_triggers()):
            raise AdopsError(f"missing triggers: {', '.join(missing)}", "Put them back with `adops db repair`")
        if wrong := check.wrong_months():
            raise AdopsError(
                f"not what the daily rows add up to: {named(wrong)}", "Add them up anew with `adops db repair`"
            )
        stale = len(state.marked_months())
    if not stale:
        return "what the daily rows add up to"
    months = "1 month is" if stale == 1 else f"{stale:,} months are"
    return f"what the daily rows add up to; {months} still to be added up, by `adops db optimize`"
