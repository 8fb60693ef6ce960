"""Reads from a standby: how one is found among several servers, and how far its data is behind the primary's."""

import math
from typing import Any

from adops_cli.errors import DatabaseUnusableError, option

PREFERRED = {"target_session_attrs": "prefer-standby"}
"""What makes libpq take a standby among the hosts of a URL, or the primary if no standby answers."""
ON_PRIMARY = -math.inf
_LAG = """
    SELECT CASE
        WHEN NOT pg_is_in_recovery() THEN '-infinity'
        WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8
    END
"""
"""A standby that has lost its primary has replayed all that it received, and yet does not know what it lacks."""


def lag(connection: Any) -> float | None:
    """By how many seconds the data can be behind: 0 if all is replayed, None if unknown, or `ON_PRIMARY`."""
    found: float | None = connection.execute(_LAG).fetchone()[0]
    if found is None or found == ON_PRIMARY:
        return found
    return max(0.0, found)  # the clocks of two servers can differ


def require_recent(name: str, lag: float | None, limit: float | None) -> None:
    """Refuse data that is older than the limit in seconds, or of unknown age."""
    if limit is None or (lag is not None and lag <= limit):
        return
    age = "of unknown age" if lag is None else f"{_seconds(lag)} old, more than the {limit:g} s of {option('max_lag')}"
    raise DatabaseUnusableError(
        f"{name}: the data of the standby is {age}",
        "Try again, allow more, or read from the primary",
    )


def told(lag: float | None) -> str:
    """What was read, as a sentence."""
    if lag == ON_PRIMARY:
        return "No standby answered; this was read from the primary."
    age = "of unknown age, since it has replayed no transaction yet" if lag is None else f"{_seconds(lag)} old"
    return f"Read from a standby, whose data is {age}."


def _seconds(lag: float) -> str:
    """Rounded up, so that only data that is up to date is 0 s old."""
    return f"{math.ceil(lag):,} s"
