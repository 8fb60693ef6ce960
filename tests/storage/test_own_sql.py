"""A statement of the user's own reads, and does nothing else, whatever it says: by the engine's own means."""

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.data import campaigns, metrics, sql
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.storage.engines import own_sql, postgres_own_sql, postgres_text, sqlite_own_sql
from tests.postgres import asked

Bound = Any


def answer(text: str, params: Mapping[str, str] | None = None, **how: Any) -> list[tuple[Any, ...]]:
    with sql.query(text, params, **how) as found:
        return list(found.rows)


@pytest.fixture
def days(bound: Bound) -> Bound:
    campaigns.create(id="a", name="A", platform="ttd", metadata={"currency": "EUR", "account": "007"})
    for day, spend in enumerate(("0.1", "0.2", "0.7"), 1):
        metrics.record_metrics("a", date(2026, 1, day), spend=spend, clicks=day, impressions=1000)
    return bound


@pytest.mark.usefixtures("days")
def test_sums_are_exact_and_numbers_have_six_decimals() -> None:
    assert answer("SELECT SUM(spend), SUM(clicks), COUNT(*) FROM daily") == [(1, 6, 3)]
    assert answer("SELECT SUM(spend) FROM metrics WHERE date < '2026-01-03'") == [(Decimal("0.3"),)]
    assert answer("SELECT SUM(spend) OVER (ORDER BY day ROWS 1 PRECEDING) FROM daily ORDER BY day") == [
        (Decimal("0.1"),),
        (Decimal("0.3"),),
        (Decimal("0.9"),),
    ]
    assert answer("SELECT SUM(spend) FROM daily WHERE day > '2027-01-01'") == [(None,)]
    assert answer("SELECT 1 / 3.0") == [(Decimal("0.333333"),)]
    assert answer("SELECT month, spend, spend_micros FROM monthly") == [("2026-01", 1, 1_000_000)]


