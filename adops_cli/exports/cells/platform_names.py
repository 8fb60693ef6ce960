"""Platforms as files and people name them, as slugs. Which spellings mean a known platform is said in `values`."""

import re

from adops_cli import values
from adops_cli.exports.cells.cell import Cell, name

_BETWEEN = re.compile(r"[\W_]+")


def platform(cell: Cell) -> str:
    """The slug of a known platform; a slug as it is; else the words in small letters with dashes. Empty if blank."""
    known = values.platform(name(cell))
    return known if values.SLUG.fullmatch(known) else _BETWEEN.sub("-", known.casefold()).strip("-")


def is_known(cell: Cell) -> bool:
    """Whether a cell is one of the spellings of a known platform."""
    return values.platform(name(cell)) in values.PLATFORMS
