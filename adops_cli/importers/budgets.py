"""Budgets from a file: CSV with a heading, a JSON list or NDJSON. All of them are set, or none.

The columns are those of `adops budgets set`: name, campaign (ids with `;` between them), project, platform, amount,
currency, from, until, shape, monthly, effective. Rows with a `day` are amounts of days; those of one name are a plan.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from adops_cli.data import naming
from adops_cli.data.acting import budgets
from adops_cli.data.acting.budgets import Agreed, BudgetFields
from adops_cli.errors import BadRequestError

COLUMNS = (
    *("name", "campaign", "project", "platform", "amount", "currency", "from", "until", "shape", "monthly"),
    *("effective", "day"),
)
_FIELDS = {
    "project": "project_id",
    "platform": "platform",
    "amount": "amount",
    "currency": "currency",
    "from": "start_date",
    "until": "end_date",
    "shape": "shape",
    "effective": "effective",
}


def import_file(file: Path) -> Sequence[Agreed]:
    """Set the budgets of a file. Raises `BadRequestError` that names the row for what makes no sense."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequestError(f"{file} is not UTF-8", "Save it as CSV in UTF-8") from error
    found: dict[str, BudgetFields] = {}
    for position, row in enumerate(_records(file, text), start=1):
        where = f"{file}, record {position}"
        if unknown := [key for key in row if key not in COLUMNS]:
            raise BadRequestError(f"{where} has an unknown column {unknown[0]!r}", f"They are {', '.join(COLUMNS)}")
        if not (name := row.get("name")):
            raise BadRequestError(f"{where} has no name", "Each budget needs one")
        _take(found, name, row, where)
    return budgets.set_many(list(found.items()))


def _take(found: dict[str, BudgetFields], name: str, row: Mapping[str, Any], where: str) -> None:
    """Note a record. Several of one name are the days of its plan."""
    day = row.get("day")
    known = found.get(name)
    if known is not None and not (day and "plan" in known):
        raise BadRequestError(f"{where} has the budget {name!r} again", "Only rows with a day can share a name")
    fields: Any = {_FIELDS[key]: value for key, value in row.items() if key in _FIELDS}
    if ids := row.get("campaign"):
        fields["campaign_ids"] = [naming.id_of(id.strip(), whole=True) for id in str(ids).split(";")]
    if row.get("monthly") is not None:
        fields["monthly"] = _flag(row["monthly"], where)
    if day:
        amount = fields.pop("amount", None)
        if amount is None:
            raise BadRequestError(f"{where} has no amount for {day}")
        plan: Any = known.get("plan", {}) if known else {}
        if day in plan:
            raise BadRequestError(f"{where} has {day} of {name!r} again")
        fields["plan"] = plan | {day: amount}
    found[name] = {**(known or {}), **fields}


def _flag(value: Any, where: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(str(value).lower())
    if known is None:
        raise BadRequestError(f"{where}: monthly must be true or false, not {value!r}")
    return known


def _records(file: Path, text: str) -> Iterator[Mapping[str, Any]]:
    """The records, without empty values."""
    for row in _json(file, text) if text.lstrip()[:1] in ("[", "{") else csv.DictReader(io.StringIO(text)):
        if not isinstance(row, Mapping) or None in row:
            raise BadRequestError(f"{file} has a record that is no budget: {str(row)[:80]}")
        yield {key.strip(): value for key, value in row.items() if value not in (None, "")}


def _json(file: Path, text: str) -> list[Any]:
    try:
        if text.lstrip().startswith("["):
            return list(json.loads(text, parse_float=str))
        return [json.loads(line, parse_float=str) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise BadRequestError(f"{file} is not JSON: {error}") from error
