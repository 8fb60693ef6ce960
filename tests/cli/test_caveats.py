"""Under totals that mislead there is a note, on stderr, so that it is seen and rows stay what they are."""

from typing import Any

import pytest

from adops_cli.data import campaigns, metrics
from tests.conftest import Adops

REVENUE = "Note: 2 campaigns with spend 12,345.00 EUR report no revenue; ROAS without them is 0.61.\n"
TWICE = "Note: each platform counts its own conversions; the sum over 2 platforms may count one twice.\n"


@pytest.fixture
def make(bound: object) -> Any:  # noqa: ARG001 - bound first
    def campaign(id: str, platform: str = "ttd", currency: str = "EUR", **figures: Any) -> None:
        campaigns.create(id=id, name=id.upper(), platform=platform, metadata={"currency": currency})
        metrics.record_metrics(id, "2026-02-01", **figures)

    return campaign


@pytest.fixture
def misleading(make: Any, adops: Adops) -> Adops:
    make("a", spend=10000, revenue=6100, conversions=5, clicks=100)
    make("b", "meta-ads", spend=12000, conversions=1, clicks=100)
    make("c", spend=345, conversions=1, clicks=100)
    return adops


@pytest.mark.parametrize("by", ["platform", "project", "campaign", "day", "week", "month"])
@pytest.mark.parametrize("format", ["table", "json", "ndjson", "csv", "tsv", "markdown"])
def test_a_report_says_what_its_total_hides_in_every_format(misleading: Adops, by: str, format: str) -> None:
    done = misleading("metrics", "report", "--by", by, "--format", format)

    assert done.err.removesuffix("a wider terminal or --format csv shows every column.\n").endswith(REVENUE + TWICE)
    assert "Note" not in done.out


def test_conversions_that_are_not_reported_give_cpa_and_cvr_of_the_others(make: Any, adops: Adops) -> None:
    make("a", spend=100, conversions=4, clicks=200)
    make("b", spend=60, clicks=50)

    assert adops("metrics", "report").err == (
        "Note: 1 campaign with spend 60.00 EUR reports no conversions; CPA without it is 25.00, CVR 2.00%.\n"
    )


def test_nothing_is_said_where_nothing_misleads(make: Any, adops: Adops) -> None:
    make("a", spend=100, revenue=50, conversions=4, clicks=200)
    make("b", spend=60, revenue=0, conversions=0, clicks=50)
    make("c", "meta-ads", spend=0)
    make("d", "meta-ads", currency="USD", spend=9)

    for command in (["report"], ["report", "--by", "day"], ["top"], ["top", "--by", "cvr"]):
        assert adops("metrics", *command, "--format", "json").err == "", command


def test_only_the_campaigns_of_the_report_count(misleading: Adops) -> None:
    assert misleading("metrics", "report", "--platform", "meta-ads").err == ""
    assert misleading("metrics", "report", "--campaign", "a", "--campaign", "c").err == (
        "Note: 1 campaign with spend 345.00 EUR reports no revenue; ROAS without it is 0.61.\n"
    )


def test_a_ranking_says_who_comes_last_for_want_of_the_figure(misleading: Adops) -> None:
    told = "Note: 2 campaigns with spend 12,345.00 EUR report no revenue; without ROAS, they come last.\n"

    assert misleading("metrics", "top", "--by", "roas", "--limit", "1").err == told
    assert misleading("metrics", "top", "--by", "roas", "--format", "json").err == told
    assert misleading("metrics", "top", "--by", "cpa").err == misleading("metrics", "top", "--by", "spend").err == ""
