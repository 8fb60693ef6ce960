"""The closed sets, and the platforms that are known by name."""

from enum import StrEnum


class ProjectStatus(StrEnum):
    """Where a project stands; a closed set."""

    PLANNING = "planning"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ExecutionStatus(StrEnum):
    """Where a workflow run stands; a closed set."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Platform(StrEnum):
    """The platforms known by name; a campaign may stand on any other."""

    GOOGLE_ADS = "google-ads"
    META_ADS = "meta-ads"
    PINTEREST = "pinterest"
    TTD = "ttd"
    DV360 = "dv360"


class ImportMode(StrEnum):
    """What becomes of stored days that an imported file does not have; a closed set."""

    UPSERT = "upsert"
    """They stay."""
    REPLACE_RANGE = "replace-range"
    """Those of the same platform and account inside the file's span go."""


class ImportStatus(StrEnum):
    """Whether an import still stands; a closed set."""

    IMPORTED = "imported"
    UNDONE = "undone"
