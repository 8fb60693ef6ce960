"""Google's and Meta's downloads in the languages of their accounts: headers, days, numbers and totals."""
# ruff: noqa: RUF001 - Russian, Japanese

from decimal import Decimal

import pytest

from adops_cli.exports.cells.cell import CellError
from adops_cli.exports.cells.dates import Days
from adops_cli.exports.columns.declaration import PlatformFormat
from adops_cli.exports.columns.header import loose
from adops_cli.exports.export import Refusal
from adops_cli.exports.platforms import google_ads, google_words, meta_ads, meta_words
from tests.exports.reading import Read, refusal, rejected, spend

DAY = "2026-09-14"
LANGUAGES = ["it", "ja", "nl", "pl", "ru", "sv", "tr", "zh", "zh_tw"]
BY_LANGUAGE = {language: {**google_words.GUESSED[language], **google_words.WORDS[language]} for language in LANGUAGES}


@pytest.mark.parametrize("words", [google_words, meta_words])
def test_every_language_has_a_word_for_what_a_file_needs(words: object) -> None:
    for language in LANGUAGES:
        known = {*words.WORDS.get(language, {}), *words.GUESSED[language]}  # type: ignore[attr-defined]
        assert {"day", "campaign", "campaign_id", "spend", "impressions", "conversions"} <= known, language


