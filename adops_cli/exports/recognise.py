"""Which platform a file comes from and which row is its header: by the names in the rows, never by their position.

Scores rows by how many of their cells are headers that a platform knows. `interpret` decides what the columns mean.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from adops_cli.errors import BadRequestError
from adops_cli.exports.cells.cell import Cell, Cells, shown
from adops_cli.exports.cells.currencies import Stated, in_header
from adops_cli.exports.columns.declaration import PlatformFormat
from adops_cli.exports.columns.header import Header, loose, written
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.platforms import PLATFORMS

_LOOKED_AT = 200
"""Rows in which to look for the header."""
_FEWEST = 2
"""A header has at least this many known names."""
_WIDEST = 16_384
"""Columns. No spreadsheet has more, so a wider row is not a header."""
_WHOLE = 2
"""A row that has everything a platform needs scores like a row with this many more known names."""


@dataclass(frozen=True)
class Recognised:
    """A file's platform and header."""

    platform: PlatformFormat
    header: Header
    preamble: tuple[str, ...]
    start: int
    """How many rows of the table come before the first data row."""
    no_data: bool = False
    """Whether the file only has the platform's line for a report without rows."""


def coded(text: str) -> tuple[str, Stated] | None:
    """Split `Amount spent (EUR)` into the name in its compared form and the currency."""
    found = in_header(text)
    return (loose(found[0]), found[1]) if found else None


def candidates(options: ReadOptions) -> tuple[PlatformFormat, ...]:
    """The platforms that a file can come from."""
    if options.platform is None:
        return PLATFORMS
    chosen = tuple(platform for platform in PLATFORMS if platform.name == options.platform)
    if not chosen:
        known = ", ".join(platform.name for platform in PLATFORMS)
        raise BadRequestError(f"no platform is called {options.platform!r}", f"Use one of {known}")
    return chosen


class Scores:
    """How well rows match the platforms that a file can come from."""

    def __init__(self, options: ReadOptions) -> None:
        self._platforms = candidates(options)
        self._mapped = {loose(header) for header in options.columns}

    def score(self, cells: Sequence[Cell]) -> int:
        """How many headers of a row are known, to the platform that knows most of them."""
        return self.best(cells)[0]

    def best(self, cells: Sequence[Cell]) -> tuple[int, PlatformFormat | None]:
        """The score and the platform."""
        if len(cells) > _WIDEST:
            return 0, None
        texts = [written(cell) for cell in cells]
        names = {loose(text) for text in texts if text}
        bases = {found[0] for text in texts if (found := coded(text))}
        mapped = len(self._mapped & names)
        best: tuple[int, PlatformFormat | None] = (0, None)
        for platform in self._platforms:
            known = platform.known
            hits = len(known.keys() & names) + len(platform.coded & (bases - names))
            if (hits or bases) and platform.is_whole(names | bases):
                hits += _WHOLE
            signed = not platform.signature or platform.signature & names or platform.signature & bases
            if (signed or len(self._platforms) == 1) and hits + mapped > best[0]:
                best = (hits + mapped, platform)
        return best if best[0] >= _FEWEST else (0, None)


def recognise(rows: Iterable[tuple[int, Cells]], options: ReadOptions) -> Recognised:
    """The platform and the header row among a table's first rows."""
    scores = Scores(options)
    best: tuple[int, int, Header, PlatformFormat] | None = None
    preamble: list[str] = []
    for position, (line, cells) in enumerate(islice(rows, _LOOKED_AT)):
        if not cells:
            return _without_records(options)
        score, platform = scores.best(cells)
        if platform is not None and (best is None or score > best[0]):
            best = (score, position, Header.of(line, cells), platform)
        if best is None:
            no_data = _no_data(cells, candidates(options))
            if no_data is not None:
                return Recognised(no_data, Header.of(line, ()), (), position + 1, no_data=True)
            preamble.append(",".join(map(shown, cells)))
    if best is None:
        raise RefusedError(
            Refusal.UNRECOGNISED,
            "no row of the file is the header of a known platform",
            "Name its columns with --platform generic --map 'HEADER=campaign,HEADER=date,HEADER=spend'",
        )
    _, position, header, platform = best
    return Recognised(platform, header, tuple(preamble), position + 1)


def _without_records(options: ReadOptions) -> Recognised:
    """An API's response without rows, which does not show the platform."""
    if options.platform is None:
        raise RefusedError(
            Refusal.UNRECOGNISED,
            "the file is JSON without records, and nothing in it shows which platform it comes from",
            "Use --platform to name the platform and import it as a report without rows",
        )
    return Recognised(candidates(options)[0], Header.of(0, ()), (), 1, no_data=True)


def _no_data(cells: Sequence[Cell], platforms: Sequence[PlatformFormat]) -> PlatformFormat | None:
    for platform in platforms:
        if is_no_data(cells, platform):
            return platform
    return None


def is_no_data(cells: Sequence[Cell], platform: PlatformFormat) -> bool:
    """Whether a row is the platform's line for a report without rows."""
    if platform.no_data is None:
        return False
    texts = [text for text in map(shown, cells) if text.strip()]
    return len(texts) == 1 and bool(platform.no_data.fullmatch(texts[0].strip()))


def mapping(options: ReadOptions) -> Mapping[str, str]:
    """`--map` by our meanings: header as written -> meaning."""
    found = {}
    for header, key in options.columns.items():
        meaning = MEANINGS.get(loose(key))
        if meaning is None:
            raise BadRequestError(f"--map gives {header!r} the unknown key {key!r}", f"Use one of {', '.join(KEYS)}")
        found[header] = meaning
    return found


KEYS = (
    "date", "campaign", "campaignId", "impressions", "clicks", "conversions", "spend", "revenue", "currency", "account",
)  # fmt: skip
"""The keys that `--map` can give to a column."""
MEANINGS = {loose(key): loose(key).replace(" ", "_") for key in KEYS} | {
    "date": "day", "day": "day", "name": "campaign", "campaign name": "campaign", "external id": "campaign_id",
    "cost": "spend",
}  # fmt: skip
