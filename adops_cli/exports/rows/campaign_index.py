"""The campaigns of a file, by external id if there is one, otherwise by name. Each has one currency and one account."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from adops_cli.exports.cells import cell as cell_values
from adops_cli.exports.cells import currencies, ids, platform_names
from adops_cli.exports.cells.cell import Cell, CellError, Cells, is_error
from adops_cli.exports.cells.currencies import Stated
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.currency_codes import KNOWN
from adops_cli.exports.export import FileCampaign, ReadOptions, Refusal, RefusedError, Sign, Why

_PARTS = ("campaign_id", "campaign", "currency", "account_id", "account", "platform", "attribution")
_OWN_ID = "campaign id"
"""The compared form of the header for our own ids. They occur only in a generic file."""
_SHOWN = 60
_LOST_LETTERS = re.compile(r"(?<!\w)\?{3,}(?!\w)|^\W*\?\?\W*$|\ufffd")
"""What a program makes of a word in letters that the encoding it saves in does not have."""


class NamelessError(ValueError):
    """A row has neither the name nor the id of a campaign."""


@dataclass(slots=True)
class _Campaign:
    """A campaign as read so far. Small, because a file can have hundreds of thousands."""

    external_id: str | None
    currency: Stated | None = None
    account: str | None = None
    platform: str | None = None


def _short(name: str) -> str:
    return repr(name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…")


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
        self._currency_of: dict[tuple[str, str], Stated] = {}
        """By platform and name, for campaigns without an id: one name in two currencies is refused, in any account."""
        self._found: list[_Campaign] = []
        self.campaign_of: list[int] = []
        self._names: list[str] = []
        """By spelling. Empty if it has none."""
        self._latest: list[str] = []
        """By spelling: the last day on which it occurs."""
        self._attributions: dict[int, set[str]] = {}
        """By campaign: the attribution settings of its rows."""
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
        campaign.platform = campaign.platform or platform or None
        self._set_currency(campaign, part.get("currency", ""), name or external_id)
        self._set_account(campaign, account)
        if setting := cell_values.name(part.get("attribution", "")):
            self._attributions.setdefault(number, set()).add(setting)
        spelling = len(self.campaign_of)
        self.campaign_of.append(number)
        self._names.append(name)
        self._latest.append("")
        self[key] = spelling
        return spelling

    def _identifier(self, level: str, cell: Cell) -> str:
        if (kinds := self._layout.platform.id_kinds) is not None:
            cell, kind = ids.without_kind(cell)
            wanted = kinds[self._layout.is_by_group]
            if level == "campaign" and kind not in {None, wanted}:
                raise RefusedError(
                    Refusal.MISSING_COLUMN,
                    f"the rows are by {kind}, not by {wanted}, and no column says which campaign they belong to",
                    "Ask the API for the pivot CAMPAIGN, or use --level group for CAMPAIGN_GROUP",
                    platform=self._layout.platform.name,
                )
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

    def _set_currency(self, campaign: _Campaign, cell: Cell, name: str) -> None:
        """Note what the header and the currency column say."""
        in_header, in_column = self._layout.currency, currencies.of_cell(cell)
        if in_header and in_column and not in_header.joined(in_column).fits:
            column = self._layout.header.cells[self._layout.columns["currency"]]
            raise self._mixed(
                f"the header of the amounts says {in_header.written}, and the column {column!r} says "
                f"{in_column.written} for the campaign {_short(name)}",
                "Correct the one that is wrong, or leave it out of the export",
            )
        if in_column and in_column.code and in_column.code not in KNOWN:
            raise RefusedError(
                Refusal.UNKNOWN_CURRENCY,
                f"the column {self._layout.header.cells[self._layout.columns['currency']]!r} says {in_column.written} "
                f"for the campaign {_short(name)}, which is no code of a currency in ISO 4217",
                "Correct it, or leave the column out and use --currency",
                platform=self._layout.platform.name,
            )
        for stated in (in_header, in_column):
            if stated is not None:
                self._join(campaign, stated, name)

    def restrict(self, spelling: int, stated: Stated) -> None:
        """Note what an amount of a campaign says of its currency."""
        number, said = self.campaign_of[spelling], self._options.currency
        name = self._names[spelling] or self._found[number].external_id or ""
        if said is not None and said not in stated.fits:
            raise self._mixed(
                f"an amount of the campaign {_short(name)} is in {stated.written}, and --currency says {said}",
                "Leave out --currency, or correct it",
            )
        self._join(self._found[number], stated, name)

    def _join(self, campaign: _Campaign, stated: Stated, name: str) -> None:
        before = campaign.currency
        if campaign.external_id is None:  # one name in two currencies is refused, in any account
            before = self._currency_of.setdefault((campaign.platform or "", name), stated)
        joined = stated if before is None else before.joined(stated)
        if not joined.fits:
            earlier = f"{before.written} and in " if before else ""
            raise self._mixed(
                f"the campaign {_short(name)} occurs in {earlier}{stated.written}",
                "Add the column with the campaign's id to the export, or export one account at a time",
            )
        if campaign.external_id is None:
            self._currency_of[campaign.platform or "", name] = joined
        campaign.currency = joined

    def _mixed(self, message: str, hint: str) -> RefusedError:
        return RefusedError(Refusal.MIXED_CURRENCIES, message, hint, platform=self._layout.platform.name)

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
        latest = self._latest
        for spelling, day in zip(spellings, days, strict=True):
            latest[spelling] = max(latest[spelling], day)

    def all(self) -> list[FileCampaign]:
        """Every campaign, in order of first appearance."""
        return [
            FileCampaign(
                number=number,
                name=name,
                external_id=campaign.external_id,
                own_id=campaign.external_id if self._own else None,
                account=campaign.account,
                platform=campaign.platform,
                **self._currency(campaign.currency),
            )
            for number, (campaign, name) in enumerate(zip(self._found, self._latest_names(), strict=True))
        ]

    def attributions(self) -> dict[int, str]:
        """The attribution settings of each campaign that has any."""
        return {number: "; ".join(sorted(settings)) for number, settings in self._attributions.items()}

    def _currency(self, stated: Stated | None) -> dict[str, Any]:
        currency = (stated and stated.code) or self._options.currency
        if stated is None or currency is not None:
            return {"currency": currency}
        return {"sign": Sign(stated.written, stated.fits)}

    def _latest_names(self) -> list[str]:
        """Each campaign's name on its latest day, the last one if there are several; its id if it has no name."""
        names, days = [campaign.external_id or "" for campaign in self._found], [""] * len(self._found)
        for number, name, day in zip(self.campaign_of, self._names, self._latest, strict=True):
            if name and day >= days[number]:
                names[number], days[number] = name, day
        return names

    def _doubtful(self) -> dict[str, list[str]]:
        """Ids that may be those of several campaigns, with the names."""
        found: dict[str, dict[str, None]] = {}
        for number, name in zip(self.campaign_of, self._names, strict=True):
            id = self._found[number].external_id or ""
            if name and ids.may_have_lost_digits(id):
                found.setdefault(id, {})[name] = None
        return {id: list(names) for id, names in found.items() if len(names) > 1}

    def notices(self) -> list[str]:
        """What the user should know about the campaigns."""
        said = []
        for level, first in self._lost.items():
            said.append(
                f"some {level} ids have lost digits in a spreadsheet program or a script (such as {first[:_SHOWN]}), "
                f"so these {level}s are known by name; import the file as it was exported to keep the ids"
            )
        question = next((name for name in self._names if _LOST_LETTERS.search(name)), None)
        if question is not None:
            said.append(
                f"some campaign names have lost letters (such as {_short(question)}), so several campaigns without an "
                "id can be one here; save the file as UTF-8, or import it as it was exported"
            )
        for id, names in self._doubtful().items():
            said.append(
                f"the campaign id {id} ends in zeros, as one does that a spreadsheet program has shortened, and has "
                f"several names ({', '.join(map(_short, names[:2]))}); its rows are summed as one campaign"
            )
        return said
