"""The parts of the page that are about no currency alone: pacing, alerts, and the proof."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from adops_cli import render
from adops_cli.cli import proof
from adops_cli.cli.brief.shared import Hand
from adops_cli.cli.metrics_pacing import COLUMNS
from adops_cli.render import Column, Kind
from adops_cli.render.page.blocks import Block, Table, Words

if TYPE_CHECKING:
    from adops_cli.data.brief import Pace, Standing
    from adops_cli.data.proof import Proof

_UNREAD = (Column("row", "Row", Kind.PROSE),)
MOST = 25
"""Rows of budgets, of findings, and of what cannot be read."""
MOST_FILES = 200
_PACED = (
    *("name", "platform", "currency", "budget", "flightStart", "flightEnd", "spent", "expected"),
    *("paceIndex", "projectedEnd", "state"),
)
_FOUND = (
    Column("severity", "Severity"),
    Column("message", "Finding", Kind.PROSE),
    Column("atStake", "At stake", Kind.MONEY),
    Column("currency", "Cur."),
    Column("since", "Since", Kind.DAY),
    Column("state", "State"),
)


def pacing(pace: "Pace", hand: Hand) -> Iterator[Block]:
    """The budgets, the worst first."""
    if pace.unknown is not None:
        yield Words(f"Unknown: {pace.unknown}.")
        return
    if not pace.rows:
        yield Words("There is no pace to tell: nothing here has a budget and a flight.")
    else:
        when = "as of today" if pace.month is None else f"as of the end of {pace.month}"
        rows, more = pace.rows[:MOST], len(pace.rows) - MOST
        columns = [column for key in _PACED for column in COLUMNS if column.key == key]
        yield Table(f"Spend and budgets, {when}, the worst first", columns, rows)
        if more > 0:
            yield Words(f"{render.counted(more, 'budget')} more, none of them worse.")
    if pace.rows and pace.without:
        yield Words(f"Without a budget or a flight, and so without a pace: {pace.without:,}.")


def alerts(standing: "Standing", hand: Hand) -> Iterator[Block]:
    """The findings, the worst first."""
    if standing.unknown is not None:
        yield Words(f"Unknown: {standing.unknown}.")
        return
    if not standing.rows:
        yield Words("No finding stands. Findings are what adops alerts run has found and not yet seen end.")
        return
    last = max(one.last_seen for one in standing.rows)
    rows, more = standing.rows[:MOST], len(standing.rows) - MOST
    when = hand.how.seen(last, Kind.INSTANT)
    yield Table(f"What is wrong, as last looked for at {when} UTC, the worst first", _FOUND, rows)
    if more > 0:
        yield Words(f"{render.counted(more, 'finding')} more, none of them worse.")


def unread(rows: Sequence[str]) -> Block:
    """The rows that cannot be read."""
    which = "Rows that cannot be read" if len(rows) <= MOST else f"The first {MOST} rows that cannot be read"
    return Table(which, _UNREAD, [{"row": words} for words in rows[:MOST]], folded=f"Table: {which}")


def proven(of: "Proof", hand: Hand, version: str) -> Iterator[Block]:
    """As of when, from which book, and the files behind the figures, newest first."""
    yield Words(f"Figures as they were known on {hand.how.seen(of.made, Kind.INSTANT)} UTC. Made by adops {version}.")
    yield Words(f"The book is {proof.book(of)}.")
    if not of.batches:
        yield Words("No import stands behind the figures: they were recorded by hand, or before imports were kept.")
        return
    rows: list[Any] = list(proof.files(of)[::-1][:MOST_FILES])
    which = f"{render.counted(len(of.batches), 'import')} behind the figures"
    if len(rows) < len(of.batches):
        which = f"The newest {len(rows)} of {which}; the brief as JSON has all"
    yield Table(which, proof.FILES, rows, folded=f"Table: {which}")
