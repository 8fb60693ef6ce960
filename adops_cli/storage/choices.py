"""The closed sets of values, and the platforms that are known by name."""

from enum import StrEnum
from typing import Literal


class ProjectStatus(StrEnum):
    """The status of a project; a closed set."""

    PLANNING = "planning"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


AnyProjectStatus = ProjectStatus | Literal["planning", "active", "paused", "completed", "cancelled"]
"""The same as a caller can give it: a type checker does not take the text for the member."""


class ExecutionStatus(StrEnum):
    """The status of an execution; a closed set."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


AnyExecutionStatus = ExecutionStatus | Literal["queued", "running", "completed", "failed", "cancelled"]
"""The same as a caller can give it."""


class Platform(StrEnum):
    """The platforms known by name. A campaign can be on any other."""

    GOOGLE_ADS = "google-ads"
    META_ADS = "meta-ads"
    PINTEREST = "pinterest"
    TTD = "ttd"
    DV360 = "dv360"
    MICROSOFT_ADS = "microsoft-ads"
    TIKTOK_ADS = "tiktok-ads"
    LINKEDIN_ADS = "linkedin-ads"
    AMAZON_ADS = "amazon-ads"
    TABOOLA = "taboola"
    CRITEO = "criteo"
    SNAPCHAT_ADS = "snapchat-ads"
    REDDIT_ADS = "reddit-ads"
    X_ADS = "x-ads"
    APPLE_ADS = "apple-ads"
    CM360 = "cm360"
    YANDEX_DIRECT = "yandex-direct"
    SPOTIFY_ADS = "spotify-ads"


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


class BookEntry(StrEnum):
    """What an entry of the closed periods does; a closed set."""

    CLOSE = "close"
    REOPEN = "reopen"


class ImportKind(StrEnum):
    """What has changed figures in one batch; a closed set."""

    IMPORT = "import"
    """A file of an ad platform."""
    RECORD = "record"
    """`metrics record`, or its function."""
    DELETE = "delete"
    """A day, or a campaign with all its days, was deleted."""
    IMPORT_JSON = "import-json"
    """The JSON files of the Node system."""
    SEED = "seed"
    """The sample data."""
    UNDO = "undo"
    """Another batch was undone."""
    ADOPT = "adopt"
    """Changes by another program were written down."""
    OPENING = "opening"
    """The book begins: with what a database already had, was taken over with, or what old batches were folded into."""
