"""The options that several commands share: import these, do not write them again."""

from typing import Annotated

import typer

from adops_cli.render import Format

FormatOption = Annotated[
    Format, typer.Option("--format", help="auto is a table on a terminal and TSV in a pipe.", case_sensitive=False)
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")]
CsvSafeOption = Annotated[
    bool, typer.Option("--csv-safe", help="Guard CSV cells that a spreadsheet would run as a formula.")
]
LimitOption = Annotated[int | None, typer.Option(min=0, help="At most this many rows; 0 is all.", show_default=False)]
OffsetOption = Annotated[int, typer.Option(min=0, help="Leave out the first rows.")]
