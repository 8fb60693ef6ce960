"""How psycopg makes values of what PostgreSQL sends, where Python has no such value: `infinity` is a time there."""

import contextlib
from collections.abc import Iterator
from typing import Any

from adops_cli.storage.engines.postgres_errors import driver

_TIMES = (1082, 1184)
"""PostgreSQL's own numbers of the types date and timestamptz."""


@contextlib.contextmanager
def lenient(connection: Any) -> Iterator[None]:
    """Let times and days that Python has not come as text, instead of failing the query."""
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
    """A loader like that one, which cannot be derived from, but for what it can make nothing of."""

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
