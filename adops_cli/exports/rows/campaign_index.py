"""The campaigns of a file, by external id if there is one, otherwise by name. Each has one currency and one account."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from adops_cli.exports.cells import cell as cell_values
from adops_cli.exports.cells import platform_names
from adops_cli.exports.cells.cell import Cell, Cells
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import FileCampaign, ReadOptions, Refusal, RefusedError
from adops_cli.values import EXACT

_PARTS = ("campaign_id", "campaign", "currency", "account_id", "account", "platform")
_CODE = re.compile(r"[A-Za-z]{3}")
_DASHED = re.compile(r"\d{3}-\d{3}-\d{4}")
_OWN_ID = "campaign id"
"""The compared form of the header for our own ids. They occur only in a generic file."""
_SHOWN = 60


class NamelessError(ValueError):
    """A row has neither the name nor the id of a campaign."""


@dataclass(slots=True)
class _Campaign:
    """A campaign as read so far. Small, because a file can have hundreds of thousands."""

    external_id: str | None
    currency: str | None = None
    account: str | None = None
    """If there are several, the first in alphabetical order."""
    has_accounts: bool = False
    """Whether the campaign has several accounts."""
    platform: str | None = None


def _taking(columns: Sequence[int]) -> Callable[[Cells], tuple[Cell, ...]]:
    """Return a function from a row to its cells in these columns."""
    if len(columns) > 1:
        return itemgetter(*columns)
    return lambda cells: tuple(cells[column] for column in columns)


class Campaigns(dict[tuple[Cell, ...], int]):
    """The cells that identify a row -> the number of their spelling. The dictionary fills itself.

    A spelling is one combination of id, name, currency and account. `campaign_of` maps it to its campaign.
    """

    def __init__(self, layout: Layout, options: ReadOptions) -> None:
        super().__init__()
        self._layout, self._options = layout, options
        column = layout.columns.get("campaign_id")
        self._own = layout.platform.own_keys and column is not None and layout.header.names[column] == _OWN_ID
        self._parts = [part for part in _PARTS if part in layout.columns]
        columns = [layout.columns[part] for part in self._parts]
        self.identity = _taking(columns)
        self._by_id: dict[tuple[str, str], int] = {}
        self._by_name: dict[tuple[str, str], int] = {}
        """Also by platform if the rows have one."""
        self._found: list[_Campaign] = []
        self.campaign_of: list[int] = []
        self._names: list[str] = []
        """By spelling. Empty if it has none."""
        self._latest: list[str] = []
        """By spelling: the last day on which it occurs."""
        self.lost_digits = False
        self.tracks_names = {"campaign", "campaign_id"} <= layout.columns.keys()

    def __missing__(self, key: tuple[Cell, ...]) -> int:
        part = dict(zip(self._parts, key, strict=True))
        external_id = self._identifier(part.get("campaign_id", ""))
        name = cell_values.name(part.get("campaign", ""))
        if not external_id and not name:
            raise NamelessError
        platform = platform_names.platform(part.get("platform", ""))
        numbers = self._by_id if external_id else self._by_name
        number = numbers.setdefault((platform, external_id or name), len(self._found))
        if number == len(self._found):
            self._found.append(_Campaign(external_id or None))
        campaign = self._found[number]
        self._set_currency(campaign, part.get("currency", ""), name or external_id)
        self._set_account(campaign, self._account(part))
        campaign.platform = campaign.platform or platform or None
        spelling = len(self.campaign_of)
        self.campaign_of.append(number)
        self._names.append(name)
        self._latest.append("")
        self[key] = spelling
        return spelling

    def _identifier(self, cell: Cell) -> str:
        if isinstance(cell, float) and abs(cell) >= EXACT:
            self.lost_digits = True
        return cell_values.identifier(cell)

    def _set_currency(self, campaign: _Campaign, cell: Cell, name: str) -> None:
        text = cell_values.unguarded(cell) if isinstance(cell, str) else ""
        said = self._layout.currency or (
            text.upper() if _CODE.fullmatch(text) and not cell_values.is_blank(text) else None
        )
        if said is None or said == campaign.currency:
            return
        if campaign.currency is not None:
            shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
            raise RefusedError(
                Refusal.MIXED_CURRENCIES,
                f"the campaign {shown!r} occurs in {campaign.currency} and in {said}",
                "Add the column with the campaign's id to the export, or export one account at a time",
                platform=self._layout.platform.name,
            )
        campaign.currency = said

    @staticmethod
    def _set_account(campaign: _Campaign, account: str) -> None:
        if account and account != campaign.account:
            campaign.has_accounts = campaign.account is not None
            campaign.account = min(account, campaign.account or account)

    def _account(self, part: dict[str, Cell]) -> str:
        if self._options.account is not None:
            return self._options.account
        account = cell_values.identifier(part.get("account_id", ""))
        if _DASHED.fullmatch(account):
            return account.replace("-", "")
        return account or cell_values.name(part.get("account", ""))

    def seen(self, spellings: Sequence[int], days: Iterable[str]) -> None:
        """Note the days of each spelling, so that a renamed campaign gets its latest name."""
        for spelling, day in set(zip(spellings, days, strict=True)):
            self._latest[spelling] = max(self._latest[spelling], day)

    def all(self) -> list[FileCampaign]:
        """Every campaign, in order of first appearance."""
        return [
            FileCampaign(
                number=number,
                name=name,
                external_id=campaign.external_id,
                own_id=campaign.external_id if self._own else None,
                account=campaign.account,
                currency=campaign.currency or self._options.currency,
                platform=campaign.platform,
            )
            for number, (campaign, name) in enumerate(zip(self._found, self._latest_names(), strict=True))
        ]

    def _latest_names(self) -> list[str]:
        """Each campaign's name on its latest day, the last one if there are several; its id if it has no name."""
        names, days = [campaign.external_id or "" for campaign in self._found], [""] * len(self._found)
        for number, name, day in zip(self.campaign_of, self._names, self._latest, strict=True):
            if name and day >= days[number]:
                names[number], days[number] = name, day
        return names

    def notices(self) -> list[str]:
        """What the user should know about the campaigns."""
        said = []
        if self.lost_digits:
            said.append(
                "some campaign ids in the workbook are numbers that have lost digits, so their campaigns are matched "
                "by name; export as CSV to keep the ids"
            )
        if any(campaign.has_accounts for campaign in self._found):
            names = zip(self._found, self._latest_names(), strict=True)
            several = [name for campaign, name in names if campaign.has_accounts]
            said.append(
                f"{several[0][:_SHOWN]!r} is a campaign's name in several accounts ({len(several)} such names), "
                "and their rows are summed; add the column with the campaign's id to keep them apart"
            )
        return said
