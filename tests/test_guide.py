"""Nothing of the old system's guide is missing: what the page names in answer to it exists, and is exercised."""

import importlib
import re

import pytest

from adops_cli.cli import groups
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "from-node.md").read_text(encoding="utf-8")
ROWS = [
    line.split(" | ", 1)[1]
    for line in PAGE.partition("| in the guide | here |")[2].partition("\n\n")[0].splitlines()
    if " | " in line
]
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py")))
SPANS = [span for row in ROWS for span in re.findall(r"`([^`]+)`", row)]
MODULES = ("projects", "executions", "events", "workflows", "campaigns", "metrics")
FUNCTIONS = sorted({span for span in SPANS if re.fullmatch(rf"({'|'.join(MODULES)})\.\w+", span)})
COMMANDS = sorted({tuple(span.split()[1:3]) for span in SPANS if span.startswith("adops ")})
OF_THE_GUIDE = """
projects.create get list update delete add_milestone update_metrics get_stats
executions.create get list update delete add_stage get_recent get_recent_by_workflow get_by_project
events.create get list delete get_unprocessed get_by_type mark_processed mark_many_processed cleanup_old_events
workflows.register get list get_by_category get_all_enabled set_enabled
campaigns.create get list update delete create_from_execution get_by_platform get_by_project get_by_external_id
metrics.record_metrics get_metrics get_latest aggregate aggregate_by_platform get_top_performers
"""


def test_the_table_names_every_function_of_the_guide() -> None:
    wanted = set()
    for line in OF_THE_GUIDE.split("\n")[1:-1]:
        module, _, names = line.partition(".")
        wanted |= {f"{module}.{name}" for name in names.split()}

    assert wanted <= set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_is_there_and_exercised(name: str) -> None:
    module, function = name.split(".")

    assert callable(getattr(importlib.import_module(f"adops_cli.data.{module}"), function))
    assert f"{name}(" in TESTS or f"{name}," in TESTS


@pytest.mark.parametrize(("group", "command"), COMMANDS)
def test_each_command_is_there_and_exercised(group: str, command: str) -> None:
    assert command in groups.load_group(group).commands
    assert f'"{group}", "{command}"' in TESTS
