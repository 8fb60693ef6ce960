"""Meta's Insights rows: `actions`, `action_values` and `purchase_roas` contain one sale several times.

Each is a list of types of action with their values, or has one column for each type (`actions:omni_purchase`). One type
counts for each account of the file: an account without omnichannel tracking has no `omni_purchase`. Types are never
added up, and what the chosen type does not cover is told.
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from adops_cli.exports.cells.cell import Cell, CellError, Cells, is_blank, shown
from adops_cli.exports.cells.figures import Quantities, kept, product
from adops_cli.exports.cells.numbers import decimal
from adops_cli.exports.columns import further, meanings
from adops_cli.exports.columns.layout import FigureSource, Layout, Special
from adops_cli.exports.export import LeftOut, ReadOptions, Why

PURCHASES = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")
"""The preferred type comes first."""
_GROUPS = ("actions", "action_values", "purchase_roas")
_FLAT = re.compile(r"(actions|action_values|purchase_roas)(?::|\.|__?)([a-z0-9_.]+)")
_MOST = 1_000
"""How many types are remembered. A file has a few dozen."""
_SHOWN = 5
"""How many accounts are named in one sentence."""


@dataclass(frozen=True)
class Group:
    """One of Meta's lists: its column or, by type of action, its columns."""

    column: int | None
    flat: Mapping[str, int] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[int, ...]:
        """All of its columns."""
        return tuple(self.flat.values()) if self.column is None else (self.column,)

    def entries(self, row: Cells) -> Iterator[tuple[str, Any]]:
        """The types of action in a row, with their values."""
        if self.column is not None:
            return _entries(row[self.column])
        return ((kind, row[column]) for kind, column in self.flat.items() if not is_blank(row[column]))

    def values(self, cells: Sequence[Any], kind: str) -> list[Any]:
        """The values of one type, in the cells of its columns."""
        if self.column is not None:
            return [value for found, value in _entries(cells[0]) if found == kind and value is not None]
        return [cells[at] for at, name in enumerate(self.flat) if name == kind]


@dataclass
class _Account:
    """What the rows of one account show."""

    kinds: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in _GROUPS})
    purchases: dict[str, int] = field(default_factory=dict)
    """By type, in millionths: the purchases of the rows in which it is the preferred type."""
    chosen: str | None = None

    def add(self, name: str, entries: Iterator[tuple[str, Any]], amounts: Quantities) -> None:
        """Note the types of action in one row."""
        known, found = self.kinds[name], dict(entries)
        if len(known) < _MOST:
            known.update(found)
        best = next((kind for kind in PURCHASES if kind in found), None)
        if name == "actions" and best is not None:
            with contextlib.suppress(CellError):  # the row is rejected when it is read
                self.purchases[best] = self.purchases.get(best, 0) + (_amount(found[best], amounts) or 0)

    def choose(self) -> None:
        """Choose the preferred type that occurs among the actions or, if they have none, among the values."""
        for kinds in self.kinds.values():
            self.chosen = self.chosen or next((kind for kind in PURCHASES if kind in kinds), None)

    @property
    def left_out(self) -> dict[str, int]:
        """The purchases of rows that do not have the chosen type."""
        return {kind: amount for kind, amount in self.purchases.items() if kind != self.chosen and amount}


def watch(layout: Layout, options: ReadOptions) -> bool:
    """Collect the file's types of action before one is chosen. Return whether the file has actions at all."""
    groups = _groups(layout, options)
    if not groups:
        return False
    layout.chosen = True
    column = layout.columns.get("account_id", layout.columns.get("account"))
    accounts: dict[str, _Account] = {}
    amounts = Quantities(".")

    def look(_cell: Cell, row: Cells) -> None:
        account = accounts.setdefault("" if column is None else _key(row[column]), _Account())
        for name, group in groups.items():
            account.add(name, group.entries(row), amounts)

    watched = [column for group in groups.values() for column in group.columns]
    layout.facts.watch.update(dict.fromkeys(watched, _ignore) | {watched[0]: look})
    layout.fates.update(dict.fromkeys(watched, "searched for conversions"))
    layout.facts.settle.append(lambda: _choose(layout, options, groups, accounts, column))
    return True


