"""What is wrong in all rows: rules and models of `alerts run`, as whole processes that remember nothing.

The rows end in the past, so the processes are told which day it is, by the clock that tests replace, too. It is the
day after the last row. `python benchmarks/scale/alerts.py FILE [RULE …]` is such a process.
"""

import sys
from datetime import date, timedelta
from pathlib import Path

_SECONDS, _MEGABYTES = 1.5, 150


def main(folder: Path) -> None:
    """Measure each kind of rule, and all together. Changes nothing."""
    from adops_cli.data.alerts.finding import MODELS  # noqa: PLC0415 - which processes import within their time
    from adops_cli.data.alerts.ready import READY  # noqa: PLC0415 - as above
    from scale import built, process  # noqa: PLC0415 - as above

    database = built.current(folder, built.ROWS)
    for name, rules in (
        ("a threshold by platform", ["roas < 1.5 over 7d by platform"]),
        ("a threshold by campaign", ["roas < 1.5 over 7d by campaign"]),
        ("cost per action", ["cpa_up"]),
        ("delivery", ["no_spend", "delivery_collapse", "overspend", "impossible_figures"]),
        ("silent tracking", ["tracking_silent"]),
        ("the models", sorted(MODELS)),
        ("all ready-made rules but the models", [one for one in READY if one not in MODELS]),
        ("all together", []),
    ):
        [taken] = process.by_turns([sys.executable, __file__, database, *rules])
        met = taken.seconds <= _SECONDS and taken.megabytes < _MEGABYTES
        found = taken.output.count('"find-')
        figure = f"{taken}, {found:,} findings"
        process.line(f"alerts, {name}", figure, f"<= {_SECONDS} s, < {_MEGABYTES} MB", met=met)


def look(file: str, rules: list[str]) -> None:
    """Print the findings on the day after the last row, as `alerts run --format json` does."""
    from adops_cli import database, periods  # noqa: PLC0415 - a part of what is measured
    from adops_cli.cli.alerts import COLUMNS  # noqa: PLC0415 - as above
    from adops_cli.data import alerts  # noqa: PLC0415 - as above
    from adops_cli.render import lines  # noqa: PLC0415 - as above
    from scale import rows  # noqa: PLC0415 - as above

    day = rows.LAST + timedelta(1)

    def today(timezone: str = "UTC") -> date:  # noqa: ARG001 - as `periods.today`
        return day

    periods.today = today
    with database.bound(file, read_only=True):
        print("".join(lines.json(alerts.look(rules or None).findings, COLUMNS)))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    look(sys.argv[1], sys.argv[2:])
