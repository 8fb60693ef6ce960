"""What the rows say of their campaigns besides figures: of each attribute, what the newest day that has it says.

Statuses become our words, so that one word is asked for on every platform; one that is not known becomes a slug. Types,
objectives and the like are kept as they are written.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from adops_cli.exports.cells.cell import Cell, CellError, Cells, is_blank, is_error, name, shown, words
from adops_cli.exports.cells.dates import Days, UnsureError
from adops_cli.exports.cells.figures import MICRO, Amounts
from adops_cli.exports.cells.numbers import Mark, is_number
from adops_cli.exports.columns.header import loose, says_micros
from adops_cli.exports.columns.layout import Layout

_SHOWN = 60
_NEVER = "2037-12-30"
"""What Google Ads gives as the last day of a campaign without one; other platforms give later ones."""
_STATUSES = {
    "active": """enabled enable active activated running eligible live delivering on aktiv aktiviert activée active
        habilitada habilitado activa activo activada ativa ativo ativada ativado""",
    "paused": """paused pause disabled disable inactive suspended off pausiert inaktiv pausada pausado detenida
        inactiva inativa""",
    "removed": """removed deleted delete entfernt gelöscht supprimée supprimé retirée eliminada eliminado quitada
        removida removido excluída""",
    "ended": """ended completed complete finished expired beendet abgeschlossen terminée terminé finalizada finalizado
        completada concluída encerrada""",
    "scheduled": "scheduled upcoming geplant programmée programada agendada",
}
_IN_PAUSE = ("en pause", "en pausa", "en veille", "mise en veille", "in pausa")
_OUR_STATUS = {word: status for status, some in _STATUSES.items() for word in words(some)} | dict.fromkeys(
    _IN_PAUSE, "paused"
)
_BEFORE_A_STATUS = ("campaign status ", "campaign ", "status ", "state ")
_LIMITED = "eligible limited"
_KINDS = {
    "daily": "daily daily_budget day budget_mode_day per_day average_daily täglich quotidien diario diário",
    "lifetime": """lifetime lifetime_budget total campaign_total budget_mode_total custom_period laufzeit à_vie global
        total_budget vitalício""",
}
_OUR_KIND = {word.replace("_", " "): kind for kind, some in _KINDS.items() for word in words(some)}
_BUDGETS = (("daily_budget", "daily"), ("lifetime_budget", "lifetime"), ("budget", None))


class CampaignFacts:
    """What the rows read so far say. Small: of each campaign, one row and what it lacks."""

    def __init__(self, layout: Layout, mark: Mark, days: Days) -> None:
        self._layout, self._days = layout, days
        self._names = list(layout.attributes)
        self._columns = [layout.attributes[one] for one in self._names]
        self._latest: dict[int, tuple[str, list[Cell]]] = {}
        """By campaign: its cells of one run of equal rows, and the newest day of the run."""
        self._known: dict[int, list[tuple[str, Cell]]] = {}
        """By campaign: the newest day that has each attribute, and its cell, from the runs before."""
        self._amounts = {
            one: Amounts(mark, micros=says_micros(layout.header.names[column]) or _is_in_millionths(layout))
            for one, column in layout.attributes.items()
            if one.endswith("budget")
        }
        self._unread: dict[str, str] = {}
        """Attribute -> the first cell that cannot be read."""

    def add(self, numbers: Iterable[int], days: Iterable[str], rows: Iterable[Cells]) -> None:
        """Note what these rows say of the campaigns with these numbers."""
        if not self._columns:
            return
        for number, day, cells in zip(numbers, days, rows, strict=True):
            here = [cells[column] for column in self._columns]
            latest = self._latest.get(number)
            if latest is not None and latest[1] != here:
                self._fold(number)
                latest = None
            if latest is None or day > latest[0]:
                self._latest[number] = day, here

    def _fold(self, number: int) -> None:
        day, cells = self._latest[number]
        known = self._known.setdefault(number, [("", "")] * len(cells))
        for place, cell in enumerate(cells):
            if not is_blank(cell) and day >= known[place][0]:
                known[place] = day, cell

    def all(self) -> Mapping[int, Mapping[str, Any]]:
        """The attributes of each campaign that has any, as `Export.attributes`."""
        for number in self._latest:
            self._fold(number)
        found = {number: self._read({name: cell for name, (_, cell) in zip(self._names, known, strict=True)})
                 for number, known in self._known.items()}  # fmt: skip
        return {number: attributes for number, attributes in sorted(found.items()) if attributes}

    def notices(self) -> list[str]:
        """A sentence on what cannot be read."""
        return [
            f"the {attribute.replace('_', ' ')} of some campaigns cannot be read (such as {cell[:_SHOWN]!r}), and was "
            "left out"
            for attribute, cell in self._unread.items()
        ]

    def _read(self, cells: Mapping[str, Cell]) -> dict[str, Any]:
        texts = {attribute: _text(cell) for attribute, cell in cells.items()}
        end = self._day("end_date", cells)
        found = {
            "status": _status(texts.get("status", "")),
            "type": texts.get("type"),
            "objective": texts.get("objective"),
            **self._budget(cells, texts.get("budget_kind", "")),
            "startDate": self._day("start_date", cells),
            "endDate": None if end is None or end >= _NEVER else end,
            "bidStrategy": texts.get("bid_strategy"),
            "labels": _labels(texts.get("labels", "")),
            "accountName": texts.get("account_name"),
            "accountTimeZone": texts.get("account_time_zone"),
        }
        return {key: value for key, value in found.items() if value}

    def _budget(self, cells: Mapping[str, Cell], kind: str) -> dict[str, str | None]:
        for attribute, known in _BUDGETS:
            amount = self._told(attribute, cells, self._amounts[attribute].read) if attribute in cells else None
            if amount is not None and amount > 0:
                whole, part = divmod(amount, MICRO)
                written = f"{whole}.{part:06}".rstrip("0").rstrip(".")
                return {"budget": written, "budgetKind": known or _OUR_KIND.get(loose(kind), _slug(kind))}
        return {}

    def _day(self, attribute: str, cells: Mapping[str, Cell]) -> str | None:
        return self._told(attribute, cells, self._days.read) if attribute in cells else None

    def _told(self, attribute: str, cells: Mapping[str, Cell], read: Callable[[Cell], Any]) -> Any:
        """The value of a cell. None for one in words (`Ongoing`), and for one that cannot be read, which is told."""
        cell = cells[attribute]
        if is_blank(cell):
            return None
        try:
            return read(cell)
        except (CellError, UnsureError):
            if any(map(str.isdigit, shown(cell))):
                self._unread.setdefault(attribute, shown(cell))
            return None


def _is_in_millionths(layout: Layout) -> bool:
    """Whether the file gives money in millionths under plain names."""
    spend = layout.figures.get("spend")
    return spend is not None and spend.micros and not says_micros(layout.header.names[spend.columns[0]])


def _text(cell: Cell) -> str:
    """A cell in words. Empty for a number, which is a code, for an error and for no value."""
    return "" if isinstance(cell, bool) or is_number(cell) or is_error(cell) else name(cell)


def _slug(text: str) -> str:
    return "-".join(loose(text).split())


def _status(text: str) -> str:
    words_of = loose(text)
    for before in _BEFORE_A_STATUS:
        words_of = words_of.removeprefix(before)
    return "active" if words_of.startswith(_LIMITED) else _OUR_STATUS.get(words_of, "-".join(words_of.split()))


def _labels(text: str) -> Sequence[str]:
    """The labels in a cell: a JSON list of an API, or words divided by semicolons."""
    found: Any = None
    if text.startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return []
    labels = found if isinstance(found, list) else text.split(";")
    return [label.strip() for label in labels if isinstance(label, str) and label.strip()]