def _groups(layout: Layout, options: ReadOptions) -> dict[str, Group]:
    """The lists that the file has. Of those with a column for each type, the types that can count as conversions."""
    wanted = {*PURCHASES, options.conversions} if options.conversions else {*PURCHASES}
    flat: dict[str, dict[str, int]] = {}
    for column, text in enumerate(layout.header.cells):
        match = _FLAT.fullmatch(text)
        kind = next((kind for kind in wanted if match and _spelled(match[2]) == _spelled(kind)), None)
        if match and kind:
            flat.setdefault(match[1], {}).setdefault(kind, column)
    groups = {}
    for name in _GROUPS:
        listed = layout.header.find(name.replace("_", " "))
        if listed is not None or name in flat:
            groups[name] = Group(listed, {} if listed is not None else flat[name])
    return groups


def _spelled(kind: str) -> str:
    return kind.replace(".", "_")


def _choose(
    layout: Layout,
    options: ReadOptions,
    groups: Mapping[str, Group],
    accounts: Mapping[str, _Account],
    column: int | None,
) -> None:
    for account in accounts.values():
        account.chosen = options.conversions
        account.choose()
    _keep_apart(layout, options, groups, {kind for one in accounts.values() for kind in one.kinds["actions"]})
    if not any(account.chosen for account in accounts.values()):
        return
    layout.notices += _notices(options, accounts)
    if options.conversions is None:
        layout.left_out += [
            LeftOut("conversions", kind, Decimal(amount).scaleb(-6), f"another type of action {key}".strip())
            for key, account in sorted(accounts.items())
            for kind, amount in account.left_out.items()
        ]
    offer = layout.figures.setdefault  # a column named with --map takes precedence
    means = meaning_of(next(account.chosen for account in accounts.values() if account.chosen))
    choice = {key: account.chosen for key, account in accounts.items()}
    if len({*choice.values()}) == 1:
        column, choice = None, {"": next(iter(choice.values()))}
    if "actions" in groups:
        offer("conversions", _source(groups["actions"], column, choice, means, added(Quantities("."))))
    if any(account.kinds["action_values"] for account in accounts.values()):
        offer("revenue", _source(groups["action_values"], column, choice, f"{means} value", added(Quantities("."))))
    elif any(account.kinds["purchase_roas"] for account in accounts.values()) and "spend" in layout.figures:
        spend = layout.figures["spend"].columns
        offer("revenue", _source(groups["purchase_roas"], column, choice, f"{means} value", _of_spend, spend))


def _keep_apart(layout: Layout, options: ReadOptions, groups: Mapping[str, Group], there: AbstractSet[str]) -> None:
    """The types of action that are further figures, and those that the user keeps under a key."""
    actions = groups.get("actions")
    if actions is None or actions.column is None:
        return
    wanted = {kind: key for kind, key in further.ACTIONS.items() if key not in options.kept.values()}
    wanted |= dict(options.kept)
    value = added(Quantities("."))
    for kind, key in wanted.items():
        if kind in there and key not in layout.extras.values():
            special = Special((_checked,), lambda cell, kind=kind: value(actions.values([cell], kind)))
            layout.further[key] = FigureSource((actions.column,), special=special)


def meaning_of(kind: str) -> str:
    """What conversions of a type of action mean: all that Meta counts as a purchase is one thing to its user."""
    return "purchase" if kind in PURCHASES else meanings.of_name(kind)


