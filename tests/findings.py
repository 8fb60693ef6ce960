"""A stored finding, for tests of what holds for every table."""

from datetime import date

from adops_cli.storage.table import now
from adops_cli.storage.told import Finding

KNOWN: dict[str, object] = {
    "severity": "warning",
    "platform": None,
    "campaign_id": None,
    "name": "B",
    "currency": None,
    "message": "B: much",
}
NUMBERS: dict[str, object] = {
    "from_": "2026-02-03",
    "to": "2026-02-09",
    "value": "2",
    "expected": "1",
    "at_stake": None,
    "numbers": {},
}


def create() -> Finding:
    """One of a threshold, which was told."""
    known = {"rule": "spend > 1 over 7d", "scope": "all", "figure": "spend", "since": date(2026, 2, 9)}
    times = {"first_seen": now(), "last_seen": now(), "told": now()}
    told_as, finding = ["warning", None], KNOWN | NUMBERS
    return Finding.create(id="find-0123456789abcd", told_as=told_as, finding=finding, **known, **times)
