"""Which stored campaign each campaign of a file is, and what the file says about it that is new.

The rules, in this order:
- Our own id (generic files) names the campaign, whatever its platform; one that is not there is an external id.
- Platform and external id name it. Where they do not, but one campaign without an external id has that platform,
  account and name, it is that one, and gets the id: a file with ids must not count twice what one without them stored.
- Without an id: platform, account and name. A file that knows no account means the campaign of unknown account, else
  the only one of that name. One that knows it means the campaign of that account, else the one of unknown account,
  which gets it, unless that is of another currency. Where several could be meant, none is.
- Everything else is new. Its id follows from what it is known by, so that two imports at once make one campaign.

Unknown currencies, accounts and external ids are filled in, known ones never change; a currency that differs refuses
the file. A new name under an id takes the place of the old one, which `metadata.formerNames` keeps.
"""

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from adops_cli.data import bulk, crud, reading
from adops_cli.exports.export import Export, FileCampaign, Refusal
from adops_cli.storage.models import Campaign, columns_of, now
from adops_cli.values import written_instant

_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Known:
    """A stored campaign."""

    id: str
    platform: str
    external_id: str | None
    name: str
    metadata: Any
    synced_at: Any
    updated_at: Any

    def says(self, key: str) -> str | None:
        """What its metadata says of account or currency; what is not text says nothing."""
        value = self.metadata.get(key) if isinstance(self.metadata, dict) else None
        return value if isinstance(value, str) and value else None


@dataclass(slots=True)
class Match:
    """A campaign of the file and the stored one that it is; None is a new one."""

    of_file: FileCampaign
    id: str
    stored: Known | None
    platform: str
    name: str
    """Its name after the import."""
    account: str | None = None
    currency: str | None = None
    changed: dict[str, list[Any]] = field(default_factory=dict)
    """Columns of the stored one that change: before and after."""
    noted: dict[str, Any] | None = None
    """What the ledger keeps of what was done to it; None while, and if, nothing was."""


def match(export: Export) -> list[Match]:
    """What each campaign of the file is, by its number. Writes nothing.

    Raises `RefusedError` for a currency that differs from the stored one, and for two campaigns that are one here.
    """
    found = _Finder(export).found
    fresh = iter(_new_ids(export, [of_file for of_file in export.campaigns if of_file.number not in found]))
    return [
        _match(export, of_file, found[of_file.number])
        if of_file.number in found
        else _new(export, of_file, next(fresh))
        for of_file in export.campaigns
    ]


