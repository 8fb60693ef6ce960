"""The options of reading a file in the form in which the ledger and saved layouts keep them: only those given."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from adops_cli.errors import BadRequestError
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
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_MAPPINGS = ("map", "keptConversions")


def as_kept(options: ReadOptions) -> dict[str, Any]:
    """The options that were given, by key."""
    values = {key: getattr(options, name) for key, name in _KEYS.items()}
    return {key: dict(value) if key in _MAPPINGS else value for key, value in values.items() if value}


def from_kept(kept: Mapping[str, Any]) -> ReadOptions:
    """The options with these keys. Others are of a newer adops, and are left out."""
    return ReadOptions(**{name: kept[key] for key, name in _KEYS.items() if key in kept})


def kept_apart(conversions: Sequence[str]) -> tuple[str | None, dict[str, str]]:
    """The name that counts as conversions, if any, and the key for each name that is kept apart."""
    counted = [name for name in conversions if "=" not in name]
    kept = {}
    for name, _, key in (one.rpartition("=") for one in conversions if "=" in one):
        if not _KEY.fullmatch(key) or not name.strip():
            raise BadRequestError(
                f"--conversions cannot be read: '{name}={key}'", "Write NAME=KEY, as in 'Newsletter=newsletter_signups'"
            )
        kept[name.strip()] = key
    if len(counted) > 1:
        raise BadRequestError("only one --conversions NAME can count", "Keep the others apart, as NAME=KEY")
    return (counted[0] if counted else None), kept
