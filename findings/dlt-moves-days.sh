#!/bin/sh
# dlt moves days to the day before when they begin at midnight east of Greenwich.
#
# Snapchat's API gives the days of a report as `2026-07-01T00:00:00.000+02:00`,
# in the zone of the ad account. dlt takes such a text for a timestamp, stores
# it in UTC, and forgets the zone: the first of July is now the evening of the
# thirtieth of June. The figures of each month's first day count for the month
# before. No error, no warning. West of Greenwich nothing shows it.
#
# Whoever loads reports with dlt and counts by day meets this.
# Way out: columns={"start_time": {"data_type": "text"}} in the resource.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dlt==1.31.0 2>pip.log || { cat pip.log; exit 2; }

cat >load.py <<'END'
import dlt

rows = [
    {"start_time": "2026-07-01T00:00:00.000+02:00", "campaign": "A", "spend": 10},
    {"start_time": "2026-07-02T00:00:00.000+02:00", "campaign": "A", "spend": 50},
]
files = dlt.destinations.filesystem(bucket_url="out")
pipeline = dlt.pipeline("ads", pipelines_dir="work", destination=files, dataset_name="ads")
pipeline.run(rows, table_name="days", loader_file_format="csv")
END
HOME=$folder RUNTIME__DLTHUB_TELEMETRY=false NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION=true \
    venv/bin/python load.py >load.log 2>&1 || { cat load.log; exit 1; }

seen=$(cat out/ads/days/*.csv | cut -d, -f1 | sed -n '2,$s/"//gp' | tr '\n' ' ')

echo "version   dlt $(venv/bin/python -c 'import dlt; print(dlt.__version__)' 2>/dev/null)"
echo "expected  2026-07-01 and 2026-07-02, at midnight"
echo "seen      $seen"
test "$seen" = "2026-06-30 22:00:00+00:00 2026-07-01 22:00:00+00:00 " || { echo "This has changed."; exit 1; }
