"""The six tables of the Node system, with its columns and keys.

What differs from there: an event outlives its execution and project (SET NULL, not CASCADE); platform and external id
together are unique; the indexes on `campaignId` and `platform` alone are left out, since the two-column indexes that
begin with them serve the same queries.
"""

import peewee as pw

from frozen_columns import Choice, Count, Day, Flag, Json, Money, Quantity, Ratio, Reference, RowId, Text, UtcDateTime


def migrate(migrator, database, fake=False, **kwargs):
    @migrator.create_model
    class Project(pw.Model):
        id = Text(primary_key=True)
        name = Text()
        type = Text(index=True)
        status = Choice(index=True)
        owner = Text(null=True, index=True)
        start_date = Day(null=True, column_name="startDate")
        end_date = Day(null=True, column_name="endDate")
        budget = Money(null=True)
        platform = Text(null=True, index=True)
        metadata = Json(null=True)
        asana_project_id = Text(null=True, column_name="asanaProjectId")
        milestones = Json(null=True)
        artifacts = Json(null=True)
        metrics = Json(null=True)
        created_at = UtcDateTime(null=True, column_name="createdAt", index=True)
        updated_at = UtcDateTime(null=True, column_name="updatedAt")
        deleted_at = UtcDateTime(null=True, column_name="deletedAt")

        class Meta:
            table_name = "projects"

    @migrator.create_model
    class Execution(pw.Model):
        id = Text(primary_key=True)
        project = Reference(Project, null=True, column_name="projectId", on_delete="SET NULL")
        workflow_id = Text(column_name="workflowId", index=True)
        status = Choice(index=True)
        params = Json(null=True)
        stages = Json(null=True)
        result = Json(null=True)
        error = Text(null=True)
        artifacts = Json(null=True)
        duration = Count(null=True)
        started_at = UtcDateTime(null=True, column_name="startedAt")
        completed_at = UtcDateTime(null=True, column_name="completedAt")
        created_at = UtcDateTime(null=True, column_name="createdAt", index=True)

        class Meta:
            table_name = "executions"

    @migrator.create_model
    class Event(pw.Model):
        id = Text(primary_key=True)
        type = Text(index=True)
        source = Text(null=True, index=True)
        payload = Json(null=True)
        execution = Reference(Execution, null=True, column_name="executionId", on_delete="SET NULL")
        project = Reference(Project, null=True, column_name="projectId", on_delete="SET NULL")
        processed = Flag(null=True, index=True)
        timestamp = UtcDateTime(null=True, index=True)

        class Meta:
            table_name = "events"

    @migrator.create_model
    class Workflow(pw.Model):
        id = Text(primary_key=True)
        name = Text(index=True)
        category = Text(null=True, index=True)
        version = Text(null=True)
        config = Json(null=True)
        enabled = Flag(null=True, index=True)
        description = Text(null=True)
        metadata = Json(null=True)
        created_at = UtcDateTime(null=True, column_name="createdAt")
        updated_at = UtcDateTime(null=True, column_name="updatedAt")

        class Meta:
            table_name = "workflows"

    @migrator.create_model
    class Campaign(pw.Model):
        id = Text(primary_key=True)
        project = Reference(Project, null=True, column_name="projectId", on_delete="SET NULL")
        platform = Text()
        external_id = Text(null=True, column_name="externalId", index=True)
        name = Text()
        status = Text(null=True, index=True)
        budget = Money(null=True)
        start_date = Day(null=True, column_name="startDate")
        end_date = Day(null=True, column_name="endDate")
        metadata = Json(null=True)
        synced_at = UtcDateTime(null=True, column_name="syncedAt")
        created_at = UtcDateTime(null=True, column_name="createdAt", index=True)
        updated_at = UtcDateTime(null=True, column_name="updatedAt")

        class Meta:
            table_name = "campaigns"
            indexes = ((("platform", "external_id"), True),)

    @migrator.create_model
    class Metrics(pw.Model):
        id = RowId()
        campaign = Reference(Campaign, column_name="campaignId", on_delete="CASCADE", index=False)
        date = Day(index=True)
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

        class Meta:
            table_name = "metrics"
            indexes = ((("campaign", "date"), True),)


def rollback(migrator, database, fake=False, **kwargs):
    for table in ("metrics", "campaigns", "workflows", "events", "executions", "projects"):
        migrator.remove_model(table)
