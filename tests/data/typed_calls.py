"""Right and wrong calls of the data API. `test_typed_calls` runs mypy over them: it refuses the wrong ones, marked so.

Never run, and left out of the project's own run of mypy.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_type

from adops_cli.data import campaigns, events, executions, imports, metrics, projects, reports, workflows
from adops_cli.storage.choices import ProjectStatus

project = projects.create(name="Spring", type="campaign", status="active", start_date="2026-02-01", budget=500)
projects.create(name="Spring", type="campaign", status=ProjectStatus.PAUSED, start_date=date(2026, 2, 1))
projects.create(nam="Spring", type="campaign")  # wrong
projects.update(project.id, status="nope")  # wrong
projects.update(project.id, budget=[500])  # wrong
projects.update(project.id, status="paused", owner=None)
assert_type(project.status, str)
assert_type(project.budget, Decimal | None)
assert_type(project.deleted_at, datetime | None)
project.owned  # wrong

campaign = campaigns.create(name="Spring", platform="meta-ads", metadata={"currency": "EUR"}, end_date=None)
campaigns.create(nam="Spring", platform="meta-ads")  # wrong
campaigns.update(campaign.id, bugdet=5)  # wrong
campaigns.update(campaign.id, budget="12.50", status="whatever the platform calls it")
campaigns.update(campaign.id, currency="EUR", merge_metadata={"team": "x"})
campaigns.create(name="Spring", platform="meta-ads", currency="EUR")  # wrong
campaigns.list(plattform="ttd")  # wrong
assert_type(campaign.project_id, str | None)
assert_type(campaign.platform, str)

run = executions.create(workflow_id="create-campaign", status="queued")
executions.update(run.id, status="nope")  # wrong
executions.update(run.id, status="running", started_at="2026-02-10T08:00:00Z")
assert_type(run.duration, int | None)

event = events.create(type="page.seen", payload=[1, {"a": None}], timestamp=1_770_000_000_000)
events.create(type="page.seen", payloads=1)  # wrong
events.create(type=5)  # wrong
assert_type(event.processed, bool | None)

workflows.register(id="create-campaign", name="Create Campaign", enabled=True)
workflows.register(id="create-campaign", nmae="Create Campaign")  # wrong

metrics.record_metrics(campaign.id, "2026-02-10", spend="12.50", clicks=5, conversions=2.96, revenue=None)
metrics.record_metrics(campaign.id, "2026-02-10", spendd=500)  # wrong
metrics.record_metrics(campaign.id, "2026-02-10", clicks="5.5")  # wrong
rows = metrics.list(campaign_id=campaign.id)
assert_type(rows[0].spend, Decimal | None)
assert_type(rows[0].date, date)
assert_type(rows[0].impressions, int | None)
assert_type(rows[0].campaign_id, str)
assert_type(rows[0].id, int)
rows[0].spendd  # wrong
rows = metrics.list(period="last-month")[:5]
rows.to_dicts()
metrics.list(perod="last-month")  # wrong
metrics.frame(since="14d", until="7d", engine="polars", exact=True)
metrics.frame(engine="numpy")  # wrong

best = metrics.get_top_performers("roas", 10, min_spend=100)
metrics.get_top_performers("romi")  # wrong
assert_type(best[0].roas, Decimal | None)
reports.report("platform", start_date="2026-02-01")
reports.report("planet")  # wrong
assert_type(best.to_dicts()[0], dict[str, Any])

assert_type(imports.list()[0].date_from, date | None)
assert_type(imports.list()[0].rows_read, int)
