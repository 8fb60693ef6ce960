#!/bin/sh
# polars cuts the decimals of amounts that it reads from SQLite.
#
# SQLite stores a whole number in a DECIMAL column as an integer, and any other
# as a float. `polars.read_database` takes the type of a column from its first
# 100 rows. If those are whole, the column is Int64, and 10.75 in a later row
# becomes 10. No error, no warning. The order of the rows decides.
#
# Whoever reads costs from a SQLite file with polars meets this.
# Way out: schema_overrides={"amount": polars.Decimal(18, 6)}, or
# infer_schema_length=None.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check polars==2.1.0 2>pip.log || { cat pip.log; exit 2; }

seen=$(venv/bin/python - <<'END'
import sqlite3

import polars

book = sqlite3.connect(":memory:")
book.execute("CREATE TABLE costs (amount DECIMAL(10, 2))")
book.executemany("INSERT INTO costs VALUES (?)", [(10,)] * 100 + [(10.75,)] * 100)
print(polars.read_database("SELECT amount FROM costs", book)["amount"].sum())
END
)

echo "version   polars $(venv/bin/python -c 'import polars; print(polars.__version__)')"
echo "expected  2075.0"
echo "seen      $seen"
test "$seen" = "2000" || { echo "This has changed."; exit 1; }
