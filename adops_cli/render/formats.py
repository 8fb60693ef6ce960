"""The formats in which rows are written, and how a CSV is to look."""

import functools
import re
from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """The format of rows. AUTO is a table on a terminal and TSV anywhere else."""

    AUTO = "auto"
    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    TSV = "tsv"
    MARKDOWN = "markdown"


class FileFormat(StrEnum):
    """The formats of files alone, which `--output` writes: no terminal and no pipe takes them."""

    PARQUET = "parquet"
    XLSX = "xlsx"
    HTML = "html"


AnyFormat = Format | FileFormat


def named(name: str) -> AnyFormat:
    """The format with this name."""
    known: dict[str, AnyFormat] = {one.value: one for one in (*Format, *FileFormat)}
    return known[name]


@dataclass(frozen=True)
class CsvStyle:
    """What differs between the CSV files of different countries and programs. The default is RFC 4180 with LF."""

    delimiter: str = ","
    decimal_mark: str = "."
    bom: bool = False
    """Whether it begins with a byte order mark, by which Excel knows UTF-8."""
    safe: bool = False
    """Whether texts that a spreadsheet would run as formulas get an apostrophe."""

    @functools.cached_property
    def needs_quotes(self) -> re.Pattern[str]:
        """Found in a cell that must be quoted.

        Python's csv.writer does not quote a lone CR when lines end in LF, and readers take it for the end of the row.
        """
        return re.compile(f'[{re.escape(self.delimiter)}"\r\n]')


PLAIN = CsvStyle()
