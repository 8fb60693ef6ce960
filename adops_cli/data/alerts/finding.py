"""A finding: something that is wrong, of whom, since when, and the numbers behind it. Pure: knows no database."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from adops_cli.storage.rows import Record

CRITICAL, WARNING, NOTE = "critical", "warning", "note"
SEVERITIES = (CRITICAL, WARNING, NOTE)
"""The worst first."""
MODELS = frozenset(("anomaly", "drift"))
"""The rules that `modelled` finds together."""


@dataclass(frozen=True)
class Whom:
    """What a finding is about."""

    scope: str
    """`campaign camp-1`, `account google-ads 123`, `platform ttd in EUR`, `project proj-1`, `all in EUR`."""
    platform: str | None = None
    campaign_id: str | None = None
    name: str | None = None
    currency: str | None = None


@dataclass(frozen=True, repr=False)
class Finding(Record):
    """One line of `alerts run`."""

    rule: str
    severity: str
    scope: str
    platform: str | None
    campaign_id: str | None
    name: str | None
    currency: str | None
    figure: str | None
    from_: date
    to: date
    """The days that the value is of."""
    value: Decimal | None
    expected: Decimal | None
    """The bound, or what was to be expected."""
    at_stake: Decimal | None
    """Money, in the currency. None where nobody can say."""
    since: date
    message: str
    id: str = ""
    first_seen: datetime | None = None
    told: datetime | None = None
    """When it was last told before. None if it never was."""
    acknowledged: datetime | None = None
    """When somebody has acknowledged it. None if nobody has."""
    exact: bool = True
    """Whether `since` is known from the figures; otherwise it is the day on which it was first found."""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    """What the value was made of, for `explain`."""

    def of(self, since: date) -> "Finding":
        """The same with its start, and the id that follows."""
        key = "\n".join((*self.topic, str(since)))
        return replace(self, since=since, id=f"find-{hashlib.sha256(key.encode()).hexdigest()[:14]}")

    @property
    def topic(self) -> tuple[str, str]:
        """The rule and the scope. Models look at several figures of one scope, and are a rule for each."""
        return topic(self.rule, self.figure, self.scope)

    @property
    def place(self) -> tuple[Any, ...]:
        """Where it stands in a list: the worst first, then the most money."""
        return SEVERITIES.index(self.severity), -(self.at_stake or 0), self.rule, self.scope, self.since


def topic(rule: str, figure: str | None, scope: str) -> tuple[str, str]:
    """What makes two findings the same, beside their start."""
    return (f"{rule} of {figure}" if rule in MODELS else rule), scope


def found(rule: str, severity: str, whom: Whom, days: tuple[date, date], message: str, **more: Any) -> Finding:
    """A finding about the days from the first to the last. Without `since`, it is since the last."""
    known: dict[str, Any] = {
        "figure": None,
        "value": None,
        "expected": None,
        "at_stake": None,
        "since": days[1],
        **more,
    }
    known["at_stake"] = None if known["at_stake"] is None else money(known["at_stake"])
    return Finding(
        rule,
        severity,
        whom.scope,
        whom.platform,
        whom.campaign_id,
        whom.name,
        whom.currency,
        from_=days[0],
        to=days[1],
        message=f"{whom.name or whom.scope}: {message}",
        **known,
    )


def money(amount: Any) -> Decimal:
    """An amount to the cent, which is all that a guess of money at stake can be."""
    return round(Decimal(amount), 2)


def shown(value: Any, currency: str | None = None) -> str:
    """A number for people."""
    if value is None:
        return "nothing"
    amount = Decimal(value)
    text = f"{amount:,.0f}" if amount == amount.to_integral_value() and currency is None else f"{amount:,.2f}"
    return f"{text} {currency}" if currency else text
