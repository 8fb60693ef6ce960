"""`store`: stores a file that was read in the tables and the ledger, in one transaction.

Owns the order of the steps: find its campaigns, look for renames, compare and write its days, refuse to remove too
much, write the ledger. The steps themselves are left to `find`, `match`, `renames`, `compare` and `data.ledger`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from adops_cli import periods
from adops_cli.data import daily_rows
from adops_cli.data.journal import batches, ledger
from adops_cli.exports.columns.header import fingerprint
from adops_cli.exports.export import Export, ReadOptions
from adops_cli.files import as_text
from adops_cli.importers.metrics import attributes, compare, find, match, meanings, notices, renames, whose
from adops_cli.importers.metrics.compare import Compared
from adops_cli.importers.metrics.find import Known
from adops_cli.importers.metrics.known_days import KnownDays
from adops_cli.importers.metrics.match import Match
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions, as_kept
from adops_cli.importers.metrics.renames import Renamed
from adops_cli.measures import FIGURES
from adops_cli.storage.choices import ImportMode
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import Import
from adops_cli.storage.table import now
from adops_cli.values import written_instant

_COUNTS = ("inserted", "updated", "unchanged", "removed")


def store(  # noqa: PLR0913 - one file of `import_files`
    export: Export,
    file: str,
    options: ReadOptions,
    store_options: StoreOptions,
    advance: Callable[[int], None] = lambda _count: None,
    *,
    before_commit: Callable[[], None] = lambda: None,
) -> FileOutcome:
    """Store the file, or report what that would do. `before_commit` can be called more than once.

    The same bytes with the same options create no batch if they would change nothing: the outcome names the batch that
    already has their days. Raises `RefusedError` for a currency other than the stored one, for two campaigns that are
    stored as one, and if so many days would be removed that the file could be incomplete; then nothing is changed.
    """
    if not store_options.dry_run:
        return _stored(export, file, options, store_options, advance, before_commit)
    with db.snapshot():
        return _prepared(export, file, options, store_options).run(advance)


@atomically
def _stored(  # noqa: PLR0913, PLR0917 - as for `store`
    export: Export,
    file: str,
    options: ReadOptions,
    store_options: StoreOptions,
    advance: Callable[[int], None],
    before_commit: Callable[[], None],
) -> FileOutcome:
    db.serialise_imports()  # imports run one after another, and each sees what those before it have done
    done = _prepared(export, file, options, store_options).run(advance)
    before_commit()
    return done


def _prepared(export: Export, file: str, options: ReadOptions, store_options: StoreOptions) -> "_Storing":
    """Look up the file's campaigns in the database."""
    matches, kept = match.match(export), as_kept(options, store_options)
    if export.platform == whose.UNKNOWN:
        kept = {**kept, "header": fingerprint(export.header)}
    return _Storing(
        export=export,
        file=file,
        options=kept,
        how=store_options,
        matches=matches,
        others=_others(export, matches),
        batch=ledger.Batch(_about(export, file, kept, store_options, matches)),
        notices=[
            *export.notices,
            *whose.notices(export, options, matches),
            *meanings.notices(export, matches, options, accept=store_options.accept_new_meaning),
        ],
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
    """What the ledger records about the file."""
    accounts = {one.account for one in matches}
    return {
        "file": as_text(file),
        "sha256": export.sha256,
        "options": options,
        "platform": export.platform,
        "account": accounts.pop() if len(accounts) == 1 else None,
        "currency": export.currency,
        "mode": store_options.mode.value,
        "rows_read": export.rows_read,
        "rows_kept": export.rows_kept,
        "rejected": len(export.rejected),
        "date_from": Import.date_from.read(export.date_from),
        "date_to": Import.date_to.read(export.date_to),
        "totals": {name: getattr(export.totals, name) for name in FIGURES},
        "means": meanings.of_file(
            export, matches, [] if store_options.take_attributes == "never" else attributes.of_file(export)
        ),
    }


@dataclass
class _Storing:
    """The import of one file into the tables."""

    export: Export
    file: str
    options: Mapping[str, Any]
    """In the form in which the ledger stores them."""
    how: StoreOptions
    matches: list[Match]
    others: list[Known]
    """The campaigns of the file's platforms and accounts with stored days within its span, but not in the file."""
    batch: ledger.Batch
    notices: list[str]
    noted: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What was done to campaigns, by id, as far as it is not in the ledger yet."""

    def run(self, advance: Callable[[int], None]) -> FileOutcome:
        self._rename(renames.find(self.export, self.matches, self.others))
        self.notices += attributes.take(self.export, self.matches, self.how.take_attributes)
        if not self.how.dry_run:
            match.write(self.matches, self.export.attributions)
            self.noted = {one.id: one.noted for one in self.matches if one.noted}
            daily_rows.lock([one.id for one in self.matches] + [one.id for one in self.others])
        known = KnownDays(self.export, self.matches, periods.day_of(self.batch.imported_at, db.timezone))
        done = compare.store(known.watching(), self._target(), advance)
        self._require_most_to_stay(done)
        batch_id = self._finish(done, known)
        self.notices += notices.of_import(self.export, self.how, self.matches, self.others, done)
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
        """How to keep a renamed campaign as one."""
        if new.stored is None:
            undone = "" if self.how.dry_run else "undo this import and "
            return f"to keep it as one campaign, {undone}import with --rename"
        made = batches.creator(new.id)
        how = f"undo import {made[0].id}" if made else f"delete campaign {new.id}"
        return f"both are stored; to make them one, {how} and import again with --rename"

    def _target(self) -> compare.Target:
        scope, partial = match.scope(self.matches), self.export.partial
        return compare.Target(
            ids=[one.id for one in self.matches],
            new=frozenset(one.id for one in self.matches if one.stored is None),
            in_scope=frozenset(one.id for one in self.matches if not partial and _is_in(scope, one)),
            gone=[known.id for known in self.others if not partial],
            removes=self._may_remove(),
            mark=f"partial: {', '.join(partial)}" if partial else None,
            synced_at=written_instant(now()),
            note=None if self.how.dry_run else self._note,
            show=self.how.show_changes,
        )

    def _may_remove(self) -> bool:
        """Whether days that the file lacks are removed. The user can say that the file is complete."""
        if self.how.mode is not ImportMode.REPLACE_RANGE or self.export.date_from is None:
            return False
        return self.how.remove_many or self.export.incomplete is None

    def _note(self, changes: Iterable[ledger.Change], wait: Callable[[], None] = lambda: None) -> None:
        """Record changed days and, with the days of a campaign, what was done to the campaign itself."""
        self.batch.note([replace(one, campaign=self.noted.pop(one.campaign_id, None)) for one in changes], wait)

    def _require_most_to_stay(self, done: Compared) -> None:
        if done.removed * 2 > done.stored and not self.how.remove_many:
            raise self.export.refusal(
                None,
                f"{self.file} lacks {done.removed:,} of the {done.stored:,} days stored between "
                f"{self.export.date_from} and {self.export.date_to}, so it could be a filtered export",
                "Nothing was changed; use --yes to remove them, or --mode upsert to keep them",
            )

    def _finish(self, done: Compared, known: KnownDays) -> str | None:
        """Complete the batch, if there is one."""
        changed = done.inserted or done.updated or done.removed or any(map(_changes, self.matches))
        before = None if changed else batches.standing(self.export.sha256, self.options, but=self.batch.id)
        if before is not None:
            self.batch.discard()
            moment = written_instant(before.imported_at)
            self.notices.append(f"the same file as {before.file}, imported on {moment}; nothing changed")
            return str(before.id)
        if self.how.dry_run:
            return None
        if self.noted:
            self._note([ledger.Change(id, {}) for id in list(self.noted)])
        self.batch.finish({**{name: getattr(done, name) for name in _COUNTS}, "known": known.found(self.others)})
        return self.batch.id

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
            sums_rows=export.sums_rows,
            **{name: getattr(done, name) for name in _COUNTS},
            date_from=export.date_from,
            date_to=export.date_to,
            totals=export.totals,
            spend_by_currency=export.spend_by_currency,
            file_totals=export.file_totals,
            reconciled=export.reconciled,
            kept=done.kept,
            coverage="partial" if export.partial else "complete",
            parts=export.parts,
            left_out=export.left_out,
            is_doubtful=export.is_doubtful,
            notices=self.notices,
            batch_id=batch_id,
            columns=export.columns,
            moved=done.moved,
            moved_spend=self._moved_spend(done),
            changes=done.largest,
        )

    def _moved_spend(self, done: Compared) -> dict[str, Decimal]:
        """By how much the spend of restated days moved, by currency."""
        found: dict[str, Decimal] = {}
        for one in self.matches:
            if one.id in done.moved_spend:
                currency = one.currency or ""
                found[currency] = found.get(currency, Decimal()) + done.moved_spend[one.id]
        return found


def _made_together(one: Known, other: Known) -> bool:
    """Whether the same file created both campaigns. Then neither is a later name of the other."""
    made = [batches.creator(known.id) for known in (one, other)]
    return made[0] is not None and made[0] == made[1]


def _changes(one: Match) -> bool:
    return one.stored is None or bool(one.changed)
