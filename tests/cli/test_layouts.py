"""Saved layouts: a file with a known header is read without options, and says so. And the platforms that are known."""

from pathlib import Path

import pytest

from adops_cli.exports.platforms import known
from tests.conftest import Adops

pytestmark = pytest.mark.usefixtures("db_file")

HEADER = "Reporting day,Campaign name,Campaign ID,Currency,Cost,Impressions,Visits"
ROW = "2026-09-14,Spring,7701,USD,12.50,1000,40"
MAP = ("--map", "Reporting day=date,Visits=clicks")


@pytest.fixture
def network(tmp_path: Path) -> str:
    file = tmp_path / "network.csv"
    file.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    return str(file)


def imported(adops: Adops, file: str, *options: str) -> dict[str, object]:
    [found] = adops("metrics", "import", file, *options, "--format", "json").json()
    return dict(found)


def told(found: dict[str, object]) -> list[str]:
    notices = found["notices"]
    assert isinstance(notices, list)
    return [notice for notice in notices if "saved layout" in notice]


def test_a_saved_layout_in_every_word(adops: Adops, network: str) -> None:
    saved = adops("layouts", "save", "network", "--from", network, "--platform", "quora-ads", *MAP, "--format", "json")
    assert saved.err == "Saved the layout network.\n"
    assert adops("layouts", "get", "network", "--format", "json").out == saved.out
    assert adops("layouts", "list", "--format", "ndjson").out == (
        '{"name": "network", "options": {"map": {"Reporting day": "date", "Visits": "clicks"}, '
        '"platform": "quora-ads"}, "columns": ["Reporting day", "Campaign name", "Campaign ID", "Currency", "Cost", '
        '"Impressions", "Visits"], "header": "1eb7a8282d23"}\n'
    )
    assert adops("layouts", "list", "--format", "json").json() == [saved.json()]
    assert adops("metrics", "list", "--format", "json").out == "[]\n"


def test_a_file_with_that_header_is_read_so_and_says_it(adops: Adops, network: str, tmp_path: Path) -> None:
    assert adops("metrics", "import", network).code == 2
    adops("layouts", "save", "network", "--from", network, "--platform", "quora-ads", *MAP)
    other = tmp_path / "other.csv"
    columns = [",".join(reversed(line.split(","))) for line in (HEADER, ROW.replace("-14", "-15"))]
    other.write_text("Some title\n" + "\n".join(columns) + "\n", encoding="utf-8")

    found = imported(adops, str(other))

    assert (found["platform"], found["inserted"], found["dateFrom"]) == ("quora-ads", 1, "2026-09-15")
    assert told(found) == [
        (
            "the header is that of the saved layout 'network', so it was read with --platform quora-ads --map "
            "'Reporting day=date,Visits=clicks'"
        )
    ]
    assert told(imported(adops, network)) == told(found)
    [batch] = [one for one in adops("imports", "list", "--format", "json").json() if one["file"] == network]
    assert batch["options"]["map"] == {"Reporting day": "date", "Visits": "clicks"}


def test_what_is_given_with_a_file_comes_first(adops: Adops, network: str) -> None:
    adops("layouts", "save", "network", "--from", network, "--platform", "quora-ads", *MAP)
    assert imported(adops, network, "--platform", "snapshot-ads")["platform"] == "snapshot-ads"


def test_the_encoding_belongs_to_it_too(adops: Adops, tmp_path: Path) -> None:
    file = tmp_path / "russian.csv"
    text = "Дата,Кампания,Расход,Клики\n2026-09-14,Весна,12.50,40\n"
    file.write_bytes(text.encode("windows-1251"))
    options = ("--encoding", "windows-1251", "--map", "Дата=date,Кампания=campaign,Расход=spend,Клики=clicks")
    assert adops("layouts", "save", "russian", "--from", str(file), *options, "--currency", "RUB").code == 0
    assert imported(adops, str(file))["inserted"] == 1
    assert [row["name"] for row in adops("campaigns", "list", "--format", "json").json()] == ["Весна"]


def test_a_layout_is_replaced_by_its_name_and_a_header_has_only_one(adops: Adops, network: str) -> None:
    adops("layouts", "save", "network", "--from", network, *MAP)
    again = adops("layouts", "save", "network", "--from", network, "--platform", "quora-ads", *MAP)
    assert again.err == "Replaced the layout network.\n"
    other = adops("layouts", "save", "other", "--from", network, *MAP)
    assert (other.code, "the layout 'network' is for this header already" in other.err) == (5, True)
    assert adops("layouts", "delete", "network").err == "Deleted the layout network.\n"
    assert adops("layouts", "list", "--format", "json").out == "[]\n"
    assert adops("metrics", "import", network).code == 2


def test_what_cannot_be_saved(adops: Adops, network: str) -> None:
    assert adops("layouts", "save", "a b", "--from", network, *MAP).code == 2
    assert adops("layouts", "save", "network", "--from", network).code == 2
    unread = adops("layouts", "save", "network", "--from", network, "--map", "Nothing=date")
    assert (unread.code, "no column 'Nothing'" in unread.err) == (2, True)
    assert [adops("layouts", command, "network").code for command in ("get", "delete")] == [4, 4]


def test_a_refusal_names_the_layout(adops: Adops, network: str) -> None:
    adops("layouts", "save", "network", "--from", network, *MAP)
    Path(network).write_text(f"{HEADER}\n{ROW.replace('USD', 'XXQ')}\n", encoding="utf-8")
    assert "(read by the saved layout 'network')" in adops("metrics", "import", network).err


def test_a_file_of_layouts_that_cannot_be_read_is_told(adops: Adops, network: str, tmp_path: Path) -> None:
    adops("layouts", "save", "network", "--from", network, *MAP)
    [file] = (tmp_path / "home" / ".config").rglob("layouts.toml")
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("[network]\nheader = 1\n", encoding="utf-8")
    assert "the layout 'network' is not complete" in adops("metrics", "import", network).err
    file.write_text("[", encoding="utf-8")
    assert "is not valid TOML" in adops("layouts", "list").err


def test_platforms_are_listed_with_where_to_export(adops: Adops) -> None:
    rows = adops("platforms", "list", "--format", "json").json()
    assert [list(row) for row in rows] == [["name", "title", "export"]] * len(rows)
    assert [row["name"] for row in rows] == sorted(one.name for one in known())
    assert all(row["export"] for row in rows)


def test_a_platform_is_shown_under_any_spelling(adops: Adops) -> None:
    row = adops("platforms", "show", "Google Ads", "--format", "json").json()
    assert list(row) == [
        "name", "title", "export", "fromMemory", "day", "campaign", "spend", "clicks", "columns", "unconfirmed",
    ]  # fmt: skip
    assert (row["name"], row["fromMemory"], row["columns"]["impressions"][:2]) == (
        "google-ads", False, ["impr", "impressions"],
    )  # fmt: skip
    assert "Time > Day" in adops("platforms", "show", "adwords", "--format", "table").out
    unknown = adops("platforms", "show", "meta-adds")
    assert (unknown.code, "Did you mean meta-ads" in unknown.err) == (4, True)
