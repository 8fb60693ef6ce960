"""Further figures under one name each whatever the platform calls them, and conversions that are kept apart."""

import json

from adops_cli.exports.export import Refusal
from tests.exports.reading import Read, metadata, refusal

META = "Day,Campaign name,Campaign ID,Amount spent (EUR),Impressions,Clicks (all),Link clicks"


def test_headers_of_one_figure_have_one_name(read: Read) -> None:
    export = read(f"{META},Reach,Leads,App installs", "2026-10-01,A,1,5.00,10,1,1,8,2,3")
    assert metadata(export) == ['{"Clicks (all)":1,"installs":3,"leads":2,"reach":8}']
    assert [column.fate for column in export.columns[-3:]] == [
        "metadata, as reach, unless rows are summed", "metadata, as leads", "metadata, as installs",
    ]  # fmt: skip


def test_reach_is_not_summed_where_rows_are(read: Read) -> None:
    export = read(
        f"{META},Reach,Leads,Age", "2026-10-01,A,1,5.00,10,1,1,8,2,18-24", "2026-10-01,A,1,5.00,10,1,1,8,1,25-34"
    )
    assert metadata(export) == ['{"Clicks (all)":2,"leads":3}']


def test_a_second_header_of_a_figure_keeps_its_own_name(read: Read) -> None:
    export = read(f"{META},Leads,Leads (form)", "2026-10-01,A,1,5.00,10,1,1,2,3")
    assert metadata(export) == ['{"Clicks (all)":1,"Leads (form)":3,"leads":2}']


def test_what_is_one_of_the_five_is_kept_as_well(read: Read) -> None:
    export = read(f"{META},Leads", "2026-10-01,A,1,5.00,10,1,1,2.5", columns={"Leads": "conversions"})
    assert (export.totals.conversions, metadata(export)) == (2.5, ['{"Clicks (all)":1,"leads":2.5}'])


def test_types_of_action_of_the_api(read: Read) -> None:
    actions = [{"action_type": kind, "value": value} for kind, value in (("lead", "2"), ("purchase", "3"), ("like", 9))]
    row = {"date_start": "2026-10-01", "date_stop": "2026-10-01", "campaign_id": "1", "campaign_name": "A",
           "spend": "5.00", "impressions": "10", "inline_link_clicks": "1", "actions": actions}  # fmt: skip
    export = read(json.dumps({"data": [row]}), suffix=".json", currency="EUR", kept={"like": "likes"})
    assert (export.totals.conversions, metadata(export)) == (3, ['{"leads":2,"likes":9}'])


def test_conversions_are_kept_apart_under_the_keys_that_are_given(read: Read) -> None:
    rows = (f"{META},Purchases,Sign-ups,Trials", "2026-10-01,A,1,5.00,10,1,1,4,7,--")
    export = read(*rows, kept={"Sign-ups": "signups", "Purchases": "purchases", "Trials": "trials"})
    assert (export.totals.conversions, metadata(export)) == (4, ['{"Clicks (all)":1,"purchases":4,"signups":7}'])
    assert export.columns[-2].fate == "metadata, as signups"


def test_conversions_that_a_file_does_not_have_are_refused(read: Read) -> None:
    error = refusal(read, META, "2026-10-01,A,1,5.00,10,1,1", kept={"Trials": "trials"})
    assert error.because is Refusal.MISSING_COLUMN
    assert "no conversions called 'Trials'" in error.message
