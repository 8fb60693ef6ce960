"""Platforms as files and people name them, as slugs. Which spellings mean a known platform is said in `values`."""

import re

from adops_cli import values
from adops_cli.exports.cells.cell import Cell, name

_BETWEEN = re.compile(r"[\W_]+")
_ACCOUNT = re.compile(r"\s+[-\u2013|:(]\s*|:\s+")
"""What stands between a platform and an account: `Google Ads - ACME`, as Funnel names a source of data."""


def platform(cell: Cell) -> str:
    """The slug of a known platform; a slug as it is; else the words in small letters with dashes. Empty if blank."""
    text = name(cell)
    known = values.platform(text)
    if values.SLUG.fullmatch(known):
        return known
    first = values.platform(_ACCOUNT.split(text, maxsplit=1)[0])
    return first if first in values.PLATFORMS else _BETWEEN.sub("-", known.casefold()).strip("-")


def is_known(cell: Cell) -> bool:
    """Whether a cell names a known platform."""
    return platform(cell) in values.PLATFORMS
