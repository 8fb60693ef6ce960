"""Files for whose header the user has saved a layout: found by the fingerprint of the header, and how they are read.

What is given with a file takes the place of what is saved.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice

from adops_cli.exports.cells.cell import Cell
from adops_cli.exports.columns.header import fingerprint, written
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.recognise import LOOKED_AT, Scores
from adops_cli.exports.sources.code_pages import open_known
from adops_cli.exports.sources.source import InputFile
from adops_cli.exports.sources.table import Table, open_table

_FITS = 10_000
"""The score of a row that is a saved header: more than known names can give."""


@dataclass(frozen=True)
class SavedLayout:
    """How files with one header are read."""

    name: str
    header: str
    """The fingerprint of the header."""
    options: ReadOptions


def opened(
    source: InputFile, options: ReadOptions, layouts: Sequence[SavedLayout]
) -> tuple[Table, ReadOptions, SavedLayout | None]:
    """The table of a file, the options to read it with, and the saved layout that they come from, if any."""
    finder = _Finder({one.header: one for one in layouts}, Scores(options))
    saved_encodings = sorted({one.options.encoding for one in layouts if one.options.encoding})
    encodings = [options.encoding] if options.encoding else [None, *saved_encodings]
    for codec in encodings if layouts else ():
        table = open_table(source, finder.score, sheet=options.sheet, codec=codec)
        found = finder.find(table)
        if found is not None:
            whole = _joined(options, found.options)
            if whole.encoding != codec:  # a header in plain letters does not show what the names below are written in
                table = open_table(source, finder.score, sheet=options.sheet, codec=whole.encoding)
            return table, whole, found
    return open_known(source, finder.score, sheet=options.sheet, codec=options.encoding), options, None


class _Finder:
    """Finds the header of a saved layout."""

    def __init__(self, layouts: dict[str, SavedLayout], scores: Scores) -> None:
        self._layouts, self._scores = layouts, scores

    def _layout(self, cells: Sequence[Cell]) -> SavedLayout | None:
        return self._layouts.get(fingerprint(map(written, cells))) if self._layouts else None

    def score(self, cells: Sequence[Cell]) -> int:
        """How well a row fits as a header."""
        return _FITS if self._layout(cells) is not None else self._scores.score(cells)

    def find(self, table: Table) -> SavedLayout | None:
        """The layout of the first row that is a saved header."""
        found = (self._layout(cells) for _, cells in islice(table.rows(), LOOKED_AT))
        return next((one for one in found if one is not None), None)


def _joined(given: ReadOptions, saved: ReadOptions) -> ReadOptions:
    every = {field.name: getattr(given, field.name) for field in fields(given)}
    return replace(saved, **{name: value for name, value in every.items() if value not in (None, {})})


def told(layout: SavedLayout) -> str:
    """A sentence on a file that was read by a saved layout."""
    return f"the header is that of the saved layout {layout.name!r}, so it was read with {_as_words(layout.options)}"


def _as_words(options: ReadOptions) -> str:
    """The options as somebody would type them."""
    words: list[str] = []
    for field in fields(options):
        value = getattr(options, field.name)
        if field.name == "columns" and value:
            words += ["--map", shlex.quote(",".join(f"{header}={key}" for header, key in value.items()))]
        elif field.name == "kept":
            words += [f"--conversions {shlex.quote(f'{name}={key}')}" for name, key in value.items()]
        elif value is not None and field.name != "columns":
            words += [f"--{field.name.replace('_', '-')}", shlex.quote(str(value))]
    return " ".join(words) or "no options"
