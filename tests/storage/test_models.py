"""The schema: the migrations build the models' schema, and every query with an index in the guide has one here."""

import pytest
from playhouse.schema_diff import diff_models

from adops_cli.storage import other_forms
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import LEDGER, TABLES
from adops_cli.storage.table import columns_of
from adops_cli.values import attribute

GUIDE = {
    "projects": "id name type status owner startDate endDate budget platform metadata asanaProjectId milestones "
    "artifacts metrics createdAt updatedAt deletedAt",
    "executions": "id projectId workflowId status params stages result error artifacts duration startedAt "
    "completedAt createdAt",
    "events": "id type source payload executionId projectId processed timestamp",
    "workflows": "id name category version config enabled description metadata createdAt updatedAt",
    "campaigns": "id projectId platform externalId name status budget startDate endDate metadata syncedAt createdAt "
    "updatedAt",
    "metrics": "id campaignId date impressions clicks conversions spend revenue ctr cpc cpa roas metadata syncedAt",
}
INDEXED = {
    "projects": ("type", "status", "owner", "platform", "createdAt"),
    "executions": ("projectId", "workflowId", "status", "createdAt"),
    "events": ("type", "source", "executionId", "projectId", "processed", "timestamp"),
    "workflows": ("category", "enabled", "name"),
    "campaigns": ("projectId", "platform", "externalId", "status"),
    "metrics": ("campaignId", "date"),
}
ORDERED = (
    ("projects", "createdAt"),
    ("executions", "createdAt"),
    ("events", "timestamp"),
    ("campaigns", "createdAt"),
    ("metrics", "date"),
)


def test_tables_and_columns_are_the_guides_in_its_order(bound: Sqlite) -> None:
    found = {table: " ".join(column.name for column in bound.get_columns(table)) for table in GUIDE}

    assert found == GUIDE
    assert {model._meta.table_name: " ".join(columns_of(model)) for model in TABLES} == GUIDE


@pytest.mark.usefixtures("db_file")
def test_the_migrations_build_what_the_models_say(bound: Sqlite) -> None:
    found = diff_models(bound, [*TABLES, *LEDGER])
    # Those of some rows are no matter of the models: each engine says in its own words which rows they are.
    others = dict.fromkeys([*other_forms.indexes(), "metrics_partial"])
    assert {index.name: index.columns for index in found.drop_indexes} == others
    assert not any([*found.create_tables, *found.add_columns, *found.drop_columns, *found.add_indexes])
    for model in (*TABLES, *LEDGER):
        declared = {
            column.name: (column.data_type, column.null) for column in bound.get_columns(model._meta.table_name)
        }
        wanted = {
            key: (str(field.ddl_datatype(bound.get_sql_context()).sql), field.null)
            for key, field in columns_of(model).items()
        }
        assert declared == wanted


def test_a_key_has_one_attribute() -> None:
    assert [attribute(key) for key in ("projectId", "id", "asanaProjectId", "syncedAt", "roas")] == [
        "project_id", "id", "asana_project_id", "synced_at", "roas",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table, columns in INDEXED.items() for column in columns]
)
@pytest.mark.usefixtures("db_file")
def test_an_index_serves_each_column_the_guide_indexes(bound: Sqlite, table: str, column: str) -> None:
    assert "USING" in plan(bound, f'SELECT * FROM {table} WHERE "{column}" = ?', "x")


@pytest.mark.usefixtures("db_file")
def test_an_index_serves_the_two_column_keys(bound: Sqlite) -> None:
    assert "campaignId=? AND date>? AND date<?" in plan(
        bound, 'SELECT * FROM metrics WHERE "campaignId" = ? AND date BETWEEN ? AND ?', "c", "2026-01-01", "2026-01-31"
    )
    assert "platform=? AND externalId=?" in plan(
        bound, 'SELECT * FROM campaigns WHERE platform = ? AND "externalId" = ?', "ttd", "1"
    )


@pytest.mark.parametrize(("table", "column"), ORDERED)
@pytest.mark.usefixtures("db_file")
def test_newest_first_reads_along_an_index(bound: Sqlite, table: str, column: str) -> None:
    found = plan(bound, f'SELECT * FROM {table} ORDER BY "{column}" DESC NULLS LAST, id LIMIT 50')

    assert f"{table} USING INDEX" in found


def plan(engine: Sqlite, sql: str, *values: str) -> str:
    rows = engine.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    return " | ".join(row[3] for row in rows)
