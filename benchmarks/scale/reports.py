"""The reports of daily rows, asked of adops and of DuckDB as whole processes, and compared to the last digit."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from scale import built, process, rows
from scale.process import line

FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue")
_GROUPS = {
    "platform": {"platform": "c.platform"},
    "project": {"projectId": 'c."projectId"', "name": "p.name"},
    "campaign": {"campaignId": "c.id", "externalId": 'c."externalId"', "name": "c.name", "platform": "c.platform"},
    "month": {"month": "strftime(m.date, '%Y-%m')"},
    "week": {"week": "date_trunc('week', m.date)::DATE"},
    "day": {"day": "m.date"},
    "top": {"campaignId": "c.id", "name": "c.name", "platform": "c.platform", "projectId": 'c."projectId"'},
}
_WINDOWS = (30, 90)
_ASK = """
import json, sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
connection.execute("SET enable_progress_bar = false")  # it is printed to stdout after two seconds
cursor = connection.execute(sys.argv[2])
names = [column[0] for column in cursor.description]
print(json.dumps([dict(zip(names, row)) for row in cursor.fetchall()], default=str))
"""


def main(folder: Path) -> None:
    """Measure each question by turns, and print its ratio."""
    ours, theirs = built.current(folder, built.ROWS), built.duckdb(folder, built.ROWS)
    python = built.duckdb_python(folder)
    questions: list[tuple[str, int | None]] = [(by, None) for by in _GROUPS]
    questions += [(by, days) for days in _WINDOWS for by in ("platform", "top")]
    for by, days in questions:
        here, there = process.by_turns(
            [process.ADOPS, "--database", ours, *command(by, days)], [python, "-c", _ASK, theirs, sql(by, days)]
        )
        compare(by, here.output, there.output)
        ratio, aim = here.seconds / there.seconds, 1.5 if days else 1.0
        line(
            f"{by}, {f'{days} days' if days else 'all time'}",
            f"{here}, DuckDB {there}, {ratio:.2f} x",
            f"<= {aim} x, < 100 MB",
            met=ratio <= aim and here.megabytes < 100,
        )


def command(by: str, days: int | None = None) -> list[str]:
    """The command of adops that answers a question."""
    asked = ["top", "--by", "roas"] if by == "top" else ["report", "--by", by]
    window = ["--since", str(_since(days)), "--until", str(rows.LAST)] if days else []
    return ["metrics", *asked, *window, "--format", "json"]


def sql(by: str, days: int | None) -> str:
    """The same question to DuckDB."""
    groups = _GROUPS[by] | {"currency": "c.currency"}
    counts = {} if by == "top" else {"days": "count(DISTINCT m.date)", "campaigns": 'count(DISTINCT m."campaignId")'}
    columns = groups | {name: f"sum(m.{name})" for name in FIGURES} | counts
    listed = ", ".join(f'{expression} AS "{name}"' for name, expression in columns.items())
    joins = 'metrics m JOIN campaigns c ON c.id = m."campaignId"'
    if by == "project":
        joins += ' LEFT JOIN projects p ON p.id = c."projectId"'
    where = f"WHERE m.date BETWEEN DATE '{_since(days)}' AND DATE '{rows.LAST}'" if days else ""
    best = "ORDER BY sum(m.revenue) / sum(m.spend) DESC NULLS LAST, c.id LIMIT 10" if by == "top" else ""
    return f"SELECT {listed} FROM {joins} {where} GROUP BY {', '.join(groups.values())} {best}"


def _since(days: int) -> Any:
    return rows.LAST - timedelta(days - 1)


def compare(by: str, ours: str, theirs: str) -> None:
    """An error if one of the answers has a digit that the other one does not have."""
    here, there = (json.loads(text, parse_float=Decimal) for text in (ours, theirs))
    keys = (*_GROUPS[by], "currency")
    figures = FIGURES if by == "top" else (*FIGURES, "days", "campaigns")
    if by != "top":
        for answer in (here, there):
            answer.sort(key=lambda row: [str(row[key]) for key in keys])
    found = [[_plain(row, keys, figures) for row in answer] for answer in (here, there)]
    for one, other in zip(*found, strict=True):
        if one != other:
            raise AssertionError(f"by {by}: adops says {one}, DuckDB says {other}")


def _plain(row: dict[str, Any], keys: tuple[str, ...], figures: tuple[str, ...]) -> list[Any]:
    amounts = [None if row[name] is None else Decimal(row[name]) for name in figures]
    return [*(row.get(key) for key in keys if key in row), *amounts]
