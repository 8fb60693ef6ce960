"""Pages: one HTML file each, which asks for nothing from elsewhere. The only user of Jinja2.

Every text is escaped by the template engine, and by `markupsafe` where a table is written row by row. What a page may
do is said in the page: its own style and its own script, known by their hashes, and nothing else.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from adops_cli import __version__
from adops_cli.render import cells
from adops_cli.render.columns import Column
from adops_cli.render.document import Document
from adops_cli.render.page import tables
from adops_cli.render.page.blocks import Bars, Lines, Page, Table
from adops_cli.render.page.written import PLAINLY, Written

__all__ = ["html", "listing"]

_TEMPLATES = Path(__file__).parent / "templates"


def html(page: Page, how: Written) -> Iterator[str]:
    """The page, part after part."""
    from adops_cli.render.page import charts  # noqa: PLC0415 - a listing has none

    numbers = count(1)

    def svg(chart: Lines | Bars) -> Markup:
        id = f"chart-{next(numbers)}"
        drawn = charts.of_lines(chart, how, id) if isinstance(chart, Lines) else charts.of_bars(chart, id)
        return Markup(drawn)  # noqa: S704 - of elements, which escape their texts

    def lines(table: Table) -> Iterable[Markup]:
        return tables.lines(table, how)

    yield from _generated("page.html.j2", page=page, written=how, svg=svg, lines=lines)


def listing(
    items: Iterable[object], columns: Sequence[Column], document: Document, *, total: object | None, header: bool
) -> Iterator[str]:
    """A page with rows, which are written as they come, and what stands behind them."""
    rows = tables.lines(Table(document.title, columns, items, total), PLAINLY, header=header)

    def behind() -> Iterator[Iterator[Markup]]:
        """Asked for once the rows are written."""
        for section in document.proof():
            yield tables.lines(Table(section.title, section.columns, section.rows), PLAINLY)

    given = {"page": Page(document.title, (), ()), "rows": rows, "behind": behind}
    yield from _generated("listing.html.j2", written=PLAINLY, **given)


def _generated(template: str, **given: Any) -> Iterator[str]:
    return _environment().get_template(template).generate(version=__version__, **given, **_own())


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _harmless(value: Any) -> Any:
    """Text from outside without control characters. What is markup has none."""
    return cells.harmless(value) if type(value) is str else value


@cache
def _own() -> dict[str, Any]:
    """The style, the script, and the policy that lets the page have these two alone."""
    style, script = ((_TEMPLATES / name).read_text("utf-8") for name in ("style.css", "sort.js"))
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return {"style": Markup(style), "script": Markup(script), "policy": policy}  # noqa: S704 - files of ours


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
