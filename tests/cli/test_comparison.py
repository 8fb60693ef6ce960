"""`--compare` of reports and rankings, and `metrics movers`, as people and scripts read them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from adops_cli import database
from tests import late_conversions
from tests.conftest import Adops
from tests.importers.metrics.fake_export import put

WINDOW = ("--since", "2026-03-09", "--until", "2026-03-15")
REPORT = ("metrics", "report", *WINDOW, "--compare", "previous")
MOVERS = ("metrics", "movers", *WINDOW)
NAMES = ("impressions", "clicks", "conversions", "spend", "revenue")


def days(first: int, *figures: float) -> dict[str, dict[str, float]]:
    """A week with these figures on its first day, and none on the others."""
    nothing: dict[str, dict[str, float]] = {
        f"2026-03-{day:02}": dict.fromkeys(NAMES, 0) for day in range(first, first + 7)
    }
    return {**nothing, f"2026-03-{first:02}": dict(zip(NAMES, figures, strict=True))}


@pytest.fixture
def book(db_file: Path, adops: Adops) -> Iterator[Adops]:
    with late_conversions.on(date(2026, 6, 1)):
        with database.bound(str(db_file), busy_timeout=5):
            brand = days(2, 1000, 50, 10, 100, 400) | days(9, 1000, 80, 8, 80, 200)
            shop = days(2, 2000, 100, 20, 100, 200) | days(9, 2000, 100, 24, 120, 240)
            put({"Brand search": brand, "Shopping": shop}, account="One")
            put(
                {"Old": {"2026-03-02": {"spend": 7}}, "New": {"2026-03-09": {"spend": 5}}},
                platform="ttd",
                currency="USD",
            )
        yield adops


def test_json_has_the_keys_of_a_report_and_those_of_the_comparison(book: Adops) -> None:
    done = book(*REPORT, "--format", "json")

    assert done.out == (
        "[\n"
        '{"platform": "google-ads", "currency": "EUR", "impressions": 3000, "clicks": 180, "conversions": 32, '
        '"spend": 200, "revenue": 440, "ctr": 0.06, "cpc": 1.111111, "cpa": 6.25, "cvr": 0.177778, "roas": 2.2, '
        '"days": 7, "campaigns": 2, '
        '"before": {"clicks": 150, "conversions": 30, "cpa": 6.666667, "cpc": 1.333333, "ctr": 0.05, "cvr": 0.2, '
        '"impressions": 3000, "revenue": 600, "roas": 3, "spend": 200}, '
        '"difference": {"clicks": 30, "conversions": 2, "cpa": -0.416667, "cpc": -0.222222, "ctr": 0.01, '
        '"cvr": -0.022222, "impressions": 0, "revenue": -160, "roas": -0.8, "spend": 0}, '
        '"changePercent": {"clicks": 20, "conversions": 6.666667, "cpa": -6.25, "cpc": -16.666667, "ctr": 20, '
        '"cvr": -11.111111, "impressions": 0, "revenue": -26.666667, "roas": -26.666667, "spend": 0}, '
        '"daysBefore": 7, "significant": {"ctr": false, "cvr": false}},\n'
        '{"platform": "ttd", "currency": "USD", "impressions": null, "clicks": null, "conversions": null, "spend": 5, '
        '"revenue": null, "ctr": null, "cpc": null, "cpa": null, "cvr": null, "roas": null, "days": 1, "campaigns": 1, '
        '"before": {"clicks": null, "conversions": null, "cpa": null, "cpc": null, "ctr": null, "cvr": null, '
        '"impressions": null, "revenue": null, "roas": null, "spend": 7}, '
        '"difference": {"clicks": null, "conversions": null, "cpa": null, "cpc": null, "ctr": null, "cvr": null, '
        '"impressions": null, "revenue": null, "roas": null, "spend": -2}, '
        '"changePercent": {"clicks": null, "conversions": null, "cpa": null, "cpc": null, "ctr": null, "cvr": null, '
        '"impressions": null, "revenue": null, "roas": null, "spend": -28.571429}, '
        '"daysBefore": 1, "significant": {"ctr": null, "cvr": null}}\n'
        "]\n"
    )
    assert done.err == (
        "2026-03-09 to 2026-03-15 (7 of 7 days with figures), compared with 2026-03-02 to 2026-03-08 (7 of 7 days with "
        "figures).\n"
    )


def test_other_formats_have_a_column_for_each(book: Adops) -> None:
    [heading, row, _] = book(*REPORT, "--format", "csv").out.splitlines()
    cells = dict(zip(heading.split(","), row.split(","), strict=True))

    assert heading.startswith("platform,currency,impressions,")
    assert {key: cells[key] for key in ("roas", "roasBefore", "roasDifference", "roasChangePercent")} == {
        "roas": "2.2",
        "roasBefore": "3",
        "roasDifference": "-0.8",
        "roasChangePercent": "-26.666667",
    }
    assert (cells["daysBefore"], cells["ctrSignificant"]) == ("7", "false")


@pytest.mark.parametrize(
    ("width", "table"),
    [
        (
            40,
            """\
