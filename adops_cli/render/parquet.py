"""Rows as a Parquet file: types by what a column holds, amounts exact, and the proof in the file's own metadata.

The only user of pyarrow, which an extra installs. Rows are written some at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import NoneType
from typing import Any

from adops_cli.errors import AdopsError, BadRequestError, words_of
from adops_cli.files import as_text
from adops_cli.render import cells
from adops_cli.render.columns import Column, Kind
from adops_cli.render.document import Document, Section

PROOF = "adops"
"""The key of the proof in the metadata of a file."""
AT_ONCE = 25_000
"""Rows of a row group, and so in memory."""
_AMOUNTS = frozenset({Kind.QUANTITY, Kind.MONEY, Kind.RATIO, Kind.PERCENT, Kind.CHANGE})
_DIGITS, _DECIMALS, _MORE = 38, 6, 12
"""Of an amount: sums have more digits than what is stored, and parts of something up to twelve decimals."""
STORED_DIGITS = 18
"""Of a stored amount."""


def require() -> None:
    """Refuse a file that cannot be written for want of pyarrow."""
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415 - an extra, which takes as long to load as most commands to run
    except ImportError as error:
        raise BadRequestError(
            "a .parquet file needs pyarrow, which is not installed",
            "Install it with `pip install 'adops-cli[parquet]'`",
        ) from error


def write(path: Path, items: Iterable[object], columns: Sequence[Column], document: Document) -> None:
    """Write the rows. What an amount cannot be written as exactly, is refused; so is what is not of its column's kind.

    A column has the type of its kind, unless the first rows hold something else: `month` is a day to people, and text.
    So a JSON number is a number, and JSON text is text.
    """
    some = _some_at_a_time(items, columns)
    first = next(some, [[] for _ in columns])
    types = list(map(_type_of, columns, first))
    with writing(path, columns, types, proof_of(document.title, document.proof())) as add:
        add(first)
        for values in some:
            add(values)


@contextmanager
def writing(
    path: Path, columns: Sequence[Column], types: Sequence[Any], proof: str
) -> Iterator[Callable[[Sequence[Sequence[Any]]], None]]:
    """Yield what adds a row group, given as the values of each column."""
    import pyarrow as pa  # noqa: PLC0415 - as above
    from pyarrow import parquet as pq  # noqa: PLC0415 - as above

    schema = pa.schema([(column.key, type) for column, type in zip(columns, types, strict=True)], {PROOF: proof})

    def add(values: Sequence[Sequence[Any]]) -> None:
        arrays = list(map(_array, columns, types, values))
        writer.write_batch(pa.record_batch(arrays, schema), row_group_size=AT_ONCE)

    # Amounts of up to 18 digits take eight bytes, which every reader knows.
    with pq.ParquetWriter(path, schema, compression="zstd", store_decimal_as_integer=True) as writer:
        yield add


def proof_of(title: str, sections: Iterable[Section]) -> str:
    """What stands behind the rows, as JSON."""
    parts = [
        {"title": one.title, "rows": [{column.key: column.of(row) for column in one.columns} for row in one.rows]}
        for one in sections
    ]
    return cells.json_text({"title": title, "proof": parts})


def type_of(kind: Kind, *, digits: int = _DIGITS, decimals: int = _DECIMALS) -> Any:
    """The type of a column of this kind."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    if kind in _AMOUNTS:
        return pa.decimal128(digits, decimals)
    match kind:
        case Kind.COUNT:
            return pa.int64()
        case Kind.FLAG:
            return pa.bool_()
        case Kind.DAY:
            return pa.date32()
        case Kind.INSTANT:
            return pa.timestamp("ms", "UTC")
    return pa.string()


def _some_at_a_time(items: Iterable[object], columns: Sequence[Column]) -> Iterator[Sequence[Sequence[Any]]]:
    """The values of each column, of some rows at a time."""
    rows = iter(items)
    while some := list(islice(rows, AT_ONCE)):
        yield [[column.of(row) for row in some] for column in columns]


def _type_of(column: Column, values: Sequence[Any]) -> Any:
    """The type of a column that begins with these values."""
    known = set(map(type, values)) - {NoneType}
    if str in known:
        return type_of(Kind.TEXT)
    if column.kind is Kind.TEXT and known == {int}:  # such as the numbers that are ids of days
        return type_of(Kind.COUNT)
    if column.kind in _AMOUNTS or (column.kind is Kind.COUNT and Decimal in known):
        more = any(_places(value) > _DECIMALS for value in values if isinstance(value, Decimal))
        return type_of(Kind.QUANTITY, decimals=_MORE if more else _DECIMALS)
    return type_of(column.kind)


def _places(amount: Any) -> int:
    """The decimals of an amount."""
    return -int(amount.as_tuple().exponent)


def _array(column: Column, wanted: Any, values: Sequence[Any]) -> Any:
    """The values as pyarrow has them."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    if pa.types.is_string(wanted) and not _is_plain(values, column.kind):
        values = [None if value is None else _text(value, column.kind) for value in values]
    elif pa.types.is_int64(wanted) and not set(map(type, values)) <= {int, NoneType}:
        raise _other(column, "no whole number")  # of which pyarrow would cut the decimals
    try:
        return pa.array(values, wanted)
    except (pa.ArrowException, OverflowError) as error:
        raise _other(column, words_of(error)) from error


def _is_plain(values: Sequence[Any], kind: Kind) -> bool:
    """Whether all of them are text that can be written as it is."""
    if kind in (Kind.JSON, Kind.TIMELINE) or not set(map(type, values)) <= {str, NoneType}:
        return False
    return not any(text and not text.isascii() for text in values)


def _text(value: Any, kind: Kind) -> str:
    """Text as it is, without halves of surrogate pairs, and other values as programs read them."""
    text = cells.plain(value, kind)
    return text if text.isascii() else as_text(text)


def _other(column: Column, why: str) -> AdopsError:
    return AdopsError(
        f"a .parquet file cannot hold a value of {column.key} as it is: {why}", "Use a .csv or .json file"
    )
