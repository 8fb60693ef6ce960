"""What a file says of its campaigns besides their figures: status, type, budget, flight and more."""

from collections.abc import Mapping
from typing import Any

import pytest

from adops_cli.exports.export import Export
from tests.exports.reading import Read, metadata

GOOGLE = "Day,Campaign status,Campaign,Campaign ID,Campaign type,Budget,Currency code,Impr.,Clicks,Cost"


def said(export: Export) -> dict[str, Mapping[str, Any]]:
    return {export.campaigns[number].name: attributes for number, attributes in export.attributes.items()}


def test_status_type_and_budget_are_read_and_are_no_figures_of_a_day(read: Read) -> None:
    export = read(
        GOOGLE,
        "2026-10-01,Removed,Old,9001,Search,50.00,EUR,10,1,1.00",
        "2026-10-01,Enabled,New,9002,Performance Max,20.50,EUR,10,1,1.00",
    )
    assert said(export) == {
        "Old": {"status": "removed", "type": "Search", "budget": "50"},
        "New": {"status": "active", "type": "Performance Max", "budget": "20.5"},
    }
    assert metadata(export) == [None, None]
    assert [column.fate for column in export.columns][:6:5] == ["day", "budget of the campaign"]


def test_the_newest_day_that_has_a_value_decides_wherever_it_stands(read: Read) -> None:
    export = read(
        GOOGLE,
        "2026-10-02,Enabled,A,1,Search,20.00,EUR,10,1,1.00",
        "2026-10-04,Paused,A,1,--,30.00,EUR,10,1,1.00",
        "2026-10-03,Enabled,A,1,Display,25.00,EUR,10,1,1.00",
        "2026-10-01,Removed,A,1,Video,5.00,EUR,10,1,1.00",
    )
    assert said(export) == {"A": {"status": "paused", "type": "Display", "budget": "30"}}


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Eligible (Limited)", "active"),
        ("CAMPAIGN_STATUS_ENABLE", "active"),
        ("En veille", "paused"),
        ("gelöscht", "removed"),
        ("Completed", "ended"),
        ("Not eligible", "not-eligible"),
        ("2", None),
    ],
)
def test_statuses_are_our_words_or_slugs_and_never_codes(read: Read, written: str, status: str | None) -> None:
    export = read(GOOGLE, f"2026-10-01,{written},A,1,Search,5.00,EUR,10,1,1.00")
    assert said(export)["A"].get("status") == status


def test_a_status_of_what_is_below_the_campaign_is_not_the_campaigns(read: Read) -> None:
    export = read(
        "Day,Campaign,Ad group,Status,Budget,Campaign status,Currency code,Impr.,Clicks,Cost",
        "2026-10-01,A,G1,Paused,5.00,Enabled,EUR,10,1,1.00",
    )
    assert said(export) == {"A": {"status": "active"}}


def test_kind_of_budget_dates_labels_bids_and_the_account(read: Read) -> None:
    export = read(
        "Day,Campaign,Campaign ID,Account name,Customer ID,Account time zone,Budget,Budget type,Start date,End date,"
        "Bid strategy type,Labels,Currency code,Impr.,Clicks,Cost",
        '2026-10-01,A,1,Acme GmbH,123-456-7890,Europe/Berlin,"1,200.00",Campaign Total,"Sep 1, 2026",2037-12-30,'
        "Target ROAS,brand;eu ; ,EUR,10,1,1.00",
    )
    assert said(export) == {
        "A": {
            "budget": "1200",
            "budgetKind": "lifetime",
            "startDate": "2026-09-01",
            "bidStrategy": "Target ROAS",
            "labels": ["brand", "eu"],
            "accountName": "Acme GmbH",
            "accountTimeZone": "Europe/Berlin",
        }
    }


def test_meta_says_an_end_in_words_and_a_budget_that_is_not_the_campaigns(read: Read) -> None:
    export = read(
        "Day,Campaign name,Campaign delivery,Ad set budget,Ad set budget type,Amount spent (EUR),Impressions,"
        "Clicks (all),Ends",
        "2026-10-01,A,inactive,35,Daily,5.00,10,1,Ongoing",
        "2026-10-01,B,active,Using ad set budget,Daily,5.00,10,1,2026-12-31",
    )
    assert said(export) == {
        "A": {"status": "paused", "budget": "35", "budgetKind": "daily"},
        "B": {"status": "active", "endDate": "2026-12-31"},
    }


def test_a_budget_in_millionths_is_in_units_and_a_date_that_cannot_be_read_is_told(read: Read) -> None:
    export = read(
        "segments.date,campaign.name,campaign_budget.amount_micros,campaign.start_date,metrics.impressions,"
        "metrics.cost_micros",
        "2026-10-01,A,12340000,03/04/26 or so,10,5000000",
        currency="EUR",
    )
    assert said(export) == {"A": {"budget": "12.34"}}
    assert [notice for notice in export.notices if "cannot be read" in notice] == [
        "the start date of some campaigns cannot be read (such as '03/04/26 or so'), and was left out"
    ]
