"""What a refused file is told: its header with the line, what its columns are, and a `--map` ready to complete."""

import shlex
from pathlib import Path

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.read import read_export
from tests.exports.files import sheet, workbook
from tests.exports.reading import Read, refusal, spend

HUNGARIAN = "Nap;Kampány;Pénznem;Megjelenítések;Költség"
ROWS = ("2026-09-01;Márka;HUF;1 200;72,50", "2026-09-02;Márka;HUF;800;33,25")
OFFERED = "--map 'Nap=date,Kampány=campaign,Pénznem=currency,Megjelenítések=?,Költség=?'"
TITLES = ("Jelentés", "augusztustól szeptemberig")


def offered(refused: RefusedError) -> dict[str, str]:
    """The `--map` of a refusal, as the command line takes it."""
    assert refused.hint is not None
    words = shlex.split(refused.hint.partition("--map ")[2].partition(", with each")[0])
    return dict(part.rsplit("=", 1) for part in words[0].split(","))


def test_an_unknown_header_is_shown_with_its_line_and_a_map_to_complete(read: Read) -> None:
    refused = refusal(read, *TITLES, HUNGARIAN, *ROWS)
    assert (refused.because, refused.platform, refused.rows_read) == (Refusal.UNRECOGNISED, None, 0)
    assert "line 3 looks like one (Nap, Kampány, Pénznem, Megjelenítések, Költség)" in refused.message
    assert OFFERED in str(refused)
    assert "google" not in str(refused).casefold()


def test_the_map_that_is_offered_reads_the_file_once_it_is_complete(read: Read) -> None:
    columns = offered(refusal(read, *TITLES, HUNGARIAN, *ROWS)) | {"Megjelenítések": "impressions", "Költség": "spend"}
    export = read(*TITLES, HUNGARIAN, *ROWS, columns=columns, platform="google-ads")
    assert (export.platform, spend(export), export.totals.impressions) == ("google-ads", 105.75, 2000)


def test_a_map_that_is_not_complete_says_what_is_open(read: Read) -> None:
    with pytest.raises(BadRequestError, match="'Költség'") as caught:
        read(HUNGARIAN, *ROWS, columns={"Nap": "date", "Költség": "?"})
    assert "impressions" in str(caught.value)


@pytest.mark.parametrize("delimiter", [",", "\t", "|"])
def test_the_header_is_found_whatever_divides_its_columns(read: Read, delimiter: str) -> None:
    lines = [line.replace(",", ".").replace(";", delimiter) for line in (HUNGARIAN, *ROWS)]
    assert OFFERED in str(refusal(read, *lines))


def test_json_and_workbooks_with_unknown_names_are_told_the_same(read: Read, tmp_path: Path) -> None:
    records = ('{"Nap": "2026-09-01", "Kampány": "A", "Költség": 1}', '{"Nap": "2026-09-02", "Kampány": "A"}')
    refused = refusal(read, *records, suffix=".jsonl")
    assert "its records have these names (Nap, Kampány, Költség)" in refused.message
    assert "--map 'Nap=date,Kampány=campaign,Költség=?'" in str(refused)
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook(one=sheet(["Jelentés"], ["Nap", "Kampány", "Költség"], ["2026-09-01", "A", 1.5])))
    with pytest.raises(RefusedError, match="line 2 looks like one"):
        read_export(path, ReadOptions())


def test_a_header_with_some_known_words_is_shown_with_what_they_mean(read: Read) -> None:
    refused = refusal(read, "Nap,Campagne,Kosten,Megjelenítések", "2026-09-01,A,1.00,5", "2026-09-02,A,2.00,6")
    assert (refused.because, refused.platform) == (Refusal.NO_DAY_COLUMN, "generic")
    assert "(Nap, Campagne = campaign, Kosten = spend, Megjelenítések)" in refused.message
    assert offered(refused) == {"Nap": "date", "Megjelenítések": "?"}


def test_only_a_platform_that_is_recognised_is_named_in_the_advice(read: Read) -> None:
    rows = ("2026-09-01,A,1.00,5", "2026-09-02,A,2.00,5")
    google = refusal(read, "Dagen,Campaign,Cost,Impr.", *rows)
    assert "In Google Ads" in str(google)
    assert "or name the column with --map Dagen=date" in str(google)
    other = refusal(read, "Dagen,Campaign,Cost,Impressions", *rows)
    assert "Google" not in str(other)
    assert "--map Dagen=date" in str(other)


