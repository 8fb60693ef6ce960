"""Matching campaigns of a file with stored campaigns, and what the file adds to them."""

from typing import Any

import pytest

from adops_cli.data import campaigns, metrics
from adops_cli.exports.export import FileCampaign, Refusal, RefusedError, Sign
from adops_cli.storage.models import Import
from tests.importers.metrics.fake_export import campaign, put

pytestmark = pytest.mark.usefixtures("bound")

DAYS = {"2026-02-02": {"impressions": 100, "clicks": 1, "spend": 5}}


def stored(id: str, name: str = "Brand", platform: str = "google-ads", **fields: Any) -> None:
    campaigns.create(id=id, name=name, platform=platform, **fields)


def became(of_file: FileCampaign | str, **about: Any) -> str | None:
    """The id of the matching stored campaign; None for a new one."""
    there = {one.id for one in campaigns.list()}
    put({of_file: DAYS}, **about)
    [row] = metrics.list()
    return row.campaign_id if row.campaign_id in there else None


@pytest.mark.parametrize(
    ("there", "of_file", "is_it"),
    [
        # an external id
        ({"external_id": "5", "name": "Other"}, campaign("Brand", "5"), True),
        ({"external_id": "6"}, campaign("Brand", "5"), False),
        ({"external_id": "5", "platform": "meta-ads"}, campaign("Brand", "5"), False),
        # an id where none was known
        ({}, campaign("Brand", "5"), True),
        ({"metadata": {"account": "One"}}, campaign("Brand", "5", account="One"), True),
        ({"metadata": {"account": "One"}}, campaign("Brand", "5", account="Two"), False),
        # a name
        ({}, "Brand", True),
        ({"name": "brand"}, "Brand", False),
        ({"platform": "meta-ads"}, "Brand", False),
        ({"external_id": "5"}, "Brand", True),
        ({"metadata": {"account": "One"}}, "Brand", True),
        ({}, campaign("Brand", account="One"), True),
        ({"metadata": {"account": "One"}}, campaign("Brand", account="One"), True),
        ({"metadata": {"account": "One"}}, campaign("Brand", account="Two"), False),
        ({"metadata": {"account": "act_555"}}, campaign("Brand", account="555"), True),
        ({"metadata": {"account": "123-456-7890"}}, campaign("Brand", account="1234567890"), True),
        # our own id
        ({"platform": "ttd", "name": "Other"}, campaign("c", own_id="c"), True),
        ({"external_id": "x"}, campaign("x", own_id="x"), True),
        ({"external_id": "x", "platform": "ttd"}, campaign("x", own_id="x"), False),
        ({"external_id": "x", "platform": "ttd"}, campaign("x", own_id="x", platform="ttd"), True),
    ],
)
def test_a_campaign_is_known_by_id_or_by_account_and_name(
    there: dict[str, Any], of_file: FileCampaign | str, is_it: bool
) -> None:
    stored("c", **there)

    assert became(of_file) == ("c" if is_it else None)


def test_of_several_campaigns_with_one_name_the_one_of_the_account_matches_then_the_one_without_account() -> None:
    stored("one", metadata={"account": "One"})
    stored("none")

    put({campaign("Brand", account="One"): {"2026-02-01": {"spend": 1}}})
    put({"Brand": {"2026-02-02": {"spend": 2}}})

    assert [(row.campaign_id, row.spend) for row in metrics.list()] == [("none", 2), ("one", 1)]


def test_where_several_could_be_meant_none_is() -> None:
    stored("one", external_id="1")
    stored("two", external_id="2")

    assert became("Brand") is None


def test_two_accounts_of_the_file_do_not_fight_for_a_campaign_of_unknown_account() -> None:
    stored("c")

    put({campaign("Brand", account="One"): DAYS, campaign("Brand", account="Two"): DAYS})

    assert len(campaigns.list()) == 3
    assert campaigns.find("c").metadata is None


def test_unknown_account_currency_and_external_id_are_filled_in_and_other_metadata_stays() -> None:
    stored("c", metadata={"goal": "sales"})

    put({campaign("Brand", "5", account="One"): DAYS})

    found = campaigns.find("c")
    assert (found.external_id, found.metadata) == ("5", {"goal": "sales", "account": "One", "currency": "EUR"})


def test_a_known_account_does_not_change() -> None:
    stored("c", external_id="5", metadata={"account": "One"})

    put({campaign("Brand", "5", account="One, renamed"): DAYS})

    assert campaigns.find("c").metadata == {"account": "One", "currency": "EUR"}


