"""`adops brief`: one file about a window, which says what is not known, and asks for nothing from elsewhere."""

import base64
import functools
import hashlib
import json
import re
import sqlite3
import sys
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.data import books, campaigns, metrics, projects
from adops_cli.data.acting import budgets
from adops_cli.data.alerts import state
from adops_cli.data.alerts.finding import CRITICAL, Whom, found
from tests.conftest import Adops, run_adops
from tests.json_mode import Write

FEBRUARY = ("brief", "--period", "2026-02")
WEEK = ("brief", "--since", "2026-02-05", "--until", "2026-02-11")
OPENS = {"meta", "br", "input", "link", "img"}
"""Elements without an end."""


class Read(HTMLParser):
    """A page as a reader has it: each element with its attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open = ["page"]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in OPENS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1] not in ("style", "script"):
            self.text += data if self.open[-1] not in ("td", "th", "button", "dt", "dd") else f"{data}|"

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture
def brief(sample_db: Path) -> Any:
    """`brief("--platform", "ttd")`: the page about February, or about another window."""

    def run(*options: str, of: tuple[str, ...] = FEBRUARY, on: Path = sample_db, code: int = 0) -> Read:
        result = run_adops(*of, *options, "--output", "brief.html", "--force", on=on)
        assert (result.code, result.out) == (code, ""), result.err
        return Read(Path("brief.html").read_text(encoding="utf-8"))

    return run


@pytest.fixture
def document(sample_db: Path) -> Any:
    """The same as JSON."""

    def run(*options: str, of: tuple[str, ...] = FEBRUARY) -> Any:
        result = run_adops(*of, *options, "--output", "brief.json", "--force", on=sample_db)
        assert (result.code, result.out) == (0, ""), result.err
        return json.loads(Path("brief.json").read_text(encoding="utf-8"))

    return run


@pytest.fixture
def on_sample(sample_db: Path) -> Adops:
    return functools.partial(run_adops, on=sample_db)


def test_the_page_has_all_parts_with_headings_in_their_order(brief: Any) -> None:
    page = brief()
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels == [1, *[2, 3, 3, 3, 3, 3] * 2, 2, 2, 2, 2, 2]
    for heading in ("USD", "EUR", "Over time", "By platform", "Best and worst campaigns", "What has moved",
                    "All campaigns", "To be kept in mind", "Pacing", "What can still change", "Alerts",
                    "What stands behind it"):  # fmt: skip
        assert heading in page.text
    assert [attrs.get("lang") for attrs in page.every("html")] == ["en"]
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {attrs["href"] for attrs in page.every("a")}
    assert named <= {f"#{id}" for id in ids}


def test_the_page_asks_for_nothing_and_names_no_address_of_the_web(brief: Any) -> None:
    page = brief()
    text = Path("brief.html").read_text(encoding="utf-8")
    assert re.search(r"https?:|//\w|url\(|@import|xmlns", text.replace("// Sorts", "")) is None
    assert {name for _, attrs in page.elements for name in attrs} & {"src", "srcset", "style", "onclick"} == set()
    [policy] = [attrs["content"] for attrs in page.every("meta") if attrs.get("http-equiv")]
    for tag in ("style", "script"):
        [inner] = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")


def test_every_table_and_chart_has_a_name_and_headings(brief: Any) -> None:
    page = brief()
    assert len(page.every("caption")) == len(page.every("table")) > 10
    assert {attrs.get("scope") for attrs in page.every("th")} == {"col", "row"}
    assert len(page.every("svg")) == 6
    for attrs in page.every("svg"):
        assert attrs["role"] == "img"
        names = str(attrs["aria-labelledby"]).split()
        assert {name for name in names if any(other.get("id") == name for _, other in page.elements)} == set(names)
    assert len(page.every("summary")) == len(page.every("details")) > 4


def test_its_figures_are_those_of_the_report(brief: Any, document: Any, on_sample: Adops) -> None:
    [usd] = [one for one in document()["currencies"] if one["currency"] == "USD"]
    report = on_sample("metrics", "report", "--by", "platform", "--period", "2026-02", "--format", "json").json()
    names = ("platform", "impressions", "clicks", "conversions", "spend", "revenue", "ctr", "cpc", "cpa", "cvr", "roas")
    expected = [{name: row[name] for name in names} for row in report if row["currency"] == "USD"]
    assert [{name: row[name] for name in names} for row in usd["platforms"]] == expected
    days = on_sample("metrics", "report", "--by", "day", "--period", "2026-02", "--format", "json").json()
    spends = [(row["day"], row["spend"]) for row in days[::-1] if row["currency"] == "USD"]
    assert [(row["day"], row["spend"]) for row in usd["overTime"]] == spends
    assert usd["spend"] == pytest.approx(sum(spend for _, spend in spends))
    assert "Spend|53,223.33" in brief().text


def test_it_is_compared_with_the_window_that_auto_names(document: Any, on_sample: Adops) -> None:
    found = document(of=WEEK)
    asked = ("metrics", "report", "--by", "campaign", *WEEK[1:], "--compare", "auto", "--format", "json")
    report = {row["campaignId"]: row for row in on_sample(*asked).json()}
    assert found["comparedWith"] == {"from": "2026-01-29", "to": "2026-02-04", "days": 7, "daysWithFigures": 2}
    rows = [row for one in found["currencies"] for row in one["campaigns"]]
    assert {row["campaignId"] for row in rows} == set(report)
    for row in rows:
        for key in ("spend", "roas", "before", "difference", "changePercent", "significant"):
            assert row[key] == report[row["campaignId"]][key]


def test_what_makes_a_comparison_or_a_chart_doubtful_is_said(brief: Any) -> None:
    page = brief(of=WEEK)
    assert "Incomplete: 2026-02-05 to 2026-02-11 (6 of 7 days have figures), which the changes do not" in page.text
    assert "Incomplete: 2026-01-29 to 2026-02-04 (2 of 7 days have figures), which the changes do not" in page.text
    weeks = brief(of=("brief", "--since", "2026-01-01", "--until", "2026-04-30"))
    assert "Not a whole week: 2026-02-02 (Tue\N{EN DASH}Sun), 2026-02-09 (Mon\N{EN DASH}Tue)." in weeks.text
    months = brief(of=("brief", "--since", "2024-01-01", "--until", "2026-04-30"))
    assert "Not a whole month: 2026-02 (3\N{EN DASH}10)." in months.text


def test_both_engines_give_the_same_brief(sample_url: str) -> None:
    result = run_adops(*WEEK, "--output", "brief.json", on=sample_url)
    assert result.code == 0, result.err
    found = json.loads(Path("brief.json").read_text(encoding="utf-8"))
    usd = found["currencies"][0]
    assert (usd["currency"], usd["spend"], usd["changePercent"]["spend"]) == ("USD", 42464.3, 294.685209)
    assert [row["platform"] for row in usd["platforms"]] == ["google-ads", "dv360", "meta-ads", "ttd"]


def test_what_has_moved_is_what_movers_say(document: Any, on_sample: Adops) -> None:
    found = {one["currency"]: one["movers"] for one in document(of=WEEK)["currencies"]}
    for place, by in enumerate(("spend", "revenue", "roas")):
        for one in on_sample("metrics", "movers", "--by", by, *WEEK[1:], "--format", "json").json():
            mover = found[one["currency"]][place]
            assert (mover["by"], mover["difference"]) == (by, one["difference"])
            keys = ("campaignId", "contribution", "rate", "mix", "entry", "share")
            for row, other in zip(mover["rows"], one["rows"], strict=False):
                assert {key: row[key] for key in keys} == {key: other[key] for key in keys}


def test_the_best_and_the_worst_are_those_of_the_ranking(document: Any, on_sample: Adops) -> None:
    [usd, _] = document()["currencies"]
    found = usd["ranking"]
    asked = ("metrics", "top", "--by", "roas", "--period", "2026-02", "--min-spend", str(found["minSpend"]))
    rows = on_sample(*asked, "--limit", "0", "--format", "json").json()
    ranked = [row["campaignId"] for row in rows if row["currency"] == "USD" and row["roas"] is not None]
    assert (found["by"], found["campaigns"]) == ("roas", len(ranked))
    assert (found["best"], found["worst"]) == (ranked[:5], ranked[:4:-1])


KEYS = """
adops alerts alerts.rows alerts.rows.acknowledged alerts.rows.atStake alerts.rows.campaignId alerts.rows.currency
alerts.rows.ended alerts.rows.expected alerts.rows.figure alerts.rows.firstSeen alerts.rows.from alerts.rows.id
alerts.rows.lastSeen alerts.rows.message alerts.rows.name alerts.rows.platform alerts.rows.rule alerts.rows.scope
alerts.rows.severity alerts.rows.since alerts.rows.state alerts.rows.to alerts.rows.told alerts.rows.value
alerts.unknown book claimingPlatforms closes closes.adjustments closes.closed closes.moved closes.moved.amount
closes.moved.currency closes.moved.figure closes.name comparedWith comparedWith.days comparedWith.daysWithFigures
comparedWith.from comparedWith.to currencies currencies.before currencies.campaigns currencies.campaigns.before
currencies.campaigns.campaignId currencies.campaigns.changePercent currencies.campaigns.clicks
currencies.campaigns.conversions currencies.campaigns.cpa currencies.campaigns.cpc currencies.campaigns.ctr
currencies.campaigns.cvr currencies.campaigns.difference currencies.campaigns.impressions currencies.campaigns.name
currencies.campaigns.platform currencies.campaigns.projectId currencies.campaigns.revenue currencies.campaigns.roas
currencies.campaigns.significant currencies.campaigns.spend currencies.changePercent currencies.clicks
currencies.conversions currencies.cpa currencies.cpc currencies.ctr currencies.currency currencies.cvr
currencies.difference currencies.impressions currencies.movers currencies.movers.before currencies.movers.by
currencies.movers.difference currencies.movers.now currencies.movers.others currencies.movers.others.campaigns
currencies.movers.others.contribution currencies.movers.reason currencies.movers.rows
currencies.movers.rows.campaignId currencies.movers.rows.contribution currencies.movers.rows.entry
currencies.movers.rows.kind currencies.movers.rows.mix currencies.movers.rows.name currencies.movers.rows.platform
currencies.movers.rows.rate currencies.movers.rows.share currencies.overTime currencies.overTime.clicks
currencies.overTime.conversions currencies.overTime.cpa currencies.overTime.cpc currencies.overTime.ctr
currencies.overTime.cvr currencies.overTime.day currencies.overTime.impressions currencies.overTime.revenue
currencies.overTime.roas currencies.overTime.spend currencies.platforms currencies.platforms.before
currencies.platforms.changePercent currencies.platforms.clicks currencies.platforms.conversions
currencies.platforms.cpa currencies.platforms.cpc currencies.platforms.ctr currencies.platforms.cvr
currencies.platforms.difference currencies.platforms.impressions currencies.platforms.platform
currencies.platforms.revenue currencies.platforms.roas currencies.platforms.significant currencies.platforms.spend
currencies.ranking currencies.ranking.best currencies.ranking.by currencies.ranking.campaigns
currencies.ranking.minSpend currencies.ranking.worst currencies.revenue currencies.roas currencies.significant
currencies.spend currencies.unreported currencies.unreported.campaigns currencies.unreported.figure
currencies.unreported.ratios currencies.unreported.ratios.cpa currencies.unreported.ratios.cvr
currencies.unreported.ratios.roas currencies.unreported.spend imports imports.account imports.dateFrom imports.dateTo
imports.file imports.id imports.importedAt imports.kind imports.platform imports.sha256 made open open.figures
open.stale open.until pacing pacing.month pacing.rows pacing.rows.budget pacing.rows.budgetId pacing.rows.campaignId
pacing.rows.confidence pacing.rows.currency pacing.rows.dataUntil pacing.rows.daysElapsed pacing.rows.daysTotal
pacing.rows.expected pacing.rows.flightEnd pacing.rows.flightStart pacing.rows.name pacing.rows.paceIndex
pacing.rows.perDayNeeded pacing.rows.perDayNow pacing.rows.platform pacing.rows.projectId pacing.rows.projectedEnd
pacing.rows.spent pacing.rows.state pacing.unknown pacing.without platform project title unread version window
window.days window.daysWithFigures window.from window.to
"""
_FIGURES = {"before", "difference", "changePercent", "significant"}


def keys_of(value: Any, path: str = "") -> set[str]:
    if isinstance(value, list):
        return {key for one in value for key in keys_of(one, path)}
    if not isinstance(value, dict):
        return set()
    found = {f"{path}{key}" for key in value}
    inner = {key: part for key, part in value.items() if key not in _FIGURES}
    return found.union(*(keys_of(part, f"{path}{key}.") for key, part in inner.items()))


def test_the_keys_of_the_json_are_a_contract(document: Any, sample_db: Path) -> None:
    _with_everything(sample_db)
    found = document()
    assert found["version"] == 1
    assert sorted(keys_of(found)) == KEYS.split()
    assert found["window"] == {"from": "2026-02-01", "to": "2026-02-28", "days": 28, "daysWithFigures": 8}


def test_each_currency_has_a_part_of_its_own_and_nothing_is_added_over_them(brief: Any, document: Any) -> None:
    assert [one["currency"] for one in document()["currencies"]] == ["USD", "EUR"]
    assert "Amounts in different currencies are never added together." in brief().text


def test_names_with_markup_and_quotes_are_text(brief: Any, sample_db: Path) -> None:
    nasty = """<img src=x onerror="alert('1')"> & "Co" </script>"""
    with database.bound(str(sample_db)):
        campaigns.update("camp-01", name=nasty)
    page = brief("--title", nasty)
    assert page.every("img") == []
    assert page.text.count(nasty) > 2
    assert len(page.every("script")) == 1


def test_a_window_without_figures_is_a_page_that_says_so(brief: Any, on_sample: Adops) -> None:
    page = brief(of=("brief", "--period", "2025-05"))
    assert "No campaign has figures from 2025-05-01 to 2025-05-31. The book has days from 2026-0" in page.text
    told = on_sample("brief", "--period", "2025-05", "--output", "other.html").err
    assert "Nothing from 2025-05-01 to 2025-05-31; the book holds metrics from 2026-" in told


def test_an_empty_book_has_a_page_too(brief: Any, tmp_path: Path, migrated_file: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.write_bytes(migrated_file.read_bytes())
    page = brief(of=("brief",), on=empty)
    assert ": the book has none at all." in page.text
    for words in ("nothing here has a budget and a flight", "No period of the window is closed", "No finding stands",
                  "No import stands behind the figures"):  # fmt: skip
        assert words in page.text


def test_the_window_is_last_month_if_no_other_is_given(document: Any) -> None:
    assert document(of=("brief",))["window"] == document(of=("brief", "--period", "last-month"))["window"]
    assert document(of=("brief", "--since", "2026-02-08", "--until", "2026-02-09"))["window"]["days"] == 2


def _with_everything(book: Path) -> str:
    """A budget, a finding, whose message it is, and a close with an adjustment."""
    with database.bound(str(book)):
        budgets.set_budget("spring", platform="ttd", amount=6000, start_date="2026-02-01", end_date="2026-02-28")
        day = date(2026, 2, 9)
        finding = found("no_spend", CRITICAL, Whom("platform ttd in EUR", "ttd"), (day, day), "it has spent nothing")
        state.keep([finding.of(day)], [], ["no_spend"], datetime.now(UTC))
        books.close("2026-02", anyway=True)
        metrics.record_metrics("camp-01", "2026-02-05", spend=1)
    return finding.message


def test_budgets_findings_and_closes_are_told(brief: Any, document: Any, sample_db: Path) -> None:
    message = _with_everything(sample_db)
    page, told = brief(), document()
    assert "Spend and budgets, as of the end of 2026-02, the worst first" in page.text
    assert "spring" in [row["name"] for row in told["pacing"]["rows"]]
    assert [row["message"] for row in told["alerts"]["rows"]] == [message]
    assert message in page.text
    [close] = told["closes"]
    assert (close["name"], close["adjustments"]) == ("2026-02", 1)
    assert "2026-02 closed " in page.text


def test_it_writes_nothing_into_the_book(on_sample: Adops, sample_db: Path) -> None:
    with sqlite3.connect(sample_db) as db:
        before = list(db.iterdump())
    assert on_sample("--read-only", *FEBRUARY, "--output", "brief.html").code == 0
    with sqlite3.connect(sample_db) as db:
        assert list(db.iterdump()) == before


def test_a_row_that_cannot_be_read_is_told_on_the_page(brief: Any, sample_db: Path) -> None:
    with sqlite3.connect(sample_db) as db:
        db.execute("UPDATE metrics SET spend = 'much' WHERE id = (SELECT id FROM metrics WHERE date = '2026-02-05')")
    page = brief(code=3)
    assert "1 row of the book cannot be read, and left out of all figures." in page.text


def test_files_alone_have_a_brief_without_findings(write_json: Write) -> None:
    write_json("campaigns", [{"id": "c", "name": "C", "platform": "ttd", "metadata": {"currency": "EUR"}}])
    write_json("metrics", [{"campaignId": "c", "date": "2026-02-03", "spend": 7, "clicks": 2, "impressions": 9}])
    result = run_adops(*FEBRUARY, "--output", "files.html")
    assert result.code == 0, result.err
    page = Read(Path("files.html").read_text())
    assert "Spend|7.00" in page.text
    assert "Revenue|— |no campaign reports it" in page.text
    for what in ("budgets", "findings"):
        assert f"Unknown: {what} are kept in a database" in page.text


def test_a_locale_writes_numbers_and_days(brief: Any, monkeypatch: pytest.MonkeyPatch, on_sample: Adops) -> None:
    page = brief("--locale", "de")
    assert "01.02.2026 to 28.02.2026" in page.text
    assert "Spend|53.223,33" in page.text
    assert [attrs["data-decimal"] for attrs in page.every("main")] == [","]
    assert 'datetime="2026-02-10">10.02.2026</time>' in Path("brief.html").read_text()
    monkeypatch.setitem(sys.modules, "babel", None)
    refused = on_sample(*FEBRUARY, "--locale", "de", "--output", "other.html")
    assert refused.code == 2
    assert refused.err == (
        "Error: --locale needs Babel, which is not installed. Install it with `pip install 'adops-cli[locale]'`\n"
    )


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ((), 2, "a brief is a file, and --output is missing. Use --output brief.html or --output brief.json"),
        (("--output", "brief.pdf"), 2, "a brief cannot be written as brief.pdf"),
        (("--output", "there.html"), 5, "there.html already exists"),
        (("--output", "b.json", "--locale", "de"), 2, "--locale is for a page"),
        (("--output", "b.html", "--locale", "german"), 2, "there is no locale 'german'"),
        (("--output", "b.html", "--platform", "ttdd"), 4, "there is no platform 'ttdd'"),
        (("--output", "b.html", "--until", "2026-02-03"), 2, "there is no window to compare"),
        (
            ("--output", "b.html", "--since", "2099-01-01"),
            2,
            "the window begins on 2099-01-01, and yesterday was before",
        ),
    ],
)
def test_what_cannot_be_done_is_said(on_sample: Adops, options: tuple[str, ...], code: int, words: str) -> None:
    Path("there.html").write_text("mine")
    refused = on_sample("brief", *options)
    assert (refused.code, refused.out) == (code, "")
    assert refused.err.startswith(f"Error: {words}")
    assert sorted(path.name for path in Path().glob("*.html")) == ["there.html"]


def test_500_campaigns_fit_into_a_mail(brief: Any, db_file: Path) -> None:
    with database.bound(str(db_file)):
        project = projects.create(name="All", type="campaign")
        rows = [{"name": f"Prospecting lookalike {place:04}", "platform": "meta-ads", "project_id": project.id,
                 "metadata": {"currency": "EUR"}} for place in range(500)]  # fmt: skip
        campaigns.create_many(rows)
        days = [
            {"campaign_id": one.id, "date": day, "impressions": 123_456, "clicks": 1_234, "conversions": 12,
             "spend": f"{1_000 + place}.17", "revenue": "3210.99"}
            for place, one in enumerate(campaigns.list())
            for day in ("2026-01-20", "2026-02-03", "2026-02-10")
        ]  # fmt: skip
        metrics.create_many(days)
    page = brief("--project", project.id, of=FEBRUARY, on=db_file)
    assert page.text.count("Prospecting lookalike") > 500
    assert Path("brief.html").stat().st_size < 300_000
