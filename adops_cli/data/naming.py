"""Which campaigns a person means: an id, an external id, a name or its beginning, a pattern of names.

The only place that reads such a reference. The case of a name never counts, on either engine, because names are
compared here and not by the database, whose idea of capitals depends on its locale.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from adops_cli import values
from adops_cli.data import suggest
from adops_cli.data.access import reading
from adops_cli.data.access.conditions import Condition
from adops_cli.data.journal import batches
from adops_cli.errors import BadRequestError, NotFoundError
from adops_cli.storage.chunks import among
from adops_cli.storage.models import Campaign

_MOST_LISTED = 10
_SUGGESTED = 3


class _Named(NamedTuple):
    id: str
    name: str
    platform: str

    def __str__(self) -> str:
        return f"{self.id} ({self.name}, {self.platform})"


def id_of(reference: str, *, whole: bool = False, deleted: bool = False) -> str:
    """The id of the campaign that a reference names.

    A reference is an id, an external id written `google-ads/123`, a name, or the unique beginning of a name. The first
    of these that fits is meant, and an exact name goes before one in other capitals.

    Args:
        reference: what somebody typed.
        whole: a beginning does not count, because the campaign is about to be changed.
        deleted: the id of a deleted campaign that an import had changed counts, too.

    Raises:
        NotFoundError: there is none; the hint has similar names.
        BadRequestError: there are several, which are listed.
    """
    wanted: str = Campaign.id.read(reference)
    if Campaign.select(Campaign.id).where(Campaign.id == wanted).exists() or (deleted and batches.changed(wanted)):
        return wanted
    ids = _with_external_id(wanted) or _with_name(wanted)
    if len(ids) == 1:
        return ids[0]
    known = _every()
    for found in ([one for one in known if one.id in ids], *_in_other_capitals(wanted, known, whole=whole)):
        if len(found) > 1:
            raise BadRequestError(f"{reference!r} names {_listed(found)}", "Give the id of one of them")
        if found:
            return found[0].id
    raise NotFoundError(f"there is no campaign {reference!r}", _hint(wanted, known))


def ids_of(references: Iterable[str] | None) -> list[str] | None:
    """The ids of several campaigns, each as in `id_of`. None, or no reference, means all campaigns, and gives None."""
    return [id_of(reference) for reference in references or ()] or None


def matching(pattern: str) -> list[str]:
    """The ids of the campaigns with a name that matches a pattern, as in `named`. `NotFoundError` if there are none."""
    known = _every()
    ids = [one.id for one in _matching(pattern, known)]
    if not ids:
        raise NotFoundError(f"no campaign has a name that matches {pattern!r}", _hint(pattern.strip("*?"), known))
    return ids


def by_platform_and_name() -> Mapping[tuple[str, str], Sequence[str]]:
    """The ids of all campaigns by platform and exact name. A name need not be unique."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in _every():
        found.setdefault((values.platform(one.platform), one.name), []).append(one.id)
    return found


def only_one(ids: Sequence[str], what: str) -> str:
    """The only id. `NotFoundError` or `BadRequestError` if there is none, or several."""
    if not ids:
        raise NotFoundError(f"there is no campaign {what}", "Use `adops campaigns list` to see all campaigns")
    if len(ids) > 1:
        raise BadRequestError(f"{what} names {len(ids)} campaigns: {', '.join(ids)}", "Give the id of one of them")
    return ids[0]


def named(pattern: str) -> Condition:
    """The condition that a campaign's name matches a pattern: `*` is any text, `?` one character, all else itself."""
    ids = [one.id for one in _matching(pattern, _every())]
    return Condition("name", among(Campaign.id, ids), lambda name: bool(_pattern(pattern).fullmatch(name)))


def _matching(pattern: str, known: Iterable[_Named]) -> list[_Named]:
    matches = _pattern(pattern)
    return [one for one in known if matches.fullmatch(one.name)]


def _pattern(words: str) -> re.Pattern[str]:
    """No brackets, as a shell's patterns have: names of campaigns are full of them."""
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(mark) or re.escape(mark) for mark in words), re.IGNORECASE | re.DOTALL)


def _every() -> list[_Named]:
    """All campaigns that can be read as far as this, by id."""
    query: Any = Campaign.select(Campaign.id, Campaign.name, Campaign.platform).order_by(Campaign.id)
    rows = reading.raw_rows(query)
    return [_Named(*row) for row in rows if all(isinstance(cell, str) for cell in row)]


def _in_other_capitals(wanted: str, known: Sequence[_Named], *, whole: bool) -> Iterable[Sequence[_Named]]:
    """The campaigns with this name, whatever its case, and then those with a name that begins like this."""
    folded = wanted.casefold()
    yield [one for one in known if one.name.casefold() == folded]
    if not whole and wanted:
        yield [one for one in known if one.name.casefold().startswith(folded)]


def _with_external_id(wanted: str) -> Sequence[str]:
    """The ids of the campaigns that `platform/external id` names: several only if a platform is spelled in two ways."""
    platform, slash, external_id = wanted.partition("/")
    if not (platform and slash and external_id):
        return []
    query: Any = Campaign.select(Campaign.id)
    query = query.where(Campaign.platform.matches(platform), Campaign.external_id == external_id)
    return [id for (id,) in query.tuples()]


def _with_name(wanted: str) -> Sequence[str]:
    query: Any = Campaign.select(Campaign.id).where(Campaign.name == wanted)
    return [id for (id,) in query.tuples()]


def _hint(wanted: str, known: Sequence[_Named]) -> str:
    meant = {word.casefold(): one for one in reversed(known) for word in (one.id, one.name)}
    similar = suggest.similar(wanted.casefold(), meant)
    found = list(dict.fromkeys(str(meant[word]) for word in similar))[:_SUGGESTED]
    return f"Did you mean {', '.join(found)}?" if found else "Use `adops campaigns list` to see all campaigns"


def _listed(found: Sequence[_Named]) -> str:
    more = len(found) - _MOST_LISTED
    listed = ", ".join(map(str, found[:_MOST_LISTED]))
    return f"{len(found)} campaigns: {listed}{f' and {more:,} more' if more > 0 else ''}"
