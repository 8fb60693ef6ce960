"""What imports have known of each day, at each age: the run-off triangles of accounts, and the lag that follows.

Reads `imports.known` alone, which `importers.metrics.known_days` writes; no daily row. An import that was undone does
not count. The arithmetic is that of `data.lag`. Changes nothing.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import peewee as pw

from adops_cli import periods, values
from adops_cli.data import lag
from adops_cli.data.lag import Lag, Seen
from adops_cli.errors import UnreadableRowError
from adops_cli.storage.choices import ImportStatus
from adops_cli.storage.handle import db
from adops_cli.storage.models import Import
from adops_cli.storage.rows import Record, Rows

__all__ = ["Account", "AccountLag", "LagRow", "Lags", "get_lag", "read"]

LATE = ("conversions", "revenue")
"""The figures that arrive late."""
_LOOKED_BACK = timedelta(days=150)
"""How long before the newest import one still counts: lags change, and a report must not read years of imports."""
_HALF = 2
_MOST_NAMED = 3
_READ: Sequence[Any] = (Import.platform, Import.imported_at, Import.means, Import.known)


class Account(NamedTuple):
    """An account on a platform; "" if it is unknown."""

    platform: str
    account: str

    def __str__(self) -> str:
        return f"{self.platform} {self.account}".rstrip()


@dataclass(frozen=True)
class AccountLag:
    """The lag of each figure that an account reports, and the age at which a file last set or confirmed a day."""

    lags: Mapping[str, Lag]
    ages: Mapping[str, Mapping[str, int]]
    """Figure -> day, as text -> age."""


@dataclass(frozen=True, repr=False)
class LagRow(Record):
    """How much of a figure is known at an age, and what stands behind the factor from it to the next."""

    platform: str
    account: str | None
    figure: str
    """`conversions` or `revenue`."""
    age: int
    completion: Decimal | None
    """Which part of the final figure is known, such as 0.83. None if too little is known for that."""
    days: int
    value: Decimal
    """What these days were known to be at this age, all together."""


class Lags(Rows[LagRow]):
    """The rows of all accounts."""

    unknown: Sequence[str] = ()
    """Which figures of which accounts have no completion, and why: a few words for each reason."""


def get_lag(*, platform: str | None = None, account: str | None = None) -> Lags:
    """The completion of conversions and revenue by age, of each account, from what imports have found.

    Raises `BadRequestError` in JSON mode, which has no ledger of imports.
    """
    db.require_ledger()
    found = [(known, one) for known, one in read(platform).items() if account in (None, known.account)]
    rows = Lags(
        LagRow(
            *(known.platform, known.account or None, figure, age),
            completion=of.completion(age) if age < of.reach else None,
            days=factor.days,
            value=Decimal(factor.before).scaleb(-6),
        )
        for known, one in found
        for figure, of in one.lags.items()
        for age, factor in of.factors.items()
    )
    rows.unknown = in_words(
        (known, figure, of.unknown) for known, one in found for figure, of in one.lags.items() if of.unknown
    )
    return rows


def in_words(unknown: Iterable[tuple[Account, str, str]]) -> list[str]:
    """What is unknown of accounts, by account, figure and reason: a few words for each reason, for people."""
    figures: dict[tuple[str, Account], list[str]] = {}
    for account, figure, why in unknown:
        figures.setdefault((why, account), []).append(figure)
    alike: dict[tuple[str, str], list[str]] = {}
    for (why, account), names in figures.items():
        alike.setdefault((" and ".join(dict.fromkeys(names)), why), []).append(str(account))
    return [f"{names} of {_named(accounts)}: {why}" for (names, why), accounts in alike.items()]


def _named(accounts: Sequence[str]) -> str:
    more = f" and {len(accounts) - _MOST_NAMED:,} more" if len(accounts) > _MOST_NAMED else ""
    return ", ".join(accounts[:_MOST_NAMED]) + more


def read(platform: str | None = None, *, as_of: datetime | None = None) -> Mapping[Account, AccountLag]:
    """The lag of each account that imports of the last months have spoken of, in the order of their names.

    `as_of` is a moment: of what was known then, and not undone yet.
    """
    triangles: dict[Account, _Triangle] = {}
    for batch_platform, moment, means, known in _batches(platform, as_of):
        on = periods.day_of(moment, db.timezone).toordinal()
        for account, days in known.items():
            triangle = triangles.setdefault(Account(batch_platform, account), _Triangle())
            triangle.add(on, days, means or {})
    return {key: triangles[key].lag() for key in sorted(triangles)}


def _batches(platform: str | None, as_of: datetime | None) -> Iterator[tuple[str, datetime, Any, Any]]:
    """What the standing imports have known, oldest first. One that cannot be read is left out."""
    chosen: list[Any] = [Import.known.is_null(False)]
    if as_of is None:
        chosen += [Import.status == ImportStatus.IMPORTED]
    else:
        stands = (Import.status == ImportStatus.IMPORTED) | (Import.undone_at > as_of)
        chosen += [Import.imported_at <= as_of, stands]
    chosen += [] if platform is None else [Import.platform.matches(platform)]
    newest = Import.select(pw.fn.MAX(Import.imported_at)).where(*chosen).scalar()
    if newest is None:
        return
    since = values.instant(newest) - _LOOKED_BACK
    query: Any = Import.select(*_READ).where(*chosen, Import.imported_at >= since).order_by(Import.imported_at)
    with db.translated_errors():
        for raw in db.execute(query):
            try:
                batch: Any = tuple(column.python_value(value) for column, value in zip(_READ, raw, strict=True))
            except UnreadableRowError:
                continue
            yield batch


_Line = tuple[int, int, int, Sequence[Any]]
"""What was known of a day at the end of a day of imports: that day, as an ordinal; how many campaigns files have set or
confirmed; how many there are; the sums of the late figures."""


@dataclass
class _Triangle:
    """What was known of the days of one account."""

    days: dict[str, list[_Line]] = field(default_factory=dict)
    means: dict[str, str] = field(default_factory=dict)

    def add(self, on: int, days: Mapping[str, Sequence[Any]], means: Mapping[str, str]) -> None:
        """Add what an import has known. What it means by a figure takes the place of another meaning."""
        for figure in LATE:
            word = means.get(figure)
            if word is not None and self.means.setdefault(figure, word) != word:
                self.means[figure] = word
                self._forget(LATE.index(figure))
        for day, (rows, others, *sums) in days.items():
            lines = self.days.setdefault(day, [])
            if lines and lines[-1][0] == on:  # the last import of a day has seen what the others have done
                _, before, _, earlier = lines.pop()
                known = [old if new is None else new for new, old in zip(sums, earlier, strict=True)]
                lines.append((on, before + rows, rows + others, known))
            else:
                lines.append((on, rows, rows + others, sums))

    def _forget(self, place: int) -> None:
        for lines in self.days.values():
            for _, _, _, sums in lines:
                sums[place] = None  # type: ignore[index]  # it is the list that JSON has made

    def lag(self) -> AccountLag:
        """The lag of each figure that the account reports. That of revenue needs enough conversions, too."""
        lags: dict[str, Lag] = {}
        ages: dict[str, Mapping[str, int]] = {}
        for place, figure in enumerate(LATE):
            if days := self._seen(place):
                conversions = lags.get("conversions")
                a_day = None if figure == "conversions" else conversions.a_day if conversions else 0
                lags[figure] = lag.of_days(days.values(), a_day=a_day)
                ages[figure] = {day: seen[-1][0] for day, seen in days.items()}
        return AccountLag(lags, ages)

    def _seen(self, place: int) -> dict[str, list[Seen]]:
        """By day: what was known of it at its ages. A file of a few campaigns says nothing of the account."""
        found = {}
        for day, lines in self.days.items():
            born = _ordinal(day)
            seen = [
                (on - born, value, campaigns)
                for on, spoken_of, campaigns, sums in lines
                if (value := sums[place]) is not None and spoken_of * _HALF >= campaigns and on >= born
            ]
            if seen:
                found[day] = seen
        return found


@functools.cache
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
