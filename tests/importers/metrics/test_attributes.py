"""What a file says of its campaigns besides figures: stored, undone, and never over what is set by hand."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adops_cli.data import campaigns, imports
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions, TakeAttributes
from adops_cli.storage.models import Campaign
from tests.importers.metrics.fake_export import campaign, put

pytestmark = pytest.mark.usefixtures("bound")


def take(day: str, how: TakeAttributes = "always", *, name: str = "A", **attributes: Any) -> FileOutcome:
    """Import a file that ends on this day and says this of its campaign."""
    rows: Any = {campaign(name, name): {day: {"impressions": 10, "spend": 1}}}
    return put(rows, StoreOptions(take_attributes=how), file=f"{day}.csv", attributes=attributes)


def stored() -> Campaign:
    [one] = campaigns.list()
    return one


def changes(done: FileOutcome) -> list[str]:
    return [notice for notice in done.notices if " changed: " in notice or " kept" in notice]


def test_a_new_campaign_has_what_its_file_says() -> None:
    take("2026-02-02", status="active", budget="20.5", startDate="2026-01-01", type="Search", labels=["a", "b"])
    one = stored()
    assert (one.status, str(one.budget), str(one.start_date), one.end_date) == ("active", "20.5", "2026-01-01", None)
    assert one.metadata == {"currency": "EUR", "type": "Search", "labels": ["a", "b"]}


def test_the_next_file_changes_it_and_an_undo_restores_it_exactly() -> None:
    take("2026-02-02", status="active", budget="20", type="Search")
    before = stored().to_dict()
    done = take("2026-02-03", status="paused", budget="25.5", type="Search", objective="Sales", endDate="2026-03-01")
    assert changes(done) == ["status changed: A active -> paused", "budget changed: A 20 -> 25.5"]
    assert (stored().status, str(stored().budget), str(stored().end_date)) == ("paused", "25.5", "2026-03-01")
    assert stored().metadata["objective"] == "Sales"

    imports.undo(str(done.batch_id))

    assert stored().to_dict() == before


def test_a_file_without_news_changes_nothing() -> None:
    take("2026-02-02", status="active", type="PERFORMANCE_MAX")
    before = stored().to_dict()
    done = take("2026-02-02", status="active", type="Performance Max")
    assert changes(done) == []
    assert stored().to_dict() == before


def test_what_is_set_by_hand_stays_and_is_told() -> None:
    take("2026-02-02", status="active", budget="20")
    campaigns.update(stored().id, status="paused")
    done = take("2026-02-03", status="ended", budget="30")
    assert (stored().status, str(stored().budget)) == ("paused", "30")
    assert changes(done) == [
        "budget changed: A 20 -> 30",
        "status set by hand, and kept: A paused (the file has ended)",
    ]
    assert "status set by hand, and kept: A paused (the file has ended)" in take("2026-02-04", status="ended").notices


def test_a_campaign_that_was_created_by_hand_keeps_its_own_and_gets_what_it_lacks() -> None:
    campaigns.create(name="A", platform="google-ads", external_id="A", status="draft", metadata={"type": "Search"})
    take("2026-02-02", status="active", budget="20", type="Video")
    assert (stored().status, str(stored().budget), stored().metadata["type"]) == ("draft", "20", "Search")


def test_clearing_a_field_hands_it_back_to_the_files() -> None:
    take("2026-02-02", status="active")
    campaigns.update(stored().id, status="paused")
    campaigns.update(stored().id, status=None)
    take("2026-02-03", status="ended")
    assert stored().status == "ended"


def test_an_older_file_does_not_know_better_but_fills_what_is_empty() -> None:
    take("2026-02-02", status="active")
    take("2026-02-10", status="paused")
    done = take("2026-02-05", status="active", budget="20")
    assert (stored().status, str(stored().budget)) == ("paused", "20")
    assert changes(done) == [
        "status kept, because a file that ends later than 2026-02-05 has set it: A paused (the file has active)"
    ]
    assert take("2026-02-10", status="ended").batch_id
    assert stored().status == "ended"


def test_a_newer_file_counts_though_it_has_found_what_it_says() -> None:
    take("2026-02-02", status="active")
    take("2026-02-10", status="active")
    take("2026-02-05", status="paused")
    assert stored().status == "active"


def test_a_newer_file_that_is_undone_or_of_another_campaign_does_not_count() -> None:
    take("2026-02-02", status="active")
    done = take("2026-02-10", status="paused")
    take("2026-02-20", status="ended", name="B")
    imports.undo(str(done.batch_id))
    take("2026-02-05", status="removed")
    assert {one.name: one.status for one in campaigns.list()} == {"A": "removed", "B": "ended"}


def test_when_empty_only_fills_and_never_takes_nothing() -> None:
    take("2026-02-02", "never", status="active")
    assert stored().status is None
    take("2026-02-03", "when-empty", status="active")
    take("2026-02-04", "when-empty", status="paused", budget="5")
    assert (stored().status, str(stored().budget)) == ("active", "5")
    take("2026-02-05", status="ended")
    assert stored().status == "ended"


def test_a_dry_run_tells_and_changes_nothing() -> None:
    take("2026-02-02", status="active")
    rows: Any = {campaign("A", "A"): {"2026-02-03": {"impressions": 10, "spend": 1}}}
    done = put(rows, StoreOptions(dry_run=True), attributes={"status": "paused"})
    assert changes(done) == ["status changed: A active -> paused"]
    assert stored().status == "active"


def test_a_campaign_that_is_renamed_takes_them_too() -> None:
    rows: Any = {"Old": {f"2026-02-0{day}": {"impressions": 10 + day, "spend": day} for day in range(1, 8)}}
    put(rows, attributes={"status": "active"})
    put({"New": rows["Old"]}, StoreOptions(rename=True), attributes={"status": "paused"})
    assert (stored().name, stored().status) == ("New", "paused")
    assert stored().metadata["formerNames"] == ["Old"]


def test_folding_old_batches_does_not_make_their_values_those_of_a_hand() -> None:
    take("2026-02-02", status="active", budget="20", type="Search")
    take("2026-02-03", status="paused", budget="20", type="Search")
    campaigns.update(stored().id, budget=50)
    assert imports.prune(datetime(2999, 1, 1, tzinfo=UTC)).batches == 2
    done = take("2026-02-04", status="ended", budget="30", type="Video")
    assert (stored().status, str(stored().budget), stored().metadata["type"]) == ("ended", "50", "Video")
    assert [notice for notice in changes(done) if "by hand" in notice] == [
        "budget set by hand, and kept: A 50 (the file has 30)"
    ]
    assert imports.unexplained() == []
