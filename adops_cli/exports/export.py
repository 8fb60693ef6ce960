"""What reading an export file comes to: the words in which it is told, and what the next floor stores.

Between reading (everything else in this package) and storing (`importers.metrics`); neither knows the other.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from adops_cli.errors import BadRequestError

_CURRENCY = re.compile("[A-Za-z]{3}")
"""As ISO 4217 has them."""


class Refusal(StrEnum):
    """Why a whole file is refused."""

    EMPTY_FILE = "empty_file"
    UNREADABLE = "unreadable"
    UNRECOGNISED = "unrecognised"
    NO_DAY_COLUMN = "no_day_column"
    NOT_DAILY = "not_daily"
    MISSING_COLUMN = "missing_column"
    AMBIGUOUS_DATES = "ambiguous_dates"
    AMBIGUOUS_NUMBERS = "ambiguous_numbers"
    MIXED_CURRENCIES = "mixed_currencies"
    TOO_MANY_ERRORS = "too_many_errors"


class Why(StrEnum):
    """Why one row is rejected."""

    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    OUT_OF_RANGE = "out_of_range"
    TOO_FEW_FIELDS = "too_few_fields"
    TOO_MANY_FIELDS = "too_many_fields"
    EMPTY_DAY = "empty_day"


class RefusedError(BadRequestError):
    """A file that is refused whole; the message says what is wrong in it, the hint how to export or import it."""

    def __init__(
        self,
        because: Refusal | None,
        message: str,
        hint: str | None = None,
        *,
        platform: str | None = None,
        rows_read: int = 0,
    ) -> None:
        super().__init__(message, hint)
        self.because = because
        """None where no word says it: the file is sound, and does not fit what is stored."""
        self.platform = platform
        self.rows_read = rows_read


@dataclass(frozen=True)
class ReadOptions:
    """What the caller says about a file, over what is recognised in it; None leaves it to the file."""

    platform: str | None = None
    currency: str | None = None
    account: str | None = None
    conversions: str | None = None
    clicks: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """`--map`: our key by the file's header, such as {"Spend EUR": "spend"}."""
    decimal_mark: str | None = None
    date_order: str | None = None
    """`dmy`, `mdy` or `ymd`."""
    max_errors: int | None = None
    """Rejects that are bearable; None is the larger of 10 and 1 % of the rows."""

    def __post_init__(self) -> None:
        if self.currency is None:
            return
        if not _CURRENCY.fullmatch(self.currency):
            raise BadRequestError(f"--currency must be three letters, not {self.currency!r}", "Give a code such as EUR")
        object.__setattr__(self, "currency", self.currency.upper())


@dataclass(frozen=True)
class RejectedRow:
    """A row that could not be read."""

    line: int
    column: str | None
    why: Why
    cells: Sequence[str]
    """The row as it stands in the file."""


@dataclass(frozen=True)
class Figures:
    """Sums, exact; None is not reported."""

    impressions: int | None = None
    clicks: int | None = None
    conversions: Decimal | None = None
    spend: Decimal | None = None
    revenue: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FileCampaign:
    """A campaign as a file knows it."""

    number: int
    """Its place in the file, from 0."""
    name: str
    external_id: str | None = None
    own_id: str | None = None
    """The `campaignId` of a generic file with our own keys, to be looked up first."""
    account: str | None = None
    currency: str | None = None
    platform: str | None = None
    """The platform that the rows of a generic file name, where they do."""


@dataclass(frozen=True)
class Column:
    """How one column was understood, for --explain."""

    header: str
    meaning: str | None
    """`day`, `campaign`, `spend`, … or None where it is kept as metadata or ignored."""
    fate: str
    """A few words: `spend`, `metadata`, `ignored: a ratio`."""
    samples: Sequence[str] = ()


CampaignDay = tuple[int, str, int | None, int | None, int | None, int | None, int | None, str | None]
"""One campaign on one day, its rows summed up: the campaign's number, the day (YYYY-MM-DD), impressions and clicks,
then conversions, spend and revenue in millionths; last its further figures as JSON text (keys sorted), or None."""


@dataclass(kw_only=True)
class Export:
    """A file that was accepted, read to its end; its days lie in a spool on disk until it is closed."""

    platform: str
    grain: str = "day"
    sha256: str = ""
    """Of the file's bytes as they came."""
    currency: str | None
    currencies: Sequence[str]
    """Sorted; more than one only where `currency` is None."""
    rows_read: int
    rows_kept: int
    merged: int
    skipped: Mapping[str, int]
    rejected: Sequence[RejectedRow]
    header: Sequence[str]
    """The file's header row, for a file of rejects."""
    date_from: str | None
    date_to: str | None
    totals: Figures
    file_totals: Figures | None
    reconciled: bool | None
    notices: Sequence[str] = ()
    columns: Sequence[Column] = ()
    campaigns: Sequence[FileCampaign]
    read_days: Callable[[], Iterator[CampaignDay]]
    """Reads the spool."""
    give_back: Callable[[], None]
    """Closes the spool."""

    def days(self) -> Iterator[CampaignDay]:
        """Every campaign and day once, in the order of the campaigns' numbers, then of the days; as often as asked."""
        return self.read_days()

    def refusal(self, because: Refusal | None, message: str, hint: str) -> RefusedError:
        """To be raised where the file does not fit what is stored."""
        return RefusedError(because, message, hint, platform=self.platform, rows_read=self.rows_read)

    def close(self) -> None:
        """Give the spool back."""
        self.give_back()
