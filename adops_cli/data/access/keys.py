"""What refers to a row and what tells it from all others: references, unique keys, and similar ids. Changes nothing."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import peewee as pw

from adops_cli.data.access import reading
from adops_cli.errors import ConflictError
from adops_cli.storage.fields import called, key_of
from adops_cli.storage.models import references_of
from adops_cli.storage.table import Table, fields_of
from adops_cli.values import attribute

_NEARBY = 500


def noun(model: type[pw.Model]) -> str:
    """The word for a row of the table in a sentence."""
    return model.__name__.lower()


def require_references(model: type[pw.Model], values: Mapping[str, Any]) -> None:
    """`ConflictError` for the first reference to an unknown row among the values."""
    for name, field in references_of(model).items():
        if values.get(name) is not None:
            parent = field.rel_model
            if not parent.select(parent.id).where(parent.id == values[name]).exists():
                raise unknown(field, values[name])


def unknown(field: Any, id: str) -> ConflictError:
    """The error if a reference is to an unknown row."""
    parent = field.rel_model
    return ConflictError(f"{called(field)} refers to an unknown {noun(parent)}: {id!r}", nearest(parent, id))


def require_free(model: type[Table], values: Mapping[str, Any], row: Table | None) -> None:
    """`ConflictError` if another row has the id or a unique key that `row` would have with these values."""
    fields = fields_of(model)
    for key in unique_keys(model) if row is None else unique_keys(model)[1:]:
        if row is not None and not set(key) & set(values):
            continue
        wanted = {name: values[name] if name in values else getattr(row, name, None) for name in key}
        if None in wanted.values():
            continue
        others = model.select(model.id).where(*[fields[name] == value for name, value in wanted.items()])  # type: ignore[attr-defined]
        taken = others.where(model.id != row.id).first() if row is not None else others.first()  # type: ignore[attr-defined]
        if taken is not None:
            raise key_taken(model, taken.id, wanted)


@functools.cache
def unique_keys(model: type[Table]) -> Sequence[tuple[str, ...]]:
    """The keys that must be unique, as attribute names: first the id, then each unique index."""
    indexes = (parts for parts, unique in model._meta.indexes if unique)
    return ("id",), *(tuple(attribute(key_of(model._meta.fields[part])) for part in parts) for parts in indexes)


def key_taken(model: type[Table], id: Any, key: Mapping[str, Any]) -> ConflictError:
    """The error if the row with this id already has the key."""
    fields = fields_of(model)
    if key.keys() == {"id"}:
        return ConflictError(f"{noun(model)} {id!r} already exists")
    what = " and ".join(f"{called(fields[name])} {value!r}" for name, value in key.items())
    return ConflictError(f"{noun(model)} {id!r} already has {what}")


def nearest(model: type[Table], id: str) -> str:
    """A hint with the most similar ids among the neighbours of this id in sort order."""
    import difflib  # noqa: PLC0415 - only an error needs it

    key: Any = model.id  # type: ignore[attr-defined]
    after = model.select(key).where(key >= id).order_by(key).limit(_NEARBY)
    before = model.select(key).where(key < id).order_by(key.desc()).limit(_NEARBY)
    nearby = (known for query in (after, before) for (known,) in reading.raw_rows(query))
    close = difflib.get_close_matches(id, [known for known in nearby if isinstance(known, str)], n=3, cutoff=0.5)
    group = model.LISTED_IN or model._meta.table_name
    return f"Did you mean {', '.join(close)}?" if close else f"Use `adops {group} list` to see all ids"
