"""Lists of objects inside JSON columns: milestones of a project, stages of an execution."""

from collections.abc import Mapping
from typing import Any

from adops_cli.errors import BadRequestError


def with_part(parts: Any, part: Mapping[str, Any], column: str) -> list[Any]:
    """The list with `part` at its end, or in the place of the one that has its `id`; null counts as empty."""
    if not isinstance(part, Mapping):
        raise BadRequestError(f"what is added to {column} must be a JSON object")
    if not isinstance(parts, list | None):
        raise BadRequestError(f"{column} is no JSON list", "Set it anew with update")
    result = list(parts or [])
    same = [place for place, old in enumerate(result) if _id(old) is not None and _id(old) == _id(part)]
    if same:
        result[same[0]] = dict(part)
    else:
        result.append(dict(part))
    return result


def _id(part: Any) -> Any:
    return part.get("id") if isinstance(part, Mapping) else None
