"""The words in which a platform's module declares its exports: which header means what, and what is special.

Data only. A declaration says names; `header` finds them, `interpret` decides which of them count.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from adops_cli.exports.columns.header import loose


@dataclass(frozen=True)
class Named:
    """One column that may hold a meaning: its header in each language, and how its cells are to be taken."""

    headers: Mapping[str, frozenset[str]]
    """Header, as compared -> the languages that spell it so; the most wanted first, should a file have several."""
    micros: bool = False
    """Money in millionths of the unit."""
    currency: str | None = None
    """The currency that this very column is in."""
    coded: bool = False
    """The header may end with the currency in brackets: `Amount spent (EUR)`."""
    plus: "Named | None" = None
    """A second column whose value is added."""


def named(
    *,
    micros: bool = False,
    currency: str | None = None,
    coded: bool = False,
    plus: Named | None = None,
    **languages: str,
) -> Named:
    """`named(en="Cost", es="Coste|Costo")`: several spellings of one language, the most wanted first."""
    headers: dict[str, frozenset[str]] = {}
    for language, texts in languages.items():
        for name in map(loose, texts.split("|")):
            headers[name] = headers.get(name, frozenset()) | {language}
    return Named(headers, micros, currency, coded, plus)


def spellings(text: str) -> frozenset[str]:
    """A set of headers, one spelling per bar."""
    return frozenset(loose(spelling) for spelling in text.split("|"))


@dataclass(frozen=True)
class Advice:
    """What to do in the platform's own pages to get a file that can be imported."""

    day: str
    campaign: str
    spend: str


_NEEDED = (("day", "starts"), ("campaign", "campaign_id"), ("spend",))


@dataclass(frozen=True)
class PlatformFormat:
    """How one platform's exports look."""

    name: str
    title: str
    """As people write it."""
    columns: Mapping[str, tuple[Named, ...]]
    """Our meaning -> the columns that may hold it, the most wanted first."""
    signature: frozenset[str]
    """Headers of which at least one must be there; empty when any known one will do."""
    advice: Advice
    levels: frozenset[str] = frozenset()
    """Headers of the names and ids below (or above) a campaign: blank in a row of sums, never figures."""
    clicks: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    """What `--clicks` can choose: kind -> columns."""
    month_first: bool = False
    """Days of digits only are month, day, year where nothing in the file says otherwise."""
    no_data: re.Pattern[str] | None = None
    """The line that stands for a report without rows."""
    footer: re.Pattern[str] | None = None
    """The first cell of the first line after the rows."""

    @cached_property
    def coded(self) -> frozenset[str]:
        """The headers that may end with a currency in brackets."""
        choices = (choice for choices in self.columns.values() for choice in choices if choice.coded)
        return frozenset(name for choice in choices for name in choice.headers)

    def is_whole(self, names: AbstractSet[str]) -> bool:
        """Whether such headers hold a day, a campaign and a cost."""
        return all(any(self._has(meaning, names) for meaning in meanings) for meanings in _NEEDED)

    def _has(self, meaning: str, names: AbstractSet[str]) -> bool:
        return any(choice.headers.keys() & names for choice in self.columns.get(meaning, ()))

    @cached_property
    def known(self) -> Mapping[str, frozenset[str]]:
        """Every header that this platform knows, as compared -> the languages that spell it so."""
        found = dict.fromkeys(self.levels | self.signature, frozenset[str]())
        for choices in (*self.columns.values(), *self.clicks.values()):
            for choice in choices:
                for part in (choice, choice.plus) if choice.plus else (choice,):
                    for name, languages in part.headers.items():
                        found[name] = found.get(name, frozenset()) | languages
        return found
