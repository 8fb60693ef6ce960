"""What a file adds to its campaigns: which ones to create, and what to change in stored ones.

Unknown currencies, accounts and external ids are filled in. Known ones never change; a file with another currency is
refused. The attribution setting becomes that of the file. A new name under the same id replaces the old name, which is
kept in `metadata.formerNames`. What else a file says of a campaign is left to `attributes`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adops_cli.data.access import bulk
from adops_cli.data.journal.attributes import COLUMNS
from adops_cli.exports.export import Export, FileCampaign, Refusal
from adops_cli.importers.metrics.find import Known, find, fits, id_of, new_ids, platform_of
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign
from adops_cli.storage.table import columns_of, now
from adops_cli.values import written_instant

ATTRIBUTION = "attributionSetting"
"""The key in the metadata of a campaign."""


@dataclass(slots=True)
class Match:
    """A campaign of the file and its stored campaign; None if it is new."""

    of_file: FileCampaign
    id: str
    stored: Known | None
    platform: str
    name: str
    """Its name after the import."""
    account: str | None = None
    currency: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """What the file says of a new campaign besides its figures."""
    changed: dict[str, list[Any]] = field(default_factory=dict)
    """Columns of the stored campaign that change -> the values before and after."""
    noted: dict[str, Any] | None = None
    """The ledger's record of what was done to it; None if nothing has been done."""

    def take(self, values: Mapping[str, Any]) -> None:
        """Set attributes of the stored campaign: its columns, and keys of its metadata, if that is an object."""
        known: Any = self.stored
        for name in COLUMNS:
            if name in values:
                was = getattr(known, columns_of(Campaign)[name].name)
                self.changed[name] = [None if was is None else str(was), values[name]]
        further = {key: value for key, value in values.items() if key not in COLUMNS}
        if further and isinstance(known.metadata, dict | None):
            self.changed["metadata"] = [known.metadata, {**self.metadata, **further}]

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata of the stored campaign after the import."""
        return dict(
            self.changed["metadata"][1] if "metadata" in self.changed else (self.stored and self.stored.metadata) or {}
        )


def match(export: Export) -> list[Match]:
    """The match of each campaign of the file, in the order of their numbers. Writes nothing.

    Raises `RefusedError` for a currency that differs from the stored one, and for two campaigns that are stored as one.
    """
    found = find(export)
    fresh = iter(new_ids(export, [of_file for of_file in export.campaigns if of_file.number not in found]))
    return [
        _match(export, of_file, found[of_file.number])
        if of_file.number in found
        else _new(export, of_file, next(fresh))
        for of_file in export.campaigns
    ]


def write(matches: Sequence[Match], attributions: Mapping[int, str]) -> None:
    """Create the new campaigns, and change those with something new in the file.

    Args:
        matches: the file's campaigns.
        attributions: the number of a campaign -> its attribution settings.
    """
    moment, columns = now(), columns_of(Campaign)
    bulk.insert(
        Campaign,
        (
            {
                "id": one.id,
                "platform": one.platform,
                "external_id": id_of(one.of_file),
                "name": one.name,
                **{columns[name].name: one.attributes.get(name) for name in COLUMNS},
                "metadata": _given(
                    account=one.account,
                    currency=one.currency,
                    attributionSetting=attributions.get(one.of_file.number),
                    **{key: value for key, value in one.attributes.items() if key not in COLUMNS},
                )
                or None,
                "synced_at": moment,
                "created_at": moment,
                "updated_at": moment,
            }
            for one in matches
            if one.stored is None
        ),
        skip_taken=True,
    )
    made = {"created": written_instant(moment)}
    for one in matches:
        if one.stored is None:
            one.noted = {**made, "set": dict(one.attributes)} if one.attributes else made
        elif one.changed:
            _change(one, one.stored, moment)
            one.noted = {"changed": one.changed}


def rename(one: Match, name: str) -> None:
    """Give a stored campaign another name, and keep the old one."""
    if one.stored is None or one.stored.name == name:
        return
    metadata = one.metadata
    former = metadata.get("formerNames")
    names = [old for old in former if old != name] if isinstance(former, list) else []
    metadata["formerNames"] = [*names, one.stored.name]
    one.name = name
    one.changed |= {"name": [one.stored.name, name], "metadata": [one.stored.metadata, metadata]}


def renamed(export: Export, of_file: FileCampaign, known: Known) -> Match:
    """The match of a campaign of the file with this stored campaign, which takes its name."""
    one = _match(export, of_file, known)
    rename(one, of_file.name)
    return one


def may_be(one: Match, known: Known) -> bool:
    """Whether a campaign of the file could be this stored campaign, apart from its name."""
    known_by = known.platform, known.says("account")
    return (one.platform, one.account) == known_by and fits(one.of_file, known)


def _change(one: Match, stored: Known, moment: Any) -> None:
    for key, was in (("updatedAt", stored.updated_at), ("syncedAt", stored.synced_at)):
        one.changed[key] = [None if was is None else written_instant(was), written_instant(moment)]
    columns = columns_of(Campaign)
    assigned = ", ".join(f'"{key}" = {db.param}' for key in one.changed)
    values = [columns[key].db_value(after) for key, (_, after) in one.changed.items()]
    with db.translated_errors():  # thousands can change at once, for which a query of Peewee takes five times as long
        db.execute_sql(f'UPDATE "campaigns" SET {assigned} WHERE "id" = {db.param}', [*values, stored.id])


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _match(export: Export, of_file: FileCampaign, known: Known) -> Match:
    one = Match(of_file, known.id, known, known.platform, known.name)
    one.account, one.currency = known.says("account"), known.says("currency")
    setting = export.attributions.get(of_file.number)
    if not fits(of_file, known):
        raise export.refusal(
            Refusal.MIXED_CURRENCIES,
            f"campaign {known.name!r} ({known.id}) is stored in {one.currency}, but the file has {_said(of_file)}",
            "If the stored currency is wrong, correct metadata.currency with "
            f"`adops campaigns update {known.id} --metadata`, which replaces all metadata"
            if id_of(of_file)
            else "Use --account to import the other currency under an account of its own",
        )
    filled = _given(
        account=None if one.account else of_file.account,
        currency=None if one.currency else of_file.currency,
        attributionSetting=None if known.says(ATTRIBUTION) == setting else setting,
    )
    if filled and isinstance(known.metadata, dict | None):
        one.account, one.currency = filled.get("account", one.account), filled.get("currency", one.currency)
        one.changed["metadata"] = [known.metadata, {**one.metadata, **filled}]
    if known.external_id is None and known.id != of_file.own_id and id_of(of_file):
        one.changed["externalId"] = [None, id_of(of_file)]
    if id_of(of_file) and of_file.name not in ("", of_file.own_id, of_file.external_id):
        rename(one, of_file.name)
    return one


def _said(of_file: FileCampaign) -> str | None:
    return of_file.sign.written if of_file.sign else of_file.currency


def _new(export: Export, of_file: FileCampaign, id: str) -> Match:
    made = Match(of_file, id, None, platform_of(export, of_file), of_file.name or id_of(of_file) or "")
    made.account, made.currency = of_file.account, of_file.currency
    return made


def scope(matches: Sequence[Match]) -> set[tuple[str, str | None]]:
    """The platforms and accounts that the file covers."""
    return {(one.platform, one.account if one.of_file.own_id else one.of_file.account) for one in matches}
