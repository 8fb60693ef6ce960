"""`--output FILE`: rows go into a file, which appears whole or not at all. Its suffix decides the format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli.errors import AdopsError, BadRequestError, ConflictError, words_of
from adops_cli.render import lines
from adops_cli.render.columns import Column
from adops_cli.render.document import Document
from adops_cli.render.formats import AnyFormat, CsvStyle, FileFormat, Format

SUFFIXES: Mapping[str, AnyFormat] = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".json": Format.JSON,
    ".ndjson": Format.NDJSON,
    ".md": Format.MARKDOWN,
    ".parquet": FileFormat.PARQUET,
    ".xlsx": FileFormat.XLSX,
    ".html": FileFormat.HTML,
}
_LIKE_STDOUT: Any = {"encoding": "utf-8", "errors": "backslashreplace", "newline": "\n"}
_SQLITE = b"SQLite format 3\0"
_WORKING = "output"
"""The kind of the working folders."""


@dataclass(frozen=True)
class Output:
    """A file for rows."""

    path: Path
    force: bool = False
    """Whether to replace a file that exists."""

    @property
    def format(self) -> AnyFormat:
        """The format that the suffix stands for. `BadRequestError` if it stands for none."""
        if (found := SUFFIXES.get(self.path.suffix.lower())) is None:
            known = ", ".join(SUFFIXES)
            raise BadRequestError(
                f"{self.path.name} has no suffix that is known, which decides the format", f"Use one of {known}"
            )
        return found

    def check(self) -> None:
        """Refuse what cannot be written, before anything is asked."""
        if self.format is FileFormat.PARQUET:
            from adops_cli.render import parquet  # noqa: PLC0415 - few command lines write such a file

            parquet.require()
        if not self.path.parent.is_dir():
            raise BadRequestError(f"there is no folder {self.path.parent} for --output", "Make it, or name another")
        if not self.path.exists():
            return
        if not self.path.is_file() or _is_database(self.path):
            what = "a database" if self.path.is_file() else "no regular file"
            raise BadRequestError(f"{self.path} is {what}, and is not replaced", "Name another file for --output")
        if not self.force:
            raise self._taken()

    @contextmanager
    def written(self) -> Iterator[Path]:
        """Yield a working file, which gets the name at the end of the block, unless it fails."""
        from adops_cli import files  # noqa: PLC0415 - few command lines write a file

        try:
            with files.published(self.path, _WORKING, replace=self.force) as partial:
                yield partial
        except FileExistsError as error:
            raise self._taken() from error
        except OSError as error:
            raise AdopsError(f"{self.path} cannot be written: {words_of(error)}") from error

    def write(self, parts: Iterable[str]) -> None:
        """Write texts, one after another."""
        with self.written() as partial, partial.open("w", **_LIKE_STDOUT) as file:
            file.writelines(parts)

    def _taken(self) -> ConflictError:
        return ConflictError(f"{self.path} already exists", "Name another file, or use --force to replace it")


def write(  # noqa: PLR0913 - as for `render.rows`
    output: Output,
    items: Iterable[object],
    columns: Sequence[Column],
    document: Document,
    *,
    total: object | None,
    header: bool,
    csv_style: CsvStyle,
    apart: Column | None,
    whole: bool,
) -> tuple[int, Sequence[str]]:
    """Write the file. Return how many rows it has, and what it holds otherwise than it is, in words.

    `whole` says that no row is left out: in a spreadsheet, a total is taken for that of the rows above it.
    """
    counted = _Counted(items)
    fmt = output.format
    how: Any = {"total": total, "header": header}
    in_sheets = {**how, "total": total if whole else None, "apart": apart}
    otherwise: Sequence[str] = ()
    if fmt is FileFormat.XLSX:
        from adops_cli.render import workbook  # noqa: PLC0415 - loads XlsxWriter, for workbooks only

        with output.written() as partial:
            otherwise = workbook.write(partial, counted, columns, document, **in_sheets)
    elif fmt is FileFormat.PARQUET:
        from adops_cli.render import parquet  # noqa: PLC0415 - as above

        with output.written() as partial:
            parquet.write(partial, counted, columns, document)
    elif fmt is FileFormat.HTML:
        from adops_cli.render import page  # noqa: PLC0415 - few command lines write a page

        output.write(page.listing(counted, columns, document, **how))
    else:
        output.write(lines.of_format(fmt, counted, columns, csv_style=csv_style, **how))
    return counted.count, otherwise


class _Counted:
    """Rows that are counted as they are read."""

    def __init__(self, items: Iterable[object]) -> None:
        self.count = 0
        self._items = items

    def __iter__(self) -> Iterator[object]:
        for item in self._items:
            self.count += 1
            yield item


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE
