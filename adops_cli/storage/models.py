"""The six tables on one page, and the two tables of the ledger, which is the journal of the figures.

Names of tables and columns, and so the JSON keys, are those of the Node system; attributes are snake_case. The columns
that can be null are also the same, so that the rows of an old database are valid. Queries belong in `data`, never here.
"""

import functools
from typing import Any

import peewee as pw

from adops_cli.measures import FIGURES
from adops_cli.storage.agreed import Budget
from adops_cli.storage.choices import ExecutionStatus, ImportKind, ImportMode, ImportStatus, ProjectStatus
from adops_cli.storage.closes import Close
from adops_cli.storage.fields import (
    Choice,
    Count,
    Day,
    Flag,
    Json,
    Money,
    PlatformName,
    Quantity,
    Ratio,
    RowId,
    Sums,
    Text,
    UtcDateTime,
)
from adops_cli.storage.rows import Row
from adops_cli.storage.table import Table, fields_of, now, reference
from adops_cli.storage.told import Finding

NEWEST_FIRST = (("created_at", "id"), False)
"""The index by which a table is listed."""


class Project(Table):
    """A campaign, a joint business plan, a migration: anything that the team runs as one piece of work."""

    ID_PREFIX = "proj"

    id = Text(primary_key=True)
    name = Text()
    type = Text(index=True)
    status = Choice(ProjectStatus, default=ProjectStatus.PLANNING.value, index=True)
    owner = Text(null=True, index=True)
    start_date = Day(null=True, column_name="startDate")
    end_date = Day(null=True, column_name="endDate")
    budget = Money(null=True)
    platform = PlatformName(null=True, index=True)
    metadata = Json(null=True)
    asana_project_id = Text(null=True, column_name="asanaProjectId")
    milestones = Json(null=True)
    artifacts = Json(null=True)
    metrics = Json(null=True)
    created_at = UtcDateTime(null=True, column_name="createdAt", default=now)
    updated_at = UtcDateTime(null=True, column_name="updatedAt", default=now)
    deleted_at = UtcDateTime(null=True, column_name="deletedAt")

    class Meta:
        """In the order of lists: newest first and, of one moment, by id."""

        indexes = (NEWEST_FIRST,)


class Execution(Table):
    """One execution of a workflow, stage by stage."""

    ID_PREFIX = "exec"

    id = Text(primary_key=True)
    project = reference(Project, "projectId")
    project_id: str | None
    workflow_id = Text(column_name="workflowId", index=True)
    status = Choice(ExecutionStatus, default=ExecutionStatus.QUEUED.value, index=True)
    params = Json(null=True)
    stages = Json(null=True)
    result = Json(null=True)
    error = Text(null=True)
    artifacts = Json(null=True)
    duration = Count(null=True)
    started_at = UtcDateTime(null=True, column_name="startedAt")
    completed_at = UtcDateTime(null=True, column_name="completedAt")
    created_at = UtcDateTime(null=True, column_name="createdAt", default=now)

    class Meta:
        """In the order of lists."""

        indexes = (NEWEST_FIRST,)


class Event(Table):
    """Something that happened, as seen by the event bus."""

    ID_PREFIX = "evt"

    id = Text(primary_key=True)
    type = Text(index=True)
    source = Text(null=True, index=True)
    payload = Json(null=True)
    execution = reference(Execution, "executionId")
    project = reference(Project, "projectId")
    execution_id: str | None
    project_id: str | None
    processed = Flag(null=True, default=False, index=True)
    timestamp = UtcDateTime(null=True, default=now)

    class Meta:
        """The index is in the order of lists: newest first and, of one moment, by id."""

        indexes = ((("timestamp", "id"), False),)


class Workflow(Table):
    """The definition of a workflow."""

    ID_PREFIX = "wf"

    id = Text(primary_key=True)
    name = Text(index=True)
    category = Text(null=True, index=True)
    version = Text(null=True)
    config = Json(null=True)
    enabled = Flag(null=True, default=True, index=True)
    description = Text(null=True)
    metadata = Json(null=True)
    created_at = UtcDateTime(null=True, column_name="createdAt", default=now)
    updated_at = UtcDateTime(null=True, column_name="updatedAt", default=now)


class Campaign(Table):
    """A campaign on a platform. Its currency and account are `metadata.currency` and `metadata.account`."""

    ID_PREFIX = "camp"

    id = Text(primary_key=True)
    project = reference(Project, "projectId")
    project_id: str | None
    platform = PlatformName()
    external_id = Text(null=True, column_name="externalId", index=True)
    name = Text()
    status = Text(null=True, index=True)
    budget = Money(null=True)
    start_date = Day(null=True, column_name="startDate")
    end_date = Day(null=True, column_name="endDate")
    metadata = Json(null=True)
    synced_at = UtcDateTime(null=True, column_name="syncedAt")
    created_at = UtcDateTime(null=True, column_name="createdAt", default=now)
    updated_at = UtcDateTime(null=True, column_name="updatedAt", default=now)

    class Meta:
        """One campaign per external id. The index is also used for the platform alone."""

        indexes = ((("platform", "external_id"), True), NEWEST_FIRST)


