"""Import Peewee without the drivers that it would look for: psycopg alone takes longer to load than all the rest.

The PostgreSQL engine imports its driver itself, when it connects. Done by importing this module, before Peewee.
"""

import sys


def _import_peewee() -> None:
    absent = {name: None for name in ("psycopg", "psycopg2", "psycopg2cffi") if name not in sys.modules}
    sys.modules.update(absent)  # type: ignore[arg-type]  # None is how Python says that there is no such module
    try:
        import peewee  # noqa: F401, PLC0415
    finally:
        for name in absent:
            del sys.modules[name]


_import_peewee()
