"""A campaign is named by id, external id, name or its beginning: alike on both engines and in JSON mode."""

import re
from typing import Any

import pytest

from adops_cli.data import campaigns, metrics, naming
from adops_cli.errors import BadRequestError, NotFoundError
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign

NAMES = {
    "camp-1": "Müller Brand",
    "camp-2": "Müller Generic",
    "camp-3": "MÜLLER BRAND",
    "camp-4": "[US] Display 100%_x",
    "camp-5": "camp-1",
    "camp-6": "google-ads/777",
}


@pytest.fixture(autouse=True)
def filled(bound: Any) -> None:
    assert bound
    campaigns.create_many(
        {"id": id, "name": name, "platform": "google-ads", "external_id": f"77{id[-1]}"} for id, name in NAMES.items()
    )


@pytest.mark.parametrize(
    ("typed", "id"),
    [
        ("camp-2", "camp-2"),
        ("camp-1", "camp-1"),  # an id goes before a name
        ("google-ads/774", "camp-4"),
        ("Google Ads/774", "camp-4"),
        ("google-ads/777", "camp-6"),  # no external id, so it is a name
        ("Müller Brand", "camp-1"),  # exactly this one, and not the one in capitals
        ("MÜLLER BRAND", "camp-3"),
        ("müller generic", "camp-2"),
        ("müller g", "camp-2"),
        ("[us]", "camp-4"),
    ],
)
def test_a_campaign_is_found_by_what_people_call_it(typed: str, id: str) -> None:
    assert naming.id_of(typed) == id


@pytest.mark.parametrize("typed", ["müller brand", "MÜLL", "Müller"])
def test_several_are_listed_and_none_is_taken(typed: str) -> None:
    with pytest.raises(BadRequestError, match=r"camp-1 \(Müller Brand, google-ads\)") as caught:
        naming.id_of(typed)
    assert caught.value.exit_code == 2
    assert "camp-3 (MÜLLER BRAND, google-ads)" in str(caught.value)


@pytest.mark.parametrize("typed", ["müller g", "[us]", "", "%", "google-ads/", "/774", "nonsense"])
def test_a_beginning_is_not_enough_for_a_change(typed: str) -> None:
    with pytest.raises(NotFoundError, match=re.escape(f"there is no campaign {typed!r}")):
        naming.id_of(typed, whole=True)
    assert naming.id_of("müller GENERIC", whole=True) == "camp-2"


def test_a_mistyped_name_gets_the_nearest_ones() -> None:
    with pytest.raises(NotFoundError, match=re.escape("Did you mean camp-2 (Müller Generic, google-ads)")):
        naming.id_of("Mueller Generic")
    with pytest.raises(NotFoundError, match=re.escape("camp-4 ([US] Display 100%_x, google-ads)")):
        naming.id_of("display")
    with pytest.raises(NotFoundError, match="Use `adops campaigns list`"):
        naming.id_of("0000000000")


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("müller*", ["camp-1", "camp-2", "camp-3"]),
        ("*BRAND", ["camp-1", "camp-3"]),
        ("[us]*", ["camp-4"]),
        ("*100%_?", ["camp-4"]),
        ("camp-?", ["camp-5"]),
        ("müller", []),
        ("*", list(NAMES)),
    ],
)
def test_a_pattern_of_names_is_the_same_on_every_engine(pattern: str, ids: list[str]) -> None:
    assert [row.id for row in campaigns.list(name=pattern, sort="id")] == ids
    assert [row.id for row in campaigns.list(name=pattern, sort="id", platform="google-ads", limit=1)] == ids[:1]


@pytest.mark.no_cover
@pytest.mark.usefixtures("no_json_mode")
def test_more_campaigns_match_than_an_engine_takes_parameters() -> None:
    db.execute_sql(
        "INSERT INTO campaigns (id, name, platform) "
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 70000) "
        "SELECT 'many-' || n, 'Many ' || n, 'ttd' FROM many"
    )

    assert len(campaigns.list(name="many *", limit=3)) == 3
    assert len(naming.matching("MANY*")) == 70_000


