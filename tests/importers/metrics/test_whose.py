"""What is said of the platform of a file: when nothing shows it, when two files may mix theirs, when a name is new."""

import pytest

from adops_cli.data import campaigns, imports
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics.outcome import FileOutcome
from adops_cli.storage.models import Import
from tests.importers.metrics.fake_export import campaign, put

pytestmark = pytest.mark.usefixtures("bound")

DAYS = {"2026-02-02": {"impressions": 100, "clicks": 1, "spend": 5}}
MORE = {"2026-02-02": {"impressions": 100, "clicks": 1, "spend": 9}}
TIKTOK, REDDIT = ("Campaign name", "Date", "Cost"), ("Date", "Campaign name", "Spend")


def told(done: FileOutcome, words: str) -> bool:
    return any(words in notice for notice in done.notices)


def test_a_file_whose_platform_nothing_shows_says_how_to_name_it() -> None:
    assert told(put({"Brand": DAYS}, platform="generic"), "--platform NAME")
    assert told(put({"Brand": DAYS}, platform="generic"), "--map 'HEADER=platform'")


@pytest.mark.parametrize("given", ["generic", "tiktok-ads", "google_ads"])
def test_a_platform_that_was_named_is_not_asked_for(given: str) -> None:
    platform = "google-ads" if given == "google_ads" else given
    assert not told(put({"Brand": DAYS}, platform=platform, options=ReadOptions(platform=given)), "nothing in the file")


def test_rows_that_name_their_platform_and_our_own_campaigns_need_no_other_name() -> None:
    assert not put({campaign("Brand", platform="ttd"): DAYS}, platform="generic").notices
    made = campaigns.create(name="Mine", platform="ttd")
    assert not told(put({campaign(made.id, own_id=made.id): DAYS}, platform="generic"), "platform")


def test_a_campaign_of_a_file_with_other_columns_is_told() -> None:
    put({"Brand": DAYS}, platform="generic", header=TIKTOK, file="tiktok.csv")
    done = put({"Brand": MORE}, platform="generic", header=REDDIT)
    assert told(done, "'Brand' is also a campaign of tiktok.csv")
    assert told(done, "undo this import")


def test_the_next_file_of_the_same_columns_in_any_order_is_nothing_to_tell() -> None:
    put({"Brand": DAYS}, platform="generic", header=TIKTOK)
    assert not told(put({"Brand": MORE}, platform="generic", header=TIKTOK[::-1]), "also a campaign")
    assert not told(put({"Other": DAYS}, platform="generic", header=REDDIT), "also a campaign")


def test_an_account_of_its_own_keeps_the_files_apart() -> None:
    put({"Brand": DAYS}, platform="generic", header=TIKTOK, account="one")
    done = put({"Brand": MORE}, platform="generic", header=REDDIT, account="two")
    assert not told(done, "also a campaign")
    assert len(campaigns.list()) == 2


def test_a_platform_that_nobody_has_named_before_is_told_once() -> None:
    options = ReadOptions(platform="titkok-ads")
    assert told(put({"Brand": DAYS}, platform="titkok-ads", options=options), "first campaigns on titkok-ads")
    assert not told(put({"More": DAYS}, platform="titkok-ads", options=options), "first campaigns")


def test_the_level_of_a_file_is_kept_with_its_import() -> None:
    put({"Brand": DAYS}, platform="linkedin-ads", options=ReadOptions(level="group"))
    assert imports.list()[0].options["level"] == "group"


def test_a_platform_that_only_the_rows_name_is_told_once() -> None:
    rows = {campaign("Brand", platform="snap_pixel"): DAYS, campaign("Other", platform="google-ads"): DAYS}
    done = put(rows, platform="generic")
    assert told(done, "first campaigns on snap_pixel; that is how the rows name their platform")
    assert not told(done, "google-ads")
    assert not told(put({campaign("More", platform="snap_pixel"): DAYS}, platform="generic"), "first campaigns")


def test_the_same_file_changes_nothing_though_its_batch_is_of_former_times() -> None:
    first = put({"Brand": DAYS}, platform="generic")
    batch = imports.list()[0]
    Import.update(options={key: value for key, value in batch.options.items() if key != "header"}).execute()
    assert put({"Brand": DAYS}, platform="generic").batch_id == first.batch_id
