"""Imports Peewee without the drivers that it looks for: psycopg alone takes longer to load than everything else.

The PostgreSQL engine imports its driver itself when it connects. This module must be imported before Peewee.
"""

import sys


def _import_peewee() -> None:
    absent = {name: None for name in ("psycopg", "psycopg2", "psycopg2cffi") if name not in sys.modules}
    sys.modules.update(absent)  # type: ignore[arg-type]  # None makes Python report that there is no such module
    try:
        import peewee  # noqa: F401, PLC0415
    finally:
        for name in absent:
            del sys.modules[name]


_import_peewee()
