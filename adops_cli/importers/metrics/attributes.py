"""What a file says of its stored campaigns besides figures: which of it they take. Writes nothing.

A field without a value takes what the file says. One that an import has set changes with the next file, but only if
that file's last day is no older than that of any file that has set it: an old file does not know better. A field that
holds something else than the newest import has left there was set by hand, and stays, which is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adops_cli.data.journal import attributes as journal
from adops_cli.exports.columns.header import loose
from adops_cli.exports.export import Export
from adops_cli.importers.metrics.find import Known
from adops_cli.importers.metrics.match import Match
from adops_cli.importers.metrics.outcome import TakeAttributes
from adops_cli.values import shown

_SHOWN = 5
"""How many campaigns are named in one sentence."""
_WORDS = {
    "startDate": "start", "endDate": "end", "budgetKind": "kind of budget", "bidStrategy": "bid strategy",
    "accountName": "account name", "accountTimeZone": "account time zone",
}  # fmt: skip


@dataclass(frozen=True)
class _Difference:
    """A value that a campaign has, and another one that the file has."""

    one: Match
    attribute: str
    is_value: Any
    said: Any

    @property
    def key(self) -> tuple[str, str]:
        """The campaign and the attribute."""
        return self.one.id, self.attribute

    @property
    def name(self) -> str:
        """The name of the campaign."""
        return self.one.name

    @property
    def was(self) -> str:
        """What the campaign has, for people."""
        return self.is_value if isinstance(self.is_value, str) else shown(self.is_value)

    @property
    def now(self) -> str:
        """What the file has, for people."""
        return self.said if isinstance(self.said, str) else shown(self.said)


def of_file(export: Export) -> list[str]:
    """The attributes that the file has."""
    return sorted({name for attributes in export.attributes.values() for name in attributes})


def take(export: Export, matches: Sequence[Match], how: TakeAttributes) -> list[str]:
    """Note in the matches what their campaigns take from the file. Return what the user should know."""
    if how == "never" or not export.attributes:
        return []
    different: list[_Difference] = []
    for one in matches:
        said = export.attributes.get(one.of_file.number, {})
        if one.stored is None:
            one.attributes = said
        elif said:
            known = _known(one.stored)
            one.take({name: value for name, value in said.items() if _is_empty(known.get(name))})
            different += [
                _Difference(one, name, known[name], value)
                for name, value in said.items()
                if not _is_empty(known.get(name)) and not _same(known[name], value)
            ]
    return _settled(export, different) if different and how == "always" else []


def _settled(export: Export, different: Sequence[_Difference]) -> list[str]:
    """Take what an import has set and no newer file knows better. Return the sentences on everything else."""
    ids = sorted({this.one.id for this in different})
    newer, left = journal.newer(str(export.date_to), ids), journal.left(ids)
    by_hand = [this for this in different if not _same(left.get(this.key), this.is_value)]
    others = [this for this in different if this not in by_hand]
    older = [this for this in others if this.key in newer]
    taken = [this for this in others if this.key not in newer]
    for this in taken:
        this.one.take({this.attribute: this.said})
    return [
        *_changed(taken),
        *_told("set by hand, and kept", by_hand),
        *_told(f"kept, because a file that ends later than {export.date_to} has set it", older),
    ]


def _known(stored: Known) -> dict[str, Any]:
    """What a stored campaign has, in the form in which a file says it."""
    metadata = stored.metadata if isinstance(stored.metadata, dict) else {}
    return {
        **metadata,
        "status": stored.status,
        "budget": None if stored.budget is None else f"{stored.budget:f}",
        "startDate": stored.start_date and stored.start_date.isoformat(),
        "endDate": stored.end_date and stored.end_date.isoformat(),
    }


def _is_empty(value: Any) -> bool:
    return value in (None, "", [])


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same, also in the spelling of another source: `PERFORMANCE_MAX`."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or loose(one) == loose(other) != ""
    return bool(one == other)


def _changed(taken: Iterable[_Difference]) -> list[str]:
    told = {name: [f"{this.name} {this.was} -> {this.now}" for this in some] for name, some in _sorted(taken).items()}
    return [f"{name} changed: {_few(some)}" for name, some in told.items()]


def _told(why: str, kept: Iterable[_Difference]) -> list[str]:
    told = {
        name: [f"{this.name} {this.was} (the file has {this.now})" for this in some]
        for name, some in _sorted(kept).items()
    }
    return [f"{name} {why}: {_few(some)}" for name, some in told.items()]


def _sorted(some: Iterable[_Difference]) -> Mapping[str, Sequence[_Difference]]:
    """By the word for the attribute."""
    found: dict[str, list[_Difference]] = {}
    for this in some:
        found.setdefault(_WORDS.get(this.attribute, this.attribute), []).append(this)
    return found


def _few(told: Sequence[str]) -> str:
    more = f" and {len(told) - _SHOWN:,} more" if len(told) > _SHOWN else ""
    return ", ".join(told[:_SHOWN]) + more
