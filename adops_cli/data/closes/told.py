"""What a report says of the closes in its window.

Most databases have none. What the others need is imported once there is one.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from adops_cli import periods
from adops_cli.storage.closes import Close
from adops_cli.storage.handle import db

if TYPE_CHECKING:
    from adops_cli.data.closes.scope import Owner


class Told(NamedTuple):
    """What a report says of a close."""

    name: str
    closed: date
    adjustments: int
    moved: Sequence[tuple[str, Any, str]]
    """Figure, by how much, and the currency with a space before it: spend and revenue that have moved."""


def told(first: date | None, last: date | None, **of: str | None) -> Sequence[Told]:
    """What to say of the closes in a window and, if they are given, of a platform or a project, oldest first."""
    if not db.has_ledger or not Close.select(Close.id).exists():
        return []
    from adops_cli.data.closes.official import closes  # noqa: PLC0415 - see above
    from adops_cli.data.closes.scope import owners  # noqa: PLC0415 - as above

    found = closes(first, last, **of)
    now = owners() if found else {}
    return [_told(entry, now) for entry in found]


def _told(entry: Close, now: "Mapping[str, Owner]") -> Told:
    from adops_cli.data.closes import adjustments, rows  # noqa: PLC0415 - as above
    from adops_cli.data.closes.scope import scope_of  # noqa: PLC0415 - as above

    count, sums = adjustments.adjusted(entry, now)
    moved = [
        (name, rows.amount(name, one[name]), f" {one['currency']}" if one["currency"] else "")
        for one in sums
        for name in ("spend", "revenue")
        if one[name]
    ]
    return Told(str(scope_of(entry)), periods.day_of(entry.closed_at, db.timezone), count, moved)
