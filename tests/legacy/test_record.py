"""Reading one record of the Node system."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from adops_cli.legacy.record import read_record
from adops_cli.storage.models import Campaign, Event, Execution, Metrics, Project
from adops_cli.storage.table import Table

CAMPAIGN = {"id": "camp-1", "name": "Spring", "platform": "google-ads"}
PROJECT = {"id": "proj-1", "name": "Spring", "type": "campaign", "status": "active"}


def project(**given: Any) -> dict[str, Any]:
    return PROJECT | given


def test_a_clean_record_is_taken_as_it_is() -> None:
    record = read_record(
        Project, project(budget=12500.5, metadata={"a": [1, None]}, createdAt="2025-09-01T08:42:55.129Z")
    )
    assert record.values == {
        **PROJECT,
        "budget": Decimal("12500.5"),
        "metadata": {"a": [1, None]},
        "created_at": datetime(2025, 9, 1, 8, 42, 55, 129000, UTC),
    }
    assert record.normalised == []
    assert record.kept_in_metadata == []
    assert record.left_out == {}
    assert record.defaulted == []


@pytest.mark.parametrize(
    ("model", "given", "name", "expected", "key"),
    [
        (Project, {"status": "ACTIVE "}, "status", "active", "status"),
        (Project, {"budget": "1250.50"}, "budget", Decimal("1250.5"), "budget"),
        (
            Project,
            {"createdAt": 1760000000000},
            "created_at",
            datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC),
            "createdAt",
        ),
        (
            Project,
            {"createdAt": "1760000000000"},
            "created_at",
            datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC),
            "createdAt",
        ),
        (Project, {"milestones": '[{"id": "ms-1"}]'}, "milestones", [{"id": "ms-1"}], "milestones"),
        (Project, {"asanaProjectId": 1204567890123456789}, "asana_project_id", "1204567890123456789", "asanaProjectId"),
        (Project, {"asanaProjectId": 20123456789.0}, "asana_project_id", "20123456789", "asanaProjectId"),
        (Campaign, CAMPAIGN | {"externalId": "20123456789.0"}, "external_id", "20123456789", "externalId"),
        (Project, {"platform": "Google Ads"}, "platform", "google-ads", "platform"),
        (Event, {"id": "e", "type": "t", "processed": 1}, "processed", True, "processed"),
        (Event, {"id": "e", "type": "t", "projectId": 7}, "project_id", "7", "projectId"),
        (Execution, {"id": "x", "workflowId": "w", "duration": "1200"}, "duration", 1200, "duration"),
        (Metrics, {"campaignId": "c", "date": "2025-09-01", "id": "12"}, "id", 12, "id"),
        (Metrics, {"campaignId": "c", "date": "2025-09-01", "clicks": "12"}, "clicks", 12, "clicks"),
    ],
)
def test_another_form_of_a_value_is_read_and_named(
    model: type[Table], given: dict[str, Any], name: str, expected: Any, key: str
) -> None:
    record = read_record(model, project(**given) if model is Project else given)
    assert record.values[name] == expected
    assert record.normalised == [key]


@pytest.mark.parametrize("value", ["1.2021e+17", "120210000000000003.0", 1.2021e17])
def test_an_id_of_another_system_that_has_lost_digits_is_none_and_stands_in_metadata(value: Any) -> None:
    record = read_record(Campaign, CAMPAIGN | {"externalId": value, "metadata": {"currency": "EUR"}})
    assert record.values.get("external_id") is None
    assert record.values["metadata"] == {"currency": "EUR", "externalId": value}
    assert record.lost_ids == {"externalId": value}


@pytest.mark.parametrize("value", ["120210000000000003", "0012345", "7e10000", "4zb5pk7", " x ", "9.000"])
def test_an_id_of_another_system_is_text_whatever_it_looks_like(value: str) -> None:
    record = read_record(Campaign, CAMPAIGN | {"externalId": value})
    assert record.values["external_id"] == value
    assert record.normalised == []


def test_our_own_ids_are_never_taken_for_floats() -> None:
    assert read_record(Campaign, CAMPAIGN | {"id": "7.0", "projectId": "1e+20"}).values["project_id"] == "1e+20"


def test_snake_case_keys_are_the_same_keys() -> None:
    record = read_record(Project, project(start_date="2025-09-01", asana_project_id="12"))
    assert record.values["start_date"] == date(2025, 9, 1)
    assert record.values["asana_project_id"] == "12"
    assert record.normalised == record.kept_in_metadata == []


def test_of_two_spellings_of_a_key_ours_counts_and_the_other_is_kept() -> None:
    record = read_record(Project, project(start_date="2025-01-01", startDate="2025-09-01"))
    assert record.values["start_date"] == date(2025, 9, 1)
    assert record.values["metadata"] == {"start_date": "2025-01-01"}


def test_unknown_keys_stand_in_metadata_beside_what_is_there() -> None:
    record = read_record(Project, project(metadata={"region": "EU"}, region="US", team=[1]))
    assert record.values["metadata"] == {"region": "EU", "region_": "US", "team": [1]}
    assert record.kept_in_metadata == ["region", "team"]


@pytest.mark.parametrize("metadata", [["a"], "text", 5])
def test_unknown_keys_are_left_out_where_metadata_is_no_object(metadata: Any) -> None:
    record = read_record(Project, project(metadata=metadata, team="north"))
    assert record.values["metadata"] == metadata
    assert record.left_out == {"team": "north"}


def test_unknown_keys_are_left_out_where_there_is_no_metadata() -> None:
    assert read_record(Event, {"id": "e", "type": "t", "trace": 1}).left_out == {"trace": 1}


def test_text_in_a_json_column_stays_text_unless_it_is_an_object_or_a_list() -> None:
    for text in ("plain", "12", '"quoted"', '{"a": NaN}', "{broken"):
        record = read_record(Event, {"id": "e", "type": "t", "payload": text})
        assert record.values["payload"] == text
        assert record.normalised == []


def test_a_database_holds_json_as_text_and_flags_as_numbers() -> None:
    record = read_record(
        Event, {"id": "e", "type": "t", "payload": '{"a": 1}', "processed": 0}, json_columns_are_text=True
    )
    assert record.values["payload"] == {"a": 1}
    assert record.values["processed"] is False
    assert record.normalised == []


def test_a_missing_status_is_the_tables_default_and_said_to_be() -> None:
    record = read_record(Project, {"id": "p", "name": "n", "type": "t", "status": None})
    assert record.values["status"] == "planning"
    assert record.defaulted == ["status"]


def test_ratios_are_calculated_from_the_figures_whatever_the_record_says() -> None:
    record = read_record(
        Metrics,
        {"campaignId": "c", "date": "2025-09-01", "clicks": 50, "impressions": 1000, "spend": 10, "ctr": 9, "roas": 0},
    )
    assert record.values["ctr"] == Decimal("0.05")
    assert record.values["cpc"] == Decimal("0.2")
    assert record.values["cpa"] is record.values["roas"] is None


@pytest.mark.parametrize(
    ("model", "given", "words"),
    [
        (Project, {"budget": "a lot"}, 'budget must be a number, not "a lot"'),
        (Project, {"budget": True}, "budget must be a number, not true"),
        (Project, {"createdAt": "yesterday"}, 'createdAt must be a time as YYYY-MM-DDTHH:MM:SSZ, not "yesterday"'),
        (Project, {"createdAt": 1760000000}, "createdAt must be a time; 1760000000 is not in epoch milliseconds"),
        (Project, {"startDate": "2025-02-30"}, 'startDate is not a day in the calendar: "2025-02-30"'),
        (Project, {"name": None}, "name is missing"),
        (Project, {"name": "a\x00b"}, "name contains the character U+0000, which no database can store; remove it"),
        (Project, {"odd": "a\x00b"}, '"odd", kept in metadata, contains the character U+0000'),
        (Project, {"odd": "\ud800"}, '"odd", kept in metadata, contains half of a surrogate pair'),
        (Project, {"metadata": {"a": float("inf")}}, "metadata is not a JSON value"),
        (Campaign, {"id": "c", "name": "n", "platform": "ttd", "projectId": ["p"]}, "projectId must be text"),
        (Metrics, {"campaignId": "c", "date": "2025-09-01", "id": -1}, "id is out of range"),
        (Metrics, {"date": "2025-09-01"}, "campaignId is missing"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(model: type[Table], given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(words)}"):
        read_record(model, project(**given) if model is Project else given)


def test_a_status_out_of_the_set_is_refused_with_the_set() -> None:
    with pytest.raises(ValueError, match="status must be one of planning, active, paused, completed, cancelled, not"):
        read_record(Project, project(status="running"))


def test_json_text_nested_beyond_what_can_be_written_is_refused_or_stays_text() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert read_record(Event, {"id": "e", "type": "t", "payload": deep}).values["payload"] == deep
    with pytest.raises(ValueError, match="payload is not JSON"):
        read_record(Event, {"id": "e", "type": "t", "payload": deep}, json_columns_are_text=True)


def test_a_text_id_of_figures_is_kept_in_metadata_since_campaign_and_day_identify_them() -> None:
    record = read_record(Metrics, {"id": "m-001", "campaignId": "c", "date": "2025-09-01", "spend": 1})

    assert "id" not in record.values
    assert record.values["metadata"] == {"id": "m-001"}