def _source(  # noqa: PLR0913, PLR0917 - what a figure is made of
    group: Group,
    account: int | None,
    choice: Mapping[str, str | None],
    means: str,
    value: Callable[..., int | None],
    further: tuple[int, ...] = (),
) -> FigureSource:
    """A figure from the values of the type that is chosen for the row's account.

    Args:
        group: the columns of the types.
        account: the column of the account, if there are several choices.
        choice: account, or "" for all -> type.
        means: what the figure means.
        value: a function from the values of this type and the amounts in the further columns to the figure.
        further: columns of amounts.
    """
    own = group.columns
    last = () if account is None else (account,)

    def combine(*cells: Any) -> int | None:
        kind = choice.get("" if account is None else cells[-1])
        return None if kind is None else value(group.values(cells, kind), *cells[len(own) : len(own) + len(further)])

    reads = (*((same if group.flat else _checked,) * len(own)), *((None,) * len(further)), *((_key,) * len(last)))
    return FigureSource((*own, *further, *last), special=Special(reads, combine), means=means)


def _notices(options: ReadOptions, accounts: Mapping[str, _Account]) -> Iterator[str]:
    """What the user should know about the types that count."""
    every = {kind for account in accounts.values() for kinds in account.kinds.values() for kind in kinds}
    if options.conversions is not None and options.conversions not in every:
        known = ", ".join(sorted(every)) or "none"
        yield (f"no row has the action {options.conversions!r}, so there are no conversions; the file's types: {known}")
    by_kind: dict[str, list[str]] = {}
    for key, account in sorted(accounts.items()):
        if account.chosen is not None:
            by_kind.setdefault(account.chosen, []).append(key or "without a name")
        if options.conversions is None:
            for kind, amount in account.left_out.items():
                where = f" of account {key}" if key else ""
                yield (
                    f"not counted: {Decimal(amount).scaleb(-6).normalize():f} conversions{where} in rows that have "
                    f"{kind!r} and no {account.chosen!r}; to count the other type, use --conversions {kind}"
                )
    if len(by_kind) > 1:
        each = (f"{kind!r} in account {_listed(keys)}" for kind, keys in by_kind.items())
        yield f"conversions are {' and '.join(each)}, since no type of action is in every account"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")


def _entries(cell: Cell) -> Iterator[tuple[str, Any]]:
    """The types and values of a list of actions. In a text file, the list is JSON text."""
    if isinstance(cell, str):
        try:
            cell = json.loads(cell, parse_float=Decimal) if not is_blank(cell) else []
        except ValueError:
            return
    for entry in cell if isinstance(cell, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("action_type"), str):
            yield entry["action_type"], entry.get("value")


def is_list(cell: Cell) -> bool:
    """Whether a cell holds a list."""
    return isinstance(cell, list) or (isinstance(cell, str) and cell.startswith("["))


def _checked(cell: Cell) -> Cell:
    if not is_list(cell) and not is_blank(cell):
        raise CellError(Why.NOT_A_NUMBER)
    return cell


def added(amounts: Quantities) -> Callable[[Sequence[Any]], int | None]:
    """A function that adds up values. None if there are none."""

    def total(values: Sequence[Any]) -> int | None:
        known = [amount for amount in (_amount(value, amounts) for value in values) if amount is not None]
        return kept(sum(known)) if known else None

    return total


def _amount(value: Any, amounts: Quantities) -> int | None:
    if isinstance(value, list | dict):
        raise CellError(Why.NOT_A_NUMBER)
    return amounts[value]


def _of_spend(ratios: Sequence[Any], spend: int | None, *_: int | None) -> int | None:
    """The first return on ad spend, of the spend."""
    ratio = next((found for found in (decimal(value, ".") for value in ratios) if found is not None), None)
    return None if ratio is None or spend is None else product(ratio, spend)


def _key(cell: Cell) -> str:
    """An account, as the rows name it."""
    return shown(cell).strip()


def _ignore(_cell: Cell, _row: Cells) -> None:
    """Watched only so that its list stays a list."""


def same(value: Any) -> Any:
    """The value as it is."""
    return value
