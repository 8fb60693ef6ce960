"""What a type checker knows of the fields that callers give: one mapping for each table, with its attributes as keys.

The functions that create and change rows take them as keywords. They are all optional here, because a change needs none
in particular; `crud` refuses a new row that lacks one. None clears a field.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from adops_cli.storage.choices import AnyExecutionStatus, AnyProjectStatus

Amount = Decimal | int | float | str
"""A number; as text, with a decimal point."""
Day = date | str
"""A day; as text, YYYY-MM-DD."""
Time = datetime | str | int
"""A point in time: aware, as ISO 8601 text, or in epoch milliseconds."""
Json = Any
"""Any value that JSON can write."""


class ProjectFields(TypedDict, total=False):
    """A project."""

    id: str
    name: str
    type: str
    status: AnyProjectStatus
    owner: str | None
    start_date: Day | None
    end_date: Day | None
    budget: Amount | None
    platform: str | None
    metadata: Json
    asana_project_id: str | None
    milestones: Json
    artifacts: Json
    metrics: Json
    created_at: Time | None
    updated_at: Time | None
    deleted_at: Time | None


class ProjectChanges(ProjectFields, total=False):
    """A change of a project."""

    merge_metadata: Json
    """Keys of `metadata` to set."""


class ExecutionFields(TypedDict, total=False):
    """An execution."""

    id: str
    project_id: str | None
    workflow_id: str
    status: AnyExecutionStatus
    params: Json
    stages: Json
    result: Json
    error: str | None
    artifacts: Json
    duration: int | None
    started_at: Time | None
    completed_at: Time | None
    created_at: Time | None


class EventFields(TypedDict, total=False):
    """An event."""

    id: str
    type: str
    source: str | None
    payload: Json
    execution_id: str | None
    project_id: str | None
    processed: bool | None
    timestamp: Time | None


class WorkflowFields(TypedDict, total=False):
    """A workflow."""

    id: str
    name: str
    category: str | None
    version: str | None
    config: Json
    enabled: bool | None
    description: str | None
    metadata: Json
    created_at: Time | None
    updated_at: Time | None


class CampaignFields(TypedDict, total=False):
    """A campaign."""

    id: str
    project_id: str | None
    platform: str
    external_id: str | None
    name: str
    status: str | None
    budget: Amount | None
    start_date: Day | None
    end_date: Day | None
    metadata: Json
    synced_at: Time | None
    created_at: Time | None
    updated_at: Time | None


class CampaignChanges(CampaignFields, total=False):
    """A change of a campaign."""

    merge_metadata: Json
    """Keys of `metadata` to set, as the next two are."""
    currency: str | None
    account: str | None


class FigureFields(TypedDict, total=False):
    """The figures of a day. Its ratios are calculated."""

    impressions: int | None
    clicks: int | None
    conversions: Amount | None
    spend: Amount | None
    revenue: Amount | None
    metadata: Json
    synced_at: Time | None


class FigureChanges(FigureFields, total=False):
    """A change of the figures of a day."""

    merge_metadata: Json
    """Keys of `metadata` to set."""
