"""A type checker knows the data API: it refuses a wrong name, word or type before the program runs."""

import re
import subprocess
import sys
from typing import Any, get_args, get_type_hints

import pytest

from adops_cli.data import inputs
from adops_cli.measures import FIGURES, FURTHER, RATIOS, Further, Measure
from adops_cli.storage import choices
from adops_cli.storage.models import TABLES, Metrics
from adops_cli.storage.table import fields_of
from tests.conftest import ROOT

CALLS = ROOT / "tests" / "data" / "typed_calls.py"


def test_a_checker_refuses_wrong_calls_and_knows_what_right_ones_give() -> None:
    lines = CALLS.read_text("utf-8").splitlines()
    wrong = {number for number, line in enumerate(lines, start=1) if line.endswith("  # wrong")}

    mypy = [sys.executable, "-m", "mypy", "--no-error-summary", str(CALLS)]
    said = subprocess.run(mypy, cwd=ROOT, capture_output=True, text=True, check=False).stdout

    refused = {int(line) for line in re.findall(r"typed_calls\.py:(\d+): error", said)}
    assert len(wrong) > 10
    assert refused == wrong, said


@pytest.mark.parametrize("model", [model for model in TABLES if model is not Metrics], ids=lambda model: model.__name__)
def test_what_can_be_given_is_what_a_table_has(model: Any) -> None:
    given = get_type_hints(getattr(inputs, f"{model.__name__}Fields"))
    fields = fields_of(model)

    assert list(given) == list(fields)
    for name, field in fields.items():
        assert field.null is (given[name] is Any or type(None) in get_args(given[name])), name


def test_what_can_be_recorded_of_a_day_is_known() -> None:
    assert list(get_type_hints(inputs.FigureFields)) == [*FIGURES, "metadata", "synced_at"]


@pytest.mark.parametrize("name", ["ProjectStatus", "ExecutionStatus"])
def test_the_words_of_a_closed_set_are_its_members(name: str) -> None:
    members, words = get_args(getattr(choices, f"Any{name}"))

    assert members is getattr(choices, name)
    assert list(get_args(words)) == list(members)


def test_campaigns_can_be_ranked_by_every_figure_and_ratio() -> None:
    assert {*get_args(Measure)} == {*FIGURES, *RATIOS, *FURTHER}
    assert get_args(Further) == FURTHER
