"""Pages in a real browser: they ask for nothing, fit, can be used by keyboard, sorted, and printed."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import NASTY, Opened
from tests.conftest import run_adops


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_and_asks_for_nothing(opened: Opened, brief: Path, listing: Path, width: int, scheme: str) -> None:
    for file in (brief, listing):
        with opened(file, width, scheme) as page:
            assert page.evaluate("document.documentElement.scrollWidth") == width
            page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") == width
            dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (sum(map(int, re.findall(r"\d+", dark)[:3])) < 200) is (scheme == "dark")


def test_markup_in_names_is_seen_as_text(opened: Opened, brief: Path) -> None:
    with opened(brief) as page:
        assert page.inner_text("h1") == NASTY
        assert page.locator("img").count() == 0
        assert page.get_by_text(NASTY, exact=True).count() > 1


def test_everything_is_reached_by_keyboard(opened: Opened, brief: Path) -> None:
    with opened(brief) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.locator(".skip").bounding_box()["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.parentElement.open")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "scroll"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.parentElement.ariaSort") == "ascending"


def column(page: Any, name: str) -> list[str]:
    """The cells of a column of the table that stands first."""
    heads = page.locator("table").first.locator("thead th").all_inner_texts()
    place = [head.strip("\xa0↑↓ ") for head in heads].index(name) + 1
    return list(page.locator("table").first.locator(f"tbody tr > :nth-child({place})").all_text_contents())


@pytest.mark.parametrize("locale", [None, "de"])
def test_a_table_is_sorted_by_numbers_days_and_texts(opened: Opened, sample_db: Path, locale: str | None) -> None:
    options = ("--locale", locale) if locale else ()
    run_adops("brief", "--period", "2026-02", *options, "--output", "sorted.html", on=sample_db)
    with opened(Path("sorted.html")) as page:
        page.locator("summary").first.click()
        first = page.locator("table").first
        for name in ("Day", "Spend", "Revenue"):
            before = column(page, name)
            button = first.get_by_role("button", name=name)
            button.click()
            down = column(page, name)
            button.click()
            up = column(page, name)
            assert sorted(before) == sorted(up) == sorted(down)
            assert down == up[::-1] != up
            if name != "Day":
                plain = [text.replace(".", "").replace(",", ".") if locale else text.replace(",", "") for text in down]
                assert plain == sorted(plain, key=float, reverse=True)


def test_what_has_no_value_comes_last_in_both_directions(opened: Opened, listing: Path) -> None:
    with opened(listing) as page:
        button = page.locator("table").first.get_by_role("button", name="Revenue")
        for _ in range(2):
            button.click()
            cells = column(page, "Revenue")
            assert cells.index("—") == len(cells) - cells.count("—")


def test_a_value_is_under_the_pointer(opened: Opened, brief: Path) -> None:
    with opened(brief) as page:
        over = page.locator(".point rect").first
        assert over.locator("title").text_content().startswith("2026-02-06: Spend ")
        over.hover()
        assert float(over.evaluate("(one) => getComputedStyle(one).fillOpacity")) > 0


def test_on_paper_everything_is_unfolded_and_headings_are_repeated(opened: Opened, brief: Path, listing: Path) -> None:
    with opened(brief, scheme="dark") as page:
        assert page.locator("details[open]").count() == 0
        page.pdf(path="brief.pdf", prefer_css_page_size=True)
        assert page.locator("details[open]").count() == 0
    with opened(listing) as page:
        page.pdf(path="days.pdf", prefer_css_page_size=True)
    if shutil.which("pdftotext") is None:
        pytest.skip("there is no pdftotext")
    brief_text, list_text = (
        subprocess.run(["pdftotext", "-layout", name, "-"], capture_output=True, text=True, check=True).stdout
        for name in ("brief.pdf", "days.pdf")
    )
    assert "2026-02-06" in brief_text.partition("By platform")[0].partition("Over time")[2]
    pages = list_text.split("\f")
    assert len(pages) > 2
    assert "Impressions" in pages[1]
