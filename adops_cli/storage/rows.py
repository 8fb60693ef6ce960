"""How rows show themselves in Python: as dicts, as text, and as a table in a notebook.

Shared by the models and by the dataclasses of reports. Text from outside is data, never markup.
"""

import dataclasses
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Generic, SupportsIndex, TypeVar, overload

_IN_TEXT = 10
_IN_TABLE = 100


class Row:
    """A row that has its values by name."""

    def to_dict(self) -> dict[str, Any]:
        """The values by attribute name, as the attributes have them."""
        raise NotImplementedError

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.to_dict().items() if value is not None)
        return f"{type(self).__name__}({values})"

    def _repr_html_(self) -> str:
        """The known values, for a notebook."""
        known = [(name, value) for name, value in self.to_dict().items() if value is not None]
        return _table("".join(f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in known))


class Record(Row):
    """A row that is a dataclass."""

    def to_dict(self) -> dict[str, Any]:
        """The values by attribute name; rows inside as dicts, too."""
        own: Any = self
        return {field.name: _as_dicts(getattr(self, field.name)) for field in dataclasses.fields(own)}


AnyRow = TypeVar("AnyRow", bound=Row)


class Rows(list[AnyRow], Generic[AnyRow]):
    """A list of rows. A slice of it is one, too."""

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as dicts."""
        return [row.to_dict() for row in self]

    @overload
    def __getitem__(self, place: SupportsIndex) -> AnyRow: ...
    @overload
    def __getitem__(self, place: slice) -> "Rows[AnyRow]": ...
    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return Rows(found) if isinstance(place, slice) else found

    def __repr__(self) -> str:
        """A line for each of the first rows."""
        more = [f"… and {len(self) - _IN_TEXT:,} more"] if len(self) > _IN_TEXT else []
        return "[" + ",\n ".join([*map(repr, self[:_IN_TEXT]), *more]) + "]"

    def _repr_html_(self) -> str:
        """The first rows, without columns that are empty in all of them, for a notebook."""
        shown = self[:_IN_TABLE].to_dicts()
        names = list(dict.fromkeys(name for row in shown for name, value in row.items() if value is not None))
        head = "".join(f"<th>{_text(name)}</th>" for name in names)
        body = "".join(_line(row.get(name) for name in names) for row in shown)
        count = f"{len(self):,} rows" if len(self) != 1 else "1 row"
        first = f", of which these are the first {_IN_TABLE}" if len(self) > _IN_TABLE else ""
        return f"{_table(f'<tr>{head}</tr>{body}')}<p>{count}{first}</p>"


def _as_dicts(value: Any) -> Any:
    if isinstance(value, Row):
        return value.to_dict()
    return [_as_dicts(part) for part in value] if isinstance(value, list | tuple) else value


def _line(values: Iterable[Any]) -> str:
    return f"<tr>{''.join(f'<td>{_text(value)}</td>' for value in values)}</tr>"


def _table(lines: str) -> str:
    return f"<table>{lines}</table>"


def _text(value: Any) -> str:
    from html import escape  # noqa: PLC0415 - only a notebook needs it, and it takes long to load

    return "" if value is None else escape(format(value, "f") if isinstance(value, Decimal) else str(value))
