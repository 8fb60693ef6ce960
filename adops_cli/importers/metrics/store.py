"""`store`: a file that was read, into the tables and the ledger, in one transaction.

Owns the order of things: find its campaigns, look for renames, compare and write its days, refuse to remove too much,
write the ledger. What each of these means is the business of `find`, `match`, `renames`, `compare` and `data.ledger`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adops_cli.data import daily_rows, ledger
from adops_cli.exports.export import Export, ReadOptions
from adops_cli.importers.metrics import compare, find, match, renames
from adops_cli.importers.metrics.compare import Compared
from adops_cli.importers.metrics.find import Known
from adops_cli.importers.metrics.match import Match
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions
from adops_cli.importers.metrics.renames import Renamed
from adops_cli.measures import FIGURES
from adops_cli.storage.choices import ImportMode
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import now
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
        return _prepared(export, file, options, store_options).run(advance)


@atomically
def _stored(
    export: Export, file: str, options: ReadOptions, store_options: StoreOptions, advance: Callable[[int], None]
) -> FileOutcome:
    db.serialise_imports()  # imports come one after another, and each sees what those before it have done
    return _prepared(export, file, options, store_options).run(advance)


def _prepared(export: Export, file: str, options: ReadOptions, store_options: StoreOptions) -> "_Storing":
    """What the database holds of the file's campaigns, looked up."""
    matches, kept = match.match(export), _as_kept(options, store_options)
    return _Storing(
        export=export,
        file=file,
        options=kept,
        how=store_options,
        matches=matches,
        others=_others(export, matches),
        batch=ledger.Batch(_about(export, file, kept, store_options, matches)),
        notices=list(export.notices),
    )


def _others(export: Export, matches: Sequence[Match]) -> list[Known]:
    first, last = export.date_from, export.date_to
    if first is None or last is None:
        return []
    here, scope = {one.id for one in matches}, match.scope(matches)
    of_platforms = find.of_platforms(platform for platform, _ in scope)
    known = [one for one in of_platforms if one.id not in here and _is_in(scope, one)]
    have = daily_rows.counts([one.id for one in known], first, last)
    return [one for one in known if one.id in have]


def _is_in(scope: Collection[tuple[str, str | None]], one: Known | Match) -> bool:
    account = one.account if isinstance(one, Match) else one.says("account")
    return (one.platform, account) in scope


def _about(
    export: Export, file: str, options: Mapping[str, Any], store_options: StoreOptions, matches: Sequence[Match]
) -> dict[str, Any]:
    """What the ledger keeps of the file."""
    accounts = {one.account for one in matches}
    return {
        "file": file,
        "sha256": export.sha256,
        "options": options,
        "platform": export.platform,
        "account": accounts.pop() if len(accounts) == 1 else None,
        "currency": export.currency,
        "mode": store_options.mode.value,
        "rows_read": export.rows_read,
        "rows_kept": export.rows_kept,
        "rejected": len(export.rejected),
        "date_from": export.date_from,
        "date_to": export.date_to,
        "totals": {name: getattr(export.totals, name) for name in FIGURES},
    }


