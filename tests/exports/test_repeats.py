"""Rows of one campaign and day: parts are summed, fragments mark a file, and no figure is counted twice in silence."""

import json
from decimal import Decimal
from typing import Any

import pytest

from adops_cli.exports.export import Refusal
from tests.exports.reading import Read, metadata, refusal

DAY = "2026-09-01"
GOOGLE = "Day,Campaign,Campaign ID,Currency code,Impr.,Clicks,Cost,Conversions,Conv. value"


def google(*columns: str) -> str:
    return ",".join((GOOGLE, *columns))


def row(spend: str, *cells: str, id: str = "9001", impressions: int = 100) -> str:
    return ",".join((DAY, "Brand", id, "EUR", str(impressions), "5", spend, "1.00", "10.00", *cells))


@pytest.mark.parametrize("column", ["Ad group", "Ad ID", "Device", "Network (with search partners)", "Hour of the day"])
def test_parts_of_a_day_are_summed_without_a_word(read: Read, column: str) -> None:
    export = read(google(column), row("1.00", "7"), row("2.00", "8"))
    assert (export.totals.spend, export.partial, export.notices, export.is_doubtful) == (3, (), [], False)


def test_a_part_that_is_a_number_is_no_figure(read: Read) -> None:
    assert metadata(read(google("Age", "Views"), row("1.00", "25", "3"), row("1.00", "35", "4"))) == [
        '{"video_views":7}'
    ]


@pytest.mark.parametrize("column", ["Search term", "Keyword", "City", "Suchbegriff", "Palabra clave"])
def test_fragments_of_a_day_are_summed_and_the_file_is_partial(read: Read, column: str) -> None:
    export = read(google(column), row("1.00", "a"), row("2.00", "b"))
    assert (export.totals.spend, export.partial) == (3, (column,))


@pytest.mark.parametrize(
    "column",
    ["Region (Matched)", "City (User location)", "Country/Territory (Matched)", "Land/Gebiet", "Landing page URL"],
)
def test_places_are_fragments_whosever_they_are(read: Read, column: str) -> None:
    assert read(google(column), row("1.00", "Bavaria"), row("2.00", "Hesse")).partial == (column,)


@pytest.mark.parametrize("column", ["Added/Excluded", "Day part"])
def test_a_text_column_whose_name_looks_like_a_ratio_tells_rows_apart(read: Read, column: str) -> None:
    export = read(google(column), row("1.00", "Added"), row("2.00", "None"))
    assert (export.totals.spend, export.partial) == (3, ())
    assert export.notices == [f"2 rows with spend 3 are summed by campaign and day because they differ in '{column}'"]


def test_a_breakdown_that_never_splits_a_day_is_none(read: Read) -> None:
    other = row("2.00", "b", id="9002")
    assert read(google("Search term"), row("1.00", "a"), other).partial == ()


def test_a_fragment_column_with_one_row_for_each_day_is_named_because_others_may_be_missing(read: Read) -> None:
    assert read(google("Search term"), row("1.00", "a"), row("2.00", "b", id="9002")).notices == [
        "the rows are by 'Search term', with only one for each day: check that no others are missing"
    ]
    assert read(google("Search term"), row("1.00", ""), row("2.00", "", id="9002")).notices == []
    assert read(google("Search term"), row("1.00", "a"), "Total: account,,,,100,5,1.00,1.00,10.00,").notices == []


def test_a_fragment_that_changes_from_day_to_day_makes_the_file_partial(read: Read) -> None:
    export = read(google("Search term"), row("1.00", "a"), row("2.00", "b").replace(DAY, "2026-09-02"))
    assert (export.totals.spend, export.partial, export.notices) == (3, ("Search term",), [])


def test_a_fragment_that_is_the_same_for_all_campaigns_is_an_attribute_of_them(read: Read) -> None:
    same = row("1.00", "US"), row("2.00", "US", id="9002")
    assert (read(google("Country"), *same).partial, read(google("Country"), *same).notices) == ((), [])
    alone = read(google("Country"), row("1.00", "US"))
    assert (alone.partial, len(alone.notices)) == ((), 1)


def test_a_fragment_that_its_parts_tell_apart_is_none(read: Read) -> None:
    rows = row("1.00", "g1", "a"), row("2.00", "g2", "b")
    assert read(google("Ad group", "Keyword"), *rows).partial == ()


@pytest.mark.parametrize(
    ("label", "partial"), [("Total: Account", ()), ("Total: Campaigns", ()), ("Total: Search terms", ("Search term",))]
)
def test_a_partial_file_is_complete_where_the_accounts_own_total_agrees(
    read: Read, label: str, partial: tuple[str, ...]
) -> None:
    total = f"{label},,,,200,10,3.00,2.00,20.00,"
    assert read(google("Search term"), row("1.00", "a"), row("2.00", "b"), total).partial == partial


def test_places_are_parts_where_the_unknown_one_has_a_row(read: Read) -> None:
    header = "Date,Campaign,Campaign ID,Advertiser Cost (USD),Impressions,Region"
    rows = f"{DAY},A,7,1.00,10,North", f"{DAY},A,7,2.00,10,(unknown)"
    export = read(header, *rows)
    assert (export.platform, export.partial, export.totals.spend) == ("ttd", (), 3)


