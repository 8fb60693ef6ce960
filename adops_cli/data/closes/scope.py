"""Which rows a close is about: a period, and all of it or one platform, account or project."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from adops_cli import periods, values
from adops_cli.data.access import reading
from adops_cli.data.access.jsonparts import text_under
from adops_cli.errors import BadRequestError
from adops_cli.periods import ONE_DAY, Given
from adops_cli.storage.closes import Close
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign


class Owner(NamedTuple):
    """What a campaign is, as far as a close keeps it."""

    name: str | None
    platform: str
    account: str | None
    currency: str | None
    project_id: str | None = None


@dataclass(frozen=True)
class Scope:
    """A period, both ends included, and what else must be true of a campaign. None is no condition."""

    first: date
    last: date
    platform: str | None = None
    account: str | None = None
    project: str | None = None

    @property
    def period(self) -> str:
        """Its name: YYYY-MM for a month, otherwise both days."""
        whole = self.first.day == 1 and self.last == _last_of_month(self.first)
        return f"{self.first:%Y-%m}" if whole else f"{self.first}..{self.last}"

    def __str__(self) -> str:
        parts = {"platform": self.platform, "account": self.account, "project": self.project}
        return " ".join([self.period, *(f"{name} {value}" for name, value in parts.items() if value is not None)])

    def has(self, owner: Owner) -> bool:
        """Whether the campaign is in it."""
        pairs = ((self.platform, owner.platform), (self.account, owner.account), (self.project, owner.project_id))
        return all(wanted is None or wanted == value for wanted, value in pairs)

    def has_account(self, platform: str, account: str, day: date) -> bool:
        """Whether all rows of an account ("" if it is unknown) on a day are in it."""
        known = Owner(None, platform, account or None, None)
        return self.first <= day <= self.last and self.project is None and self.has(known)

    def overlaps(self, other: "Scope") -> bool:
        """Whether a row can be in both."""
        pairs = ((self.platform, other.platform), (self.account, other.account), (self.project, other.project))
        apart = any(one is not None and two is not None and one != two for one, two in pairs)
        return self.first <= other.last and other.first <= self.last and not apart


def scope(
    period: Given, *, platform: str | None = None, account: str | None = None, project_id: str | None = None
) -> Scope:
    """The scope of a period in the words of `periods`. `BadRequestError` if it has no first or no last day."""
    first, last = _ends(period)
    known = None if platform is None else values.platform(platform)
    return Scope(first, last, known, account, project_id)


def _ends(period: Given) -> tuple[date, date]:
    if isinstance(period, str) and ".." in period:
        first, _, last = (part.strip() for part in period.partition(".."))
        found = periods.window(first, last, None, now=periods.today(db.timezone), called="--period")
    else:
        found = periods.window(None, None, period, now=periods.today(db.timezone), called="--{}")
    if found.first is None or found.last is None:
        raise BadRequestError("a period needs a first and a last day", "Give a month such as 2026-10")
    return found.first, found.last


def scope_of(entry: Close) -> Scope:
    """The scope of an entry."""
    return Scope(entry.date_from, entry.date_to, entry.platform, entry.account, entry.project)


def owners() -> Mapping[str, Owner]:
    """Each campaign that can be read, by id."""
    fields = [Campaign.id, Campaign.name, Campaign.platform, Campaign.metadata, Campaign.project]
    found = {}
    for raw in reading.raw_rows(Campaign.select(*fields)):
        cells, wrong = reading.read_cells(fields, raw)
        if wrong:
            continue  # its figures are told by reports
        account, currency = (text_under(cells["metadata"], key) for key in ("account", "currency"))
        platform = values.platform(cells["platform"])
        found[cells["id"]] = Owner(cells["name"], platform, account, currency, cells["project_id"])
    return found


def _last_of_month(first: date) -> date:
    later = first.replace(day=28) + 4 * ONE_DAY
    return later - later.day * ONE_DAY
