"""`adops sql`: a statement from the command line, a file or stdin, and its answer in every format."""

import json
from pathlib import Path

import pytest
from pyarrow import parquet

from tests.conftest import Adops

BY_PLATFORM = "SELECT platform, currency, SUM(spend) AS spend FROM daily WHERE day >= :since GROUP BY 1, 2 ORDER BY 1"
ROWS = """platform\tcurrency\tspend
dv360\tUSD\t5345.41
google-ads\tUSD\t11815.98
meta-ads\tUSD\t3531.34
pinterest\tEUR\t4535.28
ttd\tUSD\t4184.45
"""


@pytest.mark.usefixtures("sample_url")
def test_an_answer_is_the_same_from_everywhere(adops: Adops) -> None:
    since = ("--param", "since=2026-02-08")
    Path("by.sql").write_text(f"\ufeff-- by platform\n{BY_PLATFORM};\n", "utf-8")

    answers = [
        adops("sql", BY_PLATFORM, *since),
        adops("sql", "-f", "by.sql", *since),
        adops("sql", "--file", "-", *since, stdin=BY_PLATFORM),
        adops("sql", "-", *since, stdin=BY_PLATFORM),
    ]

    assert {(one.code, one.out, one.err) for one in answers} == {(0, ROWS, "")}


def test_every_format_has_the_answer(sample_db: Path, adops_on: Adops) -> None:
    text = """SELECT 1234567 AS "a""b", NULL AS n, 2.5 AS "x\ty", 'T' AS t, 1.0 / 3 AS third"""

    def run(*words: str) -> str:
        return adops_on("sql", text, *words, on=sample_db).out

    assert json.loads(run("--format", "json")) == [
        {'a"b': 1234567, "n": None, "x\\ty": 2.5, "t": "T", "third": 0.333333}
    ]
    assert run("--format", "csv") == '"a""b",n,x\\ty,t,third\n1234567,,2.5,T,0.333333\n'
    assert run("--format", "tsv", "--columns", "third,t") == "third\tt\n0.333333\tT\n"
    assert run("--format", "table", "--no-header") == "1,234,567  —  2.5  T  0.333333\n"
    assert run("--format", "markdown").splitlines()[-1] == "| 1,234,567 | — | 2.5 | T | 0.333333 |"


def test_an_empty_answer_has_a_header(sample_db: Path, adops_on: Adops) -> None:
    for fmt, out in {"tsv": "day\tspend\n", "csv": "day,spend\n", "json": "[]\n", "ndjson": ""}.items():
        assert adops_on("sql", "SELECT day, spend FROM daily WHERE 0", "--format", fmt, on=sample_db).out == out


def test_a_column_of_numbers_may_have_text_later(sample_db: Path, adops_on: Adops) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1200)"
    done = adops_on(
        "sql",
        f"{many} SELECT CASE WHEN i < 1100 THEN i * 1000 ELSE 'x' END AS v FROM n",
        "--format",
        "table",
        on=sample_db,
    )
    assert done.out.splitlines()[1100:1102] == ["1,099,000", "        x"]


def test_an_answer_goes_into_a_file(sample_db: Path, adops_on: Adops) -> None:
    done = adops_on("sql", BY_PLATFORM, "--param", "since=2026-02-08", "--output", "by.tsv", on=sample_db)
    assert (done.code, done.err, Path("by.tsv").read_text()) == (0, "5 rows in by.tsv.\n", ROWS)

    assert adops_on("sql", BY_PLATFORM, "--param", "since=2026-02-08", "--output", "by.parquet", on=sample_db).code == 0
    found = parquet.read_table("by.parquet")
    assert [str(field.type) for field in found.schema] == ["string", "string", "decimal128(38, 6)"]
    [proof] = json.loads(found.schema.metadata[b"adops"])["proof"]
    facts = {row["name"]: row["value"] for row in proof["rows"]}
    assert (facts["Statement"], facts[":since"], facts["Book"]) == (BY_PLATFORM, "2026-02-08", sample_db.name)

    failed = adops_on("sql", "SELECT absent FROM daily", "--output", "no.csv", on=sample_db)
    assert (failed.code, Path("no.csv").exists()) == (2, False)
    assert "no such column: absent" in failed.err


def test_rows_can_be_sorted_and_limited(sample_db: Path, adops_on: Adops) -> None:
    text = "SELECT campaign, spend FROM lifetime ORDER BY spend"
    words = ("--format", "tsv", "--no-header", "--columns", "spend")
    first = adops_on("sql", text, *words, "--limit", "2", on=sample_db).out
    last = adops_on("sql", text, *words, "--sort", "-spend", "--limit", "1", on=sample_db).out
    assert [float(value) for value in (first + last).split()] == sorted(map(float, (first + last).split()))
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    assert adops_on("sql", endless, "--limit", "2", on=sample_db).out == "i\n1\n2\n"


@pytest.mark.parametrize(
    ("words", "code", "err"),
    [
        ((), 2, "there is no statement. Give one, as 'SELECT * FROM daily' or as --file FILE"),
        (("SELECT 1", "-f", "a.sql"), 2, "there are two statements."),
        (("-f", "nowhere.sql"), 2, "nowhere.sql"),
        (("-f", "latin.sql"), 2, "latin.sql is not UTF-8"),
        (("SELECT :a",), 2, "the statement has a parameter :a that is not given. Give --param a=…"),
        (("SELECT :a", "--param", "a"), 2, "--param a has no =. Write it as --param name=value"),
        (("SELECT :a", "--param", "a=1", "--param", "a=2"), 2, "--param a is given twice."),
        (("SELECT 1", "--param", "a=1"), 2, "the statement has no parameter :a."),
        (("DROP TABLE metrics",), 2, "DROP is refused. A statement can only read: SELECT, WITH, VALUES or EXPLAIN"),
        (("SELECT FROM",), 2, "the statement fails: "),
        (("SELECT 1", "--columns", "b"), 2, "there is no column 'b'. They are 1"),
    ],
)
def test_what_is_wrong_is_one_line(
    words: tuple[str, ...], code: int, err: str, sample_db: Path, adops_on: Adops
) -> None:
    Path("latin.sql").write_bytes(b"SELECT '\xe4'")
    done = adops_on("sql", *words, on=sample_db)
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
    assert err in done.err


def test_a_statement_that_takes_too_long_ends_with_1(sample_db: Path, adops_on: Adops) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    done = adops_on("sql", endless, "--timeout", "0.05", on=sample_db)
    assert done.code == 1
    assert done.err == (
        "Error: the statement was stopped, since it took more than 0.05 s. Ask for less, or allow more with --timeout\n"
    )


def test_json_mode_has_no_sql(json_dir: Path, adops_on: Adops) -> None:
    done = adops_on("sql", "SELECT 1")
    assert done.code == 2
    assert str(json_dir) in done.err
