"""The migrations as files: which there are, whether each can work, and the checksum that an applied one is known by.

Opens no database.
"""

import ast
import hashlib
import itertools
from pathlib import Path

from adops_cli import settings
from adops_cli.engines.base import MIGRATION_FILE
from adops_cli.errors import AdopsError


def by_name() -> dict[str, Path]:
    """The migrations of this adops by name, oldest first; an error for a file that peewee-migrate would pass over."""
    found = sorted(file for file in settings.shipped("migrations").glob("*.py") if file.name != "__init__.py")
    for file in found:
        if not MIGRATION_FILE.fullmatch(file.name):
            raise AdopsError(
                f"{file} would be ignored", "Name it with three digits and one dot, such as 002_add_column.py"
            )
    for first, second in itertools.pairwise(found):
        if first.name[:3] == second.name[:3]:
            raise AdopsError(f"{second} has the number of {first.name}", "Give it the next free number")
    return {file.stem: file for file in found}


def checksum(file: Path) -> str:
    """SHA-256 of the text with LF line ends: a checkout with CRLF is no change."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def require_both_ways(name: str) -> None:
    """Refuse a migration that cannot be applied or taken back, before anything is run."""
    file = by_name()[name]
    try:
        tree = ast.parse(file.read_bytes(), filename=file.name)
    except SyntaxError as error:
        raise AdopsError(f"{file}, line {error.lineno}: {error.msg}", "Nothing was done") from error
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for needed in ("migrate", "rollback"):
        if needed not in functions:
            raise AdopsError(
                f"{file} has no {needed}()", "Write it; what cannot be undone raises an error that says so"
            )
