"""Changes many campaigns from a plan: a table (CSV, TSV, a workbook) or JSON, with one campaign in each row.

Owns how a row of a plan names its campaign and its fields. A plan is carried out completely or not at all.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from adops_cli import values
from adops_cli.data import campaigns, naming
from adops_cli.data.access.batch import WriteCounts, by_attribute
from adops_cli.errors import AdopsError, BadRequestError, ConflictError
from adops_cli.exports.sources import source
from adops_cli.exports.sources.table import Kind, open_table
from adops_cli.importers import from_file
from adops_cli.storage.handle import db
from adops_cli.values import attribute, shown

FIELDS = (
    *("id", "platform", "name", "project_id", "external_id", "status", "budget", "start_date", "end_date"),
    *("currency", "account", "metadata"),
)
"""What a plan can set. The first three name the campaign."""
_IGNORED = ("synced_at", "created_at", "updated_at")
"""What a list of campaigns has, too: such a list is a plan."""


def carry_out(file: str, stdin: BinaryIO | None = None) -> WriteCounts:
    """Change the campaigns of a plan, all or none.

    A row names its campaign by `id`, or else by `platform` and `name`, and has the fields to change under their keys;
    `currency` and `account` are those in its metadata. An empty cell leaves a field as it is. In JSON, null clears it.

    Args:
        file: the file; `-` is standard input.
        stdin: the stream to read as standard input, if it is not the process's own.

    Raises:
        BadRequestError: the file or a row cannot be read; NotFoundError, ConflictError: as for a single update. The
            message has the position of the row, from 1.
    """
    done = WriteCounts()
    with source.opened(file, stdin) as plan, db.atomic():
        known = naming.by_platform_and_name()
        rows: dict[str, int] = {}
        for position, fields in enumerate(_rows(plan), start=1):
            done.read += 1
            try:
                id = _named(fields, known)
                if rows.setdefault(id, position) != position:
                    raise ConflictError(f"it is about the same campaign as row {rows[id]}", "Keep one of the two")
                campaigns.update(id, **fields)
            except AdopsError as error:
                raise type(error)(f"{_name(file)}, row {position}: {error.message}", error.hint) from error
            done.updated += 1
    return done


def _name(file: str) -> str:
    return "stdin" if file == "-" else file


def _named(fields: dict[str, Any], known: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """Take the name of the campaign out of the fields, and return its id."""
    id = fields.pop("id", None)
    if id is not None:
        return str(id)
    platform, name = fields.pop("platform", None), fields.pop("name", None)
    if platform is None or name is None:
        raise BadRequestError("the campaign is not named", "Give its id, or its platform and its name")
    return naming.only_one(known.get((values.platform(str(platform)), str(name)), ()), f"{platform}, {name!r}")


def _rows(plan: source.InputFile) -> Iterator[dict[str, Any]]:
    table = open_table(plan, lambda cells: sum(_field(str(cell).strip()) in FIELDS for cell in cells))
    if table.kind is Kind.RECORDS:
        with plan.open() as content:
            for given in from_file.records(content, _name(plan.name)):
                if given.error:
                    raise given.error
                yield _known(by_attribute(given.raw))
        return
    rows = table.rows()
    names = [_field(str(cell).strip()) for cell in next(rows, (0, []))[1]]
    for _line, cells in rows:
        given_cells = {name: cell for name, cell in zip(names, cells, strict=False) if cell not in ("", None)}
        yield _known({name: _cell(name, cell) for name, cell in given_cells.items()})


def _field(heading: str) -> str:
    """The field of a heading: `startDate`, `start_date` or `Start date`."""
    name = attribute(heading)
    return name if name in (*FIELDS, *_IGNORED) else heading.lower().replace(" ", "_")


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    for name in fields:
        if name not in (*FIELDS, *_IGNORED):
            raise BadRequestError(f"a plan has no column {name!r}", f"Its columns are {', '.join(FIELDS)}")
    return {name: value for name, value in fields.items() if name not in _IGNORED}


def _cell(name: str, cell: Any) -> Any:
    if name == "metadata" and isinstance(cell, str):
        try:
            return json.loads(cell)
        except ValueError as error:
            raise BadRequestError(f"metadata is not JSON: {shown(cell)}") from error
    return cell
