"""The result of reading an export file: the types that report it and that the layer above stores.

Stands between reading (everything else in this package) and storing (`importers.metrics`). Neither knows the other.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from adops_cli.errors import BadRequestError
from adops_cli.exports.currency_codes import KNOWN
from adops_cli.measures import FIGURES

_CURRENCY = re.compile("[A-Za-z]{3}")
"""The form of an ISO 4217 code."""
_SHOWN = 40
"""Characters of a cell."""


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
    UNKNOWN_CURRENCY = "unknown_currency"
    NOT_ADDITIVE = "not_additive"
    DUPLICATE_DAYS = "duplicate_days"
    CHANGED_MEANING = "changed_meaning"
    TOO_MANY_ERRORS = "too_many_errors"
    ALL_REJECTED = "all_rejected"


class Why(StrEnum):
    """Why one row is rejected."""

    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    OUT_OF_RANGE = "out_of_range"
    TOO_FEW_FIELDS = "too_few_fields"
    TOO_MANY_FIELDS = "too_many_fields"
    EMPTY_DAY = "empty_day"
    BROKEN_QUOTES = "broken_quotes"


class RefusedError(BadRequestError):
    """A whole file is refused. The message states what is wrong with it, the hint how to export or import it."""

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
        """None if no word applies: the file is sound, but conflicts with what is stored."""
        self.platform = platform
        self.rows_read = rows_read
        self.columns: Sequence[Column] = ()
        """How its columns are understood, as far as the file has a header."""


@dataclass(frozen=True)
class ReadOptions:
    """The caller's choices for a file. They override what is detected in it; None leaves the choice to the file."""

    platform: str | None = None
    """A platform's name, or any other slug for a file that is read by plain words or by `columns`."""
    currency: str | None = None
    account: str | None = None
    conversions: str | None = None
    kept: Mapping[str, str] = field(default_factory=dict)
    """Conversions that are kept apart in the metadata of days: their name in the file -> key of the metadata."""
    clicks: str | None = None
    level: str | None = None
    """`group` if a group of campaigns is one of ours, on a platform that has them."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """`--map`: header in the file -> our key, such as {"Spend EUR": "spend"}."""
    sheet: str | None = None
    """The sheet of a workbook to read."""
    encoding: str | None = None
    """Of a text file."""
    decimal_mark: str | None = None
    date_order: str | None = None
    """`dmy`, `mdy` or `ymd`."""
    same_day: str | None = None
    """What rows of one campaign and day that no column tells apart are: `sum` for parts, `last` for corrections."""
    money_unit: str | None = None
    """`micro` if cost and revenue are in millionths under plain names, `unit` if they are not."""
    max_errors: int | None = None
    """How many rejected rows are accepted. None is the larger of 10 and 1 % of the rows."""

    def __post_init__(self) -> None:
        if self.currency is None:
            return
        if not _CURRENCY.fullmatch(self.currency):
            raise BadRequestError(f"--currency must be three letters, not {self.currency!r}", "Give a code such as EUR")
        if self.currency.upper() not in KNOWN:
            raise BadRequestError(
                f"--currency {self.currency} is no code of a currency in ISO 4217", "Give a code such as EUR"
            )
        object.__setattr__(self, "currency", self.currency.upper())


@dataclass(frozen=True)
class RejectedRow:
    """A row that cannot be read."""

    line: int
    column: str | None
    why: Why
    cells: Sequence[str]
    """The row as in the file."""
    value: str | None = None
    """The cell that cannot be read, if it is a single one."""

    @property
    def told(self) -> str:
        """Where the row is, and what is wrong with it."""
        column = f", column {self.column!r}" if self.column else ""
        value = f" ({self.shown_value!r})" if self.shown_value else ""
        return f"line {self.line}{column}: {self.why}{value}"

    @property
    def shown_value(self) -> str | None:
        """The cell that cannot be read, not longer than fits on a line."""
        text = self.value
        return text if text is None or len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


@dataclass(frozen=True)
class Figures:
    """Exact sums. None means not reported."""

    impressions: int | None = None
    clicks: int | None = None
    conversions: Decimal | None = None
    spend: Decimal | None = None
    revenue: Decimal | None = None


@dataclass(frozen=True)
class LeftOut:
    """What a file has and adops does not count."""

    figure: str
    column: str
    amount: Decimal | None
    why: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that several currencies have, such as $."""

    written: str
    fits: frozenset[str]