def test_another_currency_than_the_stored_one_refuses_the_file_and_changes_nothing() -> None:
    stored("c", metadata={"currency": "USD"})

    with pytest.raises(RefusedError, match=r"'Brand' \(c\) is stored in USD, but the file has EUR") as refused:
        put({"A new one": DAYS, "Brand": DAYS})

    assert (refused.value.because, refused.value.rows_read) == (Refusal.MIXED_CURRENCIES, 2)
    assert len(campaigns.list()) == 1
    assert Import.select().count() == 0


def test_a_file_that_does_not_say_its_currency_takes_the_stored_one() -> None:
    stored("c", metadata={"currency": "USD"})

    assert became("Brand", currency=None) == "c"
    assert campaigns.find("c").metadata == {"currency": "USD"}


def test_a_new_name_under_an_id_takes_the_place_of_the_old_one_which_is_kept() -> None:
    put({campaign("First", "5"): DAYS})
    put({campaign("Second", "5"): DAYS})
    done = put({campaign("Third", "5"): DAYS})
    back = put({campaign("First", "5"): DAYS}, bytes_of_file="again")

    [found] = campaigns.list()
    assert (found.name, found.metadata["formerNames"]) == ("First", ["Second", "Third"])
    assert (done.notices, back.notices) == (["renamed: Second -> Third"], ["renamed: Third -> First"])


def test_our_own_id_alone_renames_nothing() -> None:
    stored("c", name="Brand")
    put({campaign("c", own_id="c"): DAYS})
    put({campaign("x", own_id="x"): DAYS})
    campaigns.update(next(one.id for one in campaigns.list() if one.external_id == "x"), name="Nice name")
    put({campaign("x", own_id="x"): DAYS}, bytes_of_file="again")

    assert {one.name for one in campaigns.list()} == {"Brand", "Nice name"}


def test_an_unknown_own_id_becomes_external_id_and_name() -> None:
    put({campaign("x-1", own_id="x-1", platform="ttd"): DAYS}, platform="generic")

    [found] = campaigns.list()
    assert (found.name, found.external_id, found.platform) == ("x-1", "x-1", "ttd")


def test_two_names_in_the_file_for_one_campaign_here_are_refused() -> None:
    stored("c", external_id="x")

    with pytest.raises(RefusedError, match="'c' and 'x' are two campaigns in the file, but one stored campaign: c"):
        put({campaign("c", own_id="c"): DAYS, campaign("x", own_id="x"): DAYS})


def test_the_id_of_a_new_campaign_follows_from_what_it_is_known_by() -> None:
    put({"Brand": DAYS, campaign("Brand", account="One"): DAYS, campaign("Brand", "Brand", account="Two"): DAYS})
    first = {one.id for one in campaigns.list()}
    for id in first:
        campaigns.delete(id)
    put({"Brand": DAYS, campaign("Brand", account="One"): DAYS, campaign("Brand", "Brand", account="Two"): DAYS})

    assert len(first) == 3
    assert {one.id for one in campaigns.list()} == first


def test_an_id_that_is_taken_by_another_campaign_is_left_to_it() -> None:
    put({campaign("Brand", "5"): DAYS})
    [first] = campaigns.list()
    campaigns.update(first.id, external_id="6")

    put({campaign("Brand", "5"): DAYS}, bytes_of_file="again")

    assert {one.external_id for one in campaigns.list()} == {"5", "6"}


def test_a_sign_fits_a_stored_currency_that_has_it_and_contradicts_any_other() -> None:
    dollars = campaign("Brand", "5", sign=Sign("$", frozenset({"USD", "CAD"})))
    stored("c", external_id="5", metadata={"currency": "CAD"})

    assert became(dollars, currency=None) == "c"

    campaigns.update("c", metadata={"currency": "EUR"})
    with pytest.raises(RefusedError, match=r"stored in EUR, but the file has \$") as caught:
        put({dollars: DAYS}, currency=None)
    assert caught.value.because is Refusal.MIXED_CURRENCIES


def test_a_campaign_with_an_id_is_none_of_the_same_name_in_another_currency() -> None:
    put({"Brand": DAYS}, currency="GBP")

    put({campaign("Brand", "7"): DAYS}, currency="CAD")

    assert {(one.external_id, one.metadata["currency"]) for one in campaigns.list()} == {(None, "GBP"), ("7", "CAD")}


def test_a_campaign_of_an_account_is_none_of_unknown_account_in_another_currency() -> None:
    put({"Brand": DAYS}, currency="GBP")

    put({campaign("Brand", account="One"): DAYS}, currency="CAD")

    assert {(one.metadata.get("account"), one.metadata["currency"]) for one in campaigns.list()} == {
        (None, "GBP"), ("One", "CAD"),
    }  # fmt: skip
