"""Header rows: how header names are compared and looked up.

Works on names alone. What a name means is left to the platforms.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from adops_cli.exports.cells.cell import Cell, shown, unguarded

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MACHINE = re.compile(r"[a-z][A-Za-z0-9]*(?:[._][A-Za-z0-9]+)*")
_BETWEEN = re.compile(r"[\W_]+")
_ONE_WORD = re.compile(r"[A-Za-z0-9._]+")
_VARIANT = re.compile(
    r"(?P<base>.+)__v_(?:text|double|bool|timestamp|bigint|binary|json|complex|decimal|wei|date|time)", re.IGNORECASE
)
"""dlt's column for the values of another column that have another type: `cost__v_double` beside `cost`."""
_MICROS = frozenset({"micro", "micros", "millionths"})
_LONGEST = 200
"""Characters. A longer cell is not a header."""


def loose(text: str) -> str:
    """The form in which headers are compared: without guards, case and punctuation, and with single spaces.

    `Revenue (Adv Currency)`, `Revenue_Adv_Currency` and `REVENUE (ADV CURRENCY)` are the same name, and so are
    `metrics.costMicros` and `metrics.cost_micros`.
    """
    text = unguarded(text[:_LONGEST])
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)  # letters of full width, and letters apart from their accents
    if _MACHINE.fullmatch(text):
        text = _CAMEL.sub(" ", text)
    return _BETWEEN.sub(" ", text.casefold()).strip()


def says_micros(name: str) -> bool:
    """Whether a header in its compared form says that its column is in millionths."""
    return not _MICROS.isdisjoint(name.split())


def words(text: str) -> frozenset[str]:
    """The words of a header, also of one that a program has written without spaces: `AverageCpc`."""
    return frozenset(loose(_CAMEL.sub(" ", text) if _ONE_WORD.fullmatch(text) else text).split())


def written(cell: Cell) -> str:
    """A header for people: on one line, without guards. It is the key in metadata and the name in messages."""
    return " ".join(unguarded(shown(cell)).split())


def fingerprint(texts: Iterable[str]) -> str:
    """A short mark of a header as it is written, with its columns in any order."""
    return hashlib.sha256(json.dumps(sorted(texts)).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Header:
    """A file's header row."""

    line: int
    cells: tuple[str, ...]
    """The names as written."""
    names: tuple[str, ...]
    """The names in their compared form."""
    variants: Mapping[int, int] = field(default_factory=dict)
    """Columns that hold the values of another column that have another type -> that column."""

    @classmethod
    def of(cls, line: int, cells: Sequence[Cell]) -> "Header":
        """The row as a header."""
        texts = tuple(written(cell) for cell in cells)
        bases = [loose(match["base"]) if (match := _VARIANT.fullmatch(text)) else "" for text in texts]
        names = [loose(text) for text in texts]
        variants = {}
        for column, base in enumerate(bases):
            if base in names and base:
                variants[column] = names.index(base)
            elif base:
                names[column] = base  # no value has the column's own type
        return cls(line, texts, tuple(names), variants)

    def spelled(self, joint: Mapping[str, str]) -> "Header":
        """The same header, with names that have no spaces (`campaignid`) in the compared form that these stand for."""
        return replace(self, names=tuple(joint.get(name, name) for name in self.names))

    def find(self, name: str) -> int | None:
        """The column of a header in its compared form, or else without spaces; the first one if there are several."""
        if name in self.names:
            return self.names.index(name)
        joint = [known.replace(" ", "") for known in self.names]
        return joint.index(name.replace(" ", "")) if name.replace(" ", "") in joint else None
