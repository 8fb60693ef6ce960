"""Finds the stored campaign, if any, for each campaign of a file. Writes nothing.

The rules, in this order:
- Our own id (generic files) identifies a campaign on any platform. If no campaign has it, it is an external id.
- Platform and external id identify a campaign. If no campaign has them, but exactly one without an external id has this
  platform, account and name, it is that one and gets the id: a file with ids must not count twice what one without ids
  has stored.
- Without an id: platform, account and name. If the file states no account, it is the campaign with an unknown account,
  or else the only one with this name. If it states one, it is the campaign with this account, or else the one with an
  unknown account, which gets it, unless its currency differs. If several campaigns match, none is chosen.
- Everything else is new. Its id is derived from the above, so that two simultaneous imports create the same campaign.
"""

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from adops_cli.data.access import reading
from adops_cli.data.access.ids import id_from
from adops_cli.data.access.jsonparts import text_under
from adops_cli.exports.cells import ids
from adops_cli.exports.export import Export, FileCampaign
from adops_cli.storage.chunks import among
from adops_cli.storage.models import Campaign


@dataclass(frozen=True, slots=True)
class Known:
    """A stored campaign."""

    id: str
    platform: str
    external_id: str | None
    name: str
    status: Any
    budget: Any
    start_date: Any
    end_date: Any
    metadata: Any
    synced_at: Any
    updated_at: Any

    def says(self, key: str) -> str | None:
        """The account, the currency or another text in its metadata; None if it is not text."""
        value = text_under(self.metadata, key)
        return ids.account(value) if value is not None and key == "account" else value


def find(export: Export) -> dict[int, Known]:
    """The number of each campaign of the file that is stored -> its stored campaign.

    Raises `RefusedError` if two campaigns of the file are the same stored campaign.
    """
    finder = _Finder(export)
    finder.by_own_id()
    finder.by_external_id()
    finder.by_name()
    finder.by_made_id()
    return finder.found


def of_platforms(platforms: Iterable[str]) -> Iterator[Known]:
    """All stored campaigns of these platforms."""
    return _stored(Campaign.platform, sorted(set(platforms)))


@dataclass
class _Finder:
    """The campaigns found so far. Each stored campaign belongs to at most one of the file."""

    export: Export
    found: dict[int, Known] = field(default_factory=dict)
    taken: dict[str, FileCampaign] = field(default_factory=dict)

    def _named(self, of_file: FileCampaign) -> tuple[str, str]:
        return platform_of(self.export, of_file), of_file.name

    def _missing(self) -> list[FileCampaign]:
        return [of_file for of_file in self.export.campaigns if of_file.number not in self.found]

    def _take(self, of_file: FileCampaign, known: Known) -> None:
        if known.id in self.taken:
            names = " and ".join(repr(id_of(one) or one.name) for one in (self.taken[known.id], of_file))
            raise self.export.refusal(
                None,
                f"{names} are two campaigns in the file, but one stored campaign: {known.id}",
                "Identify it in the same way throughout the file",
            )
        self.taken[known.id] = of_file
        self.found[of_file.number] = known

    def by_own_id(self) -> None:
        wanted = {of_file.own_id: of_file for of_file in self._missing() if of_file.own_id}
        for known in _stored(Campaign.id, list(wanted)):
            self._take(wanted[known.id], known)

    def by_external_id(self) -> None:
        wanted = {(platform_of(self.export, one), id): one for one in self._missing() if (id := id_of(one))}
        for known in _stored(Campaign.external_id, sorted({id for _, id in wanted})):
            if of_file := wanted.get((known.platform, str(known.external_id))):
                self._take(of_file, known)

    def by_name(self) -> None:
        missing = self._missing()
        named = Counter(self._named(of_file) for of_file in self.export.campaigns)
        stored: dict[tuple[str, str], list[Known]] = {}
        for known in _stored(Campaign.name, sorted({of_file.name for of_file in missing}), self._on_platforms()):
            stored.setdefault((known.platform, known.name), []).append(known)
        for of_file in missing:
            alone = named[self._named(of_file)] == 1
            candidates = [known for known in stored.get(self._named(of_file), ()) if known.id not in self.taken]
            if id_of(of_file):
                candidates = [one for one in candidates if one.external_id is None and alone and fits(of_file, one)]
            if known_one := _meant(of_file, candidates, alone=alone):
                self._take(of_file, known_one)

    def _on_platforms(self) -> Any:
        """A condition that lets the index on platforms be used, because there is none on names."""
        return Campaign.platform.in_({platform_of(self.export, of_file) for of_file in self.export.campaigns})

    def by_made_id(self) -> None:
        """Find campaigns that an import has created under this name and that have been renamed since."""
        wanted = {made_id(self.export, of_file): of_file for of_file in self._missing() if not id_of(of_file)}
        for known in _stored(Campaign.id, list(wanted)):
            if known.id not in self.taken:
                self._take(wanted[known.id], known)


