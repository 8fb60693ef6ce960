"""Columns and lines that show a period: which column ends what another one starts, and the period above a table.

Works on names and text alone. Whether the rows are of one day each, only their cells can show.
"""

import re
from collections.abc import Sequence

_START = re.compile(
    r"\b(?:start(?:s|ed|ing|datum)?|begin(?:s|ning|n)?|from|von|d[eé]but|in[ií]cio|inizio|comienzo)\b|開始|시작"
)
_END = re.compile(
    r"\b(?:end(?:s|ed|ing|e|datum)?|stops?|to|until|bis|fin|fim|fine|t[eé]rmino|finali[sz]aci[oó]n)\b|終了|종료"
)
_FILLERS = re.compile(r"\b(?:de|du|des|del|della|di|da|do|of|the|der|des)\b")
_DAY = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\.? \w+\.? \d{4}|[^\W\d]+\.? \d{1,2}, \d{4}"
    r"|\b20\d{6}\b"
)


def is_start(name: str) -> bool:
    """Whether a header, in its compared form, is of the start of something."""
    return bool(_START.search(name))


def end_of(name: str, names: Sequence[str]) -> int | None:
    """The column of the end of what starts in the column with this name."""
    what = _without(_START, name)
    found = (at for at, other in enumerate(names) if _END.search(other) and _without(_END, other) == what)
    return next(found, None)


def _without(words: re.Pattern[str], name: str) -> str:
    return " ".join(_FILLERS.sub("", words.sub("", name)).split())


def is_above(lines: Sequence[str]) -> bool:
    """Whether the lines above a table state a period of several days: two days in one line, or a start and an end."""
    starts, ends = set[str](), set[str]()
    for line in lines:
        days = {day.casefold() for day in _DAY.findall(line)}
        if len(days) > 1:
            return True
        label = line.casefold()
        starts |= days if _START.search(label) else set()
        ends |= days if _END.search(label) else set()
    return bool(starts and ends and starts != ends)
