"""The rows of a close in their documented order and text, their hash, and their sums by currency.

A row is one line of JSON, a list without spaces: campaign id, day, platform, account, currency, impressions, clicks,
conversions, spend, revenue; the last three in millionths, absent values null. Lines are ordered by campaign id (by its
bytes in UTF-8) and day, each ends with a line feed, and the hash is SHA-256 over all of them in UTF-8.
`docs/closing.md` shows the same.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any

from adops_cli.data import daily_rows
from adops_cli.data.closes.scope import Owner, Scope
from adops_cli.data.daily_rows import FIGURES_AT
from adops_cli.measures import FIGURES
from adops_cli.storage.models import Metrics
from adops_cli.storage.table import fields_of

AMOUNTS = ("conversions", "spend", "revenue")
"""The figures that are kept in millionths."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Cells = Sequence[int | None]
"""The five figures, amounts in millionths."""


@dataclass
class Rows:
    """What was read of the rows of a scope."""

    hash: str = ""
    totals: dict[str | None, dict[str, int | None]] = field(default_factory=dict)
    """Currency -> the number of `rows`, and the sums of the five figures, amounts in millionths."""
    campaigns: dict[str, Owner] = field(default_factory=dict)
    """Those with a row."""
    days: set[tuple[str, str | None, str]] = field(default_factory=set)
    """Platform, account and day of each row, once."""


def read(scope: Scope, owners: Mapping[str, Owner]) -> Rows:
    """Read the rows of a scope from the tables, or those that stand for them."""
    found, sha = Rows(), hashlib.sha256()
    for id, day, figures in in_order(scope, owners):
        owner = found.campaigns.setdefault(id, owners[id])
        sha.update(line(id, day, owner, figures).encode())
        _add(found.totals.setdefault(owner.currency, {"rows": 0, **dict.fromkeys(FIGURES)}), figures)
        found.days.add((owner.platform, owner.account, day))
    found.hash = sha.hexdigest()
    return found


def in_order(scope: Scope, owners: Mapping[str, Owner]) -> Iterator[tuple[str, str, Cells]]:
    """Campaign, day and figures of each row of a scope, in the order of the hash."""
    ids = sorted((id for id, owner in owners.items() if scope.has(owner)), key=str.encode)
    for row in daily_rows.stored(ids, str(scope.first), str(scope.last)):
        yield row[1], str(row[2]), cells(row[FIGURES_AT])


def line(id: str, day: str, owner: Owner, figures: Cells) -> str:
    """The text of a row in the hash."""
    return _encode([id, day, owner.platform, owner.account, owner.currency, *figures]) + "\n"


def cells(figures: Sequence[Any]) -> Cells:
    """Stored figures as whole numbers, amounts in millionths."""
    return [_whole(name, value) for name, value in zip(FIGURES, figures, strict=False)]


def _whole(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if name in AMOUNTS and type(value) is float and isfinite(value):
        return round(value * 1_000_000)
    known = value if type(value) is int else fields_of(Metrics)[name].python_value(value)
    return int(known * 1_000_000) if name in AMOUNTS else int(known)


def _add(sums: dict[str, int | None], figures: Cells) -> None:
    sums["rows"] = (sums["rows"] or 0) + 1
    for name, value in zip(FIGURES, figures, strict=True):
        if value is not None:
            sums[name] = (sums[name] or 0) + value


def amount(name: str, whole: int | None) -> int | Decimal | None:
    """A figure that was kept as a whole number, in its own unit."""
    return Decimal(whole).scaleb(-6) if whole is not None and name in AMOUNTS else whole


def in_units(sums: Mapping[str, int | None]) -> dict[str, Any]:
    """Sums with amounts in currency units."""
    return {name: amount(name, whole) for name, whole in sums.items()}


def by_currency(sums: Mapping[str | None, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Sums as a list of one object for each currency."""
    return [{"currency": currency, **sums[currency]} for currency in sorted(sums, key=lambda code: code or "")]
