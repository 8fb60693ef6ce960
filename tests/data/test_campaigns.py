"""Campaigns: the five operations, external ids, creation from an execution."""

from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import campaigns, metrics, projects, reports
from adops_cli.errors import BadRequestError, ConflictError, NotFoundError
from adops_cli.storage.models import Campaign, Execution, Metrics

pytestmark = pytest.mark.usefixtures("bound")


def make(**fields: Any) -> Campaign:
    return campaigns.create(**{"name": "Q1 Campaign", "platform": "meta-ads", **fields})


def test_a_campaign_reads_back_by_each_of_its_ids() -> None:
    project = projects.create(name="P", type="campaign")
    made = make(project_id=project.id, external_id="fb-987654321", status="active", budget=50000)

    assert campaigns.get(made.id) == made
    assert campaigns.get_by_external_id("meta-ads", "fb-987654321") == made
    assert campaigns.get_by_platform("meta-ads") == campaigns.get_by_project(project.id) == [made]
    assert made.project_id == project.id
    assert campaigns.get("camp-none") is None
    assert campaigns.get_by_external_id("ttd", "fb-987654321") is None


def test_external_ids_are_text_whatever_they_look_like() -> None:
    made = make(external_id="00123e5")

    assert campaigns.find(made.id).external_id == "00123e5"


def test_one_external_id_belongs_to_one_campaign_of_a_platform() -> None:
    first = make(external_id="1")
    make(external_id="1", platform="ttd")
    make(external_id=None)
    make(external_id=None)
    other = make(external_id="2")

    with pytest.raises(
        ConflictError, match=f"campaign '{first.id}' already has platform 'meta-ads' and external_id '1'"
    ):
        make(external_id="1")
    with pytest.raises(ConflictError):
        campaigns.update(other.id, external_id="1")
    assert campaigns.update(other.id, external_id="2").external_id == "2"


def test_a_project_that_is_not_there_is_a_conflict_that_names_it() -> None:
    projects.create(id="proj-1", name="P", type="campaign")

    with pytest.raises(
        ConflictError, match=r"project_id refers to an unknown project: 'proj-2'. Did you mean proj-1\?"
    ):
        make(project_id="proj-2")
    made = make()
    with pytest.raises(ConflictError):
        campaigns.update(made.id, project_id="proj-2")


def test_the_platform_is_open() -> None:
    assert make(platform="tiktok-ads").platform == "tiktok-ads"


def test_deleting_a_campaign_takes_its_figures_along() -> None:
    gone, kept = make(), make()
    for campaign in (gone, kept):
        metrics.record_metrics(campaign.id, "2026-02-10", spend=1)

    assert campaigns.delete(gone.id) == {"success": True}
    assert campaigns.delete(gone.id) == {"success": False}
    assert [row.campaign_id for row in Metrics.select()] == [kept.id]


def test_each_indexed_column_filters() -> None:
    project = projects.create(name="P", type="campaign")
    wanted = make(project_id=project.id, external_id="1", status="active", platform="ttd")
    make()

    every: list[dict[str, Any]] = [
        {"project_id": project.id},
        {"external_id": "1"},
        {"status": "active"},
        {"platform": "ttd"},
    ]
    for filters in every:
        assert campaigns.list(**filters) == [wanted], filters


def run_of(**fields: Any) -> dict[str, Any]:
    return {
        "id": "exec-7",
        "workflowId": "create-campaign",
        "projectId": None,
        "params": {
            "platform": "ttd",
            "name": "From a run",
            "budget": 12500.5,
            "currency": "EUR",
            "startDate": "2026-03-01",
        },
        "result": {"campaignId": 238000111},
        **fields,
    }


def test_a_run_of_a_workflow_becomes_a_campaign_once() -> None:
    made = campaigns.create_from_execution(run_of())

    assert (made.id, made.platform, made.name, made.external_id) == ("camp-exec-7", "ttd", "From a run", "238000111")
    assert made.budget == Decimal("12500.5")
    assert made.metadata == {"executionId": "exec-7", "currency": "EUR"}
    with pytest.raises(ConflictError):
        campaigns.create_from_execution(run_of())


def test_a_stored_run_serves_as_well_as_its_id() -> None:
    Execution.create(id="exec-1", workflow_id="create-campaign", params={"platform": "dv360"})
    Execution.create(id="exec-2", workflow_id="create-campaign", params={"platform": "dv360", "name": "Named"})

    assert campaigns.create_from_execution("exec-1").name == "create-campaign exec-1"
    assert campaigns.create_from_execution(Execution.get_by_id("exec-2")).name == "Named"
    with pytest.raises(NotFoundError, match="there is no execution 'exec-3'"):
        campaigns.create_from_execution("exec-3")


@pytest.mark.parametrize(
    "fields", [{"params": None}, {"params": {"name": "x"}}, {"params": [1]}, {"result": "done"}, {"id": None}]
)
def test_a_run_that_says_too_little_makes_no_campaign(fields: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError):
        campaigns.create_from_execution(run_of(**fields))

    assert campaigns.list() == []


def test_a_known_platform_is_kept_by_its_slug_however_it_is_spelled() -> None:
    made = make(platform="Google Ads", external_id="1")

    assert campaigns.find(made.id).platform == "google-ads"
    assert campaigns.update(made.id, platform="AdWords").platform == "google-ads"
    assert campaigns.list(platform="google_ads") == campaigns.get_by_platform("google-ads") == [made]
    assert campaigns.get_by_external_id("google_ads", "1") == made
    with pytest.raises(ConflictError, match="external_id"):
        make(platform="google_ads", external_id="1")
    assert projects.create(name="P", type="campaign", platform="facebook").platform == "meta-ads"


def test_a_spelling_of_former_times_is_found_by_itself_and_in_reports() -> None:
    old = make(platform="google-ads")
    Campaign.update(platform="google_ads").where(Campaign.id == old.id).execute()
    metrics.record_metrics(old.id, "2026-09-01", spend=5)

    assert [one.id for one in campaigns.list(platform="google_ads")] == [old.id]
    assert campaigns.list(platform="google-ads") == []
    assert [row.spend for row in reports.grouped("campaign", platform="google_ads")] == [5]


@pytest.mark.parametrize("currency", ["EUX", "eur", "Euro"])
def test_a_currency_that_is_none_is_refused(currency: str) -> None:
    metadata = {"currency": currency}
    words = f'metadata.currency must be a code of a currency in ISO 4217, not "{currency}"'
    with pytest.raises(BadRequestError, match=words):
        campaigns.create(name="C", platform="ttd", metadata=metadata)
    with pytest.raises(BadRequestError, match=f"1.*{words}"):
        campaigns.create_many([{"name": "C", "platform": "ttd", "metadata": metadata}])
    campaigns.create(id="c", name="C", platform="ttd", metadata={"currency": "EUR"})
    with pytest.raises(BadRequestError, match=words):
        campaigns.update("c", metadata=metadata)


def test_one_that_is_stored_stays_and_breaks_nothing() -> None:
    Campaign.insert(id="c", name="C", platform="ttd", metadata={"currency": "EUX"}).execute()
    metrics.record_metrics("c", "2026-01-01", spend=1)

    assert campaigns.update("c", name="D").metadata == {"currency": "EUX"}
    assert campaigns.update("c", metadata={"currency": "EUX", "note": "n"}).metadata["note"] == "n"
    [total] = metrics.aggregate()
    assert (total.currency, total.spend) == ("EUX", 1)
    assert campaigns.update("c", metadata={"currency": "EUR"}).metadata == {"currency": "EUR"}
