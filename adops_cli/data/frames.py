"""Frames of pandas or polars, for notebooks. adops needs neither: whichever is installed makes the frame.

Owns how a column of rows is typed in a frame, which does not depend on the rows: one without rows has the same types.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.measures import RATIOS
from adops_cli.values import json_text, shown

Engine = Literal["pandas", "polars"]

_AMOUNTS = frozenset({"conversions", "spend", "revenue", *RATIOS})
_KINDS = {
    **dict.fromkeys(("impressions", "clicks", "days", "campaigns"), "count"),
    **dict.fromkeys(("date", "day", "week"), "day"),
    "synced_at": "time",
}
"""What a column holds: all others are text, as JSON is."""


def frame(rows: Iterable[Any], names: Sequence[str], engine: Engine | None, *, exact: bool) -> Any:
    """A frame of these attributes of rows. Money, conversions and ratios are floats or, if `exact`, Decimals.

    Raises `AdopsError` if the engine is not installed. An engine of None is pandas, or else polars.
    """
    kinds = {name: ("exact" if exact else "float") if name in _AMOUNTS else _KINDS.get(name, "text") for name in names}
    found = list(rows)
    columns = {name: [_cell(getattr(row, name), kind) for row in found] for name, kind in kinds.items()}
    return _made_by(engine)(columns, kinds)


def _cell(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "text":
        return json_text(value) if isinstance(value, dict | list) else str(value)
    return float(value) if kind == "float" else value


def _made_by(engine: Engine | None) -> Callable[[Mapping[str, Sequence[Any]], Mapping[str, str]], Any]:
    """What makes a frame of columns and their kinds."""
    if engine not in (None, "pandas", "polars"):
        raise BadRequestError(f"engine must be pandas or polars, not {shown(engine)}")
    if engine != "polars":
        with contextlib.suppress(ModuleNotFoundError):
            import pandas  # noqa: PLC0415, ICN001 - not needed for anything else

            return lambda columns, kinds: pandas.DataFrame(
                {name: pandas.Series(cells, dtype=_IN_PANDAS[kinds[name]]) for name, cells in columns.items()}
            )
    if engine != "pandas":
        with contextlib.suppress(ModuleNotFoundError):
            import polars  # noqa: PLC0415, ICN001 - as above

            types = {
                "text": polars.String, "count": polars.Int64, "float": polars.Float64, "exact": polars.Decimal(38, 6),
                "day": polars.Date, "time": polars.Datetime("us", "UTC"),
            }  # fmt: skip
            return lambda columns, kinds: polars.DataFrame(
                [polars.Series(name, cells, dtype=types[kinds[name]]) for name, cells in columns.items()]
            )
    raise AdopsError(
        f"a frame needs {engine or 'pandas or polars'}, which {'is' if engine else 'are'} not installed",
        f"Install {'it' if engine else 'one of them'}: `pip install {engine or 'pandas'}`",
    )


_IN_PANDAS = {
    "text": "string", "count": "Int64", "float": "float64", "exact": "object", "day": "datetime64[us]",
    "time": "datetime64[us, UTC]",
}  # fmt: skip