@pytest.mark.parametrize("platform", [google_ads.PLATFORM, meta_ads.PLATFORM], ids=lambda one: one.name)
def test_a_header_has_one_meaning_in_all_languages(platform: PlatformFormat) -> None:
    meanings: dict[str, set[str]] = {}
    for meaning, choices in platform.columns.items():
        for choice in choices:
            for header in choice.headers:
                meanings.setdefault(header, set()).add(meaning)
    assert {header: found for header, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("platform", [google_ads.PLATFORM, meta_ads.PLATFORM], ids=lambda one: one.name)
def test_a_word_that_an_older_language_has_is_confirmed(platform: PlatformFormat) -> None:
    unconfirmed = {name for name in platform.unconfirmed if platform.known.get(name, set()) - {*LANGUAGES}}
    assert unconfirmed <= {"week", "trimestre"}  # periods, of which nothing is told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plain_words_of_a_language_are_read_without_a_platform(read: Read, language: str) -> None:
    words = BY_LANGUAGE[language]
    header = ";".join(words[name].split("|")[0] for name in ("day", "campaign", "clicks", "spend"))
    export = read(header, f"{DAY};A;4;2,50")
    assert (export.totals.clicks, spend(export)) == (4, Decimal("2.5"))


@pytest.mark.parametrize(
    ("language", "amount", "meant"),
    [("it", "1.234", 1234), ("nl", "1.234", 1234), ("pl", "1\u00a0234", 1234), ("sv", "1\u202f234", 1234),
     ("tr", "1.234", 1234), ("ja", "1,234", 1234), ("zh", "1,234", 1234), ("zh_tw", "1.234", Decimal("1.234")),
     ("ru", "1,234", Decimal("1.234"))],
)  # fmt: skip
def test_the_language_settles_a_mark_that_nothing_else_does(
    read: Read, language: str, amount: str, meant: Decimal
) -> None:
    words = BY_LANGUAGE[language]
    header = "\t".join(words[name].split("|")[0] for name in ("day", "campaign", "spend"))
    assert spend(read(header, f"{DAY}\tA\t{amount}")) == meant


@pytest.mark.parametrize(
    "written",
    ["14 settembre 2026", "lun 14 set 2026", "14 sep. 2026", "ma 14 september 2026",
     "14 wrz 2026", "14 września 2026 r.", "den 14 september 2026", "mån 14 sep. 2026",
     "14 Eylül 2026 Pazartesi", "14 Eyl 2026", "14 сентября 2026 г.", "14 сент. 2026 г.",
     "2026年9月14日", "2026年9月14日 星期一", "2026年9月14日(月)", "14 de set. de 2026"],
)  # fmt: skip
def test_days_are_read_with_the_months_of_all_languages(written: str) -> None:
    assert Days(None)[written] == DAY


def test_a_month_that_means_another_one_elsewhere_is_read_in_its_own_language_only() -> None:
    assert Days(None, language="pl")["5 listopada 2026"] == "2026-11-05"  # in Croatian, it is October
    with pytest.raises(CellError):
        Days(None, language="en").read("5 listopada 2026")


@pytest.mark.parametrize("label", ["Totalt: konto", "Toplam: Hesap", "总计：账号", "總計：帳戶", "Łącznie", "Summa"])
def test_the_totals_of_all_languages_are_totals(read: Read, label: str) -> None:
    export = read("Day,Campaign,Cost,Impr.", f"{DAY},A,2.50,10", f"{label},--,2.50,10")
    assert (export.skipped, export.reconciled) == ({"total_row": 1}, True)


@pytest.mark.parametrize("campaign", ["", " --", "-"])
def test_a_last_row_with_the_sums_is_a_total_in_any_language(read: Read, campaign: str) -> None:
    rows = (f"{DAY},A,2.50,10", f"{DAY},B,1.50,20", f"Összesen: fiók,{campaign},4.00,30")
    export = read("Day,Campaign,Cost,Impr.", *rows)
    assert (export.skipped, export.reconciled, rejected(export)) == ({"total_row": 1}, True, [])
    assert (spend(export), export.file_totals and export.file_totals.spend) == (4, 4)
    strict = read("Day,Campaign,Cost,Impr.", *rows[:2], "Összesen: kampányok,,3.00,9", rows[2], max_errors=0)
    assert (strict.skipped, strict.reconciled) == ({"total_row": 2}, True)


@pytest.mark.parametrize(
    "last",
    ["Összesen,,4.01,30", "Összesen,,4.00,29", "Összesen,,,", "Összesen,C,4.00,30", "Összesen,,four,30"],
)
def test_a_last_row_that_has_not_the_sums_is_no_total(read: Read, last: str) -> None:
    export = read("Day,Campaign,Cost,Impr.", f"{DAY},A,2.50,10", f"{DAY},B,1.50,20", last)
    assert (export.skipped, rejected(export)) == ({}, [(4, "Day", "not_a_date")])


def test_only_the_last_rows_can_be_such_totals(read: Read) -> None:
    export = read("Day,Campaign,Cost,Impr.", f"{DAY},A,2.50,10", "Összesen,,2.50,10", f"{DAY},B,1.50,20")
    assert (rejected(export), spend(export)) == ([(3, "Day", "not_a_date")], 4)


def test_a_word_that_nobody_has_seen_is_told_with_a_currency_behind_it_too(read: Read) -> None:
    export = read("Dag,Kampanjnamn,Spenderat belopp (SEK)", f"{DAY},A,2.50")
    (notice,) = [one for one in export.notices if "not confirmed" in one]
    assert "Kampanjnamn = campaign, Spenderat belopp (SEK) = spend" in notice


def test_a_price_is_a_cost_only_in_a_file_of_google_which_says_that_it_is_not_confirmed(read: Read) -> None:
    assert read("День,Кампания,Цена,Цена/конв.", f"{DAY},A,2.50,1").platform == "google-ads"
    assert refusal(read, "День,Кампания,Цена", f"{DAY},A,2.50").because is Refusal.MISSING_COLUMN


def test_another_network_s_japanese_is_not_google_s(read: Read) -> None:
    row = f"{DAY},A,JPY,1000,40,2500"
    assert read("日,キャンペーン,通貨コード,表示回数,クリック数,費用", row).platform == "google-ads"
    assert read("日付,キャンペーン名,通貨コード,表示回数,クリック数,費用", row).platform == "generic"
    assert read("日,キャンペーン名,通貨コード,インプレッション,クリック数,費用", row).platform == "generic"


def test_the_line_of_an_empty_report_is_one_in_any_language(read: Read) -> None:
    header = "Giorno,Nome della campagna,Importo speso (EUR)"
    assert read(header, '"Nessun dato disponibile."').rows_read == 0
    assert read("日,キャンペーン名,消化金額 (JPY)", "データがありません").rows_read == 0
    assert refusal(read, header, "x").because is Refusal.ALL_REJECTED
    assert refusal(read, header, "2026 Estate").because is Refusal.ALL_REJECTED


def test_letters_may_be_of_full_width_or_apart_from_their_accents() -> None:
    assert loose("Wyświetlenia") == loose("Wys\u0301wietlenia")
    assert loose("キャンペーン") == loose("キャンヘ\u309aーン")
    assert loose("クリック（すべて）") == loose("クリック(すべて)")
