"""What is missing, the pace of 215 budgets, comparisons and movers over all rows, as whole processes."""

from datetime import timedelta
from pathlib import Path

from scale import built, process, rows
from scale.process import line

_SECONDS, _MEGABYTES = 1.5, 150
_OF_CAMPAIGNS, _OF_PROJECTS = 200, 10


def main(folder: Path) -> None:
    """Set the budgets, which changes no figure, and measure both commands."""
    database = built.current(folder, built.ROWS)
    process.run([process.ADOPS, "--database", database, "budgets", "import", _budgets(folder), "--quiet"])
    month = f"{rows.LAST:%Y-%m}"
    for name, command in (
        ("metrics gaps", ["gaps", "--max-age", "99999"]),
        ("metrics pacing, 215 budgets", ["pacing", "--by", "budget", "--month", month]),
        ("metrics pacing, by project", ["pacing", "--by", "project", "--month", month]),
        ("metrics pacing, and what has no budget", ["pacing", "--month", month]),
        ("metrics report by platform, compared", ["report", *_last(30), "--compare", "previous"]),
        ("metrics report by campaign, compared", ["report", "--by", "campaign", *_last(7), "--compare", "previous"]),
        ("metrics top, compared with a year ago", ["top", *_last(30), "--compare", "year"]),
        ("metrics movers of ROAS, 7 days", ["movers", "--by", "roas", *_last(7)]),
        ("metrics movers of spend, 30 days", ["movers", "--by", "spend", *_last(30)]),
    ):
        [taken] = process.by_turns([process.ADOPS, "--database", database, "metrics", *command, "--format", "json"])
        met = taken.seconds <= _SECONDS and taken.megabytes < _MEGABYTES
        line(name, str(taken), f"<= {_SECONDS} s, < {_MEGABYTES} MB", met=met)


def _last(days: int) -> list[str]:
    return ["--since", str(rows.LAST - timedelta(days - 1)), "--until", str(rows.LAST)]


def _budgets(folder: Path) -> Path:
    """Budgets of campaigns over flights of different lengths, of projects, and of platforms in each month."""
    first = rows.LAST.replace(day=1)
    lines = ["name,campaign,project,platform,amount,currency,from,until,monthly"]
    for n in range(_OF_CAMPAIGNS):
        begin = first.replace(month=1 + n % first.month)
        lines.append(f"campaign {n},{rows.campaign(n)},,,10000,,{begin},{rows.LAST},")
    lines += [
        f"project {n},,{rows.project(n)},,100000,{rows.CURRENCIES[n % 2]},{first},{rows.LAST},"
        for n in range(_OF_PROJECTS)
    ]
    lines += [f"platform {name},,,{name},1000000,{rows.CURRENCIES[0]},2023-01-01,,yes" for name in rows.PLATFORMS]
    file = folder / "budgets.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file
