"""The lag of an account that is known because it was invented: pulls of 20 campaigns, imported day after day."""

import shutil
import statistics
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.data import open_days, reports, runoff
from tests import late_conversions
from tests.late_conversions import ACCOUNT, LateAccount

PULLS = 75
LAST = late_conversions.days(PULLS)[-1]


@pytest.fixture(scope="session")
def pulled(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> tuple[Path, list[tuple[float, float]]]:
    """The book after all pulls; and of every seventh pull, by how much the last 7 days were off, raw and estimated."""
    folder = tmp_path_factory.mktemp("late")
    path = folder / "adops.db"
    shutil.copyfile(migrated_file, path)
    account, errors = LateAccount(20, a_day=100), []
    with database.bound(str(path), busy_timeout=5):
        for place, day in enumerate(late_conversions.days(PULLS)):
            late_conversions.pull(account, day, folder)
            if place >= 30 and place % 7 == 0:
                first, final = day - timedelta(6), account.final(day - timedelta(6), day)
                [row] = opened(day, first, day)
                errors.append((float(row.conversions or 0) / final - 1, float(row.conversions_est or 0) / final - 1))
    return path, errors


def opened(today: date, first: date, last: date, by: str = "platform") -> list[open_days.OpenRow]:
    with late_conversions.on(today):
        rows = reports.report(by, start_date=first, end_date=last).rows  # type: ignore[arg-type]
        return open_days.of_rows(rows, by, estimate=True, start_date=first, end_date=last).rows


@pytest.fixture
def book(pulled: tuple[Path, list[tuple[float, float]]], tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "late.db"
    shutil.copyfile(pulled[0], path)
    with database.bound(str(path), busy_timeout=5):
        yield path


@pytest.mark.no_cover
def test_the_completion_of_each_age_is_within_two_points_of_the_truth(book: Path) -> None:  # noqa: ARG001 - bound
    for figure in ("conversions", "revenue"):
        rows = [row for row in runoff.get_lag() if row.figure == figure]

        assert [row.age for row in rows] == list(range(29))
        assert {(row.platform, row.account) for row in rows} == {("google-ads", ACCOUNT)}
        for row in rows:
            assert float(row.completion or 0) == pytest.approx(late_conversions.truth(row.age), abs=0.02), row
            assert row.days == PULLS - 1


def test_the_last_seven_days_are_corrected_as_well_as_was_measured(
    pulled: tuple[Path, list[tuple[float, float]]],
) -> None:
    raw, estimated = zip(*pulled[1], strict=True)

    assert all(-0.50 < one < -0.35 for one in raw)
    assert abs(statistics.fmean(estimated)) < 0.03
    assert statistics.stdev(estimated) < 0.06