def write(matches: Sequence[Match]) -> None:
    """Make the new campaigns, and change those about which the file says something new."""
    moment = now()
    bulk.insert(
        Campaign,
        (
            {
                "id": one.id,
                "platform": one.platform,
                "external_id": _id(one.of_file),
                "name": one.name,
                "metadata": _given(account=one.account, currency=one.currency) or None,
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
            one.noted = made
        elif one.changed:
            _change(one, one.stored, moment)
            one.noted = {"changed": one.changed}


def rename(one: Match, name: str) -> None:
    """Give a stored campaign another name, and keep the old one."""
    if one.stored is None or one.stored.name == name:
        return
    metadata = dict(one.changed["metadata"][1] if "metadata" in one.changed else one.stored.metadata or {})
    former = metadata.get("formerNames")
    names = [old for old in former if old != name] if isinstance(former, list) else []
    metadata["formerNames"] = [*names, one.stored.name]
    one.name = name
    one.changed |= {"name": [one.stored.name, name], "metadata": [one.stored.metadata, metadata]}


def renamed(export: Export, of_file: FileCampaign, known: Known) -> Match:
    """The match of a campaign of the file with this stored one, which takes its name."""
    one = _match(export, of_file, known)
    rename(one, of_file.name)
    return one


def may_be(one: Match, known: Known) -> bool:
    """Whether a campaign of the file could be this stored one, were it not for the name."""
    known_by = known.platform, known.says("account")
    return (one.platform, one.account) == known_by and _fits(one.of_file, known)


def of_platforms(platforms: Iterable[str]) -> Iterator[Known]:
    """All stored campaigns of these platforms."""
    return _stored(Campaign.platform, sorted(set(platforms)))


def _change(one: Match, stored: Known, moment: Any) -> None:
    for key, was in (("updatedAt", stored.updated_at), ("syncedAt", stored.synced_at)):
        one.changed[key] = [None if was is None else written_instant(was), written_instant(moment)]
    columns = columns_of(Campaign)
    values = {columns[key]: after for key, (_, after) in one.changed.items()}
    Campaign.update(values).where(Campaign.id == stored.id).execute()


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _match(export: Export, of_file: FileCampaign, known: Known) -> Match:
    one = Match(of_file, known.id, known, known.platform, known.name)
    one.account, one.currency = known.says("account"), known.says("currency")
    if of_file.currency and one.currency and of_file.currency != one.currency.upper():
        raise export.refusal(
            Refusal.MIXED_CURRENCIES,
            f"campaign {known.name!r} ({known.id}) is kept in {one.currency}, and the file says {of_file.currency}",
            "Where the kept one is wrong, correct metadata.currency with "
            f"`adops campaigns update {known.id} --metadata`, which sets all of it"
            if _id(of_file)
            else "Import what is of another currency under an account of its own, with --account",
        )
    filled = _given(
        account=None if one.account else of_file.account, currency=None if one.currency else of_file.currency
    )
    if filled and isinstance(known.metadata, dict | None):
        one.account, one.currency = filled.get("account", one.account), filled.get("currency", one.currency)
        one.changed["metadata"] = [known.metadata, {**(known.metadata or {}), **filled}]
    if known.external_id is None and known.id != of_file.own_id and _id(of_file):
        one.changed["externalId"] = [None, _id(of_file)]
    if _id(of_file) and of_file.name not in ("", of_file.own_id, of_file.external_id):
        rename(one, of_file.name)
    return one


def _new(export: Export, of_file: FileCampaign, id: str) -> Match:
    made = Match(of_file, id, None, _platform(export, of_file), of_file.name or _id(of_file) or "")
    made.account, made.currency = of_file.account, of_file.currency
    return made


class _Finder:
    """Looks the campaigns of a file up, each stored one for one of the file at most."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self.found: dict[int, Known] = {}
        self._taken: dict[str, FileCampaign] = {}
        self._names = Counter(self._named(of_file) for of_file in export.campaigns)
        self._by_own_id()
        self._by_external_id()
        self._by_name()
        self._by_made_id()

    def _named(self, of_file: FileCampaign) -> tuple[str, str]:
        return _platform(self._export, of_file), of_file.name

    def _missing(self) -> list[FileCampaign]:
        return [of_file for of_file in self._export.campaigns if of_file.number not in self.found]

    def _take(self, of_file: FileCampaign, known: Known) -> None:
        if known.id in self._taken:
            names = " and ".join(repr(_id(one) or one.name) for one in (self._taken[known.id], of_file))
            raise self._export.refusal(
                None, f"{names} are two campaigns in the file, and one here: {known.id}", "Let the file name it one way"
            )
        self._taken[known.id] = of_file
        self.found[of_file.number] = known

    def _by_own_id(self) -> None:
        wanted = {of_file.own_id: of_file for of_file in self._missing() if of_file.own_id}
        for known in _stored(Campaign.id, list(wanted)):
            self._take(wanted[known.id], known)

    def _by_external_id(self) -> None:
        wanted = {(_platform(self._export, one), id): one for one in self._missing() if (id := _id(one))}
        for known in _stored(Campaign.external_id, sorted({id for _, id in wanted})):
            if of_file := wanted.get((known.platform, str(known.external_id))):
                self._take(of_file, known)

    def _by_name(self) -> None:
        missing = self._missing()
        stored: dict[tuple[str, str], list[Known]] = {}
        for known in _stored(Campaign.name, sorted({of_file.name for of_file in missing}), self._on_platforms()):
            stored.setdefault((known.platform, known.name), []).append(known)
        for of_file in missing:
            alone = self._names[self._named(of_file)] == 1
            candidates = [known for known in stored.get(self._named(of_file), ()) if known.id not in self._taken]
            if _id(of_file):
                candidates = [one for one in candidates if one.external_id is None and alone and _fits(of_file, one)]
            if known_one := _meant(of_file, candidates, alone=alone):
                self._take(of_file, known_one)

    def _on_platforms(self) -> Any:
        """There is no index on names: this lets that on platforms serve."""
        return Campaign.platform.in_({_platform(self._export, of_file) for of_file in self._export.campaigns})

    def _by_made_id(self) -> None:
        """The campaign that an import has made for this name, and that bears another one since."""
        wanted = {made_id(self._export, of_file): of_file for of_file in self._missing() if not _id(of_file)}
        for known in _stored(Campaign.id, list(wanted)):
            if known.id not in self._taken:
                self._take(wanted[known.id], known)


def _id(of_file: FileCampaign) -> str | None:
    return of_file.external_id or of_file.own_id


def _fits(of_file: FileCampaign, known: Known) -> bool:
    """Whether a stored campaign may be filled in with what the file knows; of another currency it is another one."""
    currency = known.says("currency")
    return not (of_file.currency and currency) or of_file.currency == currency.upper()


def _meant(of_file: FileCampaign, candidates: Sequence[Known], *, alone: bool) -> Known | None:
    """Which of the campaigns of one name is meant; `alone` when the file has the name once."""
    same = [known for known in candidates if known.says("account") == of_file.account]
    if same:
        return _only(same)
    if not alone:
        return None
    if of_file.account is None:
        return _only(candidates)
    return _only([known for known in candidates if known.says("account") is None and _fits(of_file, known)])


def _only(candidates: Sequence[Known]) -> Known | None:
    """The one, or among several the only one without an external id."""
    if len(candidates) > 1:
        candidates = [known for known in candidates if known.external_id is None]
    return candidates[0] if len(candidates) == 1 else None


def _stored(column: Any, wanted: Sequence[str], *conditions: Any) -> Iterator[Known]:
    for start in range(0, len(wanted), _AT_ONCE):
        query: Any = Campaign.select(*_KNOWN).where(column.in_(wanted[start : start + _AT_ONCE]), *conditions)
        yield from (Known(*row) for row in reading.values(query.order_by(Campaign.id), _KNOWN))


_KNOWN = (
    Campaign.id,
    Campaign.platform,
    Campaign.external_id,
    Campaign.name,
    Campaign.metadata,
    Campaign.synced_at,
    Campaign.updated_at,
)


def _platform(export: Export, of_file: FileCampaign) -> str:
    """The campaign's platform: what the row says in a generic file, else the file's own."""
    return of_file.platform or export.platform


def made_id(export: Export, of_file: FileCampaign, *, again: int = 0) -> str:
    """The id of a new campaign, which follows from what it is known by: platform, account, external id or name."""
    external_id = _id(of_file)
    known_by = ["name", of_file.name] if external_id is None else ["id", external_id]
    parts = [_platform(export, of_file), of_file.account, *known_by, *([again] if again else ())]
    digest = hashlib.sha256(json.dumps(parts).encode()).digest()
    return crud.id_from(Campaign.ID_PREFIX, int.from_bytes(digest, "big"))


def _new_ids(export: Export, campaigns: Sequence[FileCampaign]) -> list[str]:
    """Ids for new campaigns; where another campaign has the one that follows, the next one."""
    ids = [made_id(export, of_file) for of_file in campaigns]
    used = {known.id for known in _stored(Campaign.id, ids)}
    for place in [place for place, id in enumerate(ids) if id in used]:
        others = (made_id(export, campaigns[place], again=again) for again in itertools.count(1))
        ids[place] = next(id for id in others if not any(_stored(Campaign.id, [id])))
    return ids


def scope(matches: Sequence[Match]) -> set[tuple[str, str | None]]:
    """The platforms and accounts that the file speaks of."""
    return {(one.platform, one.account if one.of_file.own_id else one.of_file.account) for one in matches}