class Metrics(Table):
    """The figures of one campaign for one day. Null means not reported, which is not zero."""

    id = RowId()
    campaign = reference(Campaign, "campaignId", null=False, on_delete="CASCADE", index=False)
    campaign_id: str
    date = Day()
    impressions = Count(null=True)
    clicks = Count(null=True)
    conversions = Quantity(null=True)
    spend = Money(null=True)
    revenue = Money(null=True)
    ctr = Ratio(null=True)
    cpc = Ratio(null=True)
    cpa = Ratio(null=True)
    roas = Ratio(null=True)
    metadata = Json(null=True)
    synced_at = UtcDateTime(null=True, column_name="syncedAt")
    name: str | None = None
    platform: str | None = None
    """Those of the campaign, which are no columns of this table: only rows of a list have them."""
    currency: str | None = None
    account: str | None = None
    """The same, of official figures alone."""

    def to_dict(self) -> dict[str, Any]:
        """The values by attribute name, with those of the campaign."""
        return super().to_dict() | {"name": self.name, "platform": self.platform}

    class Meta:
        """One row per campaign and day. The index by day has all that a report reads."""

        table_name = "metrics"
        indexes = ((("campaign", "date"), True), (("date", "campaign", *FIGURES), False))


TABLES: tuple[type[Table], ...] = (Project, Workflow, Execution, Campaign, Event, Metrics)
"""The tables of the guide, and so of JSON mode, the sample data and the JSON files. Parents before children."""


class Import(Table):
    """One batch of changes: what made them, such as an imported file, and whether it has been undone."""

    ID_PREFIX = "imp"

    id = Text(primary_key=True)
    file = Text()
    sha256 = Text(index=True)
    options = Json()
    platform = PlatformName()
    account = Text(null=True)
    currency = Text(null=True)
    mode = Choice(ImportMode)
    status = Choice(ImportStatus, default=ImportStatus.IMPORTED.value)
    rows_read = Count(column_name="rowsRead")
    rows_kept = Count(column_name="rowsKept")
    rejected = Count()
    inserted = Count()
    updated = Count()
    unchanged = Count()
    removed = Count()
    date_from = Day(null=True, column_name="dateFrom")
    date_to = Day(null=True, column_name="dateTo")
    totals = Sums()
    imported_at = UtcDateTime(column_name="importedAt", index=True)
    """Always unique: an import takes the next millisecond if the clock has not advanced."""
    imported_by = Text(null=True, column_name="importedBy")
    undone_at = UtcDateTime(null=True, column_name="undoneAt")
    means = Json(null=True)
    """{"accounts": […], "clicks": "link clicks", …}, as `data.ledger` writes it. Null if nobody knows."""
    kind = Choice(ImportKind, default=ImportKind.IMPORT.value)
    known = Json(null=True)
    """What was known right after a file of the newest days that it speaks of, by account."""


class ImportChange(Table):
    """What one batch changed in one campaign. `days` is {day: [before, after]}, as `data.ledger` writes it."""

    id = RowId()
    batch = reference(Import, "importId", null=False, on_delete="CASCADE", index=False)
    import_id: str
    campaign_id = Text(column_name="campaignId", index=True)
    date_from = Day(null=True, column_name="dateFrom")
    date_to = Day(null=True, column_name="dateTo")
    campaign = Json(null=True)
    days = Json()
    confirmed = Json(null=True)
    """[[first, last], …]: the days that the import found unchanged. Null if there are none, or nobody knows."""
    inherited = Json(null=True)
    """{day: [before, after]}: what an undone batch had done to days that this one has confirmed."""
    controls = Json(null=True)
    """{month: [days, checksum]} of all days of the campaign, in a batch that begins or adopts a book."""

    class Meta:
        """One row for each campaign of which an import has changed or confirmed days."""

        table_name = "import_changes"
        indexes = ((("batch", "campaign_id"), True),)


LEDGER: tuple[type[Table], ...] = (Import, ImportChange, Close, Budget, Finding)
"""The tables of the ledger, books, budgets and findings, parents before children. JSON mode has none of them."""
for _model in (*TABLES, *LEDGER):
    _model.__repr__ = Row.__repr__  # type: ignore[method-assign] # Peewee gives each model one that shows only the id


def table_named(name: str) -> type[Table]:
    """The model of a table."""
    return next(model for model in (*TABLES, *LEDGER) if model._meta.table_name == name)


def newest_of(model: type[pw.Model]) -> Any:
    """The field that shows how new a row is. Each table has one."""
    fields = fields_of(model)
    return next(
        fields[name]
        for name in ("created_at", "timestamp", "date", "imported_at", "closed_at", "last_seen", "date_to")
        if name in fields
    )


@functools.cache
def references_of(model: type[pw.Model]) -> dict[str, Any]:
    """The fields that refer to a row of another table, by attribute name (`project_id`)."""
    return {name: field for name, field in fields_of(model).items() if isinstance(field, pw.ForeignKeyField)}
