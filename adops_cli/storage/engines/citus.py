"""Citus, which makes one database of several servers: finds it, and what it has distributed, and its nodes' settings.

adops sets the form of days and times and the longest wait on its own connection. Citus connects to its workers itself,
and takes only the settings of the role along.
"""

import re
from collections.abc import Sequence
from typing import Any

BY_CAMPAIGN, BY_SCHEMA = "by campaign", "by schema"
"""How a database is distributed: the days of each campaign on one node, or all of a team's schema."""
SESSION = {"citus.multi_shard_modify_mode": "sequential"}
"""Lets a transaction that has read many shards change a table that is on every node. Means nothing without Citus."""
LOST = re.compile("server closed the connection|connection to the remote node|failed to COPY to shard")
"""What Citus says when it has lost a node, not always with the code of a lost connection."""
CATALOG = "pg_catalog.pg_dist_partition"
CLUES = (
    "(SELECT indnatts > 1 FROM pg_index WHERE indrelid = to_regclass('metrics') AND indisprimary), "
    f"to_regclass('{CATALOG}') IS NOT NULL"
)
"""Columns for a query: whether the key of the figures begins with their campaign, and whether there is Citus at all."""
_OF_SCHEMA = (
    f"SELECT 1 FROM {CATALOG} WHERE logicalrelid = to_regclass('metrics') AND partmethod = 'n' AND colocationid <> 0"
)
_VERSION = "SELECT extversion FROM pg_extension WHERE extname = 'citus'"
_OF_ROLE = """
    SELECT setting FROM pg_db_role_setting AS found, unnest(found.setconfig) AS setting
    WHERE found.setrole = (SELECT oid FROM pg_roles WHERE rolname = session_user)
        AND found.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    ORDER BY found.setdatabase
"""
"""Those for this database come last, and hold."""
_RIGHT = {"timezone": "(?i)utc", "datestyle": r"(?i)iso\b.*", "lock_timeout": r".*[1-9].*"}


def distribution(connection: Any, clues: Sequence[Any]) -> str:
    """How the database is distributed, empty if it is not, from a row of `CLUES`.

    The key tells it also where a dump was restored, and where no server has Citus.
    """
    keyed_by_campaign, has_citus = clues
    if keyed_by_campaign:
        return BY_CAMPAIGN
    return BY_SCHEMA if has_citus and connection.execute(_OF_SCHEMA).fetchone() else ""


def version(engine: Any) -> str | None:
    """The version of Citus that the database has; None if it has none."""
    found = engine.execute_sql(_VERSION).fetchone()
    return str(found[0]) if found else None


def missing_settings(engine: Any) -> str | None:
    """What is wrong with the settings of the connected role, and what to do about it, if the database has Citus."""
    if version(engine) is None or not (missing := _missing(engine)):
        return None
    role = engine.execute_sql("SELECT quote_ident(session_user)").fetchone()[0]
    listed = ", ".join(f"{name}={value}" for name, value in missing.items())
    orders = "; ".join(orders_for_role(engine))
    return f"Citus's other nodes do not use what adops sets here, and the role {role} lacks {listed}. Run: {orders}"


def orders_for_role(engine: Any) -> Sequence[str]:
    """The statements that give the connected role the settings that it lacks."""
    role, database = engine.execute_sql("SELECT quote_ident(session_user), quote_ident(current_database())").fetchone()
    return [
        f"ALTER ROLE {role} IN DATABASE {database} SET {name} = '{value}'" for name, value in _missing(engine).items()
    ]


def _missing(engine: Any) -> dict[str, str]:
    found = (setting.split("=", maxsplit=1) for (setting,) in engine.execute_sql(_OF_ROLE).fetchall())
    given = {name.lower(): value for name, value in found}
    wanted = {"timezone": "UTC", "datestyle": "ISO", "lock_timeout": f"{max(engine.timeout, 1):g}s"}
    return {name: wanted[name] for name, right in _RIGHT.items() if not re.fullmatch(right, given.get(name, ""))}
