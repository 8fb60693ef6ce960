"""Budgets: what was agreed to be spent for a set of campaigns, over a flight or in each calendar month.

The set is some campaigns, or all of a project, of a platform, or of a project on a platform. A budget has versions,
each with the day from which it holds; the last one is what was agreed last. What a campaign has in its own column
`budget` is no row here: `pacing` reads it from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from adops_cli import values
from adops_cli.data import windows
from adops_cli.data.access import crud
from adops_cli.data.access.reading import Unread
from adops_cli.data.acting.plan import SHAPES, Shape, Version
from adops_cli.data.inputs import Amount, Day
from adops_cli.errors import BadRequestError, ConflictError, NotFoundError, UnreadableRowError
from adops_cli.storage.agreed import Budget
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import Campaign, Project
from adops_cli.storage.rows import Record, Rows

__all__ = ["Agreed", "delete", "find", "list", "set_budget", "set_many"]


class BudgetFields(TypedDict, total=False):
    """What `set_budget` takes."""

    campaign_ids: Sequence[str] | None
    project_id: str | None
    platform: str | None
    currency: str | None
    monthly: bool
    amount: Amount | None
    start_date: Day | None
    end_date: Day | None
    shape: Shape | None
    plan: Mapping[Day, Amount] | None
    effective: Day | None


@dataclass(frozen=True, repr=False)
class Agreed(Record):
    """A budget, as it was agreed last."""

    id: str
    name: str
    campaigns: Sequence[str] | None
    """The ids of its campaigns. None for all of the project, of the platform, or of both together."""
    project_id: str | None
    platform: str | None
    currency: str | None
    """None is the one currency of its campaigns."""
    monthly: bool
    amount: Decimal
    from_: date
    until: date | None
    shape: str
    """How it is to be spent: `even`, `weekday`, `ahead`, `asap`, or `table` for an amount of each day."""
    versions: Sequence[Mapping[str, Any]]
    """{effective, amount, from, until, shape, plan}, the oldest first."""
    terms: Sequence[Version]
    """The same, to calculate with."""
    created_at: datetime | None
    updated_at: datetime | None


def set_budget(name: str, **fields: Unpack[BudgetFields]) -> Agreed:
    """Create the budget with this name or, if there is one, change what is given.

    Args:
        name: what people call it.
        fields: `campaign_ids`, or `project_id` or `platform` or both: the campaigns that it is for. `currency`: only
            what these campaigns have spent in it counts, or in an unknown one; needed if they have several. `amount`;
            `start_date` and `end_date`, both inclusive. `monthly`: the amount is for each calendar month, and the
            flight may be without an end. `shape`: `even` (default), `weekday`, `ahead` or `asap`. `plan`: the amount of
            each day, in place of amount, flight and shape. `effective`: the day from which the change holds; what was
            agreed before stays the plan until then. Without it, the last version is corrected.

    Raises `BadRequestError` for what makes no sense, and `ConflictError` for an unknown campaign or project.
    """
    db.require_database()
    return _set(name, fields)


def set_many(rows: Sequence[tuple[str, BudgetFields]]) -> Sequence[Agreed]:
    """Set budgets, all or none. An error says the position of its row, from 1."""
    db.require_database()
    return _set_many(rows)


@atomically
def _set_many(rows: Sequence[tuple[str, BudgetFields]]) -> Sequence[Agreed]:
    found = []
    for position, (name, fields) in enumerate(rows, start=1):
        try:
            found.append(_set(name, fields))
        except (BadRequestError, ConflictError) as error:
            raise type(error)(f"budget {position} ({name}): {error.message}", error.hint) from error
    return found


@atomically
def _set(name: str, fields: BudgetFields) -> Agreed:
    stored = Budget.select().where(Budget.name == name).first()
    known = _agreed(stored) if stored else None
    scope = _scope(fields, known)
    row = scope | {"versions": [_written(one) for one in _versions(fields, known, monthly=scope["monthly"])]}
    if stored is None:
        return _agreed(crud.create(Budget, {"name": name, **row}))
    return _agreed(crud.update(Budget, stored.id, row))


def _scope(fields: BudgetFields, known: Agreed | None) -> dict[str, Any]:
    """The columns that say which campaigns it is for, and in which currency."""
    ids, project, platform = fields.get("campaign_ids"), fields.get("project_id"), fields.get("platform")
    if ids and (project or platform):
        raise BadRequestError("the budget is given campaigns and more", "Give campaigns, or a project or a platform")
    if ids or project or platform:
        found: dict[str, Any] = {"campaigns": sorted(set(ids)) if ids else None, "project_id": project}
        found["platform"] = platform
    elif known is not None:
        found = {"campaigns": known.campaigns, "project_id": known.project_id, "platform": known.platform}
    else:
        raise BadRequestError("the budget has no campaigns", "Give campaigns, a project or a platform")
    _require_known(ids or (), project)
    currency = fields.get("currency", known.currency if known else None)
    return {
        **found,
        "currency": currency and currency.upper(),
        "monthly": fields.get("monthly", known.monthly if known else False),
    }


def _require_known(ids: Sequence[str], project: Any) -> None:
    for model, wanted in ((Campaign, ids), (Project, [project] if project else [])):
        if missing := set(wanted) - crud.present(model, wanted):
            crud.find(model, min(missing))  # raises, with similar ids


def _versions(fields: BudgetFields, known: Agreed | None, *, monthly: bool) -> Sequence[Version]:
    before = [*known.terms] if known else []
    last = before[-1] if before else None
    effective = _day(fields, "effective")
    if effective is None and last is not None:
        before, effective = before[:-1], last.effective
    if last is None:
        effective = None
    new = _version(fields, last, effective, monthly=monthly)
    if effective is not None:
        if new.last is not None and effective > new.last:
            raise BadRequestError(f"the change is to hold from {effective}, after the last day {new.last}")
        before = [one for one in before if one.effective is None or one.effective < effective]
    return [*before, new]


def _version(fields: BudgetFields, last: Version | None, effective: date | None, *, monthly: bool) -> Version:
    table = _table(fields.get("plan"))
    if table is not None:
        if monthly or any(fields.get(name) is not None for name in ("amount", "start_date", "end_date", "shape")):
            raise BadRequestError("a plan of days says amount, flight and shape itself", "Leave them out, or the plan")
        return Version(sum(table.values(), Decimal(0)), min(table), max(table), effective=effective, table=table)
    begin = _day(fields, "start_date") or (last.first if last else None)
    end = _day(fields, "end_date") or (last.last if last else None)
    given = fields.get("amount")
    amount = _amount(given) if given is not None else last.amount if last else None
    shape = fields.get("shape") or (last.shape if last else "even")
    if amount is None:
        raise BadRequestError("the budget has no amount", "Give one, or a plan of days")
    if begin is None or (end is None and not monthly):
        raise BadRequestError("the budget has no flight", "Give its first and its last day")
    if end is not None and begin > end:
        raise BadRequestError(f"the flight begins on {begin}, after its last day {end}")
    if shape not in SHAPES:
        raise BadRequestError(f"shape must be one of {', '.join(SHAPES)}, not {shape!r}")
    return Version(amount, begin, end, shape, effective)


def _day(fields: BudgetFields, name: str) -> date | None:
    given: Any = fields.get(name)
    return None if given is None else windows.day(given)


def _amount(given: Amount) -> Decimal:
    try:
        amount = values.money(given)
    except ValueError as error:
        raise BadRequestError(f"amount {error}") from error
    if amount < 0:
        raise BadRequestError(f"amount must not be negative, not {amount}")
    return amount


def _table(given: Mapping[Day, Amount] | None) -> Mapping[date, Decimal] | None:
    if given is None:
        return None
    if not given:
        raise BadRequestError("the plan has no days", "Give the amount of at least one")
    return dict(sorted((windows.day(day), _amount(amount)) for day, amount in given.items()))


def find(name: str) -> Agreed:
    """The budget with this name or id. `NotFoundError` if there is none."""
    return _agreed(_row(name))


def _row(name: str) -> Budget:
    db.require_database()
    row: Budget | None = Budget.select().where((Budget.name == name) | (Budget.id == name)).first()
    if row is None:
        import difflib  # noqa: PLC0415 - only an error needs it

        names = [known.name for known in Budget.select(Budget.name)]
        close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(close)}?" if close else "Use `adops budgets list` to see all"
        raise NotFoundError(f"there is no budget {name!r}", hint)
    return row


def list() -> Rows[Agreed]:
    """All budgets, by name. One that cannot be read is left out, with an `UnreadableRowWarning`."""
    db.require_database()
    found: Rows[Agreed] = Rows()
    for row in crud.select(Budget, {}, sort="name"):
        try:
            found.append(_agreed(row))
        except UnreadableRowError as error:
            Unread("budgets", row.id, error.what).tell()
    return found


def delete(name: str) -> Agreed:
    """Delete the budget with this name or id permanently. Return what it was."""
    row = _row(name)
    crud.delete(Budget, row.id)
    return _agreed(row)


def _agreed(row: Budget) -> Agreed:
    try:
        terms = [_read(one) for one in row.versions]
        last = terms[-1]
    except (TypeError, KeyError, ValueError, IndexError, ArithmeticError, AttributeError) as error:
        what = f"versions hold {values.shown(row.versions)}, which cannot be read"
        raise UnreadableRowError(f"budgets {row.id}: {what}", what=what) from error
    return Agreed(
        row.id,
        row.name,
        row.campaigns,
        row.project_id,
        row.platform,
        row.currency,
        bool(row.monthly),
        last.amount,
        last.first,
        last.last,
        "table" if last.table else last.shape,
        [{**one, "amount": term.amount} for one, term in zip(row.versions, terms, strict=True)],
        terms,
        row.created_at,
        row.updated_at,
    )


def _written(one: Version) -> dict[str, Any]:
    """A version as it is stored. Amounts are text, which every reader of JSON keeps exactly."""
    return {
        "effective": one.effective and str(one.effective),
        "amount": _text(one.amount),
        "from": str(one.first),
        "until": one.last and str(one.last),
        "shape": one.shape,
        "plan": one.table and {str(day): _text(amount) for day, amount in one.table.items()},
    }


def _text(amount: Decimal) -> str:
    return format(amount.normalize(), "f")


def _read(stored: Mapping[str, Any]) -> Version:
    table = stored["plan"]
    return Version(
        Decimal(stored["amount"]),
        date.fromisoformat(stored["from"]),
        stored["until"] and date.fromisoformat(stored["until"]),
        stored["shape"],
        stored["effective"] and date.fromisoformat(stored["effective"]),
        table and {date.fromisoformat(day): Decimal(amount) for day, amount in table.items()},
    )
