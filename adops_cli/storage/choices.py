"""The closed sets of values, and the platforms that are known by name."""

from enum import StrEnum


class ProjectStatus(StrEnum):
    """The status of a project; a closed set."""

    PLANNING = "planning"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ExecutionStatus(StrEnum):
    """The status of an execution; a closed set."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Platform(StrEnum):
    """The platforms known by name. A campaign can be on any other."""

    GOOGLE_ADS = "google-ads"
    META_ADS = "meta-ads"
    PINTEREST = "pinterest"
    TTD = "ttd"
    DV360 = "dv360"


class ImportMode(StrEnum):
    """What happens to stored days that an imported file does not have; a closed set."""

    UPSERT = "upsert"
    """They are kept."""
    REPLACE_RANGE = "replace-range"
    """Those of the same platform and account within the file's span are removed."""


class ImportStatus(StrEnum):
    """Whether an import has been undone; a closed set."""

    IMPORTED = "imported"
    UNDONE = "undone"
