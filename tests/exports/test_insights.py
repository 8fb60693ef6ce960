"""Meta's Insights rows: lists of actions that contain one sale several times, counted once."""

import json
from decimal import Decimal

import pytest

from adops_cli.exports.export import Refusal
from tests.exports.reading import Read, metadata, refusal

DAY = "2026-09-01"
PIXEL = "offsite_conversion.fb_pixel_purchase"


NEXT = "2026-09-02"


def insights(day: str = DAY, /, **fields: object) -> str:
    row = {"campaign_id": "1", "campaign_name": "A", "date_start": day, "date_stop": day, "spend": "10.00"}
    return json.dumps(row | fields)


def actions(**values: str) -> list[dict[str, str]]:
    return [{"action_type": kind, "value": value, "7d_click": "99"} for kind, value in values.items()]


def test_one_action_type_counts_for_an_account_and_what_it_does_not_cover_is_told(read: Read) -> None:
    first = insights(actions=actions(purchase="2", omni_purchase="3"), action_values=actions(omni_purchase="5.5"))
    second = insights(NEXT, actions=actions(purchase="4"), action_values=actions(purchase="7"))
    export = read(first, second, suffix=".ndjson")
    assert (export.totals.conversions, export.totals.revenue) == (3, Decimal("5.5"))
    assert export.notices[0].startswith(
        "not counted: 4 conversions in rows that have 'purchase' and no 'omni_purchase'"
    )
    leads = read(insights(actions=actions(lead="2", purchase="1")), suffix=".ndjson", conversions="lead")
    assert leads.totals.conversions == 2
    none = read(insights(actions=actions(lead="2")), suffix=".ndjson")
    assert none.totals.conversions is None


def test_each_account_of_a_file_has_its_own_action_type(read: Read) -> None:
    both = {"actions": actions(purchase="2", omni_purchase="3"), "action_values": actions(omni_purchase="5")}
    rows = [
        insights(account_id="1", **both),
        insights(account_id="2", campaign_id="2", actions=actions(purchase="4"), action_values=actions(purchase="7")),
        insights(account_id="3", campaign_id="3", actions=[{"action_type": PIXEL, "value": "8"}]),
        insights(account_id="4", campaign_id="4", actions=actions(lead="9")),
    ]
    for lines in (rows, rows[::-1]):
        export = read(*lines, suffix=".ndjson")
        one = 1_000_000
        by_id = {found.external_id: day[4:7:2] for found, day in zip(export.campaigns, export.days(), strict=True)}
        assert by_id == {"1": (3 * one, 5 * one), "2": (4 * one, 7 * one), "3": (8 * one, None), "4": (None, None)}
        assert any("'omni_purchase' in account 1 and 'purchase' in account 2" in told for told in export.notices)
    assert read(*rows[:2], suffix=".ndjson", conversions="purchase").totals.conversions == 6


def test_roas_is_of_the_account_s_own_action_type_too(read: Read) -> None:
    rows = [
        insights(account_name="x", purchase_roas=actions(omni_purchase="2", purchase="1")),
        insights(account_name="y", campaign_id="2", purchase_roas=actions(purchase="3")),
    ]
    assert read(*rows, suffix=".ndjson").totals.revenue == 50


@pytest.mark.parametrize("mark", [":", ".", "_", "__"])
@pytest.mark.parametrize("kind", ["omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase"])
def test_a_column_for_each_action_type_is_read_like_the_list(read: Read, mark: str, kind: str) -> None:
    kinds = ["link_click", kind, "offsite_conversion.fb_pixel_purchase"][: 2 + (kind != PIXEL)]
    header = ["date_start", "date_stop", "campaign_name", "spend", *(f"actions{mark}{name}" for name in kinds)]
    lines = [",".join([*header, f"action_values{mark}{kind}"]), f"{DAY},{DAY},A,9,70,3,2,5.5"]
    if kind == PIXEL:
        lines[1] = lines[1].replace(",2,5.5", ",5.5")
    export = read(*lines)
    assert (export.totals.conversions, export.totals.revenue) == (3, Decimal("5.5"))
    assert metadata(export) == [f'{{"actions{mark}link_click":70}}']


def test_flat_roas_is_of_the_spend_where_there_are_no_values(read: Read) -> None:
    header = "date_start,date_stop,campaign_name,spend,purchase_roas:omni_purchase"
    assert read(header, f"{DAY},{DAY},A,10,4.98", f"{DAY},{DAY},B,10,").totals.revenue == Decimal("49.8")