def test_the_column_of_days_is_the_one_that_changes_from_row_to_row(read: Read) -> None:
    header = "Campaign Start Date,Campaign End Date,Reported on,Campaign,Spend"
    rows = ("2026-01-01,,9/1/2026,A,1", "2026-01-01,,9/2/2026,A,1", "Total,,,,2")
    assert offered(refusal(read, header, *rows)) == {"Reported on": "date"}


def test_an_id_that_looks_like_a_day_is_none(read: Read) -> None:
    refused = refusal(read, "날짜,캠페인,ID,비용", "2026-09-01,A,20260912,1", "2026-09-02,B,20260913,1")
    assert offered(refused)["날짜"] == "date"


def test_names_that_a_shell_reads_are_quoted(read: Read) -> None:
    refused = refusal(read, "It's day,Campaign,Spend", "2026-09-01,A,1", "2026-09-02,A,1")
    assert offered(refused) == {"It's day": "date"}


def test_a_wide_header_is_cut_and_explained_in_full(read: Read) -> None:
    names = [f"Kolumna {number}" for number in range(60)]
    refused = refusal(read, ",".join(names), ",".join(["2026-09-01", "A", *["1"] * 58]), ",".join(["x"] * 60))
    assert "and 30 more" in refused.message
    assert len(refused.columns) == 60


def test_columns_are_explained_whatever_the_file_is_refused_for(read: Read) -> None:
    refused = [
        refusal(read, HUNGARIAN, *ROWS),
        refusal(read, "By Day,Campaign,Cost", "2026-09-01,A,1.00", "2026-09-02,A,2.00"),
        refusal(read, "date;campaign;spend", "2026-09-01;A;1.234"),
        refusal(read, "date,campaign,spend", "1/2/2026,A,1.00"),
        refusal(read, "date,campaign,spend", "2026-09-01,A,1", columns={"Brutto": "spend"}),
        refusal(read, "Day,Campaign,Cost,Impr.", "2026-09-01,A,1.00,5", conversions="Sales"),
        refusal(read, "Day,Campaign,Cost,Impr.", *["x,A,1.00,5"] * 20),
    ]
    told = [[(column.header, column.samples[0]) for column in one.columns] for one in refused]
    assert told[0][:2] == [("Nap", "2026-09-01"), ("Kampány", "Márka")]
    assert all(len(columns) >= 3 for columns in told)
    fates = [column.fate for column in refused[1].columns]
    assert fates == ["not known, perhaps date", "campaign", "spend"]


@pytest.mark.parametrize(
    "lines", [("Notes", "remember", "call"), ("a;b", "c;d", "e;f"), ("1,2", "3,4"), ("2026-09-01,A,1.00",)]
)
def test_a_file_without_anything_like_a_header_is_told_so(read: Read, lines: tuple[str, ...]) -> None:
    refused = refusal(read, *lines)
    assert refused.because is Refusal.UNRECOGNISED
    assert "--map" not in str(refused)


def test_a_download_of_meta_is_known_by_its_shape_in_any_language(read: Read) -> None:
    header = "Nap,Kampány neve,Elköltött összeg (HUF),Megjelenítések"
    rows = ("2026-09-01,A,1200,90", "2026-09-02,A,800,60")
    refused = refusal(read, header, *rows)
    assert (refused.because, refused.platform) == (Refusal.UNRECOGNISED, "meta-ads")
    assert "looks like a download of Meta Ads in a language that adops does not know" in refused.message
    assert "--platform meta-ads --map 'Nap=date," in str(refused)
    columns = offered(refused) | {"Megjelenítések": "impressions"}
    export = read(header, *rows, columns=columns, platform="meta-ads")
    assert (export.platform, export.currency, spend(export)) == ("meta-ads", "HUF", 2000)


def test_a_download_of_google_is_known_by_its_title_and_period(read: Read) -> None:
    refused = refusal(read, "Kampányjelentés", "2026. szept. 1. - 2026. szept. 2.", HUNGARIAN, *ROWS)
    assert (refused.because, refused.platform) == (Refusal.UNRECOGNISED, "google-ads")
    assert f"--platform google-ads {OFFERED}" in str(refused)


def test_the_shape_counts_also_where_some_words_are_known(read: Read) -> None:
    refused = refusal(read, "Dag,Campagne,Brugt beløb (DKK)", "2026-09-01,A,12.00", "2026-09-02,A,8.00")
    assert (refused.because, refused.platform) == (Refusal.MISSING_COLUMN, "meta-ads")
    assert "--platform meta-ads --map 'Brugt beløb (DKK)=spend'" in str(refused)