@pytest.mark.parametrize("column", ["Asset", "Conversion action", "Action type", "Attribution window"])
def test_rows_that_repeat_the_cost_are_refused_with_the_column(read: Read, column: str) -> None:
    refused = refusal(read, google(column), row("5.00", "a"), row("5.00", "b"))
    assert refused.because is Refusal.NOT_ADDITIVE
    assert repr(column) in refused.message


def test_figures_that_rows_repeat_are_left_out_with_their_amount(read: Read) -> None:
    clicks = read(google("Click type"), row("1.00", "Headline"), row("2.00", "Sitelink"))
    assert (clicks.totals.impressions, clicks.totals.clicks, clicks.totals.spend) == (None, 10, 3)
    assert [(one.figure, one.column, one.amount) for one in clicks.left_out] == [("impressions", "Click type", 200)]
    assert "impressions" not in clicks.reported

    products = read(google("Product ID"), row("1.00", "a"), row("2.00", "b"))
    assert (products.totals.conversions, products.totals.revenue, products.totals.spend) == (None, None, 3)
    assert [day[4:7] for day in products.days()] == [(None, 3_000_000, None)]


def test_rows_that_are_equal_in_every_cell_count_once(read: Read) -> None:
    export = read(GOOGLE, row("1.00"), row("1.00"), row("1.00"), row("2.00", id="9002"))
    assert (export.totals.spend, export.merged, export.is_doubtful) == (3, 2, True)
    assert [day[5] for day in export.days()] == [1_000_000, 2_000_000]
    summed = read(GOOGLE, row("1.00"), row("1.00"), same_day="sum")
    assert (summed.totals.spend, summed.is_doubtful) == (2, False)


def test_equal_rows_of_a_finer_level_are_parts_and_told(read: Read) -> None:
    export = read(google("Ad group"), row("1.00", "g1"), row("1.00", "g1"))
    assert (export.totals.spend, export.is_doubtful) == (2, False)
    assert "2 rows with spend 2 are summed" in export.notices[-1]


def test_rows_with_an_id_that_nothing_tells_apart_are_refused_until_the_user_decides(read: Read) -> None:
    rows = row("1.00"), row("2.00")
    refused = refusal(read, GOOGLE, *rows)
    assert (refused.because, "'Brand'" in refused.message) == (Refusal.DUPLICATE_DAYS, True)
    assert read(GOOGLE, *rows, same_day="sum").totals.spend == 3
    last = read(GOOGLE, *rows, same_day="last")
    assert (last.totals.spend, last.totals.impressions) == (2, 100)


def test_rows_without_an_id_are_summed_and_told(read: Read) -> None:
    header = "Day,Campaign,Currency code,Cost,Impr."
    export = read(header, f"{DAY},Brand,EUR,1.00,10", f"{DAY},Brand,EUR,2.00,10")
    assert export.totals.spend == 3
    assert "2 rows with spend 3 are summed" in export.notices[-1]


def test_rows_that_only_an_unknown_text_column_tells_apart_are_told_by_its_name(read: Read) -> None:
    export = read(google("Store"), row("1.00", "North"), row("2.00", "South"))
    assert export.totals.spend == 3
    assert "because they differ in 'Store'" in export.notices[-1]


@pytest.mark.parametrize("column", ["_airbyte_extracted_at", "_fivetran_synced", "_sdc_batched_at", "synced_at"])
def test_of_rows_that_a_connector_fetched_repeatedly_the_newest_counts(read: Read, column: str) -> None:
    rows = row("1.00", "2026-09-02T03:00:00Z"), row("2.00", "2026-09-04T03:00:00Z"), row("1.50", "2026-09-03T03:00:00Z")
    export = read(google(column), *rows)
    assert (export.totals.spend, export.totals.conversions) == (2, Decimal(1))
    assert "2 rows are older versions" in export.notices[-1]


@pytest.mark.parametrize("ids", [{"campaign_id": "9001"}, {}])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda record, day: {"type": "RECORD", "stream": "x", "record": record, "time_extracted": f"2026-09-0{day}"},
        lambda record, day: {"_airbyte_raw_id": f"r{day}", "_airbyte_extracted_at": day, "_airbyte_data": record},
        lambda record, day: {"type": "RECORD", "record": {"stream": "x", "data": record, "emitted_at": day}},
    ],
)
def test_the_newest_counts_where_the_time_stands_beside_the_record(read: Read, wrap: Any, ids: dict[str, str]) -> None:
    record = {"date": DAY, "campaign_name": "Brand", "clicks": 5, "cost_micros": 1_000_000} | ids
    newer = record | {"cost_micros": 2_000_000}
    export = read(json.dumps(wrap(newer, 4)), json.dumps(wrap(record, 3)), suffix=".jsonl")
    assert (export.totals.spend, export.totals.clicks) == (2, 5)
    assert "older versions of other rows" in export.notices[-1]


def test_the_newest_is_told_apart_by_parts_too(read: Read) -> None:
    header = google("Ad group", "_airbyte_raw_id", "_airbyte_extracted_at")
    rows = [row("1.00", group, f"r{number}", f"2026-09-0{number}") for number, group in enumerate("aabb", start=2)]
    assert read(header, *rows).totals.spend == 2


def test_a_campaign_that_was_renamed_during_a_day_has_two_parts(read: Read) -> None:
    export = read(GOOGLE, row("1.00"), row("2.00").replace("Brand", "Brand new"))
    assert export.totals.spend == 3
    assert "because they differ in 'Campaign'" in export.notices[-1]