def test_the_sum_of_a_file_is_that_of_sqlite_for_all_that_is_no_amount(db_file: Path) -> None:
    cases = ["1", "NULL", "1, 2.5", "9e999", "'x', 1.5", "0.1, 1e-9", "9223372036854775807, 1"]
    with database.bound(str(db_file), busy_timeout=5) as engine:
        for values in cases:
            query = f"SELECT SUM(column1) FROM (VALUES ({values.replace(', ', '), (')}))"
            [(found,)] = answer(query.replace("SUM", "1.0 * SUM") if "807" in values else query)
            [(wanted,)] = engine.execute_sql(query.replace("SUM", "TOTAL" if "807" in values else "SUM")).fetchall()
            assert str(found).lower()[:3] == "inf" or found is wanted or abs(float(found) - wanted) < 1e-6 * abs(wanted)


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(
    ("text", "params", "rows"),
    [
        ("SELECT clicks FROM daily WHERE day >= :since ORDER BY day", {"since": "2026-01-02"}, [2, 3]),
        ("SELECT day FROM daily WHERE day = :d", {"d": "2026-13-01"}, None),
        ("SELECT clicks FROM daily WHERE spend > :least ORDER BY 1", {"least": "0.15"}, [2, 3]),
        ("SELECT MAX(clicks) FROM daily HAVING SUM(spend) < :most", {"most": "0.5"}, []),
        ("SELECT clicks FROM daily WHERE account = :account ORDER BY 1 LIMIT :n", {"account": "007", "n": "1"}, [1]),
        ("SELECT clicks FROM daily WHERE campaign = :a AND :a <> ':b' -- :c", {"a": "A"}, [1, 2, 3]),
    ],
)
def test_parameters_are_values_of_the_type_that_their_place_needs(
    text: str, params: dict[str, str], rows: Sequence[int] | None, engine: str
) -> None:
    if rows is None and engine == "postgres":
        with pytest.raises(BadRequestError, match="out of range"):
            answer(text, params)
    else:
        assert sorted(row[0] for row in answer(text, params)) == (rows or [])


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(
    ("text", "params", "words"),
    [
        ("SELECT :since", {}, "has a parameter :since that is not given"),
        ("SELECT 1", {"since": "x"}, "has no parameter :since"),
        ("SELECT ':since'", {"since": "x"}, "has no parameter :since"),
        ("SELECT :a", {"a b": "x"}, "'a b' cannot be a parameter"),
        ("SELECT :a", {"a": "x\0"}, r"param a has a character U\+0000"),
        ("SELECT '\udcff'", {}, "the statement is not UTF-8"),
        ("", {}, "there is no statement"),
        (" /* x */ ; ", {}, "there is no statement"),
        ("SELECT 1; SELECT 2", {}, "more than one statement"),
        ("SELECT FROM FROM daily", {}, 'near "FROM"'),
        ("SELECT * FROM nowhere", {}, r"nowhere.*(table_list|information_schema\.tables) lists what is there"),
        ("SELECT nothing FROM daily", {}, "nothing"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(text: str, params: dict[str, str], words: str, engine: str) -> None:
    if engine == "postgres":
        words = words.replace('near "FROM"', r'at or near "FROM" \(line 1, column 13\)')
    with pytest.raises(BadRequestError, match=words):
        answer(text, params)


def test_the_position_is_that_in_the_statement(postgres_url: str) -> None:
    with database.bound(postgres_url, busy_timeout=5):
        for text in ("SELECT :a,\n  nothing FROM daily", "EXPLAIN (COSTS OFF) SELECT :a,\n  nothing FROM daily"):
            with pytest.raises(BadRequestError, match=r'column "nothing" does not exist \(line 2, column 3\)'):
                answer(text, {"a": "x"})


def test_rows_that_a_policy_leaves_out_are_not_left_out_unnoticed(bound: Bound, postgres_url: str) -> None:
    asked(postgres_url, "ALTER TABLE campaigns ENABLE ROW LEVEL SECURITY")
    try:
        with pytest.raises(BadRequestError, match="row-level security"):
            answer("SELECT * FROM campaigns")
    finally:
        bound.close()
        asked(postgres_url, "ALTER TABLE campaigns DISABLE ROW LEVEL SECURITY")


def test_names_of_columns_differ(bound: Bound) -> None:
    with sql.query("SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a") as found:
        assert found.columns == ["a", "a_3", "a_2", "a_4"]
        assert list(found.rows) == [(1, 2, 3, 4)]
    assert not bound.in_transaction()


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize("text", [f"{ENDLESS} COUNT(*) FROM n", f"{ENDLESS} i FROM n WHERE i < 0"])
def test_a_statement_that_takes_too_long_is_stopped(text: str) -> None:
    with pytest.raises(AdopsError, match=r"was stopped, since it took more than 0\.05 s"):
        answer(text, timeout=0.05)


@pytest.mark.usefixtures("bound")
def test_the_time_in_which_rows_are_used_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with sql.query(f"{ENDLESS} i FROM n LIMIT 3000", timeout=30) as found:
        rows = 0
        for _ in found.rows:
            now[0] += 1
            rows += 1
    assert rows == 3000


@pytest.mark.parametrize("where", [(own_sql.Patience, "is_over"), (sqlite_own_sql.ExactSum, "step")])
def test_a_signal_that_comes_while_sqlite_works_ends_the_work(
    db_file: Path, monkeypatch: pytest.MonkeyPatch, where: tuple[type, str]
) -> None:
    signals = iter([KeyboardInterrupt])

    def interrupted(*_: object) -> bool:
        for one in signals:
            raise one
        return False

    monkeypatch.setattr(*where, property(interrupted) if where[1] == "is_over" else interrupted)
    with database.bound(str(db_file), busy_timeout=5), pytest.raises(KeyboardInterrupt):
        answer(f"{ENDLESS} SUM(i) FROM n")


@pytest.mark.usefixtures("postgres_url")
def test_a_signal_that_comes_while_a_server_works_closes_the_connection(
    bound: Bound, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(postgres_own_sql, "_some", interrupted)
    with pytest.raises(KeyboardInterrupt):
        answer("SELECT 1")
    assert bound.connection().closed


@pytest.mark.usefixtures("days")
def test_rows_are_read_as_they_are_needed() -> None:
    with sql.query(f"{ENDLESS} i FROM n", timeout=5) as found:
        assert [next(found.rows) for _ in range(3)] == [(1,), (2,), (3,)]


@pytest.mark.usefixtures("json_dir")
def test_json_mode_has_no_sql() -> None:
    with database.bound(busy_timeout=5), pytest.raises(BadRequestError, match="no database in JSON mode"):
        answer("SELECT 1")


COMMON = [
    "DELETE FROM metrics",
    "INSERT INTO campaigns (id, platform, name) VALUES ('b', 'ttd', 'B')",
    "UPDATE metrics SET spend = 0",
    "CREATE TABLE more (a TEXT)",
    "CREATE TEMP TABLE more AS SELECT 1",
    "DROP VIEW daily",
    "ALTER TABLE metrics ADD COLUMN more TEXT",
    "BEGIN",
    "COMMIT",
    "SAVEPOINT a",
    "ANALYZE",
    "VACUUM",
    "SELECT 1; DELETE FROM metrics",
]
OF_A_FILE = [
    *COMMON,
    "WITH a AS (SELECT 1) DELETE FROM metrics",
    "EXPLAIN DELETE FROM metrics",
    "REPLACE INTO campaigns (id, platform, name) VALUES ('a', 'ttd', 'B')",
    "ATTACH 'other.db' AS other",
    "VACUUM INTO 'other.db'",
    "DETACH main",
    "REINDEX",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA query_only = 0",
    "PRAGMA writable_schema = 1",
    "PRAGMA user_version = 5",
    "PRAGMA wal_checkpoint",
    "PRAGMA optimize",
    "SELECT * FROM pragma_journal_mode",
    "SELECT load_extension('evil')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT writefile('other.db', 'x')",
    "SELECT readfile('adops.db')",
    "SELECT edit('x')",
    "SELECT * FROM fsdir('.')",
    "SELECT * FROM evil",
    "CREATE VIRTUAL TABLE t USING fts5(a)",
    "UPDATE sqlite_master SET sql = ''",
]


def test_no_statement_changes_a_file(sample_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.bound(str(sample_db), busy_timeout=5) as engine:
        engine.execute_sql("CREATE VIEW evil AS SELECT load_extension('evil')")
    before, beside = hashlib.sha256(sample_db.read_bytes()).digest(), sorted(sample_db.parent.iterdir())
    monkeypatch.setattr(sqlite_own_sql, "require_read", lambda *_: "")  # SQLite itself refuses all of them
    with database.bound(str(sample_db), busy_timeout=5):
        for text in OF_A_FILE:
            with pytest.raises(BadRequestError):
                answer(text)
    assert hashlib.sha256(sample_db.read_bytes()).digest() == before
    assert sorted(sample_db.parent.iterdir()) == beside


ON_A_SERVER = [
    *COMMON,
    "WITH gone AS (DELETE FROM metrics RETURNING 1) SELECT * FROM gone",
    "SELECT 1 INTO more",
    "SELECT * FROM metrics FOR UPDATE",
    "EXPLAIN ANALYZE DELETE FROM metrics",
    "EXPLAIN (ANALYZE) CREATE TABLE more AS SELECT 1",
    "EXPLAIN ANALYZE SELECT 1; DROP TABLE metrics",
    "COPY metrics TO '/tmp/adops-sql.csv'",
    "COPY metrics TO PROGRAM 'true'",
    "COPY (SELECT 1) TO STDOUT",
    "CALL nothing()",
    "DO $$ BEGIN NULL; END $$",
    "SET statement_timeout = 0",
    "RESET ALL",
    "SHOW work_mem",
    "LOCK TABLE metrics",
    "TRUNCATE metrics",
    "NOTIFY x",
    "REFRESH MATERIALIZED VIEW x",
    "PREPARE x AS SELECT 1",
]
FUNCTIONS = [
    "pg_read_file('PG_VERSION')",
    "pg_catalog . pg_read_file ( 'PG_VERSION' )",
    "\"pg_read_file\" /* ( */ ('PG_VERSION')",
    "pg_read_binary_file('PG_VERSION')",
    "pg_ls_dir('.')",
    "pg_stat_file('PG_VERSION')",
    "lo_import('/dev/null')",
    "lo_export(1, '/dev/null')",
    "lo_creat(-1)",
    "set_config('role', 'none', false)",
    "pg_sleep(0)",
    "pg_terminate_backend(0)",
    "pg_cancel_backend(0)",
    "pg_reload_conf()",
    "pg_advisory_lock(1)",
    "nextval('metrics_id_seq')",
    "pg_notify('a', 'b')",
    "query_to_xml('SELECT pg_reload_conf()', true, true, '')",
    "ts_stat('SELECT pg_reload_conf()')",
    "of_mallory()",
    "lower(1)",
    "(0::float8).pg_sleep",
    "(ARRAY['PG_VERSION'])[1] . \"pg_read_file\"",
]


def test_no_statement_changes_a_server(bound: Bound, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    campaigns.create(id="a", name="A", platform="ttd")
    metrics.record_metrics("a", "2026-01-01", spend=1)
    monkeypatch.setattr(postgres_own_sql, "require_read", lambda *_: "")  # the server itself refuses all of them
    for text in ON_A_SERVER:
        with pytest.raises(BadRequestError):
            answer(text)
        assert not bound.in_transaction(), text
    assert asked(postgres_url, "SELECT SUM(spend) FROM metrics") == [(1,)]
    assert asked(postgres_url, "SELECT COUNT(*) FROM pg_class WHERE relname = 'more'") == [(0,)]


def test_functions_that_do_more_than_read_are_refused_also_in_views(bound: Bound, postgres_url: str) -> None:
    asked(
        postgres_url,
        "DO $$ BEGIN CREATE ROLE mallory; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
        "GRANT CREATE ON SCHEMA public TO mallory; SET ROLE mallory;"
        "CREATE FUNCTION of_mallory() RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION lower(int) RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';"
        "CREATE VIEW of_mallory AS SELECT of_mallory();"
        "CREATE VIEW sleeps AS SELECT pg_sleep(0) IS NULL; CREATE VIEW in_a_view AS SELECT * FROM sleeps;"
        "CREATE VIEW harmless AS SELECT random() < 2 AS is_so",
    )
    try:
        for call in FUNCTIONS:
            with pytest.raises(BadRequestError, match=r"is refused|does not exist"):
                answer(f"SELECT {call}")
            with pytest.raises(BadRequestError, match=r"is refused|does not exist"):
                answer(f"EXPLAIN ANALYZE SELECT {call}")
        for view in ("of_mallory", "sleeps", 'in_a_view AS "a b"', "public.in_a_view"):
            with pytest.raises(BadRequestError, match=r"the function (of_mallory of mallory|pg_sleep) is refused"):
                answer(f"SELECT * FROM {view}")
        assert answer("SELECT is_so, random() < 2, round(0.5) FROM harmless") == [(True, True, 1)]
    finally:
        bound.close()
        asked(postgres_url, "DROP OWNED BY mallory CASCADE; DROP ROLE mallory")


def test_a_superuser_has_no_rights_to_the_server(
    bound: Bound, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answer("SELECT current_user, current_setting('is_superuser')") == [("pg_read_all_data", "off")]
    assert asked(postgres_url, "SELECT current_setting('is_superuser')") == [("on",)]

    monkeypatch.setattr(
        postgres_own_sql,
        "_REFUSED_FUNCTIONS",
        "SELECT 1 WHERE %(names)s::text[] || %(functions)s || %(harmless)s IS NULL",
    )
    with pytest.raises(BadRequestError, match="permission denied for function pg_read_file"):
        answer("SELECT pg_read_file('PG_VERSION')")
    assert bound.execute_sql("SELECT current_setting('is_superuser')").fetchone() == ("on",)


def test_a_user_with_few_rights_and_a_policy_has_what_they_may_see(bound: Bound, postgres_url: str) -> None:
    campaigns.create(id="a", name="A", platform="ttd")
    asked(
        postgres_url,
        "DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
        "GRANT SELECT ON campaigns, migratehistory TO reader",
    )
    try:
        with database.bound(re.sub(r"//\w+@", "//reader@", postgres_url), busy_timeout=5):
            assert answer("SELECT name FROM campaigns") == [("A",)]
            with pytest.raises(BadRequestError, match="permission denied for view daily"):
                answer("SELECT * FROM daily")
    finally:
        bound.close()
        asked(postgres_url, "DROP OWNED BY reader; DROP ROLE reader")


@pytest.mark.parametrize(
    ("text", "functions", "parameters"),
    [
        ('SELECT f (1), "G""h"(\'x\'), s.K /* /* n */ ( */ (1)', ['G"h', "f", "k"], []),
        ("SELECT 2 + (1).F, :a . g", ["f", "g"], ["a"]),
        ("SELECT 'f(' || $$g( :x$$ || $a$h($$)$a$ -- i( :y", [], []),
        ("SELECT a::date, b[1 : 2], :c, ':d', \":e\", :c", [], ["c", "c"]),
        ("SELECT 'it''s :a' || :b", [], ["b"]),
    ],
)
def test_words_are_divided_as_the_server_does(text: str, functions: list[str], parameters: list[str]) -> None:
    found = postgres_text.read(text)

    assert (found.functions, found.parameters) == (functions, parameters)
    assert len(found.query) == len(text)


@pytest.mark.parametrize(
    ("text", "words"), [("SELECT E'\\''", "E'…'"), ('SELECT U&"f"(1)', 'U&"…"'), ("SELECT $1", "has no name")]
)
def test_what_only_the_server_can_divide_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadRequestError, match=words.replace("$", "[$]")):
        postgres_text.read(text)
