#!/bin/sh
# An id that Node holds as a number becomes a text with ".0" in SQLite.
#
# JavaScript has only doubles, and the drivers bind them as such: a column of
# type TEXT turns the double 21000000001 into "21000000001.0". better-sqlite3
# does so with every number, sqlite3 from 2^31 on and with small ones not, so
# that tests with small ids pass. The same campaign, written by a program that
# holds its id as text, is then another one. No error, no warning.
#
# Whoever leaves the Node system, or has scripts that still write into its
# database, meets this. adops takes such ids over as whole numbers. Way out for
# scripts: String(id).
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Compiles the drivers where there are no ready-made ones: that takes some minutes.
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund better-sqlite3@12.11.1 sqlite3@6.0.1 >npm.log 2>&1 || { cat npm.log; exit 2; }

cat >better.js <<'END'
const db = require("better-sqlite3")(":memory:");
db.exec("CREATE TABLE campaigns (externalId TEXT)");
for (const id of [12345, 21000000001]) db.prepare("INSERT INTO campaigns VALUES (?)").run(id);
console.log(db.prepare("SELECT externalId FROM campaigns").all().map((row) => row.externalId).join(" "));
END
cat >plain.js <<'END'
const sqlite3 = require("sqlite3");
const db = new sqlite3.Database(":memory:");
db.serialize(() => {
  db.run("CREATE TABLE campaigns (externalId TEXT)");
  for (const id of [12345, 21000000001]) db.run("INSERT INTO campaigns VALUES (?)", [id]);
  db.all("SELECT externalId FROM campaigns", (_error, rows) => {
    console.log(rows.map((row) => row.externalId).join(" "));
  });
});
END
better=$(node better.js)
plain=$(node plain.js)

echo "version   better-sqlite3 $(node -p 'require("better-sqlite3/package.json").version'), sqlite3 $(node -p 'require("sqlite3/package.json").version')"
echo "expected  12345 21000000001, from both"
echo "seen      better-sqlite3: $better; sqlite3: $plain"
test "$better" = "12345.0 21000000001.0" && test "$plain" = "12345 21000000001.0" || { echo "This has changed."; exit 1; }