Name          Cur.  ROAS  ROAS ±%
─────────────────────────────────
Shopping      EUR   2.00    +0.0%
Brand search  EUR   2.50   -37.5%
New           USD      —        —
Old           USD      —        —
─────────────────────────────────
Total                  —        —
""",
        ),
        (
            80,
            """\
Name          Cur.   Spend  Spend ±%  Spend before  ROAS  ROAS ±%  ROAS before
──────────────────────────────────────────────────────────────────────────────
Shopping      EUR   120.00    +20.0%        100.00  2.00    +0.0%         2.00
Brand search  EUR    80.00    -20.0%        100.00  2.50   -37.5%         4.00
New           USD     5.00         —             —     —        —            —
Old           USD        —   -100.0%          7.00     —        —            —
──────────────────────────────────────────────────────────────────────────────
Total                    —         —             —     —        —            —
""",
        ),
        (
            120,
            """\
Name          Cur.   Spend  Spend ±%  Spend before  Revenue  Revenue ±%  Revenue before  ROAS  ROAS ±%  ROAS before
───────────────────────────────────────────────────────────────────────────────────────────────────────────────────
Shopping      EUR   120.00    +20.0%        100.00   240.00      +20.0%          200.00  2.00    +0.0%         2.00
Brand search  EUR    80.00    -20.0%        100.00   200.00      -50.0%          400.00  2.50   -37.5%         4.00
New           USD     5.00         —             —        —           —               —     —        —            —
Old           USD        —   -100.0%          7.00        —           —               —     —        —            —
───────────────────────────────────────────────────────────────────────────────────────────────────────────────────
Total                    —         —             —        —           —               —     —        —            —
""",
        ),
    ],
)
def test_a_table_shows_what_fits(book: Adops, monkeypatch: pytest.MonkeyPatch, width: int, table: str) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    done = book(*REPORT, "--by", "campaign", "--format", "table")

    assert done.out == table
    assert "* CTR or CVR of 1 row differs by more than chance explains (two-proportion test, |z| > 1.96).\n" in done.err


def test_a_rate_that_chance_does_not_explain_has_a_star(book: Adops) -> None:
    done = book(
        *REPORT, "--by", "campaign", "--campaign", "Brand search", "--format", "table", "--columns", "name,ctr ±%"
    )

    assert done.out.splitlines()[2].split() == ["Brand", "search", "+60.0%", "*"]


def test_what_makes_a_comparison_doubtful_is_told(book: Adops) -> None:
    done = book(
        "metrics", "report", "--since", "2026-03-09", "--until", "2026-03-12", "--compare", "2026-03-01..2026-03-03"
    )

    assert done.err == (
        "2026-03-09 to 2026-03-12 (4 of 4 days with figures), compared with 2026-03-01 to 2026-03-03 (2 of 3 days with "
        "figures).\n"
        "Incomplete: 2026-03-01 to 2026-03-03 lacks days.\n"
        "The windows have different lengths: 4 and 3 days.\n"
    )


def test_days_that_both_windows_lack_are_told(book: Adops) -> None:
    done = book(
        "metrics", "movers", "--by", "spend", "--since", "2026-03-15", "--until", "2026-03-22", "--compare", "year"
    )

    assert done.err == (
        "2026-03-15 to 2026-03-22 (1 of 8 days with figures), compared with 2025-03-16 to 2025-03-23 (0 of 8 days with "
        "figures).\n"
        "Incomplete: both windows lack days.\n"
    )


def test_open_days_of_either_window_are_marked(book: Adops) -> None:
    with late_conversions.on(date(2026, 4, 10)):
        heading = book(*REPORT, "--format", "table").out.splitlines()[0]
        moved = book(*MOVERS, "--by", "roas", "--format", "table")

    assert "ROAS ~  ROAS ±%  ROAS before  " in heading
    assert "Contribution ~" in moved.out
    assert "~ open until 14 April: late conversions and revenue can still change these columns." in moved.err
    with late_conversions.on(date(2026, 3, 16)):
        assert "ROAS ~  ROAS ±%  ROAS before ~" in book(*REPORT, "--format", "table").out.splitlines()[0]


def test_a_ranking_beside_another_window(book: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    top = ("metrics", "top", *WINDOW, "--by", "roas", "--compare", "previous")

    assert book(*top, "--format", "table").out == (
        "#  Name          Cur.   Spend  Spend ±%  ROAS  ROAS ±%  ROAS before\n"
        "───────────────────────────────────────────────────────────────────\n"
        "1  Brand search  EUR    80.00    -20.0%  2.50   -37.5%         4.00\n"
        "2  Shopping      EUR   120.00    +20.0%  2.00    +0.0%         2.00\n"
        "3  New           USD     5.00         —     —        —            —\n"
        "4  Old           USD        —   -100.0%     —        —            —\n"
    )
    [first] = book(*top, "--limit", "1", "--format", "json").json()
    assert (first["rank"], first["roas"], first["before"]["roas"], first["difference"]["roas"]) == (1, 2.5, 4, -1.5)
    assert list(first)[-5:] == ["before", "difference", "changePercent", "daysBefore", "significant"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("report", "--compare", "weeks"),
            "there is no window to compare. Give its first and its last day, or --period",
        ),
        (("top", "--compare", "weeks", "--since", "2026-03-01"), "there is no window to compare"),
        (("movers", "--by", "roas"), "there is no window to compare"),
        (("report", *WINDOW, "--compare", "before"), "'before' is nothing to compare with. Use previous, weeks, year"),
        (("report", *WINDOW, "--compare", "2026-03-09.."), "must be a day as YYYY-MM-DD"),
        (("report", *WINDOW, "--compare", "2026-03-09..2026-03-01"), "the window is empty"),
        (("report", *WINDOW, "--same-age"), "--same-age is for a comparison. Use it with --compare"),
        (("report", *WINDOW, "--compare", "auto", "--same-age", "--estimate"), "--estimate is of what is known now"),
        (("report", *WINDOW, "--compare", "auto", "--same-age", "--as-of", "2026-05-01"), "ask for different figures"),
        (("movers", "--by", "reach", *WINDOW), "'reach' is not one of"),
    ],
)
def test_what_cannot_be_compared_is_refused(book: Adops, words: tuple[str, ...], message: str) -> None:
    done = book("metrics", *words)

    assert done.code == 2
    assert message in done.err


def test_movers_as_json(book: Adops) -> None:
    [eur, usd] = book(*MOVERS, "--by", "roas", "--format", "json", "--limit", "1").json()

    assert list(eur) == ["by", "currency", "from", "to", "before", "now", "difference", "rows", "reason"]
    assert {**eur, "rows": None} == {
        "by": "roas",
        "currency": "EUR",
        "from": "2026-03-09",
        "to": "2026-03-15",
        "difference": -0.8,
        "rows": None,
        "before": {"from": "2026-03-02", "to": "2026-03-08", "value": 3},
        "now": {"value": 2.2},
        "reason": None,
    }
    assert [{key: value for key, value in row.items() if key != "campaignId"} for row in eur["rows"]] == [
        {
            "name": name,
            "platform": "google-ads",
            "kind": "both",
            "contribution": contribution,
            "rate": rate,
            "mix": mix,
            "entry": 0,
            "share": share,
            "notReported": False,
        }
        for name, contribution, rate, mix, share in (
            ("Brand search", -0.74, -0.675, -0.065, 0.925),
            ("Shopping", -0.06, 0, -0.06, 0.075),
        )
    ]
    assert (usd["difference"], usd["reason"]) == (None, "no campaign reports revenue before")
    assert "reason" not in book(*MOVERS, "--by", "spend", "--format", "json").json()[0]


def test_contributions_have_twelve_decimals(book: Adops) -> None:
    [eur, _] = book(*MOVERS, "--by", "cpc", "--format", "json").json()

    assert eur["difference"] == -0.222222222222
    assert sum(row["contribution"] for row in eur["rows"]) == pytest.approx(-2 / 9, abs=2e-12)


@pytest.mark.parametrize(
    ("width", "heading"),
    [
        (40, "Name          Contribution    Share"),
        (80, "Name          Platform    Kind  Contribution    Rate     Mix  Entry    Share"),
        (120, "Campaign                 Name          Platform    Kind  Contribution    Rate     Mix  Entry    Share"),
    ],
)
def test_movers_as_a_table(book: Adops, monkeypatch: pytest.MonkeyPatch, width: int, heading: str) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    lines = book(*MOVERS, "--by", "roas", "--format", "table").out.splitlines()

    assert lines[0] == (
        "ROAS 3.00 -> 2.20 EUR: -0.68 by rate, of which Brand search -0.68; -0.12 by mix, of which Brand search -0.06."
    )
    assert lines[2].startswith(heading)
    assert lines[7].split()[:2] == ["Total", "-0.8"]
    assert lines[9] == "ROAS — -> — USD: no campaign reports revenue before."


def test_movers_of_a_sum(book: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    done = book(*MOVERS, "--by", "spend", "--format", "table", "--columns", "name,kind,contribution,share")

    assert done.out == (
        "Spend 200.00 -> 200.00 EUR: no change.\n"
        "\n"
        "Name          Kind  Contribution  Share\n"
        "───────────────────────────────────────\n"
        "Shopping      both         20.00      —\n"
        "Brand search  both        -20.00      —\n"
        "───────────────────────────────────────\n"
        "Total                       0.00      —\n"
        "\n"
        "Spend 7.00 -> 5.00 USD: -2.00, of which Old -7.00; 1 new campaign +5.00; 1 gone campaign -7.00.\n"
        "\n"
        "Name   Kind  Contribution     Share\n"
        "───────────────────────────────────\n"
        "Old    gone         -7.00   350.00%\n"
        "New    new           5.00  -250.00%\n"
        "───────────────────────────────────\n"
        "Total               -2.00   100.00%\n"
    )


def test_a_table_adds_up_however_few_rows_it_shows(book: Adops, db_file: Path) -> None:
    with database.bound(str(db_file), busy_timeout=5):
        put({f"C{number}": {"2026-03-09": {"spend": number}} for number in range(1, 5)}, account="One")

    table = book(*MOVERS, "--by", "spend", "--limit", "2", "--campaign", "C1", "--campaign", "C2", "--campaign", "C3")
    shown = book(
        *(*MOVERS, "--by", "spend", "--limit", "2", "--format", "table", "--columns", "name,contribution"),
        *(word for number in range(1, 5) for word in ("--campaign", f"C{number}")),
    )

    assert len(table.out.splitlines()) == 4  # TSV is never cut
    assert [line.split() for line in shown.out.splitlines()[4:]] == [
        *(["C4", "4.00"], ["C3", "3.00"], ["2", "others", "3.00"]),
        *([line] for line in [shown.out.splitlines()[7]]),
        ["Total", "10.00"],
    ]
