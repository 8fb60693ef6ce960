"""What is missing, and how the spend keeps pace with 215 budgets, over all rows, as whole processes."""

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
    ):
        [taken] = process.by_turns([process.ADOPS, "--database", database, "metrics", *command, "--format", "json"])
        met = taken.seconds <= _SECONDS and taken.megabytes < _MEGABYTES
        line(name, str(taken), f"<= {_SECONDS} s, < {_MEGABYTES} MB", met=met)


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
