"""What the figures of a file mean: one word for one thing, in every language and from every source of a platform."""

import itertools
from pathlib import Path

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.exports.columns.declaration import Named
from adops_cli.exports.columns.meanings import VOCABULARY
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.platforms import PLATFORMS, generic
from adops_cli.exports.read import read_export
from tests.conftest import ROOT
from tests.exports.reading import Read

EXPORTS = ROOT / "fixtures" / "exports"
META = "Day,Campaign name,Attribution setting,Amount spent (EUR)"


def means(name: str, **options: str) -> dict[str, str]:
    export = read_export(EXPORTS / name, ReadOptions(**options))  # type: ignore[arg-type]
    export.close()
    return dict(export.means)


def words(choice: Named | None) -> list[str]:
    return [] if choice is None else [word for word in (choice.means, choice.sum_means) if word] + words(choice.plus)


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
@pytest.mark.parametrize("figure", VOCABULARY)
def test_declarations_use_the_words_of_the_vocabulary_alone(platform: object, figure: str) -> None:
    choices = [*platform.columns.get(figure, ())]  # type: ignore[attr-defined]
    if figure == "clicks":
        choices += itertools.chain.from_iterable(platform.clicks.values())  # type: ignore[attr-defined]
    used = {word for choice in choices for word in words(choice)}
    assert used <= VOCABULARY[figure].keys()
    assert (platform is generic.PLATFORM or figure in ("conversions", "revenue")) or used


def test_the_page_on_importing_has_every_word() -> None:
    page = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| ")}
    for figure, meanings in VOCABULARY.items():
        assert [word for word in meanings if f"*{word}*" not in rows[figure]] == []


@pytest.mark.parametrize(
    "names",
    [
        ["daily_utf8_preamble.csv", "daily_fr_semicolon.csv", "daily_de_dotted_dates.csv", "daily_pt.csv"],
        ["daily_utf8_preamble.csv", "rest_search.json", "ndjson_camel.json", "daily.xlsx", "adwords_api_micros.csv"],
    ],
)
def test_google_means_the_same_in_every_language_and_form(names: list[str]) -> None:
    said = {
        "spend": "advertiser cost",
        "clicks": "clicks",
        "conversions": "conversions",
        "revenue": "conversions value",
    }
    for name in names:
        found = means(f"google-ads/{name}")
        assert found == {figure: said[figure] for figure in found}
        assert {"spend", "clicks"} <= found.keys()


def test_purchases_of_meta_are_one_thing_whatever_they_are_called() -> None:
    for name in (
        "daily_campaign_bom_aud.csv",
        "results_uniform_purchase.csv",
        "insights_actions_overlap.json",
        "insights_pixel_purchase_missing_type.json",
        "es_pen_total_last.csv",
    ):
        assert means(f"meta-ads/{name}")["conversions"] == "purchase"
    assert means("meta-ads/insights_purchase_roas_only.json")["revenue"] == "purchase value"


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("Link clicks", "link clicks"),
        ("Link-Klicks", "link clicks"),
        ("Clicks (all)", "all clicks"),
        ("clicks", "all clicks"),
    ],
)
def test_clicks_of_meta_are_two_things(read: Read, header: str, word: str) -> None:
    assert read(f"{META},{header}", "2026-09-01,A,7-day click,1.00,5").means["clicks"] == word


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("dv360/io_daily_sum_row_footer.csv", {}, {"spend": "advertiser cost"}),
        ("dv360/no_sum_row_media_cost_only.csv", {}, {"spend": "media cost"}),
        (
            "dv360/post_click_post_view_fractional.csv",
            {},
            {"conversions": "total conversions", "revenue": "total conversions value"},
        ),
        ("ttd/several_slots_named_02.csv", {"conversions": "02"}, {"spend": "advertiser cost", "conversions": "02"}),
        ("ttd/one_conversion_slot_revenue.csv", {}, {"revenue": "01 value"}),
        ("pinterest/daily_ad_all_columns.csv", {}, {"conversions": "checkout", "revenue": "checkout value"}),
        (
            "pinterest/daily_ad_all_columns.csv",
            {"conversions": "Add to cart"},
            {"conversions": "add to cart", "revenue": "add to cart value"},
        ),
        ("pinterest/daily_ad_all_columns.csv", {"clicks": "all"}, {"clicks": "pin clicks"}),
        ("pinterest/api_micro_dollars.csv", {}, {"spend": "advertiser cost", "conversions": "checkout"}),
    ],
)
def test_sums_slots_and_events_have_a_meaning(name: str, options: dict[str, str], said: dict[str, str]) -> None:
    found = means(name, **options)
    assert {figure: found.get(figure) for figure in said} == said


def test_half_of_a_sum_is_not_the_sum(read: Read) -> None:
    header = "Date,Insertion Order,Line Item,Advertiser Currency,Revenue (Adv Currency)"
    row = "2026/09/01,A,L,EUR,1.00,2"
    assert read(f"{header},Post-Click Conversions", row).means["conversions"] == "post-click conversions"
    assert read(f"{header},Post-View Conversions", row).means["conversions"] == "post-view conversions"


def test_a_sum_of_which_one_column_is_blank_means_the_other_one(read: Read) -> None:
    header = "Date,Insertion Order,Line Item,Advertiser Currency,Revenue (Adv Currency),Post-Click Conversions"
    header += ",Post-View Conversions"
    for cells, word in (("3,", "post-click"), (",4", "post-view"), ("-,4", "post-view"), ("3,4", "total")):
        export = read(header, f"2026/09/01,A,L,EUR,1.00,{cells}")
        assert export.means["conversions"] == f"{word} conversions"


def test_plain_words_and_blank_columns_mean_nothing_that_is_known(read: Read) -> None:
    assert read("date,campaign,spend,clicks", "2026-09-01,A,1.00,5").means == {}
    assert read(f"{META},Link clicks", "2026-09-01,A,7-day click,1.00,").means == {"spend": "advertiser cost"}


def test_a_mapped_column_means_what_the_platform_says_of_its_header(read: Read) -> None:
    row = "2026-09-01,A,7-day click,1.00,5,9"
    header = f"{META},Link clicks,Clicks (all)"
    assert read(header, row).means["clicks"] == "link clicks"
    assert read(header, row, columns={"Clicks (all)": "clicks"}).means["clicks"] == "all clicks"
    assert "clicks" not in read(header.replace("Clicks (all)", "Taps"), row, columns={"Taps": "clicks"}).means


def test_the_settings_of_attribution_are_those_of_the_campaigns_rows(read: Read) -> None:
    rows = "2026-09-01,A,7-day click,1.00", "2026-09-02,A,1-day click,1.00", "2026-09-01,B,7-day click,1.00"
    assert read(META, *rows, "2026-09-01,C,-,1.00").attributions == {0: "1-day click; 7-day click", 1: "7-day click"}


def test_a_file_that_lacks_the_wanted_clicks_is_refused_as_before(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"{META},Link clicks\n2026-09-01,A,7-day click,1.00,5\n", encoding="utf-8")
    with pytest.raises(BadRequestError, match="no column for all clicks"):
        read_export(path, ReadOptions(clicks="all"))
