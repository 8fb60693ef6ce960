"""Parts of JSON columns: lists of objects (milestones of a project, stages of an execution), and keys of an object."""

from collections.abc import Mapping
from typing import Any

from adops_cli.errors import BadRequestError


def with_part(parts: Any, part: Mapping[str, Any], column: str) -> list[Any]:
    """The list with `part` at its end, or in place of the part with the same `id`. Null counts as an empty list."""
    if not isinstance(part, Mapping):
        raise BadRequestError(f"an item of {column} must be a JSON object")
    if not isinstance(parts, list | None):
        raise BadRequestError(f"{column} is not a JSON list", "Use update to replace it")
    result = list(parts or [])
    same = [place for place, old in enumerate(result) if _id(old) is not None and _id(old) == _id(part)]
    if same:
        result[same[0]] = dict(part)
    else:
        result.append(dict(part))
    return result


def text_under(metadata: Any, key: str) -> str | None:
    """The text under a key of metadata, such as a campaign's account or currency. None if there is none."""
    found = metadata.get(key) if isinstance(metadata, dict) else None
    return found if isinstance(found, str) and found else None


def merged(stored: Any, changes: Any, column: str) -> dict[str, Any]:
    """The object with these keys set, and its others as they were. Null counts as an empty object."""
    if not isinstance(changes, Mapping):
        raise BadRequestError(f"{column} must be a JSON object of changes", "Give an object, or replace the whole")
    if not isinstance(stored, dict | None):
        raise BadRequestError(f"the stored {column} are not a JSON object", "Replace them")
    return {**(stored or {}), **changes}


def with_merged_metadata(stored: Any, fields: Mapping[str, Any], **parts: Any) -> dict[str, Any]:
    """The fields to change, with what is merged into `metadata` (`merge_metadata`, and the parts) as its new value.

    It is merged into the metadata among the fields, or else into what is stored. `merge_metadata` of None clears all.
    """
    changed = dict(fields)
    changes = changed.pop("merge_metadata", {})
    if changes is None:
        changed["metadata"], changes = None, {}
    for some in (changes, parts):
        if some != {}:
            changed["metadata"] = merged(changed.get("metadata", stored), some, "metadata")
    for cleared in (name for name, value in parts.items() if value is None):
        del changed["metadata"][cleared]
    return changed


def _id(part: Any) -> Any:
    return part.get("id") if isinstance(part, Mapping) else None