@dataclass
class _Storing:
    """One file on its way into the tables."""

    export: Export
    file: str
    options: Mapping[str, Any]
    """As the ledger keeps them."""
    how: StoreOptions
    matches: list[Match]
    others: list[Known]
    """The campaigns of the file's platforms and accounts that have days in its span, and none in the file."""
    batch: ledger.Batch
    notices: list[str]
    noted: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What was done to campaigns, by id, while the ledger does not have it yet."""

    def run(self, advance: Callable[[int], None]) -> FileOutcome:
        self._rename(renames.find(self.export, self.matches, self.others))
        if not self.how.dry_run:
            match.write(self.matches)
            self.noted = {one.id: one.noted for one in self.matches if one.noted}
            daily_rows.lock([one.id for one in self.matches] + [one.id for one in self.others])
        done = compare.store(self.export, self._target(), advance)
        self._require_most_to_stay(done)
        batch_id = self._finish(done)
        self._tell(done)
        return self._imported(done, batch_id)

    def _rename(self, found: Iterable[Renamed]) -> None:
        for renamed in found:
            old, new = renamed.old, renamed.new
            if new.stored is not None and _made_together(old, new.stored):
                continue
            if self.how.rename and new.stored is None:
                self.matches[new.of_file.number] = match.renamed(self.export, new.of_file, old)
                self.others.remove(old)
            else:
                self.notices.append(f"looks renamed: {old.name} -> {new.name}; {self._advice(new)}")

    def _advice(self, new: Match) -> str:
        """How to keep a renamed campaign one."""
        if new.stored is None:
            undone = "" if self.how.dry_run else "undo this import and "
            return f"to keep it one campaign, {undone}import with --rename"
        made = ledger.creator(new.id)
        how = f"undo import {made[0].id}" if made else f"delete campaign {new.id}"
        return f"both are stored: to make them one, {how} and import again with --rename"

    def _target(self) -> compare.Target:
        removes, scope = self._may_remove(), match.scope(self.matches)
        return compare.Target(
            ids=[one.id for one in self.matches],
            new=frozenset(one.id for one in self.matches if one.stored is None),
            in_scope=frozenset(one.id for one in self.matches if removes and _is_in(scope, one)),
            gone=[known.id for known in self.others if removes],
            synced_at=written_instant(now()),
            note=None if self.how.dry_run else self._note,
            show=self.how.show_changes,
        )

    def _may_remove(self) -> bool:
        if self.how.mode is not ImportMode.REPLACE_RANGE or self.export.date_from is None:
            return False
        if self.export.rejected and not self.how.remove_many:
            self.notices.append(
                "rows were rejected, so stored days that the file lacks were not removed; --yes removes them"
            )
            return False
        return True

    def _note(self, changes: Iterable[ledger.Change]) -> None:
        """Write down changed days, and with the days of a campaign what was done to the campaign itself."""
        self.batch.note([replace(one, campaign=self.noted.pop(one.campaign_id, None)) for one in changes])

    def _require_most_to_stay(self, done: Compared) -> None:
        if done.removed * 2 > done.stored and not self.how.remove_many:
            raise self.export.refusal(
                None,
                f"{self.file} lacks {done.removed:,} of the {done.stored:,} days stored between "
                f"{self.export.date_from} and {self.export.date_to}, and may be a filtered export",
                "Nothing was changed; --yes removes them, --mode upsert keeps them",
            )

    def _finish(self, done: Compared) -> str | None:
        """Complete the batch, if there is to be one."""
        changed = done.inserted or done.updated or done.removed or any(map(_changes, self.matches))
        before = None if changed else ledger.standing(self.export.sha256, self.options)
        if before is not None:
            moment = written_instant(before.imported_at)
            self.notices.append(f"the same file as {before.file}, imported on {moment}; nothing changed")
            return str(before.id)
        if self.how.dry_run:
            return None
        if self.noted:
            self._note([ledger.Change(id, {}) for id in list(self.noted)])
        self.batch.finish({name: getattr(done, name) for name in _COUNTS})
        return self.batch.id

    def _tell(self, done: Compared) -> None:
        names = {known.id: known.name for known in self.others} | {one.id: one.name for one in self.matches}
        renamed = [f"renamed: {one.stored.name} -> {one.name}" for one in self.matches if one.stored and _renamed(one)]
        given = [
            f"{one.name} ({one.id}) had no external id; it is {one.changed['externalId'][1]}"
            for one in self.matches
            if "externalId" in one.changed
        ]
        for told in (renamed, given):
            self.notices += told[:_MOST_NAMED]
            if len(told) > _MOST_NAMED:
                self.notices.append(f"… and {len(told) - _MOST_NAMED:,} more like this")
        if self.export.rejected and self.export.merged:
            self.notices.append(
                "rows are summed by campaign and day here: mend rejected ones in the file itself and import it again, "
                "since a row that is imported alone takes the place of its day"
            )
        for id, gone in done.removed_days.items():
            self.notices.append(f"removed: {names[id]} {', '.join(sorted(gone))}")
        done.largest = [replace(moved, campaign=names[moved.campaign]) for moved in done.largest]

    def _imported(self, done: Compared, batch_id: str | None) -> FileOutcome:
        export = self.export
        return FileOutcome(
            file=self.file,
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
            notices=self.notices,
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
        "encoding": options.encoding,
        "decimalMark": options.decimal_mark,
        "dateOrder": options.date_order,
        "mode": store_options.mode.value,
        "rename": store_options.rename,
    }
    return {key: value for key, value in known.items() if value}
