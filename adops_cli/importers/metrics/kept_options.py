"""The options of reading a file in the form in which the ledger and saved layouts keep them: only those given."""

from collections.abc import Mapping
from typing import Any

from adops_cli.exports.export import ReadOptions

_KEYS = {
    "platform": "platform",
    "currency": "currency",
    "account": "account",
    "conversions": "conversions",
    "keptConversions": "kept",
    "clicks": "clicks",
    "level": "level",
    "map": "columns",
    "sheet": "sheet",
    "encoding": "encoding",
    "decimalMark": "decimal_mark",
    "dateOrder": "date_order",
    "sameDay": "same_day",
    "moneyUnit": "money_unit",
}
"""Key -> field of `ReadOptions`. How many rows may be rejected does not determine the result of a file."""
_MAPPINGS = ("map", "keptConversions")


def as_kept(options: ReadOptions) -> dict[str, Any]:
    """The options that were given, by key."""
    values = {key: getattr(options, name) for key, name in _KEYS.items()}
    return {key: dict(value) if key in _MAPPINGS else value for key, value in values.items() if value}


def from_kept(kept: Mapping[str, Any]) -> ReadOptions:
    """The options with these keys. Others are of a newer adops, and are left out."""
    return ReadOptions(**{name: kept[key] for key, name in _KEYS.items() if key in kept})
