"""How a file is read: the options that `metrics import` and `layouts save` share, and the parsing of `--map`."""

from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from adops_cli.cli import complete
from adops_cli.errors import BadRequestError

OfPlatformOption = Annotated[
    str | None,
    typer.Option(
        metavar="SLUG",
        autocompletion=complete.platforms,
        help="google-ads, meta-ads, pinterest, …, or any other name for a file with plain headers.",
        show_default="detected from the header",
    ),
]
InCurrencyOption = Annotated[
    str | None, typer.Option(metavar="CODE", help="Currency, such as EUR, if the file does not state it.")
]
OfAccountOption = Annotated[str | None, typer.Option(metavar="NAME", help="Account, if the file does not state it.")]
ConversionsOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Action, pixel slot or event that counts as a conversion. NAME=KEY keeps others apart, under this key of "
        "the metadata; can be repeated.",
        show_default=False,
    ),
]
ClicksOption = Annotated[
    Literal["link", "all", "outbound"] | None, typer.Option(help="Which clicks to count.", show_default=False)
]
LevelOption = Annotated[
    Literal["campaign", "group"] | None,
    typer.Option(
        help="What becomes a campaign of a LinkedIn file: a campaign, or a campaign group.", show_default="campaign"
    ),
]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="HEADER=KEY,...", help="Meaning of columns in any other file, such as 'Spend EUR=spend'."
    ),
]
EncodingOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Encoding of a text file, such as windows-1251.", show_default="detected"),
]
SheetOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Sheet of a workbook.", show_default="the one that fits best")
]
DecimalMarkOption = Annotated[Literal[".", ","] | None, typer.Option(help="Decimal mark, if the file is ambiguous.")]
DateOrderOption = Annotated[
    Literal["dmy", "mdy", "ymd"] | None,
    typer.Option(help="Order of day, month and year, if the file is ambiguous."),
]
SameDayOption = Annotated[
    Literal["sum", "last"] | None,
    typer.Option(
        help="Rows of one campaign and day that no column tells apart: sum if they are parts, last if the last one "
        "corrects the others."
    ),
]
MoneyUnitOption = Annotated[
    Literal["micro", "unit"] | None,
    typer.Option(
        help="Unit of cost and revenue, if their headers do not show it: micro is a millionth of the currency.",
        show_default="unit",
    ),
]


def mapped(pairs: Sequence[str]) -> dict[str, str]:
    """Parse `HEADER=KEY,…` into the key for each header. A header may contain a comma."""
    found: dict[str, str] = {}
    for pair in pairs:
        header = ""
        for part in pair.split(","):
            before, equals, key = part.rpartition("=")
            if not equals:
                header += f"{part},"
                continue
            found[(header + before).strip()] = key.strip()
            header = ""
        if header or "" in found:
            raise BadRequestError(f"--map cannot be read: {pair!r}", "Write HEADER=KEY, as in 'Spend EUR=spend'")
    return found
