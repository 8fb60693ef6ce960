"""The types with which a platform's module declares its exports: which header means what, and what is special.

Data only. A declaration lists names. `header` finds them, and `interpret` decides which of them count.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from adops_cli.exports.columns import attributes, further
from adops_cli.exports.columns.attributes import Attributes
from adops_cli.exports.columns.breakdowns import COMMON, Breakdowns
from adops_cli.exports.columns.header import loose


@dataclass(frozen=True)
class Named:
    """One column that can hold a meaning: its header in each language, and how to read its cells."""

    headers: Mapping[str, frozenset[str]]
    """Header in its compared form -> the languages with this spelling. If a file has several, the first one wins."""
    micros: bool = False
    """Whether the cells hold money in millionths of the currency unit."""
    currency: str | None = None
    """The currency of this column."""
    coded: bool = False
    """Whether the header can end with the currency in brackets: `Amount spent (EUR)`."""
    plus: "Named | None" = None
    """A second column whose value is added."""
    means: str | None = None
    """Its word in `meanings`. None if nobody can say, as of the plain names that connectors give."""
    sum_means: str | None = None
    """The word for the sum with the second column."""


def named(  # noqa: PLR0913 - a declaration says all of a column at once
    *,
    micros: bool = False,
    currency: str | None = None,
    coded: bool = False,
    plus: Named | None = None,
    means: str | None = None,
    sum_means: str | None = None,
    more: Mapping[str, str] | None = None,
    **languages: str,
) -> Named:
    """`named(en="Cost", es="Coste|Costo")`: several spellings in one language, the preferred one first.

    `more` has further languages, in the same form.
    """
    headers: dict[str, frozenset[str]] = {}
    for language, texts in (languages | dict(more or {})).items():
        for name in map(loose, texts.split("|")):
            headers[name] = headers.get(name, frozenset()) | {language}
    return Named(headers, micros, currency, coded, plus, means, sum_means)


class Words(dict[str, dict[str, str]]):
    """Words by column, then by language, from tables by language, then by column. Empty for a column without any."""

    def __init__(self, *tables: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__()
        for table in tables:
            for language, columns in table.items():
                for column, text in columns.items():
                    of_column = self.setdefault(column, {})
                    of_column[language] = f"{of_column[language]}|{text}" if language in of_column else text

    def __missing__(self, column: str) -> dict[str, str]:
        return {}

    def every(self, *columns: str) -> frozenset[str]:
        """The words of some columns in all languages, in their compared form; of all columns if none is named."""
        return frozenset().union(*(spellings(text) for name in columns or self for text in self[name].values()))


def spellings(text: str) -> frozenset[str]:
    """A set of headers from spellings separated by bars."""
    return frozenset(loose(spelling) for spelling in text.split("|"))


@dataclass(frozen=True)
class Advice:
    """What to do on the platform's own pages to get a file that can be imported."""

    day: str
    campaign: str
    spend: str
    export: str = ""
    """Where in its menus the right file is."""
    is_from_memory: bool = True
    """Whether nobody has compared these menus with the platform's own pages or help."""


_NEEDED = (("day", "starts"), ("campaign", "campaign_id"), ("spend",))


