"""What to do with a file whose header lacks a day, a campaign or a cost: its columns, and a `--map` to complete.

Says what is wrong by the header, and guesses by the first rows. A platform's own advice is given only for its own file.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from adops_cli.exports.cells.cell import Cells
from adops_cli.exports.columns import guess
from adops_cli.exports.columns.declaration import PlatformFormat
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.recognise import KEYS, coded

_MOST = 30
"""How many columns a message names."""
_MEANT = {"day": "date", "campaign_id": "campaignId", "account_id": "account"}
"""Our meanings whose key is another word."""


_PERIOD, _ID = "ignored: a period", "ignored: an id or a period"


@dataclass(frozen=True)
class Lack:
    """What a header lacks."""

    because: Refusal
    message: str
    advice: str
    key: str | None = None
    """The key of the missing column. None if no column can help."""


def lack(layout: Layout, *, is_guess: bool, like: PlatformFormat | None = None) -> Lack | None:
    """Why the file cannot be imported, by its header alone. None if it can.

    Args:
        layout: what its columns mean.
        is_guess: whether no name in its header is known.
        like: the platform whose downloads have its shape.
    """
    advice, title = layout.platform.advice, layout.platform.title
    if like is not None:
        title = f"as of {like.title}, in a language that adops does not know"
    if is_guess:
        unknown = "no row of the file is the header of a known platform"
        looks = f"the file looks like a download of {like.title} in a language that adops does not know" if like else ""
        return Lack(Refusal.UNRECOGNISED, looks or unknown, advice.day, "date")
    if layout.day is None and layout.period is not None:
        message = f"the figures are by {layout.header.cells[layout.period]!r}, not by day"
        return Lack(Refusal.NOT_DAILY, message, advice.day, "date" if layout.platform.own_keys else None)
    if layout.day is None:
        return Lack(Refusal.NO_DAY_COLUMN, f"the export ({title}) has no column for the day", advice.day, "date")
    if "campaign" not in layout.columns and "campaign_id" not in layout.columns:
        message = f"the export ({title}) has no column for the campaign's name or id"
        return Lack(Refusal.MISSING_COLUMN, message, advice.campaign, "campaign")
    if "spend" not in layout.figures:
        message = f"the export ({title}) has no column for the cost"
        return Lack(Refusal.MISSING_COLUMN, message, advice.spend, "spend")
    return None


def refusal(
    layout: Layout, lacks: Lack, rows: Sequence[Cells], *, is_guess: bool, like: PlatformFormat | None = None
) -> RefusedError:
    """The error for the file: what it lacks, its header with the line, and how to name the columns."""
    missing = _missing(layout)
    guessed = guess.keys(_open(layout, missing), rows, missing) if lacks.key else {}
    for column, key in guessed.items():
        layout.extras.pop(column, None)
        layout.fates[column] = "not known" if key == guess.OPEN else f"not known, perhaps {key}"
    line, what = layout.header.line, "looks like one" if is_guess else "is its header"
    where = f"line {line} {what}" if line else "its records have these names"
    return RefusedError(
        lacks.because,
        f"{lacks.message}; {where} ({_columns(layout)})",
        _hint(layout, lacks, guessed, f"--platform {like.name} " if like is not None else ""),
        platform=like.name if like is not None else None if is_guess else layout.platform.name,
    )


def _missing(layout: Layout) -> frozenset[str]:
    """The keys that no column has yet."""
    known = {_MEANT.get(meaning, meaning) for meaning in layout.meanings.values()}
    known |= {"currency"} if layout.currency else set()
    known |= {"campaign"} if "campaignId" in known else set()
    return frozenset(set(KEYS) - known)


def _open(layout: Layout, missing: frozenset[str]) -> dict[int, str]:
    """The columns that may be more than they are taken for, each with the currency in its header."""
    cells, found = layout.header.cells, {}
    for column, text in enumerate(cells):
        fate = layout.fates.get(column)
        is_figure = column in layout.extras and layout.extras[column] not in layout.not_additive
        if text and (is_figure or fate == _PERIOD or (fate == _ID and "campaignId" in missing)):
            code = coded(text)
            found[column] = (code[1].code if code else None) or ""
    return found


def _columns(layout: Layout) -> str:
    """The header with the meaning of each column that has one."""
    meanings = layout.meanings
    shown = [
        f"{text} = {_MEANT.get(meanings[column], meanings[column])}" if column in meanings else text
        for column, text in enumerate(layout.header.cells[:_MOST])
    ]
    more = len(layout.header.cells) - len(shown)
    return ", ".join(shown) + (f", … and {more} more; --explain shows them" if more > 0 else "")


def _hint(layout: Layout, lacks: Lack, guessed: dict[int, str], platform: str = "") -> str:
    """The platform's advice, and the `--map` that may do without it."""
    if not lacks.key:
        return lacks.advice
    fitting = [column for column, key in guessed.items() if key == lacks.key]
    if not layout.platform.own_keys or lacks.because is Refusal.NOT_DAILY:  # it lacks one thing
        if fitting:
            return f"{lacks.advice}; or name the column with {_option({layout.header.cells[fitting[0]]: lacks.key})}"
        return f"{lacks.advice}; if a column has it under another name, use --map 'HEADER={lacks.key}'"
    pairs = {layout.header.cells[column]: key for column, key in list(guessed.items())[:_MOST]}
    if not pairs:
        return f"{lacks.advice}; if a column has it under another name, use --map 'HEADER={lacks.key}'"
    told = f"{lacks.advice}; name the columns with {platform}{_option(pairs)}"
    if guess.OPEN in pairs.values():
        left = sorted(_missing(layout) - set(pairs.values()), key=KEYS.index)
        told += f", with each ? replaced by one of {', '.join(left)}, or its column left out"
    return told


def _option(pairs: dict[str, str]) -> str:
    return f"--map {shlex.quote(','.join(f'{header}={key}' for header, key in pairs.items()))}"
