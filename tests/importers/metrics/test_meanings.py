"""Figures that mean something else than the stored ones: refused unless the user allows it, and never in silence."""

from collections.abc import Mapping
from typing import Any

import pytest

from adops_cli.data import campaigns, imports
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions
from adops_cli.storage.models import Metrics
from tests.importers.metrics.fake_export import campaign, put

pytestmark = pytest.mark.usefixtures("bound")

LINK = {"clicks": "link clicks", "spend": "advertiser cost"}
ALL = {"clicks": "all clicks", "spend": "advertiser cost"}
ACCEPTED = StoreOptions(accept_new_meaning=True)


def rows(clicks: int, spend: int = 5, day: str = "2026-02-02", name: str = "Brand") -> dict[Any, Any]:
    return {name: {day: {"impressions": 100, "clicks": clicks, "spend": spend}}}


def clicks() -> list[int | None]:
    return [row.clicks for row in Metrics.select().order_by(Metrics.date)]


def refused(found: Mapping[Any, Any], means: Mapping[str, str], **about: Any) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        put(found, means=means, **about)
    assert caught.value.because is Refusal.CHANGED_MEANING
    return caught.value


def told(done: FileOutcome) -> list[str]:
    return [notice for notice in done.notices if "in this file, and" in notice]


def test_another_meaning_is_refused_and_changes_nothing() -> None:
    put(rows(11), means=LINK, file="links.csv")

    error = refused(rows(16), ALL)

    assert str(error.message).startswith("clicks are 'all clicks' in this file, and are 'link clicks' in links.csv")
    assert "--accept-new-meaning or --clicks" in str(error.hint)
    assert clicks() == [11]
    assert len(imports.list()) == 1
    assert [column.header for column in error.columns] != []


def test_a_dry_run_refuses_it_too() -> None:
    put(rows(11), means=LINK)
    refused(rows(16), ALL, store_options=StoreOptions(dry_run=True))


@pytest.mark.parametrize(
    ("options", "store_options"), [(ReadOptions(clicks="all"), StoreOptions()), (ReadOptions(), ACCEPTED)]
)
def test_the_user_can_allow_it_and_is_told(options: ReadOptions, store_options: StoreOptions) -> None:
    put(rows(11), means=LINK, file="links.csv")

    done = put(rows(16), store_options, options=options, means=ALL)

    [notice] = told(done)
    assert "days that this file lacks keep the old meaning" in notice
    assert clicks() == [16]
    assert not told(put(rows(17), means=ALL))  # the new meaning is the newest


def test_the_choice_of_clicks_allows_no_other_spend() -> None:
    put(rows(11), means={"spend": "advertiser cost"})
    error = refused(rows(11), {"spend": "media cost"}, options=ReadOptions(clicks="all", conversions="lead"))
    assert "spend is 'media cost' in this file" in str(error.message)
    assert str(error.hint).endswith("use --accept-new-meaning")


def test_the_choice_of_conversions_allows_their_revenue() -> None:
    before = {"conversions": "purchase", "revenue": "purchase value"}
    put(rows(11), means=before)
    after = {"conversions": "lead", "revenue": "lead value"}
    assert "--accept-new-meaning or --conversions" in str(refused(rows(12), after).hint)
    assert len(told(put(rows(12), options=ReadOptions(conversions="lead"), means=after))) == 2


def test_an_unknown_meaning_differs_from_nothing_and_hides_nothing() -> None:
    put(rows(11), means=LINK)
    assert not told(put(rows(12), means={}))
    assert not told(put(rows(13), means={"spend": "advertiser cost"}))
    refused(rows(14), ALL)


def test_new_campaigns_of_the_account_are_held_to_it() -> None:
    put(rows(11), means=LINK)
    refused(rows(16, name="Other"), ALL)


def test_another_account_and_another_platform_have_meanings_of_their_own() -> None:
    put(rows(11), means=LINK, account="one")
    assert put(rows(16), means=ALL, account="two").inserted == 1
    assert put(rows(16), means=ALL, platform="meta-ads", account="one").inserted == 1
    refused(rows(12), ALL, account="one")


def test_each_account_of_a_file_is_compared() -> None:
    both: dict[Any, Any] = {
        campaign("A", account="one"): rows(1)["Brand"],
        campaign("B", account="two"): rows(1)["Brand"],
    }
    put(both, means=LINK)
    refused(rows(16), ALL, account="two")


def test_each_account_of_a_file_has_its_own_newest_meaning() -> None:
    put({campaign("A", "1", account="one"): rows(4)["Brand"]}, means=LINK)
    put({campaign("B", "2", account="two"): rows(9)["Brand"]}, means=ALL)
    both: dict[Any, Any] = {
        campaign("A", "1", account="one"): rows(9)["Brand"],
        campaign("B", "2", account="two"): rows(9)["Brand"],
    }
    refused(both, ALL)
    refused(both, LINK)


def test_what_a_campaign_meant_before_its_account_was_known_is_not_forgotten() -> None:
    put({campaign("A", "1"): rows(9)["Brand"]}, means=ALL)
    put({campaign("A", "1", account="one"): rows(9, day="2026-02-03")["Brand"]}, means={"spend": "advertiser cost"})
    put({campaign("C", "3", account="one"): rows(2, day="2026-02-03")["Brand"]}, means=LINK)
    of_the_campaign = {campaign("A", "1", account="one"): rows(4)["Brand"]}

    assert "'all clicks'" in str(refused(of_the_campaign, LINK).message)
    put(of_the_campaign, ACCEPTED, means=LINK)
    assert not told(put({campaign("A", "1", account="one"): rows(5)["Brand"]}, means=LINK))


def test_a_file_that_names_the_account_of_stored_campaigns_is_held_to_what_they_meant() -> None:
    put({campaign("Brand", "9001"): rows(11)["Brand"]}, means=LINK)
    refused({campaign("Brand", "9001", account="one"): rows(16)["Brand"]}, ALL)


def test_an_import_that_was_undone_means_nothing() -> None:
    done = put(rows(11), means=LINK)
    imports.undo(str(done.batch_id))
    assert put(rows(16), means=ALL).inserted == 1


def test_the_batch_keeps_the_words_and_the_accounts() -> None:
    done = put(rows(11), means=LINK, account="one", attribution="1-day click")
    assert imports.find(str(done.batch_id)).means == {
        "accounts": ["one"],
        "clicks": "link clicks",
        "spend": "advertiser cost",
        "attributionSetting": ["1-day click"],
    }


def test_a_changed_attribution_setting_is_told_by_campaign_and_not_refused() -> None:
    put(rows(11), attribution="7-day click")
    assert [row.metadata["attributionSetting"] for row in campaigns.list()] == ["7-day click"]

    done = put(rows(12), attribution="1-day click")

    assert "attribution setting changed: 7-day click -> 1-day click (Brand)" in done.notices
    assert [row.metadata["attributionSetting"] for row in campaigns.list()] == ["1-day click"]
    assert not any("attribution" in notice for notice in put(rows(13), attribution="1-day click").notices)
    assert not any("attribution" in notice for notice in put(rows(14)).notices)

    imports.undo(str(done.batch_id), cascade=True)
    assert [row.metadata["attributionSetting"] for row in campaigns.list()] == ["7-day click"]
