"""What the tests of rendering share: one nasty set of rows, and a stdout to write them to."""

import contextlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from adops_cli import render
from adops_cli.render import Column, Format, Kind

HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Row:
    campaign_id: str | None
    name: str | None
    impressions: int | None = None
    conversions: Decimal | None = None
    spend: Decimal | None = None
    ctr: Decimal | None = None
    roas: Decimal | None = None
    day: date | None = None
    synced_at: datetime | None = None
    is_late: bool | None = None
    metadata: Any = None


COLUMNS = (
    Column("campaignId", "Campaign", weight=3),
    Column("name", "Name", weight=9),
    Column("impressions", "Impressions", Kind.COUNT, weight=2),
    Column("conversions", "Conversions", Kind.QUANTITY, weight=5),
    Column("spend", "Spend", Kind.MONEY, weight=8),
    Column("ctr", "CTR", Kind.PERCENT, weight=4),
    Column("roas", "ROAS", Kind.RATIO, weight=7),
    Column("day", "Day", Kind.DAY, weight=6),
    Column("syncedAt", "Synced", Kind.INSTANT, weight=1),
    Column("isLate", "Late", Kind.FLAG, weight=1),
    Column("metadata", "Metadata", Kind.JSON, weight=0),
)
FULL = Row(
    "camp-001",
    "Promo [us] [/x] :smile: *now* `a|b` <i>",
    1234567,
    Decimal("2.960000"),
    Decimal("551628.86"),
    Decimal("0.0149"),
    Decimal("3.053947"),
    date(2026, 2, 10),
    datetime(2026, 2, 10, 8, 0, 0, 123000, tzinfo=UTC),
    is_late=True,
    metadata={"z": [1, {"b": None, "a": "日本\u2028\x1b[2J"}], "currency": "EUR", "empty": {}},
)
NASTY = [
    FULL,
    Row(
        "camp-002", '\x1b]0;owned\x07"quoted", and\nbroken\r\nlines\tC:\\new \x9b31m', 0, Decimal(500), Decimal("5E+2")
    ),
    Row("camp-003", "=HYPERLINK(A1)", 7, Decimal("0.000001"), Decimal("12345678901234.123456"), Decimal(0), Decimal(0)),
    Row(
        "=camp-004",
        "日本語の広告 👩‍👩‍👧 café\u202etxt.exe\u2066",
        1,
        spend=Decimal("-1234.5"),
        is_late=False,
        metadata=[],
    ),
    Row("camp-005", "long " * 60, spend=Decimal("-0.001"), metadata="=text"),
    Row("camp-006", None),
    Row("-camp", "", metadata={"e": 'a "quote"'}),
]
TOTAL = Row(None, None, 1234575, Decimal("502.960001"), Decimal("12345679453128.982456"), roas=Decimal("3.1"))


class Screen(io.StringIO):
    """A stdout that can claim to be a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def printed(write: Callable[[], None], *, terminal: bool = False) -> str:
    with contextlib.redirect_stdout(Screen(terminal=terminal)) as out:
        write()
    return out.getvalue()


def shown(items: Sequence[object], fmt: Format, columns: Sequence[Column] = COLUMNS, **wishes: Any) -> str:
    return printed(lambda: render.rows(items, columns, fmt, **wishes))
