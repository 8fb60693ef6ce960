"""Reads a record of the Node system, from its JSON files or its database, into the values of one of our rows.

The only place that knows what such records look like: other spellings of keys, numbers and JSON written as text, epoch
milliseconds, statuses in other case, keys that our tables do not know. Reads one record. Whether its references and
keys are valid among the others is left to the caller.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import peewee as pw

from adops_cli import measures, values
from adops_cli.errors import BadRequestError
from adops_cli.exports.cells import ids
from adops_cli.storage.fields import Choice, Day, Flag, Json, PlatformName, Text, UtcDateTime, called
from adops_cli.storage.models import Metrics
from adops_cli.storage.stored_json import parsed_json
from adops_cli.storage.table import columns_of
from adops_cli.values import attribute

_IDS_OF_OTHERS = ("externalId", "asanaProjectId")
"""Columns of ids that other systems give; SQLite keeps one that Node gives as a number as the text of a float."""


@dataclass
class Record:
    """One record that was read."""

    values: dict[str, Any]
    """Python values by attribute name (`project_id`), without the columns that the record lacks."""
    normalised: list[str] = field(default_factory=list)
    """Keys with a value in another form than ours: a number as text, a status in capitals."""
    kept_in_metadata: list[str] = field(default_factory=list)
    """Keys that the table does not know. Their values are now in `metadata`."""
    lost_ids: dict[str, Any] = field(default_factory=dict)
    """Ids of other systems that a float has shortened. They are not ids, and are now in `metadata`."""
    left_out: dict[str, Any] = field(default_factory=dict)
    """Keys that the table does not know and has no place for -> their values."""
    defaulted: list[str] = field(default_factory=list)
    """Attribute names of required columns that the record lacks. Their value is the table's default."""


def read_record(model: type[pw.Model], raw: Mapping[str, Any], *, json_columns_are_text: bool = False) -> Record:
    """Read an old record as a row.

    Args:
        model: the table it belongs to.
        raw: the record, with keys in camelCase (ours) or snake_case; ratios in it are ignored and calculated again.
        json_columns_are_text: whether JSON columns hold JSON text (a database) or the values themselves (a JSON file,
            in which text that is itself a JSON object or list was written by mistake).

    Raises:
        ValueError: a value cannot be read, or a required one is missing; the message names the key.
    """
    columns, names, spellings = _known(model)
    record = Record({})
    unknown: dict[str, Any] = {}
    for spelling, value in raw.items():
        key = spellings.get(spelling)
        if key is None or (key != spelling and key in raw) or _is_no_row_id(columns[key], value):
            unknown[spelling] = value
        elif key in _IDS_OF_OTHERS and ids.lost_digits(value):
            unknown[spelling] = record.lost_ids[key] = value
        else:
            record.values[names[key]] = _value(columns[key], value, record, json_text=json_columns_are_text)
    _keep(unknown, record, has_metadata="metadata" in columns)
    for key, column in columns.items():
        if not column.null and not column.auto_increment and record.values.get(names[key]) is None:
            if column.default is None:
                raise ValueError(f"{key} is missing")
            record.values[names[key]] = column.default
            record.defaulted.append(names[key])
    if model is Metrics:
        record.values |= measures.stored_ratios(record.values)
    return record


def spellings(model: type[pw.Model], raw: Mapping[str, Any]) -> dict[str, str]:
    """The record's spelling of the keys that the table knows: `{"projectId": "project_id"}`."""
    _, _, known = _known(model)
    return {known[name]: name for name in raw if name in known and (known[name] == name or known[name] not in raw)}


def unmistakable(value: Any) -> Any:
    """A JSON column's value in the form for a JSON file, so that text is not mistaken for JSON written by mistake."""
    return json.dumps(value) if isinstance(value, str) and _meant(value) is not value else value


@functools.cache
def _known(model: type[pw.Model]) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """Key -> column, key -> attribute, and spelling (`projectId` or `project_id`) -> key."""
    columns = columns_of(model)
    names = {key: attribute(key) for key in columns}
    return columns, names, {name: key for key, name in names.items()} | {key: key for key in columns}


def _value(column: Any, value: Any, record: Record, *, json_text: bool) -> Any:
    if value is None or column.name in measures.RATIOS:
        return None
    key = str(column.column_name)
    target = column.rel_field if isinstance(column, pw.ForeignKeyField) else column
    try:
        given = _json(value, key, is_text=json_text) if isinstance(target, Json) else _plain(target, value)
        result = target.read(given) if hasattr(target, "read") else _row_id(key, given)
    except BadRequestError as error:
        raise ValueError(f"{key} {error.message.removeprefix(f'{called(target)} ')}") from error
    except RecursionError as error:
        raise ValueError(f"{key} is nested too deeply") from error
    if _other_form(target, value, given, database=json_text) or (isinstance(target, PlatformName) and result != given):
        record.normalised.append(key)
    return result


def _is_no_row_id(column: Any, value: Any) -> bool:
    """Whether an id is useless for a table that numbers its rows. Such a row is identified by its other key."""
    return bool(column.auto_increment) and isinstance(value, str) and not value.strip().isdecimal()


def _row_id(key: str, value: Any) -> int:
    try:
        return values.count(value)
    except ValueError as error:
        raise ValueError(f"{key} {error}") from error


def _plain(target: Any, value: Any) -> Any:
    """The value without quirks of old programs, as a field knows them, and an id of another system as it gives it."""
    if target.column_name in _IDS_OF_OTHERS and (isinstance(value, str) or _is_whole_float(value)):
        return ids.whole(str(value))
    return target.meant(value) if hasattr(target, "meant") else value


def _is_whole_float(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _other_form(target: Any, value: Any, given: Any, *, database: bool) -> bool:
    """Whether the value was written in another form than in our JSON for such a column.

    A database can store a flag only as 0 or 1, and JSON only as text. A JSON file can do otherwise.
    """
    if isinstance(target, Json):
        return given is not value and not database
    if isinstance(target, Flag):
        return not isinstance(value, bool) and not (database and isinstance(value, int))
    if isinstance(target, Text | Choice):
        return bool(given != value)
    if isinstance(target, Day | UtcDateTime):
        return not isinstance(given, str)
    return isinstance(value, str)


def _json(value: Any, key: str, *, is_text: bool) -> Any:
    if not isinstance(value, str):
        return value
    if not is_text:
        return _meant(value)
    try:
        return parsed_json(value)
    except ValueError as error:
        raise ValueError(f"{key} is not JSON: {values.shown(value)}") from error


def _meant(text: str) -> Any:
    """The meaning of text in a JSON column of a file: an object or a list that was written as text, or the text itself.

    If it is JSON for another text of that kind, it means that text: `unmistakable` writes text in this way.
    """
    try:
        parsed = parsed_json(text)
    except ValueError:
        return text
    if isinstance(parsed, str):
        return parsed if _meant(parsed) is not parsed else text
    return parsed if isinstance(parsed, dict | list) else text


def _keep(unknown: dict[str, Any], record: Record, *, has_metadata: bool) -> None:
    """Put unknown keys into `metadata`, next to existing keys, never over them."""
    if not unknown:
        return
    metadata = record.values.get("metadata")
    if not has_metadata or not isinstance(metadata, dict | None):
        record.left_out = unknown
        return
    kept = dict(metadata or {})
    for key, value in unknown.items():
        free = key
        while free in kept:
            free += "_"
        try:
            values.json_text({free: value})
        except ValueError as error:
            raise ValueError(f"{values.shown(key)}, kept in metadata, {error}") from error
        kept[free] = value
        record.kept_in_metadata.append(key)
    record.values["metadata"] = kept
