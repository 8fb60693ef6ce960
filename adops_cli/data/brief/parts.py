"""What a brief is made of. Pure: asks for nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from adops_cli.data.acting.comparison import Compared, ComparedRow
from adops_cli.data.acting.movement import By, MovedBy
from adops_cli.data.acting.pacing import Paced
from adops_cli.data.alerts.state import Known
from adops_cli.data.proof import Proof
from adops_cli.data.report_cover import Span
from adops_cli.data.report_rows import ReportRow, Unreported
from adops_cli.measures import Number


@dataclass(frozen=True)
class Best:
    """The best and the worst campaigns of a currency."""

    by: Literal["roas", "cpa", "cpc"] | None
    """What they are ranked by: the first of these that a campaign has. None if there is none."""
    min_spend: Decimal
    """Only campaigns that spent at least this much are ranked: a tenth of the mean."""
    ranked: int
    """How many that are."""
    best: Sequence[ComparedRow]
    worst: Sequence[ComparedRow]
    """The worst first, without those among the best."""


@dataclass(frozen=True)
class Top:
    """What has moved a figure or a ratio most."""

    by: By
    before: Decimal | None
    now: Decimal | None
    difference: Decimal | None
    reason: str | None
    """Why there is no difference."""
    rows: Sequence[MovedBy]
    """The largest contributions."""
    others: int
    """How many more campaigns there are."""
    of_others: Number | None
    """What they have contributed together."""


@dataclass(frozen=True)
class OfCurrency:
    """The figures in one currency."""

    currency: str | None
    """None for campaigns whose currency is unknown."""
    total: ComparedRow
    over_time: Sequence[ReportRow]
    """By day, week or month, oldest first."""
    platforms: Sequence[ComparedRow]
    """By spend, largest first."""
    campaigns: Sequence[ComparedRow]
    """By spend, largest first; those that only the window before has come last."""
    ranking: Best
    movers: Sequence[Top]
    """Of spend, revenue and ROAS."""
    unreported: Sequence[Unreported]


@dataclass(frozen=True)
class Pace:
    """What keeps pace with a budget, the worst first."""

    month: str | None
    """The month whose end it is as of. None is the present one, as of today."""
    rows: Sequence[Paced]
    without: int
    """How many campaigns and budgets have no budget or no flight, and so no pace."""
    unknown: str | None = None
    """Why they are not known."""


@dataclass(frozen=True)
class Standing:
    """The findings of `alerts run` that have not ended, the worst first."""

    rows: Sequence[Known]
    unknown: str | None = None
    """Why they are not known."""


@dataclass(frozen=True)
class Brief:
    """A window beside another one."""

    project_id: str | None
    project: str | None
    """Its name."""
    platform: str | None
    now: Compared
    before: Compared
    span: Span
    """What a row of `OfCurrency.over_time` is."""
    currencies: Sequence[OfCurrency]
    """The one with the most campaigns first, an unknown one last."""
    claiming_platforms: int
    """How many platforms claim conversions or revenue. Two may count the same one."""
    pacing: Pace
    alerts: Standing
    proof: Proof
    unread: Sequence[str]
    """Rows that cannot be read, and are in no figure."""
    held: tuple[date, date] | None
    """The first and the last day in the book, if the window has none of them."""

    @property
    def unreported(self) -> Sequence[Unreported]:
        """What campaigns do not report, in all currencies."""
        return [of for one in self.currencies for of in one.unreported]
