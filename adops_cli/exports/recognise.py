"""Which platform a file comes from and which row is its header: by the names in the rows, never by their position.

Scores rows by how many of their cells are headers that a platform knows. `interpret` decides what the columns mean.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice

from adops_cli.errors import BadRequestError
from adops_cli.exports.cells import platform_names
from adops_cli.exports.cells.cell import Cell, Cells, is_blank, shown
from adops_cli.exports.cells.currencies import Stated, in_header
from adops_cli.exports.columns import guess
from adops_cli.exports.columns.declaration import PlatformFormat
from adops_cli.exports.columns.header import Header, loose, written
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.platforms import PLATFORMS, generic

LOOKED_AT = 200
"""Rows in which to look for the header."""
_FEWEST = 2
"""A header has at least this many known names."""
_WIDEST = 16_384
"""Columns. No spreadsheet has more, so a wider row is not a header."""
_WHOLE = 2
"""A row that has everything a platform needs scores like a row with this many more known names."""


def _marked() -> Mapping[str, AbstractSet[str]]:
    found: dict[str, set[str]] = {}
    for platform in PLATFORMS:
        for name in platform.marks:
            found.setdefault(name, set()).add(platform.name)
    return found


_PLATFORM_HEADERS = frozenset().union(*(choice.headers for choice in generic.PLATFORM.columns["platform"]))
_MARKED = _marked()
"""Header -> the platforms that may have signed a row that has it."""


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
    signed_by: str | None = None
    """The platform whose marks the header bears, if another one is given."""
    is_guess: bool = False
    """Whether the header is known by its shape only, since no name in it is."""

    @property
    def looks_like(self) -> PlatformFormat | None:
        """The platform whose downloads have this shape, if no name shows whose the file is."""
        name = guess.shape(self.preamble, self.header.cells) if self.platform.own_keys and self.header.line else None
        return next((platform for platform in PLATFORMS if platform.name == name), None)


def coded(text: str) -> tuple[str, Stated] | None:
    """Split `Amount spent (EUR)` into the name in its compared form and the currency."""
    found = in_header(text)
    return (loose(found[0]), found[1]) if found else None


def candidates(options: ReadOptions) -> tuple[PlatformFormat, ...]:
    """The layouts that a file can have: a platform that is given can also be read by plain words and `--map`."""
    if options.platform is None:
        return PLATFORMS
    name = platform_names.platform(options.platform)
    if not name:
        raise BadRequestError(f"--platform cannot be {options.platform!r}", "Give a name such as tiktok-ads")
    known = tuple(platform for platform in PLATFORMS if platform.name == name)
    return known if known == (generic.PLATFORM,) else (*known, generic.as_platform(name))


class Scores:
    """How well rows match the platforms that a file can come from."""

    def __init__(self, options: ReadOptions) -> None:
        self._platforms = candidates(options)
        self._is_given = options.platform is not None
        self._mapped = {loose(header) for header in options.columns}

    def score(self, cells: Sequence[Cell]) -> int:
        """How many headers of a row are known, to the platform that knows most of them."""
        return self.best(cells)[0]

    def best(self, cells: Sequence[Cell], title: str = "") -> tuple[int, PlatformFormat | None]:
        """The score and the platform; `title` is the first line above the row."""
        if len(cells) > _WIDEST:
            return 0, None
        texts = [written(cell) for cell in cells]
        names = {loose(text) for text in texts if text}
        bases = {found[0] for text in texts if (found := coded(text))}
        marks = names.union(texts)
        mapped = len(self._mapped & names)
        best: tuple[int, PlatformFormat | None] = (0, None)
        tied = False
        for platform in self._possible(marks | bases, title):
            score = mapped + self._hits(platform, names, bases)
            if not (self._is_given or platform.is_signed(marks, bases, title)):
                continue
            if score > best[0] or (tied and not platform.signature):
                best, tied = (score, platform), False
            elif score == best[0] and platform.signature and not self._is_given:
                tied = True  # the header fits both, and is nobody's
        return best if best[0] >= _FEWEST else (0, None)

    @staticmethod
    def _hits(platform: PlatformFormat, names: AbstractSet[str], bases: AbstractSet[str]) -> int:
        spelled = names | {platform.joint[name] for name in names & platform.joint.keys()}
        hits = len(platform.known.keys() & spelled) + len(platform.coded & (bases - names))
        return hits + _WHOLE if (hits or bases) and platform.is_whole(spelled | bases) else hits

    def _possible(self, names: AbstractSet[str], title: str) -> Sequence[PlatformFormat]:
        """The platforms that may have signed a row with these names. Most rows have no mark, and are looked at once."""
        if self._is_given:
            return self._platforms
        marked = set[str]().union(*(_MARKED[name] for name in names & _MARKED.keys()))
        return [one for one in self._platforms if not one.signature or one.name in marked or one.has_title(title)]


def recognise(rows: Iterable[tuple[int, Cells]], options: ReadOptions) -> Recognised:
    """The platform and the header row among a table's first rows; a guess if no row has two known names."""
    scores = Scores(options)
    best: tuple[int, int, Header, PlatformFormat] | None = None
    head: list[tuple[int, Cells]] = []
    without_rows = [one for one in candidates(options) if one.no_data is not None]
    for position, (line, cells) in enumerate(islice(rows, LOOKED_AT)):
        if not cells:
            return _without_records(options)
        score, platform = scores.best(cells, _title(head))
        if platform is not None and (best is None or score > best[0]):
            best = (score, position, Header.of(line, cells).spelled(platform.joint), platform)
        if best is None:
            no_data = _no_data(cells, without_rows)
            if no_data is not None:
                return Recognised(no_data, Header.of(line, ()), (), position + 1, no_data=True)
        head.append((line, cells))
    if best is None:
        return _guessed(head, options)
    _, position, header, platform = best
    if options.platform is None and platform.signature and _is_blended(header, head[position + 1 :], platform):
        platform, header = generic.PLATFORM, Header.of(header.line, head[position][1]).spelled(generic.PLATFORM.joint)
    preamble = _as_text(head[:position])
    signed_by = _signed_by(header, _title(head[:position]), platform) if options.platform else None
    return Recognised(platform, header, preamble, position + 1, signed_by=signed_by)


