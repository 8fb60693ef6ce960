"""Finds the columns of a file that split a campaign's day. What they are is declared in `breakdowns`."""

import re

from adops_cli.exports.columns.breakdowns import EXTRACTED, base, unqualified
from adops_cli.exports.columns.layout import Layout, Splits

_HOUSEKEEPING = re.compile(r"(?:airbyte|fivetran|sdc|dlt|meltano|stitch) ")


def find(layout: Layout) -> Splits:
    """The columns that split a day, by their headers; what has another meaning does not."""
    declared, taken = layout.platform.breakdowns, layout.meanings
    names = [(column, name) for column, name in enumerate(layout.header.names) if column not in taken]
    own = {column for column, name in names if _HOUSEKEEPING.match(name) or name in EXTRACTED}
    known = declared.parts | declared.fragments | declared.overlaps.keys()
    bases = []
    for column, name in names:
        if column not in own:
            whole = base(name)
            bases.append((column, whole if whole in known else unqualified(layout.header.cells[column])))
    found = Splits(
        parts=tuple(column for column, name in bases if name in declared.parts),
        fragments=tuple(column for column, name in bases if name in declared.fragments),
        overlaps={column: declared.overlaps[name] for column, name in bases if name in declared.overlaps},
        below_campaigns=any(name in declared.levels for _, name in bases),
        extracted=next((column for column, name in names if name in EXTRACTED), None),
        housekeeping=frozenset(own),
    )
    for column in {*found.parts, *found.fragments} - set(layout.dimensions):
        layout.fates.setdefault(column, "ignored: a breakdown")
    for column in own:
        layout.fates.setdefault(column, "ignored: a connector's own")
    return found