@dataclass(frozen=True)
class PlatformFormat:
    """How one platform's exports look."""

    name: str
    title: str
    """The name as people write it."""
    columns: Mapping[str, tuple[Named, ...]]
    """Our meaning -> the columns that can hold it, the preferred one first."""
    signature: frozenset[str]
    """The platform's own marks: headers that no other one writes. Without one, a file is not taken for its own.

    Empty if any known header is enough.
    """
    advice: Advice
    signature_coded: frozenset[str] = frozenset()
    """Headers that are a mark if they end with a currency in brackets."""
    signature_together: tuple[tuple[frozenset[str], ...], ...] = ()
    """Headers that others write too, and that are a mark together: one of each set.

    One with a capital letter has to be written like that: `Time period` is another header than `time_period`.
    """
    signature_title: re.Pattern[str] | None = None
    """The platform's title, as the first line above the header."""
    never: frozenset[str] = frozenset()
    """Headers that the platform never writes. A file with one of them is from elsewhere, whatever else it has."""
    never_results: frozenset[str] = frozenset()
    """First words of headers that sound like conversions or revenue, and are something else here."""
    unconfirmed: frozenset[str] = frozenset()
    """Headers that nobody has seen in the platform's own file or its documentation. A file that uses one is told so."""
    own_keys: bool = False
    """Whether `campaignId` can be an id of ours."""
    id_kinds: tuple[str, str] | None = None
    """What the API calls a campaign, and a group of them, in ids such as `urn:li:KIND:252000001`."""
    levels: frozenset[str] = frozenset()
    """Headers of names and ids below (or above) a campaign. They are blank in a total row, and never figures."""
    breakdowns: Breakdowns = COMMON
    """The columns that split a campaign's day."""
    further: Mapping[str, str] = field(default_factory=lambda: further.COMMON)
    """Headers of the further figures -> the one name of each."""
    attributes: Attributes = attributes.COMMON
    """The columns that say what a campaign is besides its figures."""
    clicks: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    """The choices of `--clicks`: kind -> columns."""
    month_first: bool = False
    """Days in digits only are month, day, year, unless the file shows otherwise."""
    no_data: re.Pattern[str] | None = None
    """The line that replaces the rows of an empty report."""
    footer: re.Pattern[str] | None = None
    """The first cell of the first line after the rows."""

    @cached_property
    def coded(self) -> frozenset[str]:
        """The headers that can end with a currency in brackets."""
        choices = (choice for choices in self.columns.values() for choice in choices if choice.coded)
        return frozenset(name for choice in choices for name in choice.headers)

    def is_signed(self, names: AbstractSet[str], bases: AbstractSet[str], title: str = "") -> bool:
        """Whether a file bears a mark of the platform: in its headers, those with a currency behind, or its title.

        Args:
            names: the headers, in their compared form and as written.
            bases: those that have a currency behind, without it.
            title: the first line above the header.
        """
        if not self.signature:
            return True
        if names & self.never:
            return False
        return (
            bool(self.signature & (names | bases) or self.signature_coded & bases)
            or any(all(part & names for part in parts) for parts in self.signature_together)
            or self.has_title(title)
        )

    def has_title(self, title: str) -> bool:
        """Whether the first line above the header is the platform's title."""
        return bool(self.signature_title and self.signature_title.fullmatch(title))

    @cached_property
    def marks(self) -> frozenset[str]:
        """The headers of which a file that is signed has at least one, unless its title is the mark."""
        return (
            self.signature | self.signature_coded | frozenset().union(*(parts[0] for parts in self.signature_together))
        )

    @cached_property
    def joint(self) -> Mapping[str, str]:
        """Known headers as programs write them, without spaces (`campaignid`) -> their compared form."""
        return {name.replace(" ", ""): name for name in sorted(self.known) if " " in name}

    def is_whole(self, names: AbstractSet[str]) -> bool:
        """Whether these headers include a day, a campaign and a cost."""
        return all(any(self._has(meaning, names) for meaning in meanings) for meanings in _NEEDED)

    def _has(self, meaning: str, names: AbstractSet[str]) -> bool:
        return any(choice.headers.keys() & names for choice in self.columns.get(meaning, ()))

    @cached_property
    def known(self) -> Mapping[str, frozenset[str]]:
        """Each header that this platform knows, in its compared form -> the languages with this spelling."""
        found = dict.fromkeys(self.levels | self.signature, frozenset[str]())
        for choices in (*self.columns.values(), *self.clicks.values()):
            for choice in choices:
                for part in (choice, choice.plus) if choice.plus else (choice,):
                    for name, languages in part.headers.items():
                        found[name] = found.get(name, frozenset()) | languages
        return found
