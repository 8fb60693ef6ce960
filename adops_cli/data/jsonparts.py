"""Lists of objects inside JSON columns: milestones of a project, stages of an execution."""

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


def _id(part: Any) -> Any:
    return part.get("id") if isinstance(part, Mapping) else None