def _is_blended(header: Header, rows: Sequence[tuple[int, Cells]], platform: PlatformFormat) -> bool:
    """Whether a column says that rows are of other platforms: a connector's table has columns of each of them."""
    for column, name in enumerate(header.names):
        if name not in _PLATFORM_HEADERS and name not in generic.PERHAPS_PLATFORM:
            continue
        cells = [cells[column] for _, cells in rows if column < len(cells) and not is_blank(cells[column])]
        known = {platform_names.platform(cell) for cell in cells if platform_names.is_known(cell)}
        if known - {platform.name} and (name in _PLATFORM_HEADERS or all(map(platform_names.is_known, cells))):
            return True
    return False


def _signed_by(header: Header, title: str, given: PlatformFormat) -> str | None:
    names = {loose(text) for text in header.cells}.union(header.cells)
    bases = {found[0] for text in header.cells if (found := coded(text))}
    signed = [platform for platform in PLATFORMS if platform.signature and platform.is_signed(names, bases, title)]
    return None if not signed or given.name in {platform.name for platform in signed} else signed[0].title


def _title(head: Sequence[tuple[int, Cells]]) -> str:
    return written(head[0][1][0]) if head else ""


def _as_text(rows: Sequence[tuple[int, Cells]]) -> tuple[str, ...]:
    return tuple(",".join(map(shown, cells)) for _, cells in rows)


def _guessed(head: Sequence[tuple[int, Cells]], options: ReadOptions) -> Recognised:
    """The row that looks like a header, in any language. It says how to go on, and is never imported."""
    position = guess.header([cells for _, cells in head], is_records=bool(head) and not head[0][0])
    if position is None:
        raise RefusedError(
            Refusal.UNRECOGNISED,
            "no row of the file is the header of a table with days and figures",
            "Export it again as one row for each campaign and day",
        )
    line, cells = head[position]
    layout = candidates(options)[-1]
    return Recognised(layout, Header.of(line, cells), _as_text(head[:position]), position + 1, is_guess=True)


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
            keys = f"Use one of {', '.join(KEYS)}"
            if key == guess.OPEN:
                raise BadRequestError(f"--map does not say yet what {header!r} is", f"{keys}, or leave the column out")
            raise BadRequestError(f"--map gives {header!r} the unknown key {key!r}", keys)
        found[header] = meaning
    return found


KEYS = (
    "date", "campaign", "campaignId", "impressions", "clicks", "conversions", "spend", "revenue", "currency", "account",
    "platform",
)  # fmt: skip
"""The keys that `--map` can give to a column."""
MEANINGS = {loose(key): loose(key).replace(" ", "_") for key in KEYS} | {
    "date": "day", "day": "day", "name": "campaign", "campaign name": "campaign", "external id": "campaign_id",
    "cost": "spend",
}  # fmt: skip
