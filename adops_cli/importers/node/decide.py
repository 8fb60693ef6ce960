"""Decides what happens to each record of an import: inserted, updated, skipped or rejected, and why.

Reads the database and writes nothing. Owns the rules of identity: an id, or campaign and day for metrics; the first
record with an id is kept; a reference must name a stored row or a record accepted before.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from adops_cli.data.access import crud, reading
from adops_cli.errors import ConflictError
from adops_cli.importers.node import row_changes
from adops_cli.importers.rejects import RejectedRecord
from adops_cli.legacy.json_files import TABLES, Element, identified, require_record
from adops_cli.legacy.record import Record, read_record
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.fields import key_of
from adops_cli.storage.models import Campaign, Metrics, references_of
from adops_cli.storage.table import Table, fields_of
from adops_cli.values import shown

_REASON_ENDS = re.compile(r", not |: |; |, which |, but ")


class OnConflict(StrEnum):
    """What happens to a record with an id that the database already has."""

    SKIP = "skip"
    UPDATE = "update"
    ERROR = "error"


@dataclass
class Tally:
    """The counts for one file. `read` is the sum of inserted, updated, skipped and rejected."""

    file: str
    """Its name without `.json`."""
    read: int
    inserted: int = 0
    updated: int = 0
    skipped: int = 0
    normalised: int = 0
    """Records inserted or updated that had a value in another form than ours."""
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """How many records were rejected for each reason."""


@dataclass
class Plan:
    """What to write to one table, and what to leave out."""

    model: type[Any]
    tally: Tally
    inserts: list[dict[str, Any]] = field(default_factory=list)
    """Whole rows, by attribute name."""
    updates: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    """Primary key and changed values."""
    rejected: list[RejectedRecord] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """Keys that the table cannot store, with the number of accepted records that had them."""
    lost_ids: Counter[str] = field(default_factory=Counter)
    """Keys of ids that have lost digits, with the number of accepted records that had them."""

    def reject(self, element: Element, raw: Any, error: str) -> None:
        """Reject a record. Its reason is the part of the sentence without the value."""
        reason = _REASON_ENDS.split(error)[0]
        self.tally.rejected += 1
        self.tally.reasons[reason] = self.tally.reasons.get(reason, 0) + 1
        id = raw.get("id") if isinstance(raw, Mapping) else element.key
        self.rejected.append(RejectedRecord(f"{element.file}.json", element.position, id, error, raw))

    def accept(self, record: Record) -> None:
        """Count what was done to make a record valid."""
        self.tally.normalised += bool(record.normalised)
        self.left_out.update(record.left_out.keys())
        self.lost_ids.update(record.lost_ids.keys())


@dataclass(frozen=True)
class _Candidate:
    element: Element
    raw: Mapping[str, Any]
    record: Record

    @property
    def values(self) -> dict[str, Any]:
        return self.record.values


def plan_all(elements: Mapping[str, Sequence[Element]], on_conflict: OnConflict) -> list[Plan]:
    """The plans of all tables, in the order in which they must be written.

    Raises `ConflictError` with the first id that the database already has, if `on_conflict` asks for it.
    """
    accepted: dict[type[Any], set[str]] = {model: set() for model in TABLES.values()}
    return [_decided(TABLES[table], found, on_conflict, accepted) for table, found in elements.items()]


@dataclass(frozen=True)
class _Database:
    """What the database has for the records of one table."""

    stored: Mapping[Hashable, Any]
    """The stored rows with the keys of the records."""
    parents: Mapping[type[Any], set[Any]]
    """The ids that references can name: those of stored rows, and of records accepted before."""
    external: dict[tuple[str, str], str]
    """Platform and external id in the records -> the campaign that has them."""
    taken: set[Any]
    """Ids of daily figures that are taken."""


def _decided(
    model: type[Table], elements: Sequence[Element], on_conflict: OnConflict, accepted: dict[type[Any], set[str]]
) -> Plan:
    plan = Plan(model, Tally(_table(model), len(elements)))
    candidates = [candidate for element in elements if (candidate := _read(plan, element))]
    decisions = _Decisions(plan, on_conflict, accepted, _looked_up(model, candidates, accepted))
    for candidate in candidates:
        decisions.decide(candidate)
    plan.rejected.sort(key=lambda rejected: rejected.position)
    return plan


def _read(plan: Plan, element: Element) -> _Candidate | None:
    raw = identified(element, plan.model)
    try:
        require_record(raw, plan.model)
        return _Candidate(element, raw, read_record(plan.model, raw))
    except ValueError as error:
        plan.reject(element, raw, str(error))
        return None


def _looked_up(
    model: type[Table], candidates: Sequence[_Candidate], accepted: Mapping[type[Any], set[str]]
) -> _Database:
    def given(name: str) -> set[Any]:
        """The values of the records in a column."""
        return {candidate.values.get(name) for candidate in candidates} - {None}

    references = references_of(model)
    parents = {column.rel_model: set(accepted[column.rel_model]) for column in references.values()}
    for name, column in references.items():
        parents[column.rel_model] |= crud.present(column.rel_model, given(name) - parents[column.rel_model])
    external = _rows(Campaign, Campaign.external_id, given("external_id")) if model is Campaign else ()
    stored: dict[Hashable, Any]
    if model is Metrics:
        wanted = {_key(model, candidate.values) for candidate in candidates}
        rows = _rows(Metrics, Metrics.campaign, given("campaign_id"))
        stored = {key: row for row in rows if (key := (row.campaign_id, row.date)) in wanted}
    else:
        stored = {row.id: row for row in _rows(model, fields_of(model)["id"], given("id"))}
    return _Database(
        stored,
        parents,
        {(row.platform, row.external_id): row.id for row in external},
        crud.present(Metrics, given("id")) if model is Metrics else set(),
    )


@dataclass
class _Decisions:
    """Decides on the records of one table, one after another."""

    result: Plan
    on_conflict: OnConflict
    accepted: dict[type[Any], set[str]]
    database: _Database
    first: dict[Hashable, _Candidate] = field(default_factory=dict)

    @property
    def model(self) -> type[Table]:
        return self.result.model

    def decide(self, candidate: _Candidate) -> None:
        key = _key(self.model, candidate.values)
        first, stored = self.first.get(key), self.database.stored.get(key)
        if first is not None:
            self._repeat(candidate, first)
        elif stored is not None and self.on_conflict is not OnConflict.UPDATE:
            self._exists(candidate)
        elif problem := self._misfit(candidate.values):
            self.result.reject(candidate.element, candidate.raw, problem)
            return
        elif stored is not None:
            self._update(candidate, stored)
        else:
            self._insert(candidate)
        self.first.setdefault(key, candidate)
        if self.model is not Metrics:
            self.accepted[self.model].add(candidate.values["id"])

    def _repeat(self, candidate: _Candidate, first: _Candidate) -> None:
        if row_changes.same(self.model, candidate.values, first.values):
            self.result.tally.skipped += 1
            return
        what = "campaign and day" if self.model is Metrics else "id"
        where = f"{self._named(candidate.values)} is already at position {first.element.position}"
        self.result.reject(candidate.element, candidate.raw, f"duplicate {what} with different content: {where}")

    def _exists(self, candidate: _Candidate) -> None:
        if self.on_conflict is OnConflict.ERROR:
            element = candidate.element
            raise ConflictError(
                f"{element.file}.json, position {element.position}: "
                f"the database already has {self._named(candidate.values)}",
                "Nothing was imported; use --on-conflict skip to keep such rows, or update to change them",
            )
        self.result.tally.skipped += 1

    def _misfit(self, values: Mapping[str, Any]) -> str | None:
        """Why a readable record cannot be a row: an unknown reference, or an external id that is taken."""
        for name, column in references_of(self.model).items():
            wanted = values.get(name)
            if wanted is not None and wanted not in self.database.parents[column.rel_model]:
                return f"{key_of(column)} refers to an unknown {_table(column.rel_model)[:-1]}: {shown(wanted)}"
        if self.model is Campaign and values.get("external_id") is not None:
            holder = self.database.external.setdefault((values["platform"], values["external_id"]), values["id"])
            if holder != values["id"]:
                return (
                    f"externalId is already used on its platform: {shown(values['external_id'])} by campaign {holder}"
                )
        return None

    def _insert(self, candidate: _Candidate) -> None:
        row = row_changes.new_row(self.model, candidate.values)
        if self.model is Metrics:
            row["id"] = None if row["id"] in self.database.taken else row["id"]
            self.database.taken.add(row["id"])
        self.result.inserts.append(row)
        self.result.tally.inserted += 1
        self.result.accept(candidate.record)

    def _update(self, candidate: _Candidate, stored: Any) -> None:
        changes = row_changes.changes(stored, candidate.record, candidate.raw)
        if not changes:
            self.result.tally.skipped += 1
            return
        self.result.updates.append((stored.id, changes))
        self.result.tally.updated += 1
        self.result.accept(candidate.record)

    def _named(self, values: Mapping[str, Any]) -> str:
        if self.model is Metrics:
            return f"campaign {values['campaign_id']} on {values['date']}"
        return f"id {shown(values['id'])}"


def _key(model: type[Table], values: Mapping[str, Any]) -> Hashable:
    return (values["campaign_id"], values["date"]) if model is Metrics else values["id"]


def _table(model: type[Any]) -> str:
    return next(name for name, known in TABLES.items() if known is model)


def _rows(model: type[Any], column: Any, wanted: Iterable[Any]) -> list[Any]:
    queries = chunked_in(model.select(), column, wanted)
    return [row for query in queries for row in reading.every(query)]
