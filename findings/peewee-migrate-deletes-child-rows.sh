#!/bin/sh
# On SQLite, adding a column with peewee-migrate deletes the rows of child tables.
#
# A column that is NOT NULL with a default makes Peewee build the table anew and
# drop the old one. Peewee switches foreign keys off for that, but
# peewee-migrate has begun a transaction by then, and inside one SQLite ignores
# the switch: dropping the parent table runs ON DELETE CASCADE. No error, no
# line in the log.
#
# Whoever writes a migration for campaigns with daily figures meets this.
# Way out: `PRAGMA foreign_keys = 0` before the router begins, and
# `PRAGMA foreign_key_check` before it commits, as `adops db migrate` does.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check peewee==4.5.3 peewee-migrate==2.3.0 2>pip.log ||
    { cat pip.log; exit 2; }

mkdir migrations
cat >migrations/001_tables.py <<'END'
import peewee as pw


def migrate(migrator, database, fake=False, **kwargs):
    @migrator.create_model
    class Campaign(pw.Model):
        name = pw.TextField()

    @migrator.create_model
    class Figures(pw.Model):
        campaign = pw.ForeignKeyField(Campaign, on_delete="CASCADE")
END
cat >migrations/002_budget.py <<'END'
import peewee as pw


def migrate(migrator, database, fake=False, **kwargs):
    migrator.add_fields("campaign", budget=pw.IntegerField(default=0))
END
seen=$(venv/bin/python - <<'END'
import logging

import peewee
from peewee_migrate import Router

logging.disable()
database = peewee.SqliteDatabase("book.db", pragmas={"foreign_keys": 1})
router = Router(database, migrate_dir="migrations")
router.run("001_tables")
database.execute_sql("INSERT INTO campaign (id, name) VALUES (1, 'Spring')")
database.execute_sql("INSERT INTO figures (campaign_id) VALUES (1), (1)")
router.run("002_budget")
print(database.execute_sql("SELECT count(*) FROM figures").fetchone()[0])
END
)

echo "version   $(venv/bin/pip list --format freeze | grep -i '^peewee' | tr '\n' ' ')"
echo "expected  rows of the child table after adding a column to its parent: 2"
echo "seen      rows of the child table after adding a column to its parent: $seen"
test "$seen" = 0 || { echo "This has changed."; exit 1; }
