"""Finds whatever was altered in closed periods: rows, sums, or the list of closes itself.

A whole list that was written anew shows only against a seal or a hash that was kept elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adops_cli.data.closes import entries, official, rows
from adops_cli.data.closes.scope import owners, scope_of
from adops_cli.data.journal import moments
from adops_cli.errors import AdopsError
from adops_cli.storage.choices import BookEntry
from adops_cli.storage.closes import Close
from adops_cli.storage.handle import db
from adops_cli.storage.rows import Record, Rows


@dataclass(frozen=True, repr=False)
class Altered(Record):
    """Something that is not as it was closed."""

    close_id: str
    period: str
    message: str


def verify() -> Rows[Altered]:
    """Compare each close with its rows and sums, and each seal with what it seals and with the one before."""
    db.require_ledger()
    every = entries.every()
    active = {entry.id for entry in entries.active(every)}
    found = list(_of_seals(every))
    for entry in every:
        if entry.id in active:
            found += (Altered(entry.id, entry.period, message) for message in _of_rows(entry))
    return Rows(found)


def _of_seals(every: Sequence[Close]) -> Iterator[Altered]:
    before = None
    ids = {entry.id for entry in every if entry.kind == BookEntry.CLOSE}
    for entry in every:
        if entry.seal != entries.seal_of(entry):
            yield Altered(entry.id, entry.period, "its seal does not fit what it says")
        if entry.previous != before:
            yield Altered(entry.id, entry.period, "its link to the entry before is broken: one is missing or new")
        if entry.kind == BookEntry.REOPEN and entry.reopens not in ids:
            yield Altered(entry.id, entry.period, "it reopens a close that is not there")
        before = entry.seal


def _of_rows(entry: Close) -> Iterator[str]:
    began = moments.opening()
    if began is not None and began.imported_at > entry.closed_at:
        yield "what was known then is not in the journal any more"
        return
    try:
        with official.tables_of(entry):
            found = rows.read(scope_of(entry), {id: of for id, of in owners().items() if id in entry.campaigns})
    except AdopsError as error:
        yield f"its rows cannot be read: {error}"
        return
    if found.hash != entry.hash:
        yield "its rows are not those that were closed"
    if rows.by_currency(found.totals) != entry.totals:
        yield "its sums are not those of the rows that were closed"
