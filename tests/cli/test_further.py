"""`metrics report --also`, `metrics top --by` further figures, and `--conversions NAME=KEY`, as people type them."""

from pathlib import Path

import pytest

from tests.conftest import Adops

pytestmark = pytest.mark.usefixtures("db_file")

FILE = """Day,Campaign name,Campaign ID,Amount spent (EUR),Impressions,Link clicks,Reach,Leads,Trials
2026-10-01,A,1,5.00,100,3,80,2,7
2026-10-02,A,1,5.00,100,3,70,1.5,8
2026-10-01,B,2,5.00,100,3,60,,
"""


@pytest.fixture
def imported(adops: Adops, tmp_path: Path) -> Adops:
    (tmp_path / "meta.csv").write_text(FILE, encoding="utf-8")
    assert adops("metrics", "import", "meta.csv", "--conversions", "Trials=trials").code == 0
    return adops


def test_keys_come_after_those_of_today_and_only_if_they_are_asked_for(imported: Adops) -> None:
    plain = imported("metrics", "report", "--by", "month", "--format", "ndjson").out
    assert imported("metrics", "report", "--by", "month", "--also", "leads,reach", "--format", "ndjson").out == (
        plain.removesuffix("}\n") + ', "leads": 3.5, "reach": null}\n'
    )
    twice = imported("metrics", "report", "--also", "leads", "--also", "leads, installs", "--format", "json").json()
    assert list(twice[0])[-3:] == ["campaigns", "leads", "installs"]
    open_days = imported("metrics", "report", "--also", "leads", "--with-openness", "--format", "json").json()
    assert list(open_days[0])[-2:] == ["leads", "openDays"]


def test_a_table_has_them_with_their_total(imported: Adops) -> None:
    lines = imported("metrics", "report", "--by", "day", "--also", "leads,reach", "--format", "table").out.splitlines()
    assert lines[0].split()[-2:] == ["Leads", "Reach"]
    assert [line.split()[-2:] for line in lines if line.startswith(("2026", "Total"))] == [
        ["1.5", "70"], ["2", "—"], ["3.5", "—"],
    ]  # fmt: skip


def test_campaigns_are_ranked_by_them(imported: Adops) -> None:
    rows = imported("metrics", "top", "--by", "leads", "--format", "json").json()
    assert [(row["rank"], row["name"], row["leads"]) for row in rows] == [(1, "A", 3.5), (2, "B", None)]
    assert list(rows[0])[-2:] == ["roas", "leads"]


def test_another_figure_is_refused_with_the_names(imported: Adops) -> None:
    refused = imported("metrics", "report", "--also", "trials")
    assert (refused.code, "Use one of reach, video_views, leads, installs" in refused.err) == (2, True)


def test_conversions_are_kept_apart_under_their_key(imported: Adops) -> None:
    days = imported("metrics", "list", "--campaign", "A", "--sort", "date", "--format", "json").json()
    assert [day["metadata"] for day in days] == [
        {"leads": 2, "reach": 80, "trials": 7},
        {"leads": 1.5, "reach": 70, "trials": 8},
    ]
    [batch] = imported("imports", "list", "--format", "json").json()
    assert batch["options"]["keptConversions"] == {"Trials": "trials"}


def test_the_history_of_a_day_has_them(imported: Adops, tmp_path: Path) -> None:
    (tmp_path / "meta.csv").write_text(FILE.replace("80,2,7", "81,,7"), encoding="utf-8")
    imported("metrics", "import", "meta.csv")
    rows = imported("metrics", "history", "A", "2026-10-01", "--format", "json").json()
    assert [row["change"] for row in rows][:1] == ["reach 80 -> 81"]
    assert [row["before"] and row["before"]["reach"] for row in rows] == [80, None]
    assert rows[1]["change"].endswith("reach 80, leads 2")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["Leads", "Trials"], "only one --conversions NAME can count"),
        (["Trials="], "Write NAME=KEY"),
        (["=trials"], "Write NAME=KEY"),
        (["Trials=new trials"], "Write NAME=KEY"),
        (["Nothing=nothing"], "no conversions called 'Nothing'"),
    ],
)
def test_what_conversions_cannot_be(imported: Adops, given: list[str], words: str) -> None:
    options = [word for one in given for word in ("--conversions", one)]
    refused = imported("metrics", "import", "meta.csv", *options)
    assert (refused.code, words in refused.err) == (2, True)


def test_a_layout_keeps_them(imported: Adops) -> None:
    imported(
        "layouts", "save", "meta", "--from", "meta.csv", "--conversions", "Trials=signups", "--conversions", "Leads"
    )
    [found] = imported("metrics", "import", "meta.csv", "--format", "json").json()
    assert found["notices"][0].endswith("it was read with --conversions Leads --conversions Trials=signups")
