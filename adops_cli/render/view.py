"""What somebody wishes to see of a listing: which columns, in which order, how many rows. Changes no value."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from adops_cli.errors import BadRequestError
from adops_cli.render.columns import Column, Kind
from adops_cli.render.document import Document
from adops_cli.render.formats import PLAIN, CsvStyle
from adops_cli.render.output import Output
from adops_cli.values import attribute


@dataclass(frozen=True)
class View:
    """The wishes. By default everything is shown, in the order in which it comes."""

    columns: str | None = None
    """Names of columns with commas between them."""
    sort: str | None = None
    """The name of a column; with a `-` before it, the largest come first."""
    limit: int | None = None
    """At most this many rows; None or 0 is all."""
    header: bool = True
    pages: bool = False
    """Whether a listing that is longer than the terminal goes through the user's pager."""
    stops: bool = False
    """Whether a long table on a terminal may stop where there is no pager."""
    csv: CsvStyle = PLAIN
    output: Output | None = None
    """The file that gets the rows; None is stdout."""
    document: Document = field(default_factory=lambda: Document(""))
    """What is known of the rows, for formats that have room for it."""

    def of_columns(self, columns: Sequence[Column]) -> Sequence[Column]:
        """The columns to show. `BadRequestError` for an unknown one."""
        if self.columns is None:
            return columns
        names = [name.strip() for name in self.columns.split(",")]
        return list(dict.fromkeys(_named(name, columns, "column") for name in names))

    def of_rows(self, items: Iterable[object], columns: Sequence[Column]) -> Iterable[object]:
        """The rows to show. `BadRequestError` if they cannot be sorted like this."""
        if self.sort is not None:
            sortable = [column for column in columns if column.kind not in (Kind.JSON, Kind.TIMELINE)]
            column = _named(self.sort.removeprefix("-"), sortable, "column to sort by")
            items = _sorted(items, column.of, descending=self.sort.startswith("-"))
        return islice(items, self.limit) if self.limit else items


def _named(name: str, columns: Sequence[Column], what: str) -> Column:
    known = {form: column for column in reversed(columns) for form in (_plain(column.heading), _plain(column.key))}
    known |= {_plain(column.key): column for column in columns}
    if (found := known.get(_plain(name))) is None:
        raise BadRequestError(f"there is no {what} {name!r}", f"They are {', '.join(one.key for one in columns)}")
    return found


def _plain(name: str) -> str:
    """The same for `campaignId`, `campaign_id`, `campaign-id` and `Campaign id`."""
    return attribute(name).lower().replace("-", "_").replace(" ", "_").rstrip(".")


def _sorted(items: Iterable[object], value: Callable[[object], Any], *, descending: bool) -> list[object]:
    """Rows by a value; those without one come last in both directions, and equal ones stay as they came."""
    every = list(items)
    known = [item for item in every if value(item) is not None]
    if len({type(value(item)) for item in known}) > 1:  # such as text and numbers
        known.sort(key=lambda item: str(value(item)), reverse=descending)
    else:
        known.sort(key=value, reverse=descending)
    return [*known, *(item for item in every if value(item) is None)]
