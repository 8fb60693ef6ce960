"""The files of the migrations: which ones exist, whether each is valid, and the checksums that identify applied ones.

Opens no database.
"""

import ast
import hashlib
import itertools
from pathlib import Path

from adops_cli import settings
from adops_cli.errors import AdopsError
from adops_cli.storage.engines.base import MIGRATION_FILE

FROZEN = "frozen_columns.py"
"""The file that migrations use to create tables. It is next to them, but is not a migration."""
_SUPERSEDED = {
    "001_initial_schema": {"570a3594f1db67491939f548fb3c8575af68ae42e221c8406664863939e7c0c6"},
    "002_import_ledger": {"8162641592482b5313543b8b1dbfb67bb4e4fa68dae1e88b1d892ce072635876"},
    "003_json_search": {"92ec814101c1d446a4dbc5f0e302bc03d7174a06dbd0e572278252df1292c6a7"},
}
"""Checksums of former versions that made the same schema. These three imported the package, which could then never have
been changed."""


def by_name() -> dict[str, Path]:
    """The migrations of this adops by name, oldest first. An error for a file that peewee-migrate would ignore."""
    found = sorted(
        file for file in settings.shipped("migrations").glob("*.py") if file.name not in ("__init__.py", FROZEN)
    )
    for file in found:
        if not MIGRATION_FILE.fullmatch(file.name):
            raise AdopsError(
                f"{file} would be ignored", "Name it with three digits and one dot, such as 002_add_column.py"
            )
    for first, second in itertools.pairwise(found):
        if first.name[:3] == second.name[:3]:
            raise AdopsError(f"{second} has the same number as {first.name}", "Give it the next free number")
    return {file.stem: file for file in found}


def checksum(file: Path) -> str:
    """SHA-256 of the text with LF line ends, so that a checkout with CRLF does not count as a change."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def is_applied_text(name: str, file: Path, sha256: str) -> bool:
    """Whether a text with this checksum makes the same schema as the file."""
    return sha256 == checksum(file) or sha256 in _SUPERSEDED.get(name, ())


def require_both_ways(name: str) -> None:
    """Refuse a migration that cannot be applied or rolled back, before anything is run."""
    file = by_name()[name]
    try:
        tree = ast.parse(file.read_bytes(), filename=file.name)
    except SyntaxError as error:
        raise AdopsError(f"{file}, line {error.lineno}: {error.msg}", "Nothing was changed") from error
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for needed in ("migrate", "rollback"):
        if needed not in functions:
            raise AdopsError(
                f"{file} has no {needed}()", "Write it; if it cannot undo the migration, let it raise an error"
            )
