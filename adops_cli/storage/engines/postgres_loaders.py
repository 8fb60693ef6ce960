"""Makes psycopg read PostgreSQL's values that Python does not have. For PostgreSQL, `infinity` is a time."""

import contextlib
from collections.abc import Iterator
from typing import Any

from adops_cli.storage.engines.postgres_errors import driver

_TIMES = (1082, 1184)
"""PostgreSQL's own numbers for the types date and timestamptz."""


@contextlib.contextmanager
def lenient(connection: Any) -> Iterator[None]:
    """Pass on times and days that Python does not have as text, instead of failing the query."""
    psycopg, adapters = driver(), connection.adapters
    kept = {oid: adapters.get_loader(oid, psycopg.pq.Format.TEXT) for oid in _TIMES}
    for oid, loader in kept.items():
        adapters.register_loader(oid, _or_text(loader, psycopg.DataError))
    try:
        yield
    finally:
        for oid, loader in kept.items():
            adapters.register_loader(oid, loader)


def _or_text(loader: Any, error: type[Exception]) -> Any:
    """A loader like this one, which cannot be subclassed, that returns text if the value cannot be read."""

    class Lenient(driver().adapt.Loader):  # type: ignore[misc]
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._strict = loader(oid, context)

        def load(self, data: Any) -> Any:
            try:
                return self._strict.load(data)
            except error:
                return bytes(data).decode()

    return Lenient
