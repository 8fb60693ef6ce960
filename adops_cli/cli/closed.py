"""What is said of closed periods under a report: when they were closed, and what has changed since."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import typer

from adops_cli import render

AsClosedOption = Annotated[
    bool, typer.Option("--as-closed", help="The official figures of closed periods; those of other days as they are.")
]
_NAMED = 3


def tell(asked: Mapping[str, Any]) -> None:
    """Name the closes in a window, with what has changed since or, for official figures, which are official."""
    first, last = asked.get("start_date"), asked.get("end_date")
    if asked.get("as_of") is not None or ((first is None or last is None) and not asked.get("as_closed")):
        return
    from adops_cli.data.closes import official  # noqa: PLC0415 - keeps Peewee out of --help

    found = official.told(first, last, platform=asked.get("platform"), project=asked.get("project_id"))
    if asked.get("as_closed"):
        periods = ", ".join(one.name for one in found)
        render.notice(
            f"Official: {periods}. All other days are as they are now."
            if found
            else "No period in this window is closed: all days are as they are now."
        )
        return
    for one in found[:_NAMED]:
        moved = ", ".join(f"{name} {amount:+,.2f}{currency}" for name, amount, currency in one.moved)
        since = f"; {render.counted(one.adjustments, 'adjustment')} since{', ' + moved if moved else ''}"
        render.notice(f"{one.name} closed {_written(one.closed)}{since if one.adjustments else ''}.")


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
