"""What the scripts of the Node system need to go on working on a database that was taken over.

Defaults: those of its tables that do not contradict what ours mean, so that `INSERT INTO projects (id, name, type)`
works as it did. Times are written in our form. The figures of `metrics` had zeros, and get none: a figure that is not
given is not reported.

Indexes, on SQLite: of the rows with a value in another form than ours where it is compared, ordered or added up, which
SQLite lets in whatever a column's type is. Most databases have no such row, and see that at once by these indexes.

SQLite's ALTER TABLE adds no default to a column. Its documentation knows two ways round that. The one chosen makes the
table anew beside the old one; the other edits the schema's own text, which builds of SQLite in defensive mode (Apple's)
refuse, and which leaves a database that cannot be opened where an edit goes wrong.
"""

import peewee as pw

NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", "date_trunc('milliseconds', now())"
DEFAULTS = {
    "projects": {"status": ("'planning'", "'planning'"), "createdAt": NOW, "updatedAt": NOW},
    "executions": {"status": ("'queued'", "'queued'"), "createdAt": NOW},
    "events": {"processed": ("0", "false"), "timestamp": NOW},
    "workflows": {"enabled": ("1", "true"), "createdAt": NOW, "updatedAt": NOW},
    "campaigns": {"createdAt": NOW, "updatedAt": NOW},
}
"""By table and column: SQLite's SQL and PostgreSQL's."""

DAY = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]"
TIME = f"{DAY}T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9]Z"
NO_DAY = f"\"{{0}}\" NOT GLOB '{DAY}'"
NO_TIME = f"\"{{0}}\" NOT GLOB '{TIME}'"
NO_WORD = "\"{0}\" GLOB '*[^a-z]*'"
NO_FLAG = '"{0}" NOT IN (0, 1)'
NO_COUNT = "typeof(\"{0}\") NOT IN ('integer', 'null')"
NO_AMOUNT = '"{0}" NOT BETWEEN -1000000000000 AND 1000000000000'
OTHER_FORMS = {
    "projects": {"status": NO_WORD, "createdAt": NO_TIME},
    "executions": {"status": NO_WORD, "createdAt": NO_TIME},
    "events": {"processed": NO_FLAG, "timestamp": NO_TIME},
    "workflows": {"enabled": NO_FLAG},
    "campaigns": {"createdAt": NO_TIME},
    "metrics": {
        "date": NO_DAY,
        "impressions": NO_COUNT,
        "clicks": NO_COUNT,
        "conversions": NO_AMOUNT,
        "spend": NO_AMOUNT,
        "revenue": NO_AMOUNT,
    },
}
"""By table and column: what is true of a value in another form, and of few others."""


def migrate(migrator, database, fake=False, **kwargs):
    if isinstance(database, pw.PostgresqlDatabase):
        for table, column, default in _on_postgres():
            migrator.sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET DEFAULT {default}')
        return
    for table, defaults in DEFAULTS.items():
        migrator.run(_rebuild, database, table, _with(defaults))
    for table, forms in OTHER_FORMS.items():
        columns = ", ".join(f'"{column}"' for column in forms)
        suspects = " OR ".join(form.format(column) for column, form in forms.items())
        migrator.sql(f'CREATE INDEX "{table}_other_forms" ON "{table}" ({columns}) WHERE {suspects}')


def rollback(migrator, database, fake=False, **kwargs):
    if isinstance(database, pw.PostgresqlDatabase):
        for table, column, _ in _on_postgres():
            migrator.sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" DROP DEFAULT')
        return
    for table in OTHER_FORMS:
        migrator.sql(f'DROP INDEX IF EXISTS "{table}_other_forms"')
    for table, defaults in DEFAULTS.items():
        migrator.run(_rebuild, database, table, _without(defaults))


def _on_postgres():
    for table, defaults in DEFAULTS.items():
        for column, (_, default) in defaults.items():
            yield table, column, default


def _with(defaults):
    """Give columns their default, but for one that has another by now."""

    def edited(column, definition, default):
        if column not in defaults or default is not None:
            return definition
        return f"{definition} DEFAULT ({defaults[column][0]})"

    return edited


def _without(defaults):
    def edited(column, definition, _default):
        return definition.removesuffix(f" DEFAULT ({defaults[column][0]})") if column in defaults else definition

    return edited


def _rebuild(database, table, edited):
    """Make a table anew, with edited definitions of its columns, in the place of the old one.

    Rows keep their rowids; indexes, triggers and statistics are put back. What refers to the table by its name (views,
    foreign keys, triggers of other tables) is none of its business and stays, which the legacy rename sees to.
    """
    ask, new = database.execute_sql, f"adops_new_{table}"
    text = ask("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()[0]
    on_it = "FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL"
    hanging = ask(f"SELECT sql {on_it} ORDER BY rowid", (table,)).fetchall()
    statistics = _statistics(database, table)
    defaults = {row[1]: row[4] for row in _columns(database, table)}
    parts = _parts(text)
    for place in range(1, len(parts) - 1):
        column = _name(parts[place])
        if column in defaults:
            parts[place] = edited(column, parts[place], defaults[column])
    ask(f'CREATE TABLE "{new}" ({",".join(parts[1:-1])}){parts[-1]}')
    if [_shape(row) for row in _columns(database, new)] != [_shape(row) for row in _columns(database, table)]:
        raise ValueError(f"the definition of the table {table} cannot be read: {text}")
    names = ", ".join(f'"{row[1]}"' for row in _columns(database, table) if not row[6])  # but generated columns
    ask(f'INSERT INTO "{new}" (rowid, {names}) SELECT rowid, {names} FROM "{table}" ORDER BY rowid')
    ask(f'DROP TABLE "{table}"')
    legacy = ask("PRAGMA legacy_alter_table").fetchone()[0]
    ask("PRAGMA legacy_alter_table = 1")
    ask(f'ALTER TABLE "{new}" RENAME TO "{table}"')
    ask(f"PRAGMA legacy_alter_table = {legacy}")
    for (sql,) in hanging:
        ask(sql)
    for row in statistics:
        ask("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", row)


def _columns(database, table):
    return database.execute_sql(f'PRAGMA table_xinfo("{table}")').fetchall()


def _shape(row):
    """All of a column but its default."""
    place, name, kind, not_null, _, primary, hidden = row
    return place, name, kind, not_null, primary, hidden


def _statistics(database, table):
    if not database.execute_sql("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone():
        return []
    return database.execute_sql("SELECT tbl, idx, stat FROM sqlite_stat1 WHERE tbl = ?", (table,)).fetchall()


def _parts(text):
    """What stands before the parenthesis of CREATE TABLE, each definition inside it, and what stands behind it."""
    depth, closing, parts = 0, "", [""]
    for char in text:
        if closing:
            closing = "" if char == closing else closing
        elif char in "'\"`[":
            closing = "]" if char == "[" else char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if (char, depth) in (("(", 1), (")", 0)):
                parts.append("")
                continue
        elif char == "," and depth == 1:
            parts.append("")
            continue
        parts[-1] += char
    return parts


def _name(definition):
    """The column that a definition begins with, as it is written."""
    first = definition.split(maxsplit=1)[0]
    return first.strip('"`[]')
