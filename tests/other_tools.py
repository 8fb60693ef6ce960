"""`make other-tools`: what docs/other-tools.md says of other tools is run with them, and their sums are compared.

They are installed, in these versions, into an environment of their own. `sql` is for DuckDB, which must print the
`text` after it, and `py` for Python with all of them. `python -m tests.other_tools --write` writes the outputs into the
page.
"""

import json
import random
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests import pages
from tests.conftest import run_adops
from tests.pages import BLOCK, COMMAND, PAGES

TOOLS = ("duckdb==2.0.1", "polars==2.1.0", "pandas==3.1.1", "pyarrow==26.0.1", "connectorx==0.4.6")
PAGE = "docs/other-tools.md"
PATIENCE = 300
ROWS = 5_000
IN_DUCKDB = "import sys, duckdb; print(duckdb.sql(sys.stdin.read()))"
SUMS = """
import json, sqlite3
import duckdb, pandas, polars
from decimal import Decimal

def of_rows(rows):
    return {f"{platform} {currency}": str(spend) for platform, currency, spend in rows}

asked = "SELECT platform, currency, sum(spend) FROM 'out/metrics/*/*/*.parquet' GROUP BY ALL"
keys = ["platform", "currency"]
lazy = polars.scan_parquet("out/metrics/", hive_partitioning=True)
with_pyarrow = pandas.read_parquet("out/metrics", dtype_backend="pyarrow")
book = sqlite3.connect("file:book.db?mode=ro", uri=True)
stored = "SELECT platform, currency, spend_micros AS spend FROM daily"
millionths = {
    "polars from the database": polars.read_database(stored, book),
    "polars through connectorx": polars.read_database_uri(stored, "sqlite://book.db"),
    "pandas from the database": polars.from_pandas(pandas.read_sql(stored, book)),
}

def of_polars(frame):
    return of_rows(frame.group_by(keys).agg(polars.col("spend").sum()).rows())

def of_pandas(frame):
    sums = frame.groupby(keys, observed=True)["spend"].sum()
    return of_rows((*key, spend) for key, spend in sums.items())

print(json.dumps({
    "DuckDB": of_rows(duckdb.sql(asked).fetchall()),
    "polars": of_polars(lazy.collect()),
    "pandas": of_pandas(pandas.read_parquet("out/metrics")),
    "pandas with pyarrow": of_pandas(with_pyarrow),
    **{
        tool: {key: str(Decimal(spend).scaleb(-6)) for key, spend in of_polars(frame).items()}
        for tool, frame in millionths.items()
    },
}))
"""


def main() -> None:
    """Run the page, and then the sums."""
    with tempfile.TemporaryDirectory(prefix="adops-tools-") as name:
        python = installed(Path(name))
        failed = [*of_page(python, write="--write" in sys.argv), *of_sums(python)]
    sys.exit("\n".join(failed) or None)


def installed(folder: Path) -> Path:
    """A Python with the tools."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *TOOLS])
    return python


def run(command: list[str | Path], folder: Path | None = None, text: str = "") -> str:
    """What a program prints. It ends this one if it fails."""
    how: Any = {"capture_output": True, "text": True, "timeout": PATIENCE}
    done: Any = subprocess.run(command, cwd=folder, input=text, check=False, **how)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}")
    return str(done.stdout)


def of_page(python: Path, *, write: bool) -> list[str]:
    """Run the page from top to bottom. What differs from it."""
    text = PAGES[PAGE].read_text(encoding="utf-8")
    asked = ""
    shown: list[tuple[slice, str]] = []
    with pages.prepared(PAGE, str) as place:
        for found in BLOCK.finditer(text):
            match found["kind"]:
                case "console":
                    for command in COMMAND.finditer(found["text"]):
                        place.run(command["command"], command["shown"])
                case "py":
                    run([python, "-c", found["text"]])
                case "sql":
                    asked = found["text"]
                case "text" if asked:
                    printed = run([python, "-c", IN_DUCKDB], text=asked).rstrip()
                    shown.append((slice(*found.span("text")), f"{printed}\n"))
                    asked = ""
    if write:
        for where, printed in reversed(shown):
            text = text[: where.start] + printed + text[where.stop :]
        PAGES[PAGE].write_text(text, encoding="utf-8")
    return [
        f"{PAGE} shows\n{text[where]}and DuckDB prints\n{it}" for where, it in shown if not write and text[where] != it
    ]


def of_sums(python: Path) -> list[str]:
    """Sums of invented amounts, as each tool reads them and as they are. What differs."""
    with tempfile.TemporaryDirectory(prefix="adops-tools-") as name:
        folder, sums = Path(name), invented(Path(name))
        on = folder / "book.db"
        for command in (
            ("db", "migrate"),
            ("metrics", "import", folder / "rows.csv"),
            ("export", "parquet", folder / "out"),
        ):
            done = run_adops(*command, "--quiet", on=on)
            if done.code:
                sys.exit(done.err)
        found: Mapping[str, Mapping[str, str]] = json.loads(run([python, "-c", SUMS], folder))
    failed = []
    for tool, theirs in found.items():
        same = {key: Decimal(value) for key, value in theirs.items()} == sums
        sys.stdout.write(f"{tool}: sums of {ROWS:,} amounts are {'exact' if same else 'wrong'}\n")
        failed += [] if same else [f"{tool}: {theirs}, and not {sums}"]
    return failed


def invented(folder: Path) -> Mapping[str, Decimal]:
    """A file of invented amounts: whole ones first, then of any size with up to six decimals. Their sums."""
    chance = random.Random(7)  # noqa: S311 - the same in each run
    sums: dict[str, Decimal] = {}
    with (folder / "rows.csv").open("w", encoding="utf-8") as file:
        file.write("date,campaign,platform,currency,spend\n")
        for number in range(ROWS):
            millionths = chance.randrange(8 * 10 ** chance.randrange(1, 16))
            amount = Decimal(number) if number < 500 else Decimal(millionths).scaleb(-6)
            platform, currency = chance.choice(["google-ads", "meta-ads"]), chance.choice(["EUR", "USD"])
            day = f"2026-{number % 12 + 1:02}-{number // 12 % 28 + 1:02}"
            file.write(f"{day},c{number},{platform},{currency},{amount:f}\n")
            key = f"{platform} {currency}"
            sums[key] = sums.get(key, Decimal(0)) + amount
    return sums


if __name__ == "__main__":
    main()
