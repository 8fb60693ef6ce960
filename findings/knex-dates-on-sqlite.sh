#!/bin/sh
# With Knex on SQLite, a row of this very second is older than 30 days.
#
# A `timestamp` column takes a JavaScript Date as a number (milliseconds), the
# result of toISOString() as text, and its own default as another text. SQLite
# compares by type before value: every number is less than any text. So a
# clean-up of old rows that compares with text deletes new ones, and lists are
# in the wrong order. No error, no warning.
#
# Whoever leaves the Node system, or has scripts that still write into its
# database, meets this. Way out: write one form only, toISOString().
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Compiles the driver where there is no ready-made one: that takes a minute or two.
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund knex@3.3.0 sqlite3@6.0.1 >npm.log 2>&1 || { cat npm.log; exit 2; }

cat >find.js <<'END'
const knex = require("knex")({
  client: "sqlite3",
  connection: { filename: ":memory:" },
  useNullAsDefault: true,
});

async function main() {
  await knex.schema.createTable("events", (table) => {
    table.string("id").primary();
    table.timestamp("timestamp").defaultTo(knex.fn.now());
  });
  await knex("events").insert({ id: "by default" });
  await knex("events").insert({ id: "by Date", timestamp: new Date() });
  await knex("events").insert({ id: "by toISOString", timestamp: new Date().toISOString() });

  const limit = new Date(Date.now() - 30 * 24 * 3600 * 1000).toISOString();
  const old = await knex("events").where("timestamp", "<", limit);
  console.log(old.map((row) => row.id).join(", ") || "none");
  await knex.destroy();
}

main();
END
seen=$(node find.js)

echo "version   knex $(node -p 'require("knex/package.json").version'), sqlite3 $(node -p 'require("sqlite3/package.json").version')"
echo "expected  of three rows written just now, older than 30 days: none"
echo "seen      of three rows written just now, older than 30 days: $seen"
test "$seen" = "by Date" || { echo "This has changed."; exit 1; }
