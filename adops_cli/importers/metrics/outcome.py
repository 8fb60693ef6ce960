"""The request and the result of an import of export files, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.exports.export import Column, Figures, LeftOut, ReadOptions, RefusedError, RejectedRow
from adops_cli.importers.metrics import kept_options
from adops_cli.importers.metrics.restated import Moved
from adops_cli.storage.choices import ImportMode
from adops_cli.storage.rows import Record

TakeAttributes = Literal["always", "when-empty", "never"]
"""When a stored campaign takes what a file says of it besides figures."""


@dataclass(frozen=True)
class StoreOptions:
    """How to store files."""

    mode: ImportMode = ImportMode.UPSERT
    rename: bool = False
    """Rename campaigns that look renamed, instead of storing their days twice."""
    remove_many: bool = False
    """Remove days even if the file could be incomplete: if it lacks more than half of them, or has rejected rows."""
    dry_run: bool = False
    show_changes: int = 0
    """How many of the largest restatements to report."""
    accept_new_meaning: bool = False
    """Store figures that mean something else than the stored ones of the same account."""
    take_attributes: TakeAttributes = "always"


def as_kept(options: ReadOptions, store_options: StoreOptions) -> Mapping[str, Any]:
    """The options that determine the result of a file, as the ledger stores them, without those not given."""
    take = store_options.take_attributes
    known = {
        **kept_options.as_kept(options),
        "mode": store_options.mode.value,
        "rename": store_options.rename,
        "takeAttributes": None if take == "always" else take,
    }
    return {key: value for key, value in known.items() if value}


@dataclass(repr=False)
class FileOutcome(Record):
    """The result for one file. The counts of a refused file are None."""

    file: str
    platform: str | None = None
    grain: str | None = None
    currency: str | None = None
    rows_read: int = 0
    rows_kept: int | None = None
    merged: int | None = None
    skipped: Mapping[str, int] = field(default_factory=dict)
    rejected: Sequence[RejectedRow] = ()
    sums_rows: bool = False
    """Whether several of its rows can belong to one day, so that none of them can be imported alone."""
    inserted: int | None = None
    updated: int | None = None
    unchanged: int | None = None
    removed: int | None = None
    kept: int | None = None
    """Days that a partial file did not touch, although it has other figures for them."""
    date_from: str | None = None
    date_to: str | None = None
    totals: Figures | None = None
    spend_by_currency: Mapping[str, Decimal] = field(default_factory=dict)
    """If the file has several currencies."""
    file_totals: Figures | None = None
    reconciled: bool | None = None
    refused_because: str | None = None
    """One of the words of `Refusal`. Also None if the file was refused for its effect on stored days (see `error`)."""
    coverage: str | None = None
    """`complete`, or `partial` if the rows are a fragment of their days."""
    parts: Sequence[str] = ()
    """The headers of its columns that split days into parts."""
    left_out: Sequence[LeftOut] = ()
    """What the file has and adops does not count."""
    is_doubtful: bool = False
    """Whether somebody should look at the file, although no row was rejected."""
    notices: Sequence[str] = ()
    batch_id: str | None = None
    """The batch with its days; None in a dry run."""
    error: AdopsError | None = None
    """Why it was refused."""
    columns: Sequence[Column] = ()
    moved: int = 0
    """How many stored figures the file restates."""
    moved_spend: Mapping[str, Decimal] = field(default_factory=dict)
    """By how much the spend of restated days moved, by currency; "" if it is unknown."""
    changes: Sequence[Moved] = ()
    """The largest restatements first."""


def refused(file: str, error: BadRequestError) -> FileOutcome:
    """The outcome of a file that was refused for this reason and changed nothing."""
    said = FileOutcome(file, notices=[str(error)], error=error)
    if isinstance(error, RefusedError):
        said.platform, said.rows_read, said.columns = error.platform, error.rows_read, error.columns
        said.refused_because = None if error.because is None else str(error.because)
    return said
