"""Imports for Python programs: `import_file` imports an export file; the rest of `data.imports` is here, too.

    from adops_cli.importers import imports

    with database.bound():
        done = imports.import_file("exports/march.csv", dry_run=True)

It is here and not in `data`, because data knows no files. Reading a file is written in the words of the command line;
this room translates what it says.
"""

import contextlib
import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from adops_cli import values
from adops_cli.data.imports import (
    Pruned,
    Restatement,
    Undone,
    Unexplained,
    adopt,
    find,
    foldable,
    get,
    history,
    last,
    list,
    prune,
    undo,
    unexplained,
)
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics import files
from adops_cli.importers.metrics.kept_options import kept_apart
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions, TakeAttributes
from adops_cli.storage.choices import ImportMode

__all__ = [
    "FileOutcome",
    "Pruned",
    "Restatement",
    "Undone",
    "Unexplained",
    "adopt",
    "find",
    "foldable",
    "get",
    "history",
    "import_file",
    "last",
    "list",
    "prune",
    "undo",
    "unexplained",
]


def import_file(  # noqa: PLR0913 - its signature is its request
    path: str | Path,
    *,
    dry_run: bool = False,
    platform: str | None = None,
    currency: str | None = None,
    account: str | None = None,
    conversions: str | Sequence[str] | None = None,
    clicks: Literal["link", "all", "outbound"] | None = None,
    level: Literal["campaign", "group"] | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    decimal_mark: Literal[".", ","] | None = None,
    date_order: Literal["dmy", "mdy", "ymd"] | None = None,
    same_day: Literal["sum", "last"] | None = None,
    money_unit: Literal["micro", "unit"] | None = None,
    max_errors: int | None = None,
    mode: Literal["upsert", "replace-range"] = "upsert",
    rename: bool = False,
    remove_many: bool = False,
    accept_new_meaning: bool = False,
    take_attributes: TakeAttributes = "always",
    rejects_file: str | Path | None = None,
) -> FileOutcome:
    """Import an export file of an ad platform: completely, in one transaction, or not at all.

    The keywords are the options of `adops metrics import`, with other names: `columns` is its `--map`, as
    `{"Spend EUR": "spend"}`, and `remove_many` its `--yes`. `conversions` can be several, as `NAME=KEY`. Platform and
    layout are detected in the file, unless they are given. With `dry_run`, nothing is stored.

    The outcome counts the days and has rejected rows with their reasons; `batch_id` is what `undo` takes. Raises
    `BadRequestError` if the file is refused, with what is wrong and what to do; then nothing is stored.
    """
    with _in_words_of_python():
        counted, kept = kept_apart([conversions] if isinstance(conversions, str) else conversions or [])
        read = ReadOptions(
            platform=platform,
            currency=currency,
            account=account,
            conversions=counted,
            kept=kept,
            clicks=clicks,
            level=level,
            columns=columns or {},
            sheet=sheet,
            encoding=encoding,
            decimal_mark=decimal_mark,
            date_order=date_order,
            same_day=same_day,
            money_unit=money_unit,
            max_errors=max_errors,
        )
        store = StoreOptions(
            _mode(mode),
            rename,
            remove_many,
            dry_run,
            accept_new_meaning=accept_new_meaning,
            take_attributes=take_attributes,
        )
        rejects = None if rejects_file is None else Path(rejects_file)
        done = files.import_one(str(path), read, store, rejects_file=rejects)
    done.notices = [_in_python(notice) for notice in done.notices]
    return done


_FIELDS = [field.name for options in (ReadOptions, StoreOptions) for field in dataclasses.fields(options)]
_ARGUMENTS = {name.replace("_", "-"): name for name in _FIELDS} | {
    "map": "columns", "explain": "columns", "yes": "remove_many", "rejects": "rejects_file",
}  # fmt: skip
"""Option -> argument."""
_OPTION = re.compile(rf"--({'|'.join(_ARGUMENTS)})\b")


def _mode(word: str) -> ImportMode:
    try:
        return ImportMode(values.choice(word, ImportMode))
    except ValueError as error:
        raise BadRequestError(f"mode {error}") from error


def _in_python(words: str) -> str:
    return _OPTION.sub(lambda option: _ARGUMENTS[option[1]], words)


@contextlib.contextmanager
def _in_words_of_python() -> Iterator[None]:
    try:
        yield
    except AdopsError as error:
        error.message, error.hint = _in_python(error.message), error.hint and _in_python(error.hint)
        raise
