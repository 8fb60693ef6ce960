"""Text in the code page of a language, as spreadsheet programs save it: known by a header that it alone makes words of.

Tried only for files that are neither UTF-8 nor UTF-16. Which words are headers, the caller's score says.
"""

from collections.abc import Callable, Sequence
from itertools import islice

from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.sources.source import InputFile
from adops_cli.exports.sources.table import Kind, Table, open_table

_PAGES = {
    "cp1250": "windows-1250 (Central European)",
    "cp1251": "windows-1251 (Cyrillic)",
    "cp1254": "windows-1254 (Turkish)",
    "cp932": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (simplified Chinese)",
    "big5": "Big5 (traditional Chinese)",
}
_ANY = "latin-1"
"""An encoding in which all bytes are text."""
_LOOKED_AT = 200
"""Rows in which to look for a header."""
_FEWEST = 4
"""How well a header has to fit: a few words can be the same by chance."""

Score = Callable[[Sequence[str]], int]


def open_known(source: InputFile, score: Score, *, sheet: str | None = None, codec: str | None = None) -> Table:
    """The same as `open_table`, and a text file in another code page than Windows-1252 is read in it, with a notice."""
    try:
        table = open_table(source, score, sheet=sheet, codec=codec)
    except RefusedError as refused:
        found = None if codec or refused.because is not Refusal.UNREADABLE else _in_a_page(source, score)
        if found is None:
            raise
        return found
    is_guess = codec is None and table.kind is Kind.TEXT and table.codec == "cp1252"
    return (_in_a_page(source, score) if is_guess else None) or table


def _in_a_page(source: InputFile, score: Score) -> Table | None:
    """The table in the page whose header fits best, if it fits better than its plain letters do by themselves."""
    if source.is_workbook:
        return None
    fits = {page: _fit(source, score, page) for page in (_ANY, *_PAGES)}
    best = max(_PAGES, key=fits.__getitem__)
    if fits[best] < _FEWEST or fits[best] <= fits[_ANY]:
        return None
    table = open_table(source, score, codec=best)
    table.notices.append(
        f"read as {_PAGES[best]}, because its header is known in it; if that is wrong, name another with --encoding"
    )
    return table


def _fit(source: InputFile, score: Score, page: str) -> int:
    """How well the best row fits as a header. Zero if the file is no text in this page."""
    try:
        rows = open_table(source, score, codec=page).rows()
        return max((score(cells) for _, cells in islice(rows, _LOOKED_AT)), default=0)
    except RefusedError:
        return 0
