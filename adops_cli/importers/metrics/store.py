"""`store`: a file that was read, into the tables and the ledger, in one transaction.

Owns the order of things: find its campaigns, look for renames, compare and write its days, refuse to remove too much,
write the ledger. What each of these means is the business of `match`, `renames`, `compare` and `data.ledger`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from adops_cli.data import daily_rows as stored_days
from adops_cli.data import ledger
from adops_cli.exports.export import Export, ReadOptions
from adops_cli.importers.metrics import compare, match, renames
from adops_cli.importers.metrics.compare import Compared
from adops_cli.importers.metrics.match import Known, Match
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions
from adops_cli.importers.metrics.renames import Renamed
from adops_cli.measures import FIGURES
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import ImportMode, now
from adops_cli.values import written_instant

_MOST_NAMED = 20
_COUNTS = ("inserted", "updated", "unchanged", "removed")


def store(
    export: Export,
    file: str,
    options: ReadOptions,
    store_options: StoreOptions,
    advance: Callable[[int], None] = lambda _count: None,
) -> FileOutcome:
    """Store the file, or say what that would do.

    The same bytes under the same options, where they would change nothing, make no batch: the one that holds their
    days is named again. Raises `RefusedError` for a currency other than the stored one, for two campaigns that are one
    here, and where days would be removed that the file may only leave out; then nothing is changed.
    """
    if not store_options.dry_run:
        return _stored(export, file, options, store_options, advance)
    with db.snapshot():
        return _Storing(export, file, options, store_options).run(advance)


@atomically
def _stored(
    export: Export, file: str, options: ReadOptions, store_options: StoreOptions, advance: Callable[[int], None]
) -> FileOutcome:
    db.serialise_imports()  # imports come one after another, and each sees what those before it have done
    return _Storing(export, file, options, store_options).run(advance)


class _Storing:
    def __init__(self, export: Export, file: str, options: ReadOptions, store_options: StoreOptions) -> None:
        self._export = export
        self._file = file
        self._wishes = store_options
        self._options = _as_kept(options, store_options)
        self._notices = list(export.notices)
        self._matches = match.match(export)
        self._scope = match.scope(self._matches)
        self._others = self._others_in_scope()
        self._noted: dict[str, dict[str, Any]] = {}
        self._batch = ledger.Batch(self._about())

    def run(self, advance: Callable[[int], None]) -> FileOutcome:
        self._rename(renames.find(self._export, self._matches, self._others))
        if not self._wishes.dry_run:
            match.write(self._matches)
            self._noted = {one.id: one.noted for one in self._matches if one.noted}
            stored_days.lock([one.id for one in self._matches] + [one.id for one in self._others])
        done = compare.store(self._export, self._target(), advance)
        self._require_most_to_stay(done)
        batch_id = self._finish(done)
        self._tell(done)
        return self._imported(done, batch_id)

    def _others_in_scope(self) -> list[Known]:
        """The campaigns of the file's platforms and accounts that have days in its span, and none in the file."""
        first, last = self._export.date_from, self._export.date_to
        if first is None or last is None:
            return []
        here = {one.id for one in self._matches}
        of_platforms = match.of_platforms(platform for platform, _ in self._scope)
        known = [one for one in of_platforms if one.id not in here and self._is_in_scope(one)]
        have = stored_days.counts([one.id for one in known], first, last)
        return [one for one in known if one.id in have]

    def _is_in_scope(self, one: Known | Match) -> bool:
        account = one.account if isinstance(one, Match) else one.says("account")
        return (one.platform, account) in self._scope

    def _rename(self, found: Iterable[Renamed]) -> None:
        for renamed in found:
            old, new = renamed.old, renamed.new
            if new.stored is not None and _made_together(old, new.stored):
                continue
            if self._wishes.rename and new.stored is None:
                self._matches[new.of_file.number] = match.renamed(self._export, new.of_file, old)
                self._others.remove(old)
            else:
                self._notices.append(f"looks renamed: {old.name} -> {new.name}; {self._advice(new)}")

    def _advice(self, new: Match) -> str:
        """How to keep a renamed campaign one."""
        if new.stored is None:
            undone = "" if self._wishes.dry_run else "undo this import and "
            return f"to keep it one campaign, {undone}import with --rename"
        made = ledger.creator(new.id)
        how = f"undo import {made[0].id}" if made else f"delete campaign {new.id}"
        return f"both are stored: to make them one, {how} and import again with --rename"

    def _target(self) -> compare.Target:
        removes = self._may_remove()
        return compare.Target(
            ids=[one.id for one in self._matches],
            new=frozenset(one.id for one in self._matches if one.stored is None),
            in_scope=frozenset(one.id for one in self._matches if removes and self._is_in_scope(one)),
            gone=[known.id for known in self._others if removes],
            synced_at=written_instant(now()),
            note=None if self._wishes.dry_run else self._note,
            show=self._wishes.show_changes,
        )

    def _may_remove(self) -> bool:
        if self._wishes.mode is not ImportMode.REPLACE_RANGE or self._export.date_from is None:
            return False
        if self._export.rejected and not self._wishes.remove_many:
            self._notices.append(
                "rows were rejected, so stored days that the file lacks were not removed; --yes removes them"
            )
            return False
        return True

    def _note(self, changes: Iterable[ledger.Change]) -> None:
        """Write down changed days, and with the days of a campaign what was done to the campaign itself."""
        self._batch.note([replace(one, campaign=self._noted.pop(one.campaign_id, None)) for one in changes])

    def _require_most_to_stay(self, done: Compared) -> None:
        if done.removed * 2 > done.stored and not self._wishes.remove_many:
            raise self._export.refusal(
                None,
                f"{self._file} lacks {done.removed:,} of the {done.stored:,} days stored between "
                f"{self._export.date_from} and {self._export.date_to}, and may be a filtered export",
                "Nothing was changed; --yes removes them, --mode upsert keeps them",
            )

    def _finish(self, done: Compared) -> str | None:
        """Complete the batch, if there is to be one."""
        changed = done.inserted or done.updated or done.removed or any(map(_changes, self._matches))
        before = None if changed else ledger.standing(self._export.sha256, self._options)
        if before is not None:
            moment = written_instant(before.imported_at)
            self._notices.append(f"the same file as {before.file}, imported on {moment}; nothing changed")
            return str(before.id)
        if self._wishes.dry_run:
            return None
        if self._noted:
            self._note([ledger.Change(id, {}) for id in list(self._noted)])
        self._batch.finish({name: getattr(done, name) for name in _COUNTS})
        return self._batch.id

    def _about(self) -> dict[str, Any]:
        export = self._export
        accounts = {one.account for one in self._matches}
        return {
            "file": self._file,
            "sha256": export.sha256,
            "options": self._options,
            "platform": export.platform,
            "account": accounts.pop() if len(accounts) == 1 else None,
            "currency": export.currency,
            "mode": self._wishes.mode.value,
            "rows_read": export.rows_read,
            "rows_kept": export.rows_kept,
            "rejected": len(export.rejected),
            "date_from": export.date_from,
            "date_to": export.date_to,
            "totals": {name: getattr(export.totals, name) for name in FIGURES},
        }

    def _tell(self, done: Compared) -> None:
        names = {known.id: known.name for known in self._others} | {one.id: one.name for one in self._matches}
        renamed = [f"renamed: {one.stored.name} -> {one.name}" for one in self._matches if one.stored and _renamed(one)]
        given = [
            f"{one.name} ({one.id}) had no external id; it is {one.changed['externalId'][1]}"
            for one in self._matches
            if "externalId" in one.changed
        ]
        for told in (renamed, given):
            self._notices += told[:_MOST_NAMED]
            if len(told) > _MOST_NAMED:
                self._notices.append(f"… and {len(told) - _MOST_NAMED:,} more like this")
        if self._export.rejected and self._export.merged:
            self._notices.append(
                "rows are summed by campaign and day here: mend rejected ones in the file itself and import it again, "
                "since a row that is imported alone takes the place of its day"
            )
        for id, gone in done.removed_days.items():
            self._notices.append(f"removed: {names[id]} {', '.join(sorted(gone))}")
        done.largest = [replace(moved, campaign=names[moved.campaign]) for moved in done.largest]

    def _imported(self, done: Compared, batch_id: str | None) -> FileOutcome:
        export = self._export
        return FileOutcome(
            file=self._file,
            platform=export.platform,
            grain=export.grain,
            currency=export.currency,
            rows_read=export.rows_read,
            rows_kept=export.rows_kept,
            merged=export.merged,
            skipped=export.skipped,
            rejected=export.rejected,
            **{name: getattr(done, name) for name in _COUNTS},
            date_from=export.date_from,
            date_to=export.date_to,
            totals=export.totals,
            file_totals=export.file_totals,
            reconciled=export.reconciled,
            notices=self._notices,
            batch_id=batch_id,
            columns=export.columns,
            moved=done.moved,
            changes=done.largest,
        )


def _made_together(one: Known, other: Known) -> bool:
    """Whether one file held both campaigns: neither is a later name of the other then."""
    made = [ledger.creator(known.id) for known in (one, other)]
    return made[0] is not None and made[0] == made[1]


def _changes(one: Match) -> bool:
    return one.stored is None or bool(one.changed)


def _renamed(one: Match) -> bool:
    return "name" in one.changed


def _as_kept(options: ReadOptions, store_options: StoreOptions) -> Mapping[str, Any]:
    """The options that decide what a file comes to, as the ledger keeps them; those not given are left out."""
    known = {
        "platform": options.platform,
        "currency": options.currency,
        "account": options.account,
        "conversions": options.conversions,
        "clicks": options.clicks,
        "map": dict(options.columns),
        "decimalMark": options.decimal_mark,
        "dateOrder": options.date_order,
        "mode": store_options.mode.value,
        "rename": store_options.rename,
    }
    return {key: value for key, value in known.items() if value}
