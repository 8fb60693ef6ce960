"""The campaigns of a file, by external id if there is one, otherwise by name. Each has one currency and one account."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from adops_cli.exports.cells import cell as cell_values
from adops_cli.exports.cells import ids, platform_names
from adops_cli.exports.cells.cell import Cell, CellError, Cells, is_error
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import FileCampaign, ReadOptions, Refusal, RefusedError, Why

_PARTS = ("campaign_id", "campaign", "currency", "account_id", "account", "platform")
_CODE = re.compile(r"[A-Za-z]{3}")
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
        self._known: dict[tuple[str, ...], int] = {}
        """By platform if the rows have one, and by id, or by account and name."""
        self._currency_of: dict[tuple[str, str], str] = {}
        """By platform and name, for campaigns without an id: one name in two currencies is refused, in any account."""
        self._found: list[_Campaign] = []
        self.campaign_of: list[int] = []
        self._names: list[str] = []
        """By spelling. Empty if it has none."""
        self._latest: list[str] = []
        """By spelling: the last day on which it occurs."""
        self._lost: dict[str, str] = {}
        """`campaign` and `account`: the first of their ids that has lost digits."""
        self.tracks_names = {"campaign", "campaign_id"} <= layout.columns.keys()

    def __missing__(self, key: tuple[Cell, ...]) -> int:
        part = dict(zip(self._parts, key, strict=True))
        if is_error(part.get("campaign")) or is_error(part.get("campaign_id")):
            raise CellError(Why.NOT_A_NUMBER)
        external_id = self._identifier("campaign", part.get("campaign_id", ""))
        name = cell_values.name(part.get("campaign", ""))
        if not external_id and not name:
            raise self._nameless(part.get("campaign_id", ""))
        platform = platform_names.platform(part.get("platform", ""))
        account = self._account(part)
        known_by = (external_id,) if external_id else (account, name)
        number = self._known.setdefault((platform, *known_by), len(self._found))
        if number == len(self._found):
            self._found.append(_Campaign(external_id or None))
        campaign = self._found[number]
        self._set_currency(campaign, part.get("currency", ""), platform, name or external_id)
        self._set_account(campaign, account)
        campaign.platform = campaign.platform or platform or None
        spelling = len(self.campaign_of)
        self.campaign_of.append(number)
        self._names.append(name)
        self._latest.append("")
        self[key] = spelling
        return spelling

    def _identifier(self, level: str, cell: Cell) -> str:
        if ids.lost_digits(cell):
            self._lost.setdefault(level, cell_values.shown(cell))
        return ids.identifier(cell)

    def _nameless(self, cell: Cell) -> Exception:
        """The error for a row without a name and without a usable id."""
        if not ids.lost_digits(cell):
            return NamelessError()
        return RefusedError(
            Refusal.MISSING_COLUMN,
            f"the campaign id {cell_values.shown(cell)} has lost digits, and there is no name to know its campaign by",
            "Import the file as it was exported, not as a spreadsheet program or a script has saved it, "
            "or add the campaign's name to it",
            platform=self._layout.platform.name,
        )

    def _set_currency(self, campaign: _Campaign, cell: Cell, platform: str, name: str) -> None:
        text = cell_values.unguarded(cell) if isinstance(cell, str) else ""
        said = self._layout.currency or (
            text.upper() if _CODE.fullmatch(text) and not cell_values.is_blank(text) else None
        )
        if said is None or said == campaign.currency:
            return
        before = campaign.currency
        if before is None and campaign.external_id is None:
            before = self._currency_of.setdefault((platform, name), said)
        if before not in (None, said):
            shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
            raise RefusedError(
                Refusal.MIXED_CURRENCIES,
                f"the campaign {shown!r} occurs in {before} and in {said}",
                "Add the column with the campaign's id to the export, or export one account at a time",
                platform=self._layout.platform.name,
            )
        campaign.currency = said

    def _set_account(self, campaign: _Campaign, account: str) -> None:
        if not account or account == campaign.account:
            return
        if campaign.account is not None:
            raise RefusedError(
                Refusal.DUPLICATE_DAYS,
                f"the campaign id {campaign.external_id} is in two accounts, {campaign.account} and {account}",
                "Export one account at a time",
                platform=self._layout.platform.name,
            )
        campaign.account = account

    def _account(self, part: dict[str, Cell]) -> str:
        if self._options.account is not None:
            return ids.account(self._options.account)
        id = ids.account(self._identifier("account", part.get("account_id", "")))
        return id or ids.account(cell_values.name(part.get("account", "")))

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
        for level, first in self._lost.items():
            said.append(
                f"some {level} ids have lost digits in a spreadsheet program or a script (such as {first[:_SHOWN]}), "
                f"so the {level} is known by its name alone; import the file as it was exported to keep the ids"
            )
        return said