@dataclass(frozen=True, slots=True)
class FileCampaign:
    """A campaign as described in one file."""

    number: int
    """Its position among the file's campaigns, from 0."""
    name: str
    external_id: str | None = None
    own_id: str | None = None
    """The `campaignId` of a generic file with our own keys. It is looked up first."""
    account: str | None = None
    currency: str | None = None
    sign: Sign | None = None
    """The sign of its amounts, if nothing says which of its currencies is meant."""
    platform: str | None = None
    """The platform in the rows of a generic file, if they have one."""


@dataclass(frozen=True)
class Column:
    """How one column was understood, for --explain."""

    header: str
    meaning: str | None
    """`day`, `campaign`, `spend`, … or None if the column is stored as metadata or ignored."""
    fate: str
    """A few words: `spend`, `metadata`, `ignored: a ratio`."""
    samples: Sequence[str] = ()


CampaignDay = tuple[int, str, int | None, int | None, int | None, int | None, int | None, str | None]
"""The sums of a campaign's rows for one day: the campaign's number, the day (YYYY-MM-DD), impressions and clicks, then
conversions, spend and revenue in millionths, and last all other figures as JSON text (keys sorted), or None."""


@dataclass(kw_only=True)
class Export:
    """A file that was accepted and read to its end. Its days are in a spool on disk until it is closed."""

    platform: str
    grain: str = "day"
    options: ReadOptions = field(default_factory=ReadOptions)
    """With what it was read: the caller's choices, and those of a saved layout."""
    sha256: str = ""
    """Hash of the file's original bytes, before unpacking."""
    currency: str | None
    currencies: Sequence[str]
    """Sorted. There is more than one only if `currency` is None."""
    rows_read: int
    rows_kept: int
    merged: int
    skipped: Mapping[str, int]
    rejected: Sequence[RejectedRow]
    header: Sequence[str]
    """The file's header row, for the rejects file."""
    date_from: str | None
    date_to: str | None
    totals: Figures
    spend_by_currency: Mapping[str, Decimal] = field(default_factory=dict)
    """Given only if there are several currencies, so that `totals` has no spend."""
    file_totals: Figures | None
    reconciled: bool | None
    partial: Sequence[str] = ()
    """The headers of the fragments that its rows are; empty for a complete file."""
    parts: Sequence[str] = ()
    """The headers of its columns that split days into parts."""
    left_out: Sequence[LeftOut] = ()
    is_below_campaigns: bool = False
    """Whether its rows are of a level below the campaign, which can lack whole campaigns."""
    lacks_rows: bool = False
    """Whether its own total is larger than its rows."""
    is_doubtful: bool = False
    """Whether somebody should look at it, although every row was read."""
    reported: frozenset[str] = frozenset(FIGURES)
    """The figures that it has in any row."""
    means: Mapping[str, str] = field(default_factory=dict)
    """What these figures mean, in the words of `columns.meanings`, as far as it is known."""
    attributions: Mapping[int, str] = field(default_factory=dict)
    """The number of a campaign -> the attribution settings of its rows, as the platform writes them."""
    attributes: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """The number of a campaign -> what it is besides its figures: its columns and the keys of its metadata, as values
    that JSON can write."""
    notices: Sequence[str] = ()
    columns: Sequence[Column] = ()
    campaigns: Sequence[FileCampaign]
    read_days: Callable[[Sequence[int] | None], Iterator[CampaignDay]]
    """Reads the spool, in this order of campaigns."""
    give_back: Callable[[], None]
    """Closes the spool."""

    @property
    def sums_rows(self) -> bool:
        """Whether several of its rows can belong to one day, so that none of them can be imported alone."""
        return bool(self.merged or self.parts or self.partial)

    def days(self, order: Sequence[int] | None = None) -> Iterator[CampaignDay]:
        """Each campaign and day once, ordered by campaign, then by day. Can be called repeatedly.

        Args:
            order: the numbers of the campaigns in the order in which they are wanted. None is that of the numbers.
        """
        return self.read_days(order)

    @property
    def incomplete(self) -> str | None:
        """Why the file can lack days that the platform has. None if nothing shows that it does."""
        if self.rejected:
            return "rows were rejected"
        if self.partial:
            return f"the file is partial, by {' and '.join(map(repr, self.partial))}"
        if self.is_below_campaigns:
            return "its rows are of a level below the campaign, which some campaigns do not have"
        return "its own total is larger than its rows" if self.lacks_rows else None

    def refusal(self, because: Refusal | None, message: str, hint: str) -> RefusedError:
        """The error to raise if the file conflicts with what is stored."""
        refused = RefusedError(because, message, hint, platform=self.platform, rows_read=self.rows_read)
        refused.columns = self.columns
        return refused

    def close(self) -> None:
        """Close the spool."""
        self.give_back()
