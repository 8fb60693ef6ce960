"""What scripts of the Node system write into our tables, as plain SQL: seen with Knex 3.3.0 on Node 20.20.2.

Both drivers were asked to store the same: sqlite3 6.0.1 (SQLite 3.52.0) and better-sqlite3 12.11.1 (SQLite 3.53.2),
through Knex. Where they differ, a comment says so. A `Date` and `Date.now()` come as a double, of which a TIMESTAMP
column makes an integer, and a TEXT column text that ends in `.0`.
"""

from pathlib import Path
from typing import Any

from adops_cli.storage.engines.sqlite_file import text_or_bytes
from tests.sqlite_files import opened

EPOCH = 1795169472345
ISO = "2026-11-20T10:11:12.345Z"
"""The same instant as it is to be read."""

READABLE = f"""
-- knex("projects").insert({{ id, name, type }}): the rest comes from the defaults
INSERT INTO projects (id, name, type) VALUES ('p-defaults', 'Defaults', 'campaign');
-- createdAt: new Date(...), updatedAt: Date.now()
INSERT INTO projects (id, name, type, createdAt, updatedAt) VALUES ('p-date', 'D', 'campaign', {EPOCH}.0, {EPOCH}.0);
-- knex.fn.now()
INSERT INTO projects (id, name, type, createdAt, updatedAt)
    VALUES ('p-now', 'now', 'campaign', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP);
-- String(Date.now()), and a fraction of a millisecond
INSERT INTO projects (id, name, type, createdAt, updatedAt) VALUES ('p-text', 'T', 'campaign', '{EPOCH}', {EPOCH}.25);
-- budget: 0.1 + 0.2
INSERT INTO projects (id, name, type, budget) VALUES ('p-noise', 'Noise', 'campaign', 0.30000000000000004);
-- status: "Running", startedAt: knex.fn.now(), completedAt: new Date(...)
INSERT INTO executions (id, workflowId, status, startedAt, completedAt)
    VALUES ('x-running', 'w', 'Running', CURRENT_TIMESTAMP, {EPOCH}.0);
-- processed: true, and for payload an object, of which Knex makes JSON text
INSERT INTO events (id, type, processed, timestamp, payload)
    VALUES ('e-true', 't', 1.0, {EPOCH}.0, '{{"a":1,"b":[true,null,"ü"]}}');
-- processed: "true"
INSERT INTO events (id, type, processed) VALUES ('e-words', 't', 'true');
-- several rows at once, with useNullAsDefault: what one of them has not is NULL, and not the default
INSERT INTO events (id, processed, timestamp, type) VALUES ('e-one', NULL, {EPOCH}.0, 't'), ('e-two', 1.0, NULL, 't');
-- payload: 5, which better-sqlite3 writes as a double, and sqlite3 as an integer
INSERT INTO events (id, type, payload) VALUES ('e-number', 't', 5.0), ('e-integer', 't', 5);
-- enabled: false, updatedAt: Date.now()
INSERT INTO workflows (id, name, enabled, updatedAt) VALUES ('w-off', 'W', 0.0, {EPOCH}.0);
-- budget: "1234.50", syncedAt: new Date(...)
INSERT INTO campaigns (id, name, platform, externalId, budget, syncedAt)
    VALUES ('c', 'C', 'ttd', '12345', '1234.50', {EPOCH}.0);
-- recordMetrics, which calculates in doubles, and has 0 where there is nothing to divide by
INSERT INTO metrics (campaignId, date, impressions, clicks, spend, ctr, cpc, cpa, roas, syncedAt)
    VALUES ('c', '2026-11-19', 1000, 3, 33.333333333333336, 0.003, 11.111111111111112, 0, 0, {EPOCH}.0);
-- date: new Date("2026-11-16").toISOString()
INSERT INTO metrics (campaignId, date, spend) VALUES ('c', '2026-11-16T00:00:00.000Z', 7);
-- a partial row: what is not given is not reported
INSERT INTO metrics (campaignId, date, spend) VALUES ('c', '2026-11-18', 5);
"""
UNREADABLE = f"""
-- startDate: new Date(...)
INSERT INTO projects (id, name, type, startDate) VALUES ('p-bad-day', 'D', 'campaign', {EPOCH}.0);
-- createdAt: Math.floor(Date.now() / 1000)
INSERT INTO projects (id, name, type, createdAt) VALUES ('p-seconds', 'S', 'campaign', {EPOCH // 1000});
-- createdAt: new Date(...).toString()
INSERT INTO projects (id, name, type, createdAt)
    VALUES ('p-string', 'S', 'campaign', 'Fri Nov 20 2026 10:11:12 GMT+0000 (Coordinated Universal Time)');
-- payload: [1, 2] with sqlite3; better-sqlite3 refuses it
INSERT INTO events (id, type, payload) VALUES ('e-array', 't', '[object Object]');
-- payload: "just text"
INSERT INTO events (id, type, payload) VALUES ('e-text', 't', 'just text');
-- payload: Buffer.from(...)
INSERT INTO events (id, type, payload) VALUES ('e-buffer', 't', x'7b2261223a317d');
-- type: text that ends or breaks within a pair of surrogates, with better-sqlite3; sqlite3 writes U+FFFD
INSERT INTO events (id, type) VALUES ('e-half', CAST(x'68616c6620eda0bd2070616972' AS TEXT));
-- duration: 12.75
INSERT INTO executions (id, workflowId, duration) VALUES ('x-fraction', 'w', 12.75);
-- budget: Infinity
INSERT INTO campaigns (id, name, platform, budget) VALUES ('c-infinite', 'I', 'ttd', 9e999);
-- impressions: "1,234", date: new Date("2026-11-17")
INSERT INTO metrics (campaignId, date, impressions, spend) VALUES ('c', 1794873600000.0, '1,234', 12.5);
-- clicks: 1.5
INSERT INTO metrics (campaignId, date, clicks, spend) VALUES ('c', '2026-11-15', 1.5, 3);
"""
"""What neither the take-over nor any command can read."""


def write(path: Path, *scripts: str) -> None:
    """Run statements as another program does."""
    with opened(path) as connection:
        for script in scripts:
            connection.executescript(script)


def stored(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What another program reads; text that is not UTF-8 as bytes."""
    with opened(path) as connection:
        connection.text_factory = text_or_bytes
        return connection.execute(sql).fetchall()