def id_of(of_file: FileCampaign) -> str | None:
    """The id by which the file identifies the campaign, if any."""
    return of_file.external_id or of_file.own_id


def fits(of_file: FileCampaign, known: Known) -> bool:
    """Whether a stored campaign can be completed from the file. One in another currency is another campaign."""
    currency = (known.says("currency") or "").upper()
    if not currency or (of_file.currency is None and of_file.sign is None):
        return True
    return currency == of_file.currency or (of_file.sign is not None and currency in of_file.sign.fits)


def _meant(of_file: FileCampaign, candidates: Sequence[Known], *, alone: bool) -> Known | None:
    """The matching one of several campaigns with the same name. `alone`: whether the file has the name only once."""
    same = [known for known in candidates if known.says("account") == of_file.account]
    if same:
        return _only(same)
    if not alone:
        return None
    if of_file.account is None:
        return _only(candidates)
    return _only([known for known in candidates if known.says("account") is None and fits(of_file, known)])


def _only(candidates: Sequence[Known]) -> Known | None:
    """The only candidate, or, if there are several, the only one without an external id."""
    if len(candidates) > 1:
        candidates = [known for known in candidates if known.external_id is None]
    return candidates[0] if len(candidates) == 1 else None


def _stored(column: Any, wanted: Sequence[str], condition: Any = None) -> Iterator[Known]:
    """The campaigns with one of these values, from one query: in several, each would read the whole platform anew."""
    columns = [getattr(Campaign, name) for name in Known.__slots__]
    query: Any = Campaign.select(*columns).where(among(column, wanted)).order_by(Campaign.id)
    rows = reading.values(query if condition is None else query.where(condition), columns) if wanted else ()
    return (Known(*row) for row in rows)


def platform_of(export: Export, of_file: FileCampaign) -> str:
    """The campaign's platform: from the row of a generic file, otherwise the platform of the file."""
    return of_file.platform or export.platform


def made_id(export: Export, of_file: FileCampaign, *, again: int = 0) -> str:
    """The id of a new campaign, derived from platform, account, and external id or name."""
    external_id = id_of(of_file)
    known_by = ["name", of_file.name] if external_id is None else ["id", external_id]
    parts = [platform_of(export, of_file), of_file.account, *known_by, *([again] if again else ())]
    digest = hashlib.sha256(json.dumps(parts).encode()).digest()
    return id_from(Campaign.ID_PREFIX, int.from_bytes(digest, "big"))


def new_ids(export: Export, campaigns: Sequence[FileCampaign]) -> list[str]:
    """Ids for new campaigns. If another campaign already has the derived id, the next one is taken."""
    ids = [made_id(export, of_file) for of_file in campaigns]
    used = {known.id for known in _stored(Campaign.id, ids)}
    for place in [place for place, id in enumerate(ids) if id in used]:
        others = (made_id(export, campaigns[place], again=again) for again in itertools.count(1))
        ids[place] = next(id for id in others if not any(_stored(Campaign.id, [id])))
    return ids
