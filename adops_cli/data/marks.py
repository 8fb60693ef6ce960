"""The mark in a day's metadata that only a partial file has set it. Owns its key and its form."""

import json
from decimal import Decimal
from typing import Any

from adops_cli.exports.columns.extras import written
from adops_cli.storage.marked_days import KEY
from adops_cli.storage.stored_json import parsed_json


def mark_of(metadata: Any) -> str | None:
    """What a partial file has marked a stored day with."""
    if not isinstance(metadata, str) or f'"{KEY}"' not in metadata:
        return None
    try:
        known = parsed_json(metadata)
    except ValueError:
        return None  # another program wrote it, and with a mark it would be JSON
    return known.get(KEY) if isinstance(known, dict) else None


def marked(metadata: str | None, mark: str) -> str:
    """The metadata with this mark."""
    known = json.loads(metadata, parse_float=Decimal) if metadata else {}
    return written({**known, KEY: mark})


def unmarked(metadata: Any) -> Any:
    """The metadata without a mark."""
    if mark_of(metadata) is None:
        return metadata
    rest = {key: value for key, value in json.loads(metadata, parse_float=Decimal).items() if key != KEY}
    return written(rest) if rest else None
