"""What is said of closed periods under a report: when they were closed, and what has changed since."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adops_cli import render

if TYPE_CHECKING:
    from adops_cli.data.closes.told import Told

AsClosedOption = Annotated[
    bool, typer.Option("--as-closed", help="The official figures of closed periods; those of other days as they are.")
]
_NAMED = 3


def tell(asked: Mapping[str, Any]) -> None:
    """Name the closes in a window, with what has changed since or, for official figures, which are official."""
    first, last = asked.get("start_date"), asked.get("end_date")
    if asked.get("as_of") is not None or ((first is None or last is None) and not asked.get("as_closed")):
        return
    from adops_cli.data.closes.told import told  # noqa: PLC0415 - keeps Peewee out of --help

    found = told(first, last, platform=asked.get("platform"), project=asked.get("project_id"))
    if asked.get("as_closed"):
        periods = ", ".join(one.name for one in found)
        render.notice(
            f"Official: {periods}. All other days are as they are now."
            if found
            else "No period in this window is closed: all days are as they are now."
        )
        return
    for words in sentences(found[:_NAMED]):
        render.notice(words)


def sentences(closes: "Sequence[Told]") -> Iterator[str]:
    """When periods were closed, and what has changed since."""
    for one in closes:
        moved = ", ".join(f"{name} {amount:+,.2f}{currency}" for name, amount, currency in one.moved)
        since = f"; {render.counted(one.adjustments, 'adjustment')} since{', ' + moved if moved else ''}"
        yield f"{one.name} closed {_written(one.closed)}{since if one.adjustments else ''}."


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
