"""Statements for single rows do what Peewee's do."""

import pytest

from adops_cli.data import campaigns, metrics
from adops_cli.data.access import statements
from adops_cli.database import db
from adops_cli.errors import BadRequestError, ConflictError, UnreadableRowError
from adops_cli.storage.models import Campaign, Metrics

pytestmark = pytest.mark.usefixtures("bound")


@pytest.mark.parametrize("wanted", [[], ["b"], ["c", "a", "x"], ["x"]])
def test_those_of_the_rows_to_be_locked_that_exist_are_told(wanted: list[str]) -> None:
    campaigns.create_many({"id": id, "name": id, "platform": "ttd"} for id in "abc")

    with db.atomic():
        assert statements.lock(Campaign, wanted) == set(wanted) - {"x"}


def test_an_id_that_cannot_be_text_of_a_row_is_refused() -> None:
    with db.atomic(), pytest.raises(BadRequestError, match=r"U\+0000"):
        statements.lock(Campaign, ["a\0"])


def test_a_row_that_the_database_numbers_has_its_number() -> None:
    campaigns.create(id="a", name="A", platform="ttd")

    first, second = (metrics.record_metrics("a", day, clicks=1) for day in ("2026-02-10", "2026-02-11"))

    assert [first.id, second.id] == [row.id for row in metrics.list(sort="date")]
    assert metrics.record_metrics("a", "2026-02-11", clicks=2).id == second.id


def test_a_day_of_an_unknown_campaign_is_refused_with_the_nearest_id() -> None:
    campaigns.create(id="camp-123", name="A", platform="ttd")

    with pytest.raises(ConflictError, match="campaign_id refers to an unknown campaign: 'camp-124'") as refused:
        metrics.record_metrics("camp-124", "2026-02-10", clicks=1)

    assert refused.value.hint == "Did you mean camp-123?"


def test_a_row_that_cannot_be_read_is_named() -> None:
    if db.keeps_types:
        pytest.skip("a server keeps what cannot be read out")
    campaigns.create(id="a", name="A", platform="ttd")
    row = metrics.record_metrics("a", "2026-02-10", clicks=1)
    db.execute_sql("UPDATE metrics SET spend = 'much'")

    with pytest.raises(UnreadableRowError, match=rf"^metrics {row.id}: spend holds"):
        metrics.record_metrics("a", "2026-02-10", clicks=2)

    assert Metrics.select(Metrics.clicks).scalar() == 1