def test_results_of_the_api_count_where_every_row_s_are_the_same_purchases(read: Read) -> None:
    def results(indicator: str, value: str) -> list[object]:
        return [{"indicator": indicator, "values": [{"value": value, "attribution_windows": ["default"]}]}]

    rows = [
        insights(results=results("actions:omni_purchase", "3")),
        insights(NEXT, results=results("actions:omni_purchase", "2.5")),
    ]
    assert read(*rows, insights("2026-09-03", results=[]), suffix=".ndjson").totals.conversions == Decimal("5.5")
    mixed = read(*rows, insights("2026-09-03", results=results("actions:lead", "9")), suffix=".ndjson")
    assert mixed.totals.conversions is None
    assert any("actions:lead" in notice and "not counted" in notice for notice in mixed.notices)
    both = read(insights(results=results("actions:lead", "9"), actions=actions(purchase="1")), suffix=".ndjson")
    assert both.totals.conversions == 1


def test_revenue_is_roas_times_spend_only_where_no_row_has_values(read: Read) -> None:
    roas = {"actions": actions(purchase="1"), "purchase_roas": actions(purchase="0.33333333")}
    assert read(insights(**roas, action_values=[]), suffix=".ndjson").totals.revenue == Decimal("3.333333")
    valued = read(insights(**roas), insights(NEXT, action_values=actions(purchase="2")), suffix=".ndjson")
    assert valued.totals.revenue == 2


def test_an_action_that_is_no_number_is_rejected_by_its_column(read: Read) -> None:
    good, bad = insights(actions=actions(purchase="1")), insights(actions=actions(purchase="many"))
    assert [(row.column, row.why) for row in read(good, bad, suffix=".ndjson").rejected] == [
        ("actions", "not_a_number")
    ]


def test_the_lists_of_actions_may_stand_in_a_text_file(read: Read) -> None:
    header = "date_start,date_stop,campaign_name,spend,actions,action_values"
    lists = [json.dumps(actions(purchase=value)).replace('"', '""') for value in ("2", "3.5")]
    export = read(header, f'{DAY},{DAY},A,1.00,"{lists[0]}","{lists[1]}"', f"{DAY},{DAY},B,1.00,,")
    assert (export.totals.conversions, export.totals.revenue) == (2, Decimal("3.5"))
    bad = read(header, f'{DAY},{DAY},A,1.00,"{lists[0]}",', f"{DAY},{DAY},A,1.00,seven,")
    assert [(row.column, row.why) for row in bad.rejected] == [("actions", "not_a_number")]


def test_an_action_that_no_row_has_is_told_with_those_that_there_are(read: Read) -> None:
    export = read(insights(actions=actions(lead="2")), suffix=".ndjson", conversions="purchase")
    assert export.totals.conversions is None
    assert any("'purchase'" in notice and "lead" in notice for notice in export.notices)


def test_the_type_of_purchase_is_taken_from_the_values_if_no_action_has_one(read: Read) -> None:
    export = read(insights(action_values=actions(purchase="2.5")), suffix=".ndjson")
    assert (export.totals.conversions, export.totals.revenue) == (None, Decimal("2.5"))


def test_outbound_clicks_of_the_api_are_a_list(read: Read) -> None:
    rows = [
        insights(outbound_clicks=actions(outbound_click="7")),
        insights(NEXT, outbound_clicks=actions(outbound_click="1.5")),
    ]
    export = read(*rows, insights(NEXT), suffix=".ndjson", clicks="outbound")
    assert export.totals.clicks == 7
    assert [(row.column, row.why) for row in export.rejected] == [("outbound_clicks", "out_of_range")]


def test_insights_of_a_range_are_not_daily(read: Read) -> None:
    refused = refusal(read, insights(date_stop="2026-09-30"), suffix=".ndjson")
    assert (refused.because, refused.platform, refused.rows_read) == (Refusal.NOT_DAILY, "meta-ads", 1)


def test_mapped_columns_come_before_the_lists_of_actions(read: Read) -> None:
    sale = [{"action_type": "purchase", "value": "1"}]
    row = {"campaign_name": "A", "date_start": DAY, "date_stop": DAY, "spend": "1", "leads": "5", "worth": "9.5"}
    columns = {"leads": "conversions", "worth": "revenue"}
    export = read(json.dumps(row | {"actions": sale, "action_values": sale}), suffix=".ndjson", columns=columns)
    assert (export.totals.conversions, export.totals.revenue) == (5, Decimal("9.5"))
