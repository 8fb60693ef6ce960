#!/bin/sh
# pandas makes one campaign of two when it reads an export of Meta Ads.
#
# An export of Ads Manager may hold a row with the account's total, which has no
# campaign id. A column of whole numbers with one blank cell becomes a column of
# floats, and a float keeps 15 to 17 digits. Meta's ids have up to 18, so that
# those which differ in their last digits become one. No error, no warning.
#
# Whoever reads an export with pandas before importing it meets this.
# Way out: read_csv(..., dtype={"Campaign ID": str}).
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pandas==3.1.1 2>pip.log || { cat pip.log; exit 2; }

cat >export.csv <<'END'
Day,Campaign ID,Amount spent (EUR)
,,60.00
2026-05-01,120210000000000123,10.00
2026-05-01,120210000000000124,50.00
END

seen=$(venv/bin/python - <<'END'
import pandas

spend = pandas.read_csv("export.csv").groupby("Campaign ID")["Amount spent (EUR)"].sum()
print("; ".join(f"{int(id)}: {amount}" for id, amount in spend.items()))
END
)

echo "version   pandas $(venv/bin/python -c 'import pandas; print(pandas.__version__)')"
echo "expected  120210000000000123: 10.0; 120210000000000124: 50.0"
echo "seen      $seen"
test "$seen" = "120210000000000128: 60.0" || { echo "This has changed."; exit 1; }
