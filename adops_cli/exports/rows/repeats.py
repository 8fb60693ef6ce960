"""The rows of one campaign and day that no part of the day tells apart: parts after all, a fragment, or repetitions.

Decides for a whole file once its rows are in the spool, in this order: figures that rows repeat (`not_additive`, or
left out), rows of a fragment (the file is partial), older versions of a row (the newest counts), rows that are equal in
every cell (counted once), rows that nothing explains (`duplicate_days`). All others are summed. No row or figure is
left out without a notice.

A file can have only one keyword or region for each day. It is partial if that is not always the same one. If it is, it
may be a constant attribute, and the file counts as complete; but if nothing shows that it is one, a notice asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn

from adops_cli.exports.cells.cell import NO_VALUE
from adops_cli.exports.columns.layout import COUNTS, Layout
from adops_cli.exports.export import FileCampaign, LeftOut, ReadOptions, Refusal, RefusedError
from adops_cli.exports.rows.spool import Spool
from adops_cli.exports.rows.tracked import Tracker
from adops_cli.measures import FIGURES

_GROUP = "campaign, day, t0"
_DIMENSIONS_FROM = 3


@dataclass
class Coverage:
    """What the rows of a file cover."""

    fragments: tuple[str, ...] = ()
    """The headers of the fragment columns that split its days; then the file is partial."""
    lone: list[str] = field(default_factory=list)
    """A notice on fragment columns of which nothing shows whether they split days."""
    left_out: list[LeftOut] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    changed: bool = False
    """Whether rows or figures were taken out of the spool."""
    doubtful: bool = False
    """Whether somebody should look at the file: rows were counted once that it has repeatedly."""


def settle(
    spool: Spool, layout: Layout, tracker: Tracker, options: ReadOptions, campaigns: Sequence[FileCampaign]
) -> Coverage:
    """Decide on the rows of one campaign and day that no part tells apart, and take out those that do not count.

    Args:
        spool: the file's rows, finished; rows that do not count are removed from it.
        layout: the file's columns.
        tracker: what was remembered of each row.
        options: the caller's choices.
        campaigns: the campaigns of the file, by their numbers.
    """
    found = _Repeats(spool, layout, tracker, options, campaigns)
    if found.any():
        found.settle()
    if layout.splits.fragments:
        found.lone_fragments()
    return found.coverage


class _Repeats:
    def __init__(
        self,
        spool: Spool,
        layout: Layout,
        tracker: Tracker,
        options: ReadOptions,
        campaigns: Sequence[FileCampaign],
    ) -> None:
        self._spool, self._layout, self._tracker, self._options = spool, layout, tracker, options
        self._campaigns = campaigns
        places = range(len(tracker.dimensions))
        self._hashes = [f"t{place + _DIMENSIONS_FROM}" for place in places]
        self._counts = [f"c{place}" for place in places]
        """How many different cells the rows of a group have in each dimension."""
        self._alike = " AND ".join(f"{count} = 1" for count in self._counts) or "1"
        self.coverage = Coverage()

    def any(self) -> bool:
        """Whether parts leave rows of one campaign and day together."""
        pairs = zip(self._hashes, self._counts, strict=True)
        counts = "".join(f", COUNT(DISTINCT {hash}) AS {count}" for hash, count in pairs)
        self._spool.run("DROP TABLE IF EXISTS together")
        groups = f"SELECT {_GROUP}, COUNT(*) AS n{counts} FROM sorted GROUP BY {_GROUP} HAVING n > 1"
        self._spool.run(f"CREATE TABLE together AS {groups}")
        return any(self._spool.ask("SELECT 1 FROM together LIMIT 1"))

    def settle(self) -> None:
        differing, splits = self._differing(), self._layout.splits
        if self._layout.once_by in differing:
            self._once()
        self._overlaps([column for column in differing if column in splits.overlaps and column != self._layout.once_by])
        fragments = [column for column in differing if column in splits.fragments]
        self.coverage.fragments = tuple(self._layout.header.cells[column] for column in fragments)
        unknown = [column for column in differing if column in self._tracker.unknown]
        if splits.extracted is not None:
            self._newest()
        if self._options.same_day == "last":
            self._last()
        elif self._options.same_day is None and not splits.known and not unknown:
            self._equal()
            self._different()
        elif self._options.same_day is None:
            self._tell_summed(self._alike, "although no column tells them apart; the export may lack a column")
        if unknown:
            counts = [self._counts[self._tracker.dimensions.index(column)] for column in unknown]
            which = " OR ".join(f"{count} > 1" for count in counts)
            self._tell_summed(which, f"because they differ in {self._names(unknown)}")

    def lone_fragments(self) -> None:
        """Look at fragments of which each day has only one."""
        fragments = [column for column in self._layout.splits.fragments if self._has_cells(column)]
        if not self.coverage.fragments:
            changing = [column for column in fragments if self._changes(column)]
            self.coverage.fragments = tuple(self._headers(changing))
        unclear = [column for column in fragments if len(self._campaigns) == 1 or not self._is_constant(column)]
        if unclear and not self.coverage.fragments:
            self.coverage.lone.append(
                f"the rows are by {self._names(unclear)}, with only one for each day: check that no others are missing"
            )

    def _hash_of(self, column: int) -> str:
        return self._hashes[self._tracker.dimensions.index(column)]

    def _has_cells(self, column: int) -> bool:
        blank = ", ".join(str(hash(mark)) for mark in (*NO_VALUE, " --"))
        return bool(self._spool.ask(f"SELECT 1 FROM sorted WHERE {self._hash_of(column)} NOT IN ({blank}) LIMIT 1"))

    def _changes(self, column: int) -> bool:
        """Whether a campaign's rows, or those of a part of it, have different cells."""
        more = f"COUNT(DISTINCT {self._hash_of(column)}) > 1"
        return bool(self._spool.ask(f"SELECT 1 FROM sorted GROUP BY campaign, t0 HAVING {more} LIMIT 1"))

    def _is_constant(self, column: int) -> bool:
        return self._spool.ask(f"SELECT COUNT(DISTINCT {self._hash_of(column)}) FROM sorted") == [(1,)]

    def _differing(self) -> list[int]:
        """The dimensions whose cells differ between rows of a group."""
        if not self._counts:
            return []
        [flags] = self._spool.ask(f"SELECT {', '.join(f'MAX({count} > 1)' for count in self._counts)} FROM together")
        return [column for column, flag in zip(self._tracker.dimensions, flags, strict=True) if flag]

    def _names(self, columns: Sequence[int]) -> str:
        return " and ".join(repr(self._layout.header.cells[column]) for column in columns)

    def _overlaps(self, columns: Sequence[int]) -> None:
        """Leave out the figures that the rows repeat, or refuse the file if the spend is one of them."""
        sums = {name: self._sum(name) for name in FIGURES}
        declared = frozenset[str]().union(*(self._layout.splits.overlaps[column] for column in columns))
        repeated = [name for name in FIGURES if name in declared and sums[name] is not None]
        names = self._names(columns)
        if "spend" in repeated:
            self._refuse(columns)
        for name in repeated:
            self.coverage.left_out.append(LeftOut(name, " and ".join(self._headers(columns)), sums[name], "repeated"))
            self.coverage.notices.append(
                f"{name} ({_plain(sums[name])} over all rows) are left out: the rows are by {names}, which repeats them"
            )
            self._spool.run(f"UPDATE sorted SET {name} = NULL")
            self.coverage.changed = True

    def _once(self) -> None:
        """Count what the rows for several types of action repeat once."""
        delivery = "impressions, clicks, spend"
        different = f"SELECT DISTINCT {_GROUP}, {delivery} FROM sorted"
        if self._spool.ask(f"SELECT 1 FROM ({different}) GROUP BY {_GROUP} HAVING COUNT(*) > 1 LIMIT 1"):
            self._refuse([self._layout.once_by or 0])
        others = (
            f"SELECT rowid FROM (SELECT rowid, ROW_NUMBER() OVER (PARTITION BY {_GROUP} ORDER BY rowid) AS place "
            "FROM sorted) WHERE place > 1"
        )
        nothing = ", ".join(f"{name} = NULL" for name in ("impressions", "clicks", "spend", "metadata"))
        self._spool.run(f"UPDATE sorted SET {nothing} WHERE rowid IN ({others})")
        self.coverage.changed = True

    def _refuse(self, columns: Sequence[int]) -> NoReturn:
        names = self._names(columns)
        raise RefusedError(
            Refusal.NOT_ADDITIVE,
            f"the rows are by {names}, so that they repeat figures, and cannot be added up",
            f"Export the campaigns by day without {names}",
            platform=self._layout.platform.name,
        )

    def _headers(self, columns: Sequence[int]) -> list[str]:
        return [self._layout.header.cells[column] for column in columns]

    def _sum(self, name: str) -> Decimal | None:
        values = [value for (value,) in self._spool.ask(f"SELECT {name} FROM sorted WHERE {name} IS NOT NULL")]
        return _amount(name, sum(values)) if values else None

    def _newest(self) -> None:
        """Keep the newest version of each row."""
        header = self._names([self._layout.splits.extracted or 0])
        gone = self._remove("t2 < MAX(t2) OVER (PARTITION BY {same})", *self._hashes)
        if gone:
            self.coverage.notices.append(
                f"{gone[0]} are older versions of other rows, by {header}, and are left out with spend {gone[1]}"
            )

    def _equal(self) -> None:
        """Count rows that are equal in every cell once."""
        gone = self._remove("ROW_NUMBER() OVER (PARTITION BY {same} ORDER BY rowid) > 1", "t1")
        if gone:
            self.coverage.doubtful = True
            self.coverage.notices.append(
                f"{gone[0]} repeat another row in every cell and are left out with spend {gone[1]}; if they are parts "
                "of a day, use --same-day sum"
            )

    def _last(self) -> None:
        """Keep the last of the rows that no column tells apart."""
        gone = self._remove("ROW_NUMBER() OVER (PARTITION BY {same} ORDER BY rowid DESC) > 1", *self._hashes)
        if gone:
            self.coverage.notices.append(
                f"{gone[0]} with spend {gone[1]} are left out, because a later row is for the same campaign and day"
            )

    def _different(self) -> None:
        """Rows of one campaign and day with different figures, in a file that has nothing finer."""
        groups = self._spool.ask(f"SELECT campaign, day FROM together WHERE {self._alike} ORDER BY campaign, day")
        known = [(campaign, day) for campaign, day in groups if _has_id(self._campaigns[campaign])]
        if known:
            (campaign, day) = known[0]
            raise RefusedError(
                Refusal.DUPLICATE_DAYS,
                f"{self._campaigns[campaign].name!r} has several rows with different figures for {day}, and no column "
                f"tells them apart ({_many(len(known), 'such day')} in the file)",
                "Use --same-day sum if they are parts of the day, or --same-day last if the last one is right",
                platform=self._layout.platform.name,
            )
        if groups:
            self._tell_summed(self._alike, "as their campaigns have only a name; add the campaign's id to the export")

    def _tell_summed(self, which: str, why: str) -> None:
        values = [
            value
            for (value,) in self._spool.ask(
                f"SELECT spend FROM sorted JOIN together USING ({_GROUP}) WHERE {which}"
            )
        ]  # fmt: skip
        if values:
            spend = _plain(_amount("spend", sum(value for value in values if value is not None)))
            rows = _many(len(values), "row")
            self.coverage.notices.append(f"{rows} with spend {spend} are summed by campaign and day {why}")

    def _remove(self, condition: str, *same: str) -> tuple[str, str] | None:
        """Take out rows, and look at those that are left. How many in words, and their spend; None if there are none.

        Args:
            condition: which rows, in SQL; `{same}` is what they have in common with others.
            same: what that is, beside campaign, day and parts.
        """
        chosen = condition.format(same=", ".join((_GROUP, *same)))
        rowids = f"SELECT rowid FROM (SELECT rowid, {chosen} AS gone FROM sorted) WHERE gone"
        gone = self._spool.ask(f"DELETE FROM sorted WHERE rowid IN ({rowids}) RETURNING spend")
        if not gone:
            return None
        self.coverage.changed = True
        self.any()
        return _many(len(gone), "row"), _plain(_amount("spend", sum(spend or 0 for (spend,) in gone)))


def _has_id(campaign: FileCampaign) -> bool:
    return bool(campaign.external_id or campaign.own_id)


def _amount(name: str, value: int) -> Decimal:
    return Decimal(value) if name in COUNTS else Decimal(value).scaleb(-6)


def _plain(amount: Decimal | None) -> str:
    text = f"{amount or 0:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
