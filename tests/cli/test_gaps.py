"""`adops metrics gaps`: a line for each gap, and exit code 3 if there is one."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from adops_cli import periods
from adops_cli.data import campaigns, metrics
from tests.conftest import Adops

TODAY = date(2026, 11, 10)
TABLES = {
    40: """\
What         Days  Message
────────────────────────────────────────
missing_day     2  google-ads 123-456:
                   no figures from
                   2026-11-01 to
                   2026-11-02 (2 days)
stopped         4  google-ads 123-456:
                   Brand stopped after
                   2026-11-05, and is
                   neither paused nor
                   over
stale           2  meta-ads: nothing
                   since 2026-11-07; 2
                   days missing by
                   2026-11-09
""",
    80: """\
What         Platform    From        To          Days  Message
────────────────────────────────────────────────────────────────────────────────
missing_day  google-ads  2026-11-01  2026-11-02     2  google-ads 123-456: no
                                                       figures from 2026-11-01
                                                       to 2026-11-02 (2 days)
stopped      google-ads  2026-11-06  2026-11-09     4  google-ads 123-456: Brand
                                                       stopped after 2026-11-05,
                                                       and is neither paused nor
                                                       over
stale        meta-ads    2026-11-08  2026-11-09     2  meta-ads: nothing since
                                                       2026-11-07; 2 days
                                                       missing by 2026-11-09
""",
    120: """\
What         Platform    Account  Name   From        To          Days  Message
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
missing_day  google-ads  123-456  —      2026-11-01  2026-11-02     2  google-ads 123-456: no figures from 2026-11-01 to
                                                                       2026-11-02 (2 days)
stopped      google-ads  123-456  Brand  2026-11-06  2026-11-09     4  google-ads 123-456: Brand stopped after
                                                                       2026-11-05, and is neither paused nor over
stale        meta-ads    —        —      2026-11-08  2026-11-09     2  meta-ads: nothing since 2026-11-07; 2 days
                                                                       missing by 2026-11-09
""",
}


@pytest.fixture
def book(adops: Adops, db_file: Path, bound: object, monkeypatch: pytest.MonkeyPatch) -> Adops:  # noqa: ARG001
    """Two days missing, a campaign that stopped, and an account that reports no more."""
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": TODAY)
    for id, platform, name, newest in (
        ("camp-1", "google-ads", "Generic", 1),
        ("camp-2", "google-ads", "Brand", 5),
        ("camp-3", "meta-ads", "Video", 3),
    ):
        account = {"account": "123-456"} if platform == "google-ads" else None
        campaigns.create(id=id, platform=platform, name=name, metadata=account)
        days = [TODAY - timedelta(age) for age in range(newest, 30) if platform == "meta-ads" or age not in (8, 9)]
        metrics.record_many({"campaign_id": id, "date": day, "spend": 1} for day in days)
    return adops


def test_gaps_as_json(book: Adops) -> None:
    """An exact text. Any change here changes the contract."""
    result = book("metrics", "gaps", "--format", "json")

    assert (result.code, result.err) == (3, "")
    assert result.out == (
        '[\n{"kind": "missing_day", "platform": "google-ads", "account": "123-456", "campaignId": null, "name": null, '
        '"from": "2026-11-01", "to": "2026-11-02", "days": 2, '
        '"message": "google-ads 123-456: no figures from 2026-11-01 to 2026-11-02 (2 days)"},\n'
        '{"kind": "stopped", "platform": "google-ads", "account": "123-456", "campaignId": "camp-2", "name": "Brand", '
        '"from": "2026-11-06", "to": "2026-11-09", "days": 4, '
        '"message": "google-ads 123-456: Brand stopped after 2026-11-05, and is neither paused nor over"},\n'
        '{"kind": "stale", "platform": "meta-ads", "account": null, "campaignId": null, "name": null, '
        '"from": "2026-11-08", "to": "2026-11-09", "days": 2, '
        '"message": "meta-ads: nothing since 2026-11-07; 2 days missing by 2026-11-09"}\n]\n'
    )


@pytest.mark.parametrize("width", TABLES)
def test_gaps_as_a_table(book: Adops, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    assert book("metrics", "gaps", "--format", "table").out == TABLES[width]


def test_gaps_from_cron_are_a_line_each_and_nothing_if_there_are_none(book: Adops) -> None:
    cron = ("metrics", "gaps", "--quiet", "--no-header", "--columns", "message")

    found = book(*cron, "--since", "7d")
    assert (found.code, found.err) == (3, "")
    assert [line.split(":")[0] for line in found.out.splitlines()] == ["google-ads 123-456", "meta-ads"]
    none = book(*cron, "--max-age", "3", "--platform", "meta-ads")
    assert (none.code, none.out, none.err) == (0, "", "")


def test_gaps_are_asked_for_by_window_account_and_what_is_expected(book: Adops) -> None:
    assert [row["kind"] for row in book("metrics", "gaps", "--account", "123-456", "--format", "json").json()] == [
        "missing_day",
        "stopped",
    ]
    assert [row["to"] for row in book("metrics", "gaps", "--until", "2026-11-01", "--format", "json").json()] == [
        "2026-11-01"
    ]
    Path("adops.toml").write_text("[expect.meta-ads]\nretired = true\n", encoding="utf-8")
    assert book("metrics", "gaps", "--platform", "meta-ads").code == 0
