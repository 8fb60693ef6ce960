"""What is asked of an import of export files, and what is said of each file afterwards. Does nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.exports.export import Column, Figures, RefusedError, RejectedRow
from adops_cli.importers.metrics.compare import Moved
from adops_cli.storage.choices import ImportMode


@dataclass(frozen=True)
class StoreOptions:
    """How files are to be stored."""

    mode: ImportMode = ImportMode.UPSERT
    rename: bool = False
    """Let campaigns that look renamed be renamed, in place of storing their days twice."""
    remove_many: bool = False
    """Remove days also where the file may be incomplete: more than half of them, or beside rejected rows."""
    dry_run: bool = False
    show_changes: int = 0
    """How many of the largest restatements to tell."""


@dataclass
class FileOutcome:
    """What became of one file; the counts of a refused one are None."""

    file: str
    platform: str | None = None
    grain: str | None = None
    currency: str | None = None
    rows_read: int = 0
    rows_kept: int | None = None
    merged: int | None = None
    skipped: Mapping[str, int] = field(default_factory=dict)
    rejected: Sequence[RejectedRow] = ()
    inserted: int | None = None
    updated: int | None = None
    unchanged: int | None = None
    removed: int | None = None
    date_from: str | None = None
    date_to: str | None = None
    totals: Figures | None = None
    file_totals: Figures | None = None
    reconciled: bool | None = None
    refused_because: str | None = None
    """One of the words of `Refusal`; None also for a file that was refused for what its days would do (see `error`)."""
    notices: Sequence[str] = ()
    batch_id: str | None = None
    """The batch that holds its days; None in a dry run."""
    error: AdopsError | None = None
    """Why it was refused."""
    columns: Sequence[Column] = ()
    moved: int = 0
    """How many stored figures the file restates."""
    changes: Sequence[Moved] = ()
    """The largest of them first."""


def refused(file: str, error: BadRequestError) -> FileOutcome:
    """What is said of a file that changed nothing, for this reason."""
    said = FileOutcome(file, notices=[str(error)], error=error)
    if isinstance(error, RefusedError):
        said.platform, said.rows_read, said.columns = error.platform, error.rows_read, error.columns
        said.refused_because = None if error.because is None else str(error.because)
    return said
