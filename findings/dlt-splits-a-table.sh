#!/bin/sh
# dlt writes one load of one table into two CSV files.
#
# A JSON API writes an amount as 20 one time and as 0.5 another. For dlt the
# column holds whole numbers then, and the other amounts go to a column of their
# own, spend__v_double. A CSV file cannot get a new column, so dlt begins a new
# file, whose name does not say that it belongs to the first. Each file alone is
# a valid table with a part of the rows. No error, no warning.
#
# Whoever reads one of the files, or lets each file replace the days in it, has
# too small sums. Way out: columns={"spend": {"data_type": "decimal"}} in the
# resource, or loader_file_format="jsonl", which stays one file.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dlt==1.31.0 2>pip.log || { cat pip.log; exit 2; }

cat >load.py <<'END'
import dlt

rows = [{"day": "2026-05-01", "ad": ad, "spend": spend} for ad, spend in enumerate([10, 20, 0.5, 30])]
files = dlt.destinations.filesystem(bucket_url="out")
pipeline = dlt.pipeline("ads", pipelines_dir="work", destination=files, dataset_name="ads")
pipeline.run(rows, table_name="days", loader_file_format="csv")
END
HOME=$folder RUNTIME__DLTHUB_TELEMETRY=false NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION=true \
    venv/bin/python load.py >load.log 2>&1 || { cat load.log; exit 1; }

seen=$(for file in out/ads/days/*.csv; do echo "$(($(wc -l <"$file") - 1)) rows"; done | sort | tr '\n' ' ')

echo "version   dlt $(venv/bin/python -c 'import dlt; print(dlt.__version__)' 2>/dev/null)"
echo "expected  4 rows"
echo "seen      $seen"
test "$seen" = "2 rows 2 rows " || { echo "This has changed."; exit 1; }
