"""Citus, which makes one database of several servers: finds it, and names the settings that its other nodes lack.

adops sets the form of days and times and the longest wait on its own connection. Citus connects to its workers itself,
and takes only the settings of the role along.
"""

import re
from typing import Any

_VERSION = "SELECT extversion FROM pg_extension WHERE extname = 'citus'"
_OF_ROLE = """
    SELECT setting FROM pg_db_role_setting AS found, unnest(found.setconfig) AS setting
    WHERE found.setrole = (SELECT oid FROM pg_roles WHERE rolname = session_user)
        AND found.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    ORDER BY found.setdatabase
"""
"""Those for this database come last, and hold."""
_RIGHT = {"timezone": "(?i)utc", "datestyle": r"(?i)iso\b.*", "lock_timeout": r".*[1-9].*"}


def version(engine: Any) -> str | None:
    """The version of Citus that the database has; None if it has none."""
    found = engine.execute_sql(_VERSION).fetchone()
    return str(found[0]) if found else None


def missing_settings(engine: Any) -> str | None:
    """What is wrong with the settings of the connected role, and what to do about it, if the database has Citus."""
    if version(engine) is None:
        return None
    found = (setting.split("=", maxsplit=1) for (setting,) in engine.execute_sql(_OF_ROLE).fetchall())
    given = {name.lower(): value for name, value in found}
    wanted = {"timezone": "UTC", "datestyle": "ISO", "lock_timeout": f"{max(engine.timeout, 1):g}s"}
    missing = [name for name, right in _RIGHT.items() if not re.fullmatch(right, given.get(name, ""))]
    if not missing:
        return None
    role, database = engine.execute_sql("SELECT quote_ident(session_user), quote_ident(current_database())").fetchone()
    orders = "; ".join(f"ALTER ROLE {role} IN DATABASE {database} SET {name} = '{wanted[name]}'" for name in missing)
    listed = ", ".join(f"{name}={wanted[name]}" for name in missing)
    return f"Citus's other nodes do not use what adops sets here, and the role {role} lacks {listed}. Run: {orders}"
