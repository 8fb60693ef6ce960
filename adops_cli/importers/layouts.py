"""Saved layouts: how files with one header are read, kept from a file that was read so once."""

from contextlib import closing
from typing import BinaryIO

from adops_cli.errors import BadRequestError
from adops_cli.exports.columns.header import fingerprint
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.read import read_export
from adops_cli.exports.saved import SavedLayout
from adops_cli.importers.metrics.kept_options import as_kept, from_kept
from adops_cli.settings import layouts


def save(
    name: str, file: str, options: ReadOptions, *, stdin: BinaryIO | None = None
) -> tuple[layouts.SavedLayout, bool]:
    """Keep the options with the header of a file. Return the layout, and whether it takes the place of another.

    The file must be one that can be imported with these options. Raises `RefusedError` for any other, and
    `ConflictError` if another layout is for this header.
    """
    kept = as_kept(options)
    kept.pop("sheet", None)  # the header finds it, and another month has another name
    if not kept:
        raise BadRequestError(
            "no option is given, so there is nothing to save", "Give --map, --platform or another one"
        )
    with closing(read_export(file, options, stdin=stdin)) as export:
        header = [str(text) for text in export.header]
    layout = layouts.SavedLayout(name, fingerprint(header), header, kept)
    return layout, layouts.put(layout)


def known() -> list[SavedLayout]:
    """All saved layouts, as files are read by them."""
    return [SavedLayout(one.name, one.header, from_kept(one.options)) for one in layouts.every()]
