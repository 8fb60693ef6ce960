"""What is missing: days between days, campaigns that stopped, accounts without newer days, partial days."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from adops_cli import periods
from adops_cli.data import campaigns, coverage, metrics, projects
from adops_cli.data.coverage import Gap
from adops_cli.errors import BadRequestError, NotFoundError, UnreadableRowWarning
from adops_cli.settings import expect
from adops_cli.storage.handle import db
from adops_cli.storage.marked_days import marked
from adops_cli.storage.models import Metrics
from adops_cli.storage.rollups import state

pytestmark = pytest.mark.usefixtures("bound")
TODAY = date(2026, 3, 20)
NO_RULES: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": TODAY)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def campaign(id: str, ages: Sequence[int], *, account: str | None = "1", marks: str | None = None, **more: Any) -> None:
    """A campaign with rows of so many days ago."""
    known = {"account": account} if account else None
    campaigns.create(id=id, name=f"C {id}", platform=more.pop("platform", "ttd"), metadata=known, **more)
    mark = {"coverage": marks} if marks else None
    metrics.record_many({"campaign_id": id, "date": ago(age), "spend": 1, "metadata": mark} for age in ages)


def found(**asked: Any) -> list[tuple[str, str | None, str | None, date, date, int]]:
    gaps = coverage.gaps(**{"expect": NO_RULES, **asked})
    return [(one.kind, one.account, one.campaign_id, one.from_, one.to, one.days) for one in gaps]


@pytest.mark.usefixtures("db_file")
class TestMissingDays:
    def test_consecutive_ones_between_days_that_are_there_are_one_finding(self) -> None:
        campaign("a", [age for age in range(1, 41) if age not in (5, 9, 10, 11)])

        assert found() == [
            ("missing_day", "1", None, ago(11), ago(9), 3),
            ("missing_day", "1", None, ago(5), ago(5), 1),
        ]

    def test_a_day_of_one_campaign_is_a_day_of_its_account_and_of_no_other(self) -> None:
        campaign("a", [age for age in range(1, 41) if age != 5])
        campaign("b", [5])
        assert found() == []

        campaigns.update("b", metadata={"account": "2"})
        campaign("c", [age for age in range(1, 41) if age != 7], account=None)
        campaign("d", [7], account=None, platform="dv360")

        assert found(max_age=99) == [
            ("missing_day", None, None, ago(7), ago(7), 1),
            ("missing_day", "1", None, ago(5), ago(5), 1),
        ]

    def test_whoever_never_reported_daily_for_two_weeks_lacks_none(self) -> None:
        campaign("weekly", range(1, 90, 7), account="weekly")
        campaign("workdays", [age for age in range(1, 90) if ago(age).weekday() < 5], account="workdays")
        campaign("new", [age for age in range(1, 14) if age != 7], account="new")

        assert found() == []

    def test_days_before_the_window_count_for_what_is_expected(self) -> None:
        campaign("a", [age for age in range(1, 60) if age not in (5, 20, 21, 22, 40)])

        assert found(start_date=ago(21), end_date=ago(6)) == [("missing_day", "1", None, ago(21), ago(20), 2)]
        assert found(start_date=ago(5)) == found(period="5d") == [("missing_day", "1", None, ago(5), ago(5), 1)]

    def test_a_whole_window_can_be_missing(self) -> None:
        campaign("a", [1, 2, *range(50, 90)])

        assert found(start_date=ago(30), end_date=ago(10)) == [("missing_day", "1", None, ago(30), ago(10), 21)]


@pytest.mark.usefixtures("db_file")
class TestStale:
    def test_an_account_whose_newest_day_is_too_old(self) -> None:
        campaign("late", range(3, 40), account="late")
        campaign("fresh", range(2, 40), account="fresh")

        assert found() == [("stale", "late", None, ago(2), ago(1), 2)]
        assert found(max_age="3d") == found(max_age=3) == []
        assert [row[1] for row in found(max_age=1)] == ["fresh", "late"]

    def test_whoever_reports_once_a_week_is_late_a_week_later(self) -> None:
        campaign("a", range(8, 90, 7), account="in time")
        campaign("b", range(9, 90, 7), account="late")

        assert found() == [("stale", "late", None, ago(8), ago(1), 8)]

    def test_a_window_in_the_past_is_seen_from_its_end(self) -> None:
        campaign("ended", range(20, 60), account="ended")
        campaign("goes on", range(1, 60), account="goes on")

        assert found(end_date=ago(18)) == [("stale", "ended", None, ago(19), ago(18), 2)]
        assert found(end_date=ago(19)) == found(end_date=ago(25)) == []

    def test_a_day_that_is_not_over_counts_when_it_is_there(self) -> None:
        campaign("a", range(40))

        assert found(max_age=0) == []


@pytest.mark.usefixtures("db_file")
class TestStopped:
    def test_a_campaign_without_figures_while_its_account_goes_on(self) -> None:
        campaign("goes on", range(1, 40))
        campaign("stopped", range(6, 40), status="active")

        assert found() == [("stopped", "1", "stopped", ago(5), ago(1), 5)]
        assert found(start_date=ago(5)) == found(end_date=ago(5))[-1:] == found()
        assert found(start_date=ago(4)) == found(end_date=ago(6)) == []

    @pytest.mark.parametrize(
        ("ages", "more"),
        [
            (range(6, 40), {"status": "Paused"}),
            (range(6, 40), {"status": "ENDED"}),
            (range(6, 40), {"end_date": ago(6)}),
            (range(6, 40), {"end_date": ago(4)}),
            (range(3, 40), {"status": "active"}),
            (range(6, 40, 2), {"status": "active"}),
            (range(6, 13), {"status": "active"}),
            (range(6, 40), {"account": "another"}),
        ],
        ids=["paused", "ended", "end reached", "end near", "two days", "not on most days", "short", "other account"],
    )
    def test_what_is_no_stop(self, ages: Sequence[int], more: dict[str, Any]) -> None:
        campaign("goes on", range(1, 40))
        campaign("c", ages, **more)

        assert [row for row in found() if row[0] == "stopped"] == []

    def test_a_campaign_is_missed_up_to_its_end(self) -> None:
        campaign("goes on", range(1, 40))
        campaign("c", range(10, 40), end_date=ago(4))

        assert found() == [("stopped", "1", "c", ago(9), ago(4), 6)]

    def test_a_campaign_of_a_deleted_project_counts_and_only_those_of_a_project_are_asked_for(self) -> None:
        for id in ("p", "q"):
            projects.create(id=id, name=id, type="campaign")
        campaign("goes on", range(1, 40))
        campaign("stopped", range(6, 40), project_id="p")
        campaign("other", [age for age in range(1, 40) if age != 7], account="2", project_id="q")
        projects.delete("p")

        assert [row[0] for row in found(project_id="p")] == ["stopped"]
        assert [row[:2] for row in found(project_id="q")] == [("missing_day", "2")]


@pytest.mark.usefixtures("db_file")
def test_days_that_only_a_partial_file_has_set_are_told_by_campaign() -> None:
    campaign("a", range(2, 40))
    campaign("b", [2, 3, 6], marks="partial: Keyword")
    campaign("c", [1], marks="partial: Region")
    metrics.record_metrics("a", ago(4), merge_metadata={"note": '"coverage"'})

    assert found(max_age=9) == [
        ("partial", "1", "b", ago(6), ago(6), 1),
        ("partial", "1", "b", ago(3), ago(2), 2),
        ("partial", "1", "c", ago(1), ago(1), 1),
    ]
    assert found(start_date=ago(2), end_date=ago(2)) == [("partial", "1", "b", ago(2), ago(2), 1)]
    [*_, newest] = coverage.gaps(expect=NO_RULES)
    assert newest.message == "ttd 1: figures of C c on 2026-03-19 are of a partial file, by Region"


@pytest.mark.usefixtures("no_json_mode")
def test_partial_days_are_found_along_their_index() -> None:
    sql, given = Metrics.select(Metrics.campaign, Metrics.date).where(marked()).sql()
    if db.in_a_file:
        plan = str(db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", given).fetchall())
    else:
        with db.atomic():
            db.execute_sql("SET LOCAL enable_seqscan = off")
            plan = str(db.execute_sql(f"EXPLAIN {sql}", given).fetchall())

    assert "metrics_partial" in plan


@pytest.mark.usefixtures("db_file")
class TestExpectations:
    def test_weekdays(self) -> None:
        """Of 2026-03-20, a Friday."""
        ages = [age for age in range(1, 60) if ago(age).weekday() < 5 and age not in (7, 4, 9)]
        campaign("a", ages)
        workdays = {"ttd": {"1": {"days": ["mon", "tue", "wed", "thu", "fri"]}}}

        assert found() == []
        assert found(expect=workdays) == [
            ("missing_day", "1", None, ago(9), ago(9), 1),
            ("missing_day", "1", None, ago(7), ago(4), 2),
        ]

    @pytest.mark.parametrize(("today", "late"), [(23, False), (24, False), (25, True)])
    def test_nobody_is_late_for_days_on_which_nothing_is_expected(
        self, today: int, late: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        campaign("a", range(1, 40))  # to Thursday, the 19th
        monkeypatch.setattr(periods, "today", lambda _timezone: date(2026, 3, today))

        gaps = found(expect={"ttd": {"days": ["mon", "tue", "wed", "thu"]}})

        assert gaps == ([("stale", "1", None, date(2026, 3, 23), date(2026, 3, 24), 2)] if late else [])

    def test_those_of_an_account_come_before_those_of_its_platform(self) -> None:
        campaign("a", [1, 4, 8], account="1")
        campaign("b", range(5, 30), account="2")
        campaign("c", range(5, 30), account="3")
        campaign("d", range(9, 30), account="3")
        rules = {"ttd": {"max_age": "9d", "1": {"days": "daily"}, "2": {"max_age": 3}, "3": {"retired": True}}}

        assert found(expect=rules) == [
            ("missing_day", "1", None, ago(7), ago(5), 3),
            ("missing_day", "1", None, ago(3), ago(2), 2),
            ("stale", "2", None, ago(4), ago(1), 4),
        ]

    def test_they_are_those_of_the_settings_unless_they_are_given(self) -> None:
        campaign("a", range(5, 30))
        Path("adops.toml").write_text("[expect.ttd]\nmax_age = '9d'\n", encoding="utf-8")

        assert list(coverage.gaps()) == []
        assert len(coverage.gaps(expect={})) == 1


@pytest.mark.usefixtures("db_file")
def test_what_cannot_be_asked_is_refused() -> None:
    campaign("a", [1], account="123-456")

    with pytest.raises(NotFoundError, match=r"there is no account '123'. Did you mean 123-456\?"):
        coverage.gaps(account="123")
    with pytest.raises(BadRequestError, match='max_age must be a number of days such as 2d, not "2h"'):
        coverage.gaps(max_age="2h")


def test_a_campaign_that_cannot_be_read_is_left_out_with_a_warning(db_file: object) -> None:  # noqa: ARG001
    campaign("a", range(1, 30))
    campaign("b", range(5, 30))
    db.execute_sql("UPDATE campaigns SET name = CAST(x'ff' AS TEXT) WHERE id = 'b'")

    with pytest.warns(UnreadableRowWarning, match="campaigns b is left out"):
        assert found() == []


# The same by a plain loop over all daily rows.

STATUSES = [None, "active", "active", "Paused", "removed"]
WINDOWS: Sequence[dict[str, Any]] = [
    {},
    {"start_date": ago(40), "end_date": ago(12)},
    {"start_date": ago(70)},
    {"end_date": ago(35)},
    {"platform": "ttd", "account": "1"},
    {"project_id": "p", "start_date": ago(60)},
]


def a_book(pick: Random) -> None:
    projects.create(id="p", name="P", type="campaign")
    for number in range(9):
        oldest = pick.randrange(20, 110)
        newest = pick.choice([0, 1, 1, 3, 6, pick.randrange(oldest)])
        held = pick.choice([1, 1, 0.95, 0.6, 0.15])
        campaign(
            f"c{number}",
            [age for age in range(newest, oldest) if pick.random() < held],
            account=pick.choice([None, "1", "1", "2"]),
            platform=pick.choice(["ttd", "ttd", "dv360"]),
            status=pick.choice(STATUSES),
            end_date=pick.choice([None, None, ago(pick.randrange(-9, 40))]),
            project_id=pick.choice([None, "p"]),
            marks=pick.choice([None, None, None, "partial: Keyword"]),
        )


def some_rules(pick: Random) -> dict[str, Any]:
    own: dict[str, Any] = pick.choice([{}, {"retired": True}, {"days": "daily"}, {"days": ["mon", "thu"]}])
    return {"ttd": {"max_age": pick.choice([1, "5d"]), "1": own}} if pick.random() < 0.7 else {}


Finding = tuple[Any, ...]


def naive(rules: dict[str, Any], max_age: int, **asked: Any) -> Iterator[Finding]:
    first, last = asked.get("start_date", date.min), asked.get("end_date", date.max)
    today = min(TODAY, last + timedelta(1)) if last < date.max else TODAY
    known = {row.id: row for row in campaigns.list()}
    accounts: dict[tuple[str, str | None], list[Any]] = defaultdict(list)
    for row in metrics.list():
        accounts[_account_of(known[row.campaign_id])].append(row)
    of_project = {id for id, one in known.items() if asked.get("project_id") in (None, one.project_id)}
    for (platform, account), rows in accounts.items():
        chosen = asked.get("platform", platform) == platform and asked.get("account", account) == account
        if not chosen or all(_account_of(known[id]) != (platform, account) for id in of_project):
            continue
        rule = expect.expectation(rules, platform, account)
        days = {row.date for row in rows}
        findings = [*_naive_missing(days, rule.days, first, last)]
        if not rule.retired:
            usual = max_age if rule.max_age is None else rule.max_age
            findings += _naive_stale(days, rule.days, usual, today)
        for id in {row.campaign_id for row in rows} & of_project:
            own = {row.date: bool(row.metadata) for row in rows if row.campaign_id == id}
            findings += _naive_partial(id, {day for day in own if own[day]}, first, last)
            if not rule.retired and (stop := max(own) + timedelta(1)) >= first and stop <= last:
                findings += _naive_stopped(known[id], own, days)
        yield from ((kind, account, *rest) for kind, *rest in findings)


def _account_of(campaign: Any) -> tuple[str, str | None]:
    return campaign.platform, (campaign.metadata or {}).get("account")


def _naive_missing(days: set[date], expected: Any, first: date, last: date) -> Iterator[Finding]:
    span = _each(min(days), max(days))
    fortnights = [sum(day + timedelta(n) in days for n in range(14)) for day in span]
    if expected is None and max(fortnights) < 13:
        return
    run: list[date] = []
    for day in span:
        if day in days:
            yield from _finding("missing_day", None, run)
            run = []
        elif first <= day <= last and (expected is None or day.weekday() in expected):
            run.append(day)


def _naive_stale(days: set[date], expected: Any, max_age: int, today: date) -> Iterator[Finding]:
    newest = sorted(days)[-14:]
    missing = [day for day in _each(newest[-1], today)[1:-1] if expected is None or day.weekday() in expected]
    due = missing[:1]
    if expected is None:
        steps = sorted((after - before).days for before, after in pairwise(newest))
        due = [newest[-1] + timedelta(steps[(len(steps) - 1) // 2] if steps else 1)]
    if due and due[0] < today and (today - due[0]).days >= max_age:
        yield from _finding("stale", None, missing)


def _naive_stopped(campaign: Any, own: Collection[date], days: set[date]) -> Iterator[Finding]:
    last = max(own)
    missed = [day for day in sorted(days) if last < day <= (campaign.end_date or date.max)]
    running = sum(last - timedelta(n) in own for n in range(14)) >= 8
    if running and (campaign.status or "").lower() not in ("paused", "removed") and len(missed) >= 3:
        yield from _finding("stopped", campaign.id, _each(last, missed[-1])[1:])


def _naive_partial(id: str, partial: set[date], first: date, last: date) -> Iterator[Finding]:
    run: list[date] = []
    for day in _each(ago(200), TODAY + timedelta(1)):
        if day in partial and first <= day <= last:
            run.append(day)
        else:
            yield from _finding("partial", id, run)
            run = []


def _each(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def _finding(kind: str, id: str | None, run: Sequence[date]) -> Iterator[Finding]:
    if run:
        yield kind, id, run[0], run[-1], len(run)


@pytest.mark.parametrize("seed", [0, 5, 9])  # books with gaps of each kind
def test_gaps_are_those_of_a_plain_loop_over_the_daily_rows(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pick = Random(seed)  # noqa: S311 - no secret
    a_book(pick)

    def require_truth() -> list[Gap]:
        gaps: list[Gap] = []
        for window in WINDOWS:
            rules, max_age = some_rules(pick), pick.choice([1, 2, 4])
            gaps += (every := coverage.gaps(**window, expect=rules, max_age=max_age))
            mine = [(one.kind, one.account, one.campaign_id, one.from_, one.to, one.days) for one in every]
            assert sorted(mine, key=repr) == sorted(naive(rules, max_age, **window), key=repr)
        return gaps

    kinds = {gap.kind for gap in require_truth()}
    for row in pick.sample(list(metrics.list()), 5):  # whose months are stale then
        metrics.delete(row.campaign_id, row.date)
    kinds |= {gap.kind for gap in require_truth()}
    monkeypatch.setattr(state, "stale_months", lambda: None)  # as where a trigger is missing
    kinds |= {gap.kind for gap in require_truth()}
    assert kinds == {"missing_day", "stale", "stopped", "partial"}