def test_daily_rows_are_listed_by_platform_and_campaigns_with_their_names() -> None:
    campaigns.create(id="other", name="Other", platform="ttd")
    for id in ("camp-1", "camp-2", "other"):
        metrics.record_metrics(id, "2026-02-10", spend=1)

    assert [(row.campaign_id, row.name) for row in metrics.list(platform="Google Ads")] == [
        ("camp-1", "Müller Brand"),
        ("camp-2", "Müller Generic"),
    ]
    assert [row.platform for row in metrics.list(campaign_ids=["other", "camp-2"], platform="ttd")] == ["ttd"]
    assert metrics.list(campaign_ids=[]) == []


def test_daily_rows_are_sorted_by_what_they_have_of_their_campaign() -> None:
    campaigns.create(id="other", name="A first", platform="ttd")
    for id in ("camp-1", "other", "camp-2"):
        metrics.record_metrics(id, "2026-02-10", spend=1)

    assert [row.campaign_id for row in metrics.list(sort="name")] == ["other", "camp-1", "camp-2"]
    assert [row.campaign_id for row in metrics.list(sort="-name", limit=2)] == ["camp-2", "camp-1"]
    assert [row.campaign_id for row in metrics.list(sort="-platform", limit=1, offset=2)] == ["camp-2"]


@pytest.mark.usefixtures("db_file")
def test_that_order_holds_for_days_in_another_form_too() -> None:
    campaigns.create(id="other", name="A first", platform="ttd")
    for id in ("camp-1", "other", "camp-2"):
        metrics.record_metrics(id, "2026-02-10", spend=1)
    db.execute_sql("UPDATE metrics SET date = '2026-02-10T00:00:00.000Z' WHERE campaignId = 'camp-1'")

    assert [row.campaign_id for row in metrics.list(sort="name")] == ["other", "camp-1", "camp-2"]
    assert [row.campaign_id for row in metrics.list(sort="-name", limit=2)] == ["camp-2", "camp-1"]


@pytest.mark.usefixtures("db_file")
def test_a_name_that_cannot_be_read_is_in_nobodys_way() -> None:
    metrics.record_metrics("camp-2", "2026-02-10", spend=1)
    db.execute_sql("UPDATE campaigns SET name = CAST(x'ff' AS TEXT) WHERE id = 'camp-2'")

    [row] = metrics.list()
    assert (row.name, row.platform) == (None, "google-ads")
    assert naming.id_of("[us]") == "camp-4"
    assert naming.id_of("camp-2") == "camp-2"


def test_metadata_is_replaced_or_merged_as_one_says() -> None:
    campaigns.update("camp-1", metadata={"a": 1, "currency": "EUR"})

    assert campaigns.update("camp-1", merge_metadata={"b": 2}, currency="usd").metadata == {
        "a": 1,
        "b": 2,
        "currency": "USD",
    }
    assert campaigns.update("camp-1", account="9").metadata["account"] == "9"
    assert "account" not in campaigns.update("camp-1", account=None).metadata
    assert campaigns.update("camp-1", metadata={"c": 3}, currency="EUR").metadata == {"c": 3, "currency": "EUR"}
    assert campaigns.update("camp-1", merge_metadata=None).metadata is None
    with pytest.raises(BadRequestError, match='ISO 4217, not "EURO"'):
        campaigns.update("camp-1", currency="EURO")
    with pytest.raises(BadRequestError, match="metadata must be a JSON object of changes"):
        campaigns.update("camp-1", merge_metadata=[1])


def test_many_campaigns_change_together_or_not_at_all() -> None:
    assert [row.status for row in campaigns.update_many(["camp-1", "camp-2"], status="paused")] == ["paused"] * 2
    with pytest.raises(NotFoundError):
        campaigns.update_many(["camp-1", "gone"], status="live")
    assert Campaign.get_by_id("camp-1").status == "paused"


def test_a_day_is_deleted_once() -> None:
    metrics.record_metrics("camp-1", "2026-02-10", spend=1)

    assert metrics.find("camp-1", "2026-02-10").spend == 1
    assert metrics.delete("camp-1", "2026-02-10") == {"success": True}
    assert metrics.delete("camp-1", "2026-02-10") == {"success": False}
    with pytest.raises(NotFoundError, match="campaign 'camp-1' has no figures for 2026-02-10"):
        metrics.find("camp-1", "2026-02-10")
