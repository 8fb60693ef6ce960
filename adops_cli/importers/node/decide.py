"""What happens to each record of an import: inserted, updated, skipped or rejected, and why.

Reads the database and decides; writes nothing. The rules of identity stand here: an id, or campaign and day for
metrics; the first record of an id stays; a reference must name a row, or a record accepted before.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import peewee as pw

from adops_cli.data import reading
from adops_cli.errors import ConflictError
from adops_cli.importers.node import row_changes
from adops_cli.importers.rejects import Rejected
from adops_cli.legacy.json_files import TABLES, Element, identified, require_record
from adops_cli.legacy.record import Record, read_record
from adops_cli.storage.fields import key_of
from adops_cli.storage.models import Campaign, Metrics, Table, fields_of, references_of
from adops_cli.values import shown

_REASON_ENDS = re.compile(r", not |: |; |, which |, but ")
_IDS_PER_QUERY = 500


class OnConflict(StrEnum):
    """What happens to a record whose id the database has."""

    SKIP = "skip"
    UPDATE = "update"
    ERROR = "error"


@dataclass
class Tally:
    """What became of the records of one file; `read` is the sum of inserted, updated, skipped and rejected."""

    file: str
    """Its name without `.json`."""
    read: int
    inserted: int = 0
    updated: int = 0
    skipped: int = 0
    normalised: int = 0
    """Records inserted or updated in which a value was written in another form than ours."""
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """How many records were rejected for each reason."""


@dataclass
class Plan:
    """What to write to one table, and what not."""

    model: type[Any]
    tally: Tally
    inserts: list[dict[str, Any]] = field(default_factory=list)
    """Whole rows, by attribute name."""
    updates: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    """Primary key and the values that change."""
    rejected: list[Rejected] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """Keys that the table does not know and cannot keep, with the number of accepted records that had them."""

    def reject(self, element: Element, raw: Any, error: str) -> None:
        """Count a record out; its reason is the part of the sentence that names no value."""
        reason = _REASON_ENDS.split(error)[0]
        self.tally.rejected += 1
        self.tally.reasons[reason] = self.tally.reasons.get(reason, 0) + 1
        id = raw.get("id") if isinstance(raw, Mapping) else element.key
        self.rejected.append(Rejected(f"{element.file}.json", element.position, id, error, raw))

    def accept(self, record: Record) -> None:
        """Count what was done to a record so that it fits."""
        self.tally.normalised += bool(record.normalised)
        self.left_out.update(record.left_out.keys())


@dataclass(frozen=True)
class _Candidate:
    element: Element
    raw: Mapping[str, Any]
    record: Record

    @property
    def values(self) -> dict[str, Any]:
        return self.record.values


def plan_all(elements: Mapping[str, Sequence[Element]], on_conflict: OnConflict) -> list[Plan]:
    """The plans of all tables, in the order in which they are to be written.

    Raises `ConflictError` with the first id that the database has, when that is what `on_conflict` asks for.
    """
    accepted: dict[type[Any], set[str]] = {model: set() for model in TABLES.values()}
    return [_Planner(TABLES[table], found, on_conflict, accepted).plan() for table, found in elements.items()]


class _Planner:
    """Decides on the records of one table, one after the other."""

    def __init__(
        self,
        model: type[Table],
        elements: Sequence[Element],
        on_conflict: OnConflict,
        accepted: dict[type[Any], set[str]],
    ) -> None:
        self.model = model
        self.on_conflict = on_conflict
        self.accepted = accepted
        self.result = Plan(model, Tally(_table(model), len(elements)))
        self.candidates = [candidate for element in elements if (candidate := self._read(element))]
        self.first: dict[Hashable, _Candidate] = {}
        self.stored = self._stored()
        self.references = references_of(model)
        self.parents = self._parents()
        self.external = self._external_ids() if model is Campaign else {}
        self.taken = _present(Metrics, self._given("id")) if model is Metrics else set()

    def plan(self) -> Plan:
        """The decisions, rejected records in the order of the file."""
        for candidate in self.candidates:
            self._decide(candidate)
        self.result.rejected.sort(key=lambda rejected: rejected.position)
        return self.result

    def _read(self, element: Element) -> _Candidate | None:
        raw = identified(element, self.model)
        try:
            require_record(raw, self.model)
            return _Candidate(element, raw, read_record(self.model, raw))
        except ValueError as error:
            self.result.reject(element, raw, str(error))
            return None

    def _decide(self, candidate: _Candidate) -> None:
        key = self._key(candidate.values)
        first, stored = self.first.get(key), self.stored.get(key)
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
        where = f"{self._named(candidate.values)} stands at position {first.element.position}"
        self.result.reject(candidate.element, candidate.raw, f"duplicate {what} with other content: {where}")

    def _exists(self, candidate: _Candidate) -> None:
        if self.on_conflict is OnConflict.ERROR:
            element = candidate.element
            raise ConflictError(
                f"{element.file}.json, position {element.position}: the database has {self._named(candidate.values)}",
                "Nothing was imported; --on-conflict skip leaves such rows as they are, update changes them",
            )
        self.result.tally.skipped += 1

    def _misfit(self, values: Mapping[str, Any]) -> str | None:
        """Why a readable record cannot be a row: a reference or an external id that does not fit."""
        for name, column in self.references.items():
            wanted = values.get(name)
            if wanted is not None and wanted not in self.parents[column.rel_model]:
                return f"{key_of(column)} names no {_table(column.rel_model)[:-1]}: {shown(wanted)}"
        if self.model is Campaign and values.get("external_id") is not None:
            holder = self.external.setdefault((values["platform"], values["external_id"]), values["id"])
            if holder != values["id"]:
                return f"externalId is taken on its platform: {shown(values['external_id'])} is of campaign {holder}"
        return None

    def _insert(self, candidate: _Candidate) -> None:
        row = row_changes.new_row(self.model, candidate.values)
        if self.model is Metrics:
            row["id"] = None if row["id"] in self.taken else row["id"]
            self.taken.add(row["id"])
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

    def _key(self, values: Mapping[str, Any]) -> Hashable:
        return (values["campaign_id"], values["date"]) if self.model is Metrics else values["id"]

    def _named(self, values: Mapping[str, Any]) -> str:
        if self.model is Metrics:
            return f"campaign {values['campaign_id']} on {values['date']}"
        return f"id {shown(values['id'])}"

    def _given(self, name: str) -> set[Any]:
        """The values that the records have in a column."""
        return {candidate.values.get(name) for candidate in self.candidates} - {None}

    def _stored(self) -> dict[Hashable, Any]:
        """The rows that the records mean, by key."""
        if self.model is not Metrics:
            return {row.id: row for row in _rows(self.model, fields_of(self.model)["id"], self._given("id"))}
        wanted = {self._key(candidate.values) for candidate in self.candidates}
        rows = _rows(Metrics, Metrics.campaign, self._given("campaign_id"))
        return {key: row for row in rows if (key := (row.campaign_id, row.date)) in wanted}

    def _parents(self) -> dict[type[Any], set[Any]]:
        """The ids that references may name: of rows, and of records accepted before."""
        found = {column.rel_model: set(self.accepted[column.rel_model]) for column in self.references.values()}
        for name, column in self.references.items():
            found[column.rel_model] |= _present(column.rel_model, self._given(name) - found[column.rel_model])
        return found

    def _external_ids(self) -> dict[tuple[str, str], str]:
        """Who holds the external ids that the records give."""
        held = _rows(Campaign, Campaign.external_id, self._given("external_id"))
        return {(row.platform, row.external_id): row.id for row in held}


def _table(model: type[Any]) -> str:
    return next(name for name, known in TABLES.items() if known is model)


def _rows(model: type[Any], column: Any, wanted: Iterable[Any]) -> list[Any]:
    chunks = pw.chunked(wanted, _IDS_PER_QUERY)
    return [row for some in chunks for row in reading.every(model.select().where(column.in_(some)))]


def _present(model: type[Any], wanted: Iterable[Any]) -> set[Any]:
    """Which of these ids the table has."""
    return {
        id
        for some in pw.chunked(wanted, _IDS_PER_QUERY)
        for (id,) in model.select(model.id).where(model.id.in_(some)).tuples()
    }
